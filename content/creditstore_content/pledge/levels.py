"""Levels: how far a year went in each step, by the operator's rules. No step's level says anything of another's.

The rules are a setting, ``CREDITSTORE_PLEDGE_LEVELS``; pages read it too, so what is told and what is done are one.
Each level asks for what stands at it and for all that stands at the levels before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from creditstore_content.pledge.models import Kind, Level, Step

KG_PER_UNIT: Final = 1000


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MeasureRule(_Rule):
    """``measured``: there is a figure, of organisations scopes 1 and 2; ``complete``: nothing relevant is left out
    without a word, of organisations scope 3 is told too; ``verified``: somebody else checked it, and that can be read.
    """

    measured: bool = False
    complete: bool = False
    verified: bool = False


class ReduceRule(_Rule):
    """``plan``: a target and a plan; ``years_on_path``: so many years in a row, this one the last, no further from the
    target than the straight path to it; ``points_a_year``: the target takes so many hundredths of the base a year."""

    plan: bool = False
    years_on_path: Annotated[int, Field(ge=0, le=20)] = 0
    points_a_year: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(0)


class ContributeRule(_Rule):
    """``units``: so many units cancelled; ``share``: units for so much of the year's whole footprint, 1 for all."""

    units: Annotated[int, Field(ge=0)] = 0
    share: Annotated[Decimal, Field(ge=0, le=10)] = Decimal(0)


class LevelRules(_Rule):
    """The rules of all steps. ``version`` is kept with every report that got its levels by them."""

    version: Annotated[str, Field(min_length=1, max_length=20)]
    measure: dict[Level, MeasureRule] = {}
    reduce: dict[Level, ReduceRule] = {}
    contribute: dict[Level, ContributeRule] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A straight path from what there was in one year to what there shall be in another; amounts in kg CO2e."""

    base_year: int
    base_kg: Decimal
    target_year: int
    target_kg: Decimal

    def allowed(self, year: int) -> Decimal | None:
        """What the path leaves for a year, in kg CO2e; the target from its year on, ``None`` up to the base year."""
        if year <= self.base_year:
            return None
        passed = min(year, self.target_year) - self.base_year
        return self.base_kg - (self.base_kg - self.target_kg) * passed / (self.target_year - self.base_year)

    @property
    def points_a_year(self) -> Decimal:
        """Hundredths of the base that the path takes away each year."""
        return (self.base_kg - self.target_kg) / self.base_kg * 100 / (self.target_year - self.base_year)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFacts:
    """What levels are given for. ``measured`` are the kg CO2e of this year and of earlier reported ones, by year.

    ``units`` are cancelled units, of 1,000 kg CO2e each. What is not said is ``None``.
    """

    kind: str
    steps: tuple[str, ...]
    year: int
    measured: Mapping[int, Decimal]
    scope3_kg: Decimal | None = None
    complete: bool = False
    verified: bool = False
    plan: bool = False
    target: Target | None = None
    units: int = 0

    @property
    def whole(self) -> Decimal | None:
        """This year's footprint, in kg CO2e."""
        return self.measured.get(self.year)

    @property
    def years_on_path(self) -> int:
        """Years in a row, this one the last, that the path to this report's target allows."""
        count = 0
        for year in range(self.year, self.target.base_year if self.target else self.year, -1):
            measured, allowed = self.measured.get(year), self.target.allowed(year) if self.target else None
            if measured is None or allowed is None or measured > allowed:
                break
            count += 1
        return count


def level_rules() -> LevelRules:
    """The operator's rules. Errors: ``ValidationError`` (pydantic's; found at start already)."""
    return LevelRules.model_validate(settings.CREDITSTORE_PLEDGE_LEVELS)


def reached(*, facts: LevelFacts, rules: LevelRules) -> dict[str, str]:
    """The level of each step, as a value of ``Level``; empty for none, and for steps that were not pledged."""
    found = {}
    for step in Step.values:
        level = ""
        for name, rule in _in_order(getattr(rules, step)):
            if step not in facts.steps or not _fits(rule, facts):
                break
            level = name
        found[step] = level
    return found


def _fits(rule: _Rule, facts: LevelFacts) -> bool:
    if isinstance(rule, MeasureRule):
        complete = facts.complete and (facts.kind != Kind.ORGANISATION or facts.scope3_kg is not None)
        return (
            (facts.whole is not None or not rule.measured)
            and (complete or not rule.complete)
            and (facts.verified or not rule.verified)
        )
    if isinstance(rule, ReduceRule):
        return (
            ((facts.plan and facts.target is not None) or not rule.plan)
            and facts.years_on_path >= rule.years_on_path
            and (facts.target.points_a_year if facts.target else Decimal(0)) >= rule.points_a_year
        )
    assert isinstance(rule, ContributeRule)  # noqa: S101  (there are three kinds)
    share = facts.whole is not None and facts.units * KG_PER_UNIT >= rule.share * facts.whole
    return facts.units >= rule.units and (share or not rule.share)


def _in_order(levels: Mapping[Level, Any]) -> Iterator[tuple[str, Any]]:
    return ((level.value, levels[level]) for level in Level if level in levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelWords:
    """One level of one step: ``asks`` are whole sentences. The levels before it are asked for too."""

    step: str
    level: str
    asks: tuple[str, ...]


def level_words(*, rules: LevelRules) -> list[LevelWords]:
    """What each level asks for, in the reader's language, in the order of steps and levels."""
    return [
        LevelWords(step=step, level=level, asks=tuple(_asks(rule)))
        for step in Step.values
        for level, rule in _in_order(getattr(rules, step))
    ]


def _asks(rule: _Rule) -> Iterator[str]:
    if isinstance(rule, MeasureRule):
        if rule.measured:
            yield _("The year's emissions are measured; organisations tell scopes 1 and 2 apart.")
        if rule.complete:
            yield _("Nothing that matters is left out without a word; organisations tell scope 3 too.")
        if rule.verified:
            yield _("Somebody independent has checked the figures, and everybody can read the result.")
    elif isinstance(rule, ReduceRule):
        if rule.plan:
            yield _("There is a target with a year, and a plan that leads to it.")
        if rule.years_on_path:
            yield ngettext(
                "The year's emissions are on the straight path to the target, or below it.",
                "In %(count)d years in a row the emissions were on the straight path to the target, or below it.",
                rule.years_on_path,
            ) % {"count": rule.years_on_path}
        if rule.points_a_year:
            points = number_format(rule.points_a_year.normalize())
            yield _("The target takes at least %(points)s %% of the base year's emissions a year.") % {"points": points}
    elif isinstance(rule, ContributeRule):
        if rule.units:
            yield ngettext(
                "At least %(count)d unit was cancelled for the year.",
                "At least %(count)d units were cancelled for the year.",
                rule.units,
            ) % {"count": rule.units}
        if rule.share == 1:
            yield _("A unit was cancelled for every tonne of the year's emissions.")
        elif rule.share:
            percent = number_format((rule.share * 100).normalize())
            yield _("Units were cancelled for at least %(percent)s %% of the year's emissions.") % {"percent": percent}


@register("creditstore")
def check_level_rules(**_kwargs: Any) -> list[CheckMessage]:
    """The setting can be read."""
    try:
        level_rules()
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        return [Error(f"CREDITSTORE_PLEDGE_LEVELS cannot be read: {told}.", id="creditstore.pledge.E001")]
    return []
