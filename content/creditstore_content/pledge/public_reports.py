"""What everybody may read of a pledge's years. A report's words say who somebody is: it stands only beside the name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from creditstore.certificates.models import Certificate
from creditstore.orders.models import Visibility
from creditstore_content.pledge.levels import Target
from creditstore_content.pledge.listing import PublicPledge
from creditstore_content.pledge.models import Contribution, Step, YearReport
from creditstore_content.pledge.reporting import report_target


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldContribution:
    """Units of one cancellation. ``certificate`` is the number of this store's, ``None`` for what stands elsewhere.

    It is empty where the buyer chose to hide the certificate. ``simulated``: no registry has cancelled anything.
    """

    units: int
    certificate: str | None
    simulated: bool = False
    registry: str = ""
    reference: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReport:
    """A year of one pledge, as it is told: measured, reduced, contributed side by side, none taken from another.

    Amounts are kg CO2e, ``None`` where the signer does not say. ``allowed_kg`` is what the path to the target leaves
    for the year. ``levels`` are by step, without those that were not reached.
    """

    year: int
    ended_on: date
    published_at: datetime | None
    measured_kg: Decimal | None
    scope1_kg: Decimal | None
    scope2_kg: Decimal | None
    scope3_kg: Decimal | None
    boundary: str
    method: str
    complete: bool
    exclusions: str
    verified_by: str
    verification_url: str
    target: Target | None
    allowed_kg: Decimal | None
    plan: str
    plan_url: str
    statement: str
    contributions: tuple[ToldContribution, ...]
    levels: dict[str, str]
    rules: str

    @property
    def units(self) -> int:
        """Of all contributions."""
        return sum(one.units for one in self.contributions)

    @property
    def below_base_kg(self) -> Decimal | None:
        """How much less this year's emissions were than the base year's, negative for more. Units change nothing."""
        if self.target is None or self.measured_kg is None:
            return None
        return self.target.base_kg - self.measured_kg

    @property
    def on_path(self) -> bool | None:
        """Whether the path to the target allows this year's emissions; ``None`` where that cannot be told."""
        if self.allowed_kg is None or self.measured_kg is None:
            return None
        return self.measured_kg <= self.allowed_kg


def public_reports(*, pledge: PublicPledge) -> list[ToldReport]:
    """The published reports of a pledge that is shown with its name, the newest year first; of others none."""
    if not pledge.name:
        return []
    rows = YearReport.objects.filter(pledge__public_id=pledge.public_id, state="published")
    return [told_report(report=row) for row in rows.prefetch_related("contributions__certificate__order")]


def told_report(*, report: YearReport) -> ToldReport:
    """A report as it is, or would be, told."""
    target = report_target(report=report)
    names = (
        "year", "ended_on", "measured_kg", "scope1_kg", "scope2_kg", "scope3_kg", "boundary", "method", "complete",
        "exclusions", "verified_by", "verification_url", "plan", "plan_url", "statement", "rules",
    )  # fmt: skip
    return ToldReport(
        **{name: getattr(report, name) for name in names},
        published_at=report.decided_at if report.state == "published" else None,
        target=target,
        allowed_kg=target.allowed(report.year) if target else None,
        contributions=tuple(_told(one) for one in report.contributions.all()),
        levels={step: level for step in Step.values if (level := getattr(report, f"level_{step}"))},
    )


def _told(one: Contribution) -> ToldContribution:
    if one.certificate is None:
        return ToldContribution(
            units=one.units, certificate=None, registry=one.registry, reference=one.reference, url=one.url
        )
    return ToldContribution(
        units=one.units, certificate=_shown_number(one.certificate), simulated=bool(one.certificate.facts["simulated"])
    )


def _shown_number(certificate: Certificate) -> str:
    return "" if certificate.order.visibility == Visibility.HIDDEN else certificate.number
