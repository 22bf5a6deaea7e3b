"""The yearly report as a signer fills it in, as everybody reads it, as a moderator decides it."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from creditstore.accounts.models import User
from creditstore.core import clock
from creditstore_content.pledge.links import manage_token
from creditstore_content.pledge.models import Pledge, YearReport
from creditstore_content.pledge.report_requests import OtherContribution
from creditstore_content.pledge.reporting import submit_report
from support.jobs import run_jobs
from support.pledges import accepted, pledged, report, shown
from support.visitor import words

pytestmark = pytest.mark.django_db
YEAR = clock.now().year - 1
ELSEWHERE = {
    "elsewhere-TOTAL_FORMS": "2",
    "elsewhere-INITIAL_FORMS": "0",
    "elsewhere-0-registry": "Gold Standard",
    "elsewhere-0-reference": "GS1-1-KE-GS1",
    "elsewhere-0-units": "3",
    "elsewhere-0-url": "https://registry.example.org/1",
    "elsewhere-1-registry": "",
}
GOOD: dict[str, str] = {
    "ended_on": f"{YEAR}-12-31",
    "measured_kg": "8.25",
    "boundary": "All of the household",
    "method": "The calculator of this store",
    "base_year": str(YEAR - 1),
    "base_kg": "10",
    "target_year": str(YEAR + 9),
    "target_kg": "5",
    "plan": "Less gas.",
    "statement": "We <b>cycle</b>.",
    **ELSEWHERE,
}


def own(pledge: Pledge, part: str = "") -> str:
    return f"/en/pledge/mine/{manage_token(pledge)}/{part}"


def staff(*groups: str) -> Client:
    user = User.objects.create_user(email="staff@example.org", password="a password of the tests")
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


def test_from_the_form_to_the_public_page(moderator: User) -> None:
    pledge, client = shown(moderator=moderator), Client()
    assert f'href="{own(pledge, "report/")}' in client.get(own(pledge)).content.decode()
    page = client.get(own(pledge, f"report/?year={YEAR}"))
    assert page.status_code == 200
    assert f'value="{YEAR}-12-31"' in page.content.decode()
    answer = client.post(own(pledge, "report/"), GOOD, follow=True)
    assert "Your report is sent" in words(answer)
    assert "waits for a person" in words(answer)
    sent = YearReport.objects.get()
    assert (sent.measured_kg, sent.base_kg) == (Decimal(8250), Decimal(10000))
    assert sent.contributions.get().units == 3
    record = f"/en/pledge/{pledge.public_id}/"
    assert "Year by year" not in words(client.get(record))

    desk = staff("Pledge moderators")
    assert f"/admin/pledge-reports/{sent.pk}/" in desk.get("/admin/pledge-reports/").content.decode()
    seen = desk.get(f"/admin/pledge-reports/{sent.pk}/").content.decode()
    assert "8.25 t" in seen
    assert "amina@" not in seen
    decided = desk.post(f"/admin/pledge-reports/{sent.pk}/", {"decision": "publish", "seen": "1"})
    assert decided.status_code == 302

    html = client.get(record).content.decode()
    told = words(client.get(record))
    assert "8.25 t CO₂e" in told
    assert f"1.75 t less than in {YEAR - 1} (17.5 %)" in told
    assert "9.5 t for" in told
    assert "3 units cancelled" in told
    assert "not checked by us" in told
    assert "&lt;b&gt;cycle&lt;/b&gt;" in html
    assert told.count("Level:") == 3
    assert "neutral" not in told.lower().replace("climate neutral, and may not", "")
    badge = client.get(f"{record}badge.svg").content.decode()
    assert f"{YEAR}: measure bronze, reduce silver, contribute bronze" in badge


def test_the_own_page_fills_in_what_was_sent_and_what_stays() -> None:
    pledge, client = pledged(), Client()
    client.post(own(pledge, "report/"), GOOD)
    again = client.get(own(pledge, f"report/?year={YEAR}")).content.decode()
    for value in ('value="8.25"', 'value="GS1-1-KE-GS1"', "All of the household", "Less gas."):
        assert value in again
    later = client.get(own(pledge, f"report/?year={YEAR + 1}")).content.decode()
    assert f'value="{YEAR + 1}-12-31"' in later
    assert 'value="10"' in later
    assert 'value="8.25"' not in later
    assert "GS1-1-KE-GS1" not in later


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ended_on": ""}, "Enter a day."),
        ({"ended_on": "31.12."}, "Enter a day, like"),
        ({"ended_on": "2999-12-31"}, "still to come"),
        ({"measured_kg": "eight"}, "Enter tonnes as a number"),
        ({"base_year": "MMX"}, "Enter a year, like 2030."),
        ({"boundary": ""}, "Say what the figure includes."),
        ({"certificates": "NO-SUCH 3"}, "no certificate NO-SUCH"),
        ({"certificates": "A B C"}, "one number in a line"),
        ({"elsewhere-0-units": ""}, "Enter how many units."),
        ({"elsewhere-0-units": "0"}, "Enter 1 unit or more."),
        ({"elsewhere-1-registry": "Verra"}, "Enter how many units."),
        ({"elsewhere-0-url": "registry"}, "whole web address"),
        ({"statement": "x" * 4001}, "at most 4000 characters"),
    ],
)
def test_a_mistake_is_told_and_nothing_typed_is_lost(changes: dict[str, str], told: str) -> None:
    pledge, client = pledged(), Client()
    answer = client.post(own(pledge, "report/"), {**GOOD, **changes})
    assert answer.status_code == 422
    assert told in words(answer)
    assert words(answer).count("There is a problem") == 1
    html = answer.content.decode()
    assert "GS1-1-KE-GS1" in html
    assert "Less gas." in html
    assert not YearReport.objects.exists()


def test_a_form_without_its_rows_or_with_far_too_many_is_no_error_page() -> None:
    pledge, client = pledged(), Client()
    without = {name: value for name, value in GOOD.items() if not name.startswith("elsewhere")}
    assert client.post(own(pledge, "report/"), without).status_code == 422
    assert client.post(own(pledge, "report/"), {**GOOD, "elsewhere-TOTAL_FORMS": "999999"}).status_code == 422
    for year in ("0", "99999", "x", "²⁰²⁵", "0000"):
        assert client.get(own(pledge, "report/"), {"year": year}).status_code == 200


def test_organisations_and_events_are_asked_what_is_theirs() -> None:
    bakery = pledged(kind="organisation", name="Bakery", signer_name="Ana", email="ana@example.org")
    page = words(Client().get(own(bakery, "report/")))
    assert "Scope 1" in page
    assert "Last day of the twelve months" in page
    fair = pledged(kind="event", name="A fair", signer_name="Ana", email="fair@example.org", steps=("measure",))
    page = words(Client().get(own(fair, "report/")))
    assert "Last day of the event" in page
    assert "Base year" not in page
    assert "Certificates of this store" not in page


def test_a_refusal_is_read_on_the_page_and_in_the_mail() -> None:
    pledge, client = pledged(), Client()
    client.post(own(pledge, "report/"), GOOD)
    sent = YearReport.objects.get()
    desk = staff("Pledge moderators")
    address = f"/admin/pledge-reports/{sent.pk}/"
    assert "Give the signer a reason" in desk.post(address, {"decision": "refuse", "seen": "1"}).content.decode()
    client.post(own(pledge, "report/"), {**GOOD, "statement": "Changed"})
    stale = desk.post(address, {"decision": "refuse", "note": "Which boundary?", "seen": "1"})
    assert "has changed meanwhile" in stale.content.decode()
    assert "Changed" in stale.content.decode()
    assert desk.post(address, {"decision": "refuse", "note": "Which boundary?", "seen": "2"}).status_code == 302
    run_jobs()
    assert "Which boundary?" in mail.outbox[-1].body
    assert "Which boundary?" in words(client.get(own(pledge)))
    assert "Which boundary?" in words(client.get(own(pledge, f"report/?year={YEAR}")))


def test_the_api_tells_what_the_page_tells(moderator: User) -> None:
    pledge = shown(moderator=moderator)
    accepted(
        pledge, moderator=moderator, year=YEAR, base_year=YEAR - 1, base_kg=Decimal(10000), target_year=YEAR + 9,
        target_kg=Decimal(5000), elsewhere=(OtherContribution(registry="R", reference="1", units=4),),
    )  # fmt: skip
    found: dict[str, Any] = Client().get(f"/api/v1/pledges/{pledge.public_id}").json()
    assert (found["name"], found["url"][-len(f"{pledge.public_id}/") :]) == ("Amina Otieno", f"{pledge.public_id}/")
    (year,) = found["reports"]
    assert (year["year"], year["measured_kg"], year["scope1_kg"]) == (YEAR, "8000.000", None)
    assert Decimal(year["target"]["allowed_kg"]) == Decimal(9500)
    assert year["levels"] == {"measure": "bronze", "reduce": None, "contribute": "silver"}
    assert year["contributions"][0] == {
        "units": 4, "certificate": None, "simulated": False, "registry": "R", "reference": "1", "url": None,
    }  # fmt: skip
    meanings = Client().get("/api/v1/pledges/levels").json()
    assert meanings["version"] == year["rules"]
    assert [one["level"] for one in meanings["levels"]] == ["bronze", "silver", "gold"] * 3
    hidden = pledged(name="Ben", email="ben@example.org")
    assert Client().get(f"/api/v1/pledges/{hidden.public_id}").status_code == 404


def test_what_levels_mean_is_read_from_the_rules(settings: Any) -> None:
    page = words(Client().get("/en/pledge/levels/"))
    assert "at least 50 % of the year's emissions" in page
    assert "at least 4.2 %" in page
    settings.CREDITSTORE_PLEDGE_LEVELS = {"version": "2"}
    assert "gives no levels" in words(Client().get("/en/pledge/levels/"))


def test_the_file_of_the_signer_holds_reports() -> None:
    pledge = pledged()
    submit_report(pledge=pledge, request=report(elsewhere=(OtherContribution(registry="R", reference="1", units=4),)))
    (told,) = json.loads(Client().get(own(pledge, "data.json")).content)["reports"]
    columns = {field.name for field in YearReport._meta.get_fields() if field.concrete}
    assert columns - told.keys() == {"id", "pledge", "decided_by"}
    assert told["measured_kg"] == "8000.000"
    assert told["contributions"][0]["units"] == 4


def test_the_certificate_states_facts(moderator: User) -> None:
    pledge = shown(
        moderator=moderator, kind="organisation", name="Bäckerei <Ö> مخبز", signer_name="Ana", steps=("measure",)
    )
    answer = Client().get(own(pledge, "certificate.pdf"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    pdf = pypdf.PdfReader(io.BytesIO(answer.content))
    text = " ".join("\n".join(page.extract_text() for page in pdf.pages).split())
    assert "Bäckerei <Ö>" in text
    assert "Has pledged to Measure" in text
    assert f"/pledge/{pledge.public_id}/" in text
    assert "nobody becomes climate neutral by a pledge" in text
    assert len(pdf.pages) == 1
    unlisted = pledged(name="Ben", email="ben@example.org", listing="none")
    pdf = pypdf.PdfReader(io.BytesIO(Client().get(own(unlisted, "certificate.pdf")).content))
    assert str(unlisted.public_id) not in "".join(page.extract_text() for page in pdf.pages)


def test_support_finds_a_pledge_and_withdraws_it() -> None:
    pledge = pledged()
    pledged(name="Ben", email="ben@example.org")
    desk = staff("Support")
    for query in ("AMINA+x@example.org", "otieno", f"http://testserver/en/pledge/{pledge.public_id}/"):
        html = desk.get("/admin/pledges/", {"q": query}).content.decode()
        assert f"/admin/pledges/{pledge.pk}/" in html
        assert ">Ben<" not in html
        assert "amina@" not in html.lower().replace("amina+x@", "")
    address = f"/admin/pledges/{pledge.pk}/"
    assert "amina@" not in desk.get(address).content.decode()
    refused = desk.post(address, {"reason": "asked"})
    assert "Tick this" in refused.content.decode()
    assert desk.post(address, {"reason": "asked", "sure": "on"}).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.state, pledge.name) == ("withdrawn", "")
    assert "staff:" in desk.get(address).content.decode()
    desk.post(address, {"reason": "asked", "sure": "on"})


def test_pledges_are_taken_away_as_a_table_without_addresses() -> None:
    pledge = pledged()
    table = b"".join(staff("Support").get("/admin/pledges/", {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert str(pledge.public_id) in table
    assert "measure, reduce, contribute" in table
    assert "amina@" not in table


@pytest.mark.parametrize("group", ["Editors", "Shop managers", "Translators"])
def test_others_see_neither_pledges_nor_reports(group: str) -> None:
    pledge = pledged()
    sent = submit_report(pledge=pledge, request=report(year=YEAR, ended_on=date(YEAR, 12, 31)))
    desk = staff(group)
    for address in ("pledges/", f"pledges/{pledge.pk}/", "pledge-reports/", f"pledge-reports/{sent.pk}/"):
        assert desk.get(f"/admin/{address}").status_code == 302
    assert desk.post(f"/admin/pledges/{pledge.pk}/", {"reason": "asked", "sure": "on"}).status_code == 302
    pledge.refresh_from_db()
    assert pledge.state == "active"
