"""The pledge in the API: the public list, the counts, the text, and signing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Query

from creditstore.api.application import ApiRouter
from creditstore.api.idempotency import fingerprint_of, once, required_key
from creditstore.api.limits import client_address
from creditstore.api.routes.quotes import key_parameter
from creditstore.api.schemas.common import PageOf, plain
from creditstore_content.pledge import schemas as out
from creditstore_content.pledge.levels import level_rules, level_words
from creditstore_content.pledge.links import record_address
from creditstore_content.pledge.listing import (
    PledgeFilters,
    PublicPledge,
    check_filters,
    pledge_counts,
    public_page,
    public_pledge,
)
from creditstore_content.pledge.models import Step
from creditstore_content.pledge.public_reports import ToldReport, public_reports
from creditstore_content.pledge.requests import PledgeRequest
from creditstore_content.pledge.services import sign
from creditstore_content.pledge.texts import current_text

router = ApiRouter(tags=["Pledge"])


@router.get(
    "/pledges", response=PageOf[out.PublicPledge], operation_id="list_pledges", summary="The public list of pledges"
)
def list_pledges(request: HttpRequest, listing: Query[out.PledgeListing]) -> PageOf[out.PublicPledge]:
    """The newest in the list first; only what signers wish to show, and what a moderator has looked at."""
    filters = PledgeFilters(q=listing.q, kind=listing.kind, country=listing.country)
    check_filters(filters)
    page = public_page(filters=filters, cursor=listing.cursor or None, limit=listing.limit)
    return PageOf(items=[_pledge(item) for item in page.items], next=page.next, total=page.total)


@router.get("/pledges/counts", response=out.Counts, operation_id="count_pledges", summary="How many have pledged")
def count_pledges(request: HttpRequest) -> out.Counts:
    """Confirmed, neither withdrawn nor lapsed; listed or not."""
    return out.Counts(**asdict(pledge_counts()))


@router.get("/pledges/text", response=out.Text, operation_id="get_pledge_text", summary="What is pledged")
def get_pledge_text(request: HttpRequest) -> out.Text:
    """The version to sign now, in the language of the request where it was translated."""
    text = current_text(language=_language())
    assert text.published_at is not None  # noqa: S101  (only published ones are current)
    return out.Text(
        version=text.version,
        language=text.language,
        title=text.title,
        introduction=text.introduction,
        steps=out.StepWords(measure=text.measure, reduce=text.reduce, contribute=text.contribute),
        closing=text.closing,
        published_at=text.published_at,
    )


@router.get(
    "/pledges/levels", response=out.Levels, operation_id="list_pledge_levels", summary="What levels of reports mean"
)
def list_pledge_levels(request: HttpRequest) -> out.Levels:
    """By step, in the language of the request. Steps have levels of their own, never one together."""
    rules = level_rules()
    return out.Levels(
        version=rules.version,
        levels=[
            out.LevelMeaning.model_validate({"step": one.step, "level": one.level, "asks": list(one.asks)})
            for one in level_words(rules=rules)
        ],
    )


@router.get("/pledges/{uuid:id}", response=out.PledgeRecord, operation_id="get_pledge", summary="A public pledge")
def get_pledge(request: HttpRequest, id: UUID) -> out.PledgeRecord:
    """One pledge of the public list, with its published yearly reports. 404, alike, for any that is not public."""
    item = public_pledge(public_id=id)
    return out.PledgeRecord(
        **_pledge(item).model_dump(), reports=[_report(report) for report in public_reports(pledge=item)]
    )


@router.post(
    "/pledges",
    response={202: out.Signed},
    operation_id="sign_pledge",
    summary="Sign the pledge",
    openapi_extra=key_parameter(required=True),
)
def sign_pledge(request: HttpRequest, body: out.PledgeIn) -> HttpResponse:
    """A link goes to the e-mail address; the pledge counts once its owner has opened it and pressed the button."""
    key = required_key(request)
    signer = body.signer
    asked = PledgeRequest(
        kind=body.kind,
        name=body.name,
        signer_name=signer.name if signer else "",
        signer_role=signer.role if signer else "",
        country=body.country,
        email=body.email,
        steps=tuple(body.steps),
        listing=body.listing,
        text_version=body.text_version,
        language=body.language or _language(),
        invitation=body.invitation,
    )

    def act() -> tuple[int, dict[str, Any]]:
        sign(request=asked)
        return 202, plain(
            out.Signed(state="unconfirmed", confirm_within_hours=settings.CREDITSTORE_PLEDGE_CONFIRM_HOURS)
        )

    scope = f"pledges:{client_address(request)}"
    return once(scope=scope, key=key, fingerprint=fingerprint_of(body.model_dump()), act=act).response()


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _pledge(item: PublicPledge) -> out.PublicPledge:
    return out.PublicPledge(
        id=str(item.public_id),
        kind=item.kind,
        name=item.name or None,
        country=item.country,
        steps=list(item.steps),
        state=item.state,
        text_version=item.text_version,
        pledged_at=item.pledged_at,
        lapsed_at=item.lapsed_at,
        url=record_address(item.public_id),
    )


def _report(report: ToldReport) -> out.YearReport:
    values = asdict(report)
    target = values.pop("target")
    allowed = values.pop("allowed_kg")
    values["levels"] = {step: report.levels.get(step) for step in Step.values}
    for one in values["contributions"]:
        one |= {name: one[name] or None for name in ("certificate", "registry", "reference", "url")}
    return out.YearReport.model_validate({**values, "target": {**target, "allowed_kg": allowed} if target else None})
