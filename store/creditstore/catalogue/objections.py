"""Known objections to kinds of units, shown beside their price, by the rules of docs/explanation/objections.md.

An objection says what others decided or found about a kind of project, with the source. It is no verdict on the single
project, and a rule is silent where the fact it needs is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Above this the European Union asked hydropower for more, in megawatts installed.
LARGE_HYDRO_MW: Final = Decimal(20)
#: Up to this the CDM itself counts a power plant as small scale, in megawatts installed.
SMALL_SCALE_MW: Final = Decimal(15)
#: The first year of the second commitment period.
SECOND_PERIOD_YEAR: Final = 2013

_FORESTRY = frozenset({"Afforestation", "Reforestation"})
_EXPIRING_UNITS = frozenset({"tCER", "lCER"})
_INDUSTRIAL_GASES = frozenset({("HFCs", "HFC23"), ("N2O", "Adipic acid")})
_DOUBTED_ABOVE_SMALL_SCALE = frozenset({"Hydro", "Wind"})
_DOUBTED_TYPES = frozenset({"EE own generation", "Fossil fuel switch"})
_DOUBTED_KINDS = frozenset({("EE households", "Lighting")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One objection in the reader's language: ``label`` of a few words, ``text`` of two sentences, and the source."""

    code: str
    label: str
    text: str
    source_title: str
    source_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """What the rules look at."""

    project_type: str
    project_subtype: str
    capacity: Decimal | None
    year: int | None
    unit_type: str

    @property
    def kind(self) -> tuple[str, str]:
        return self.project_type, self.project_subtype


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition and what is said where it holds. Titles of sources stand as their publishers wrote them."""

    code: str
    label: str | Promise
    text: str | Promise
    source_title: str
    source_url: str
    applies: Callable[[_Units], bool]


def _large_hydro(units: _Units) -> bool:
    return units.project_type == "Hydro" and units.capacity is not None and units.capacity > LARGE_HYDRO_MW


def _industrial_gas(units: _Units) -> bool:
    return units.kind in _INDUSTRIAL_GASES


def _forest(units: _Units) -> bool:
    return units.project_type in _FORESTRY or units.unit_type in _EXPIRING_UNITS


def _coal(units: _Units) -> bool:
    return units.kind == ("EE supply side", "Higher efficiency coal power")


def _doubted(units: _Units) -> bool:
    if units.project_type in _DOUBTED_ABOVE_SMALL_SCALE:
        return units.capacity is not None and units.capacity > SMALL_SCALE_MW
    return units.project_type in _DOUBTED_TYPES or units.kind in _DOUBTED_KINDS


def _old(units: _Units) -> bool:
    return units.year is not None and units.year < SECOND_PERIOD_YEAR


#: In the order in which they are shown.
RULES: Final = (
    Rule(
        code="industrial-gas",
        label=_("Industrial gas"),
        text=_(
            "Destroying this gas costs little, and credits could make it pay to produce more of it. The European Union "
            "has taken no such units in its emissions trading since 1 May 2013."
        ),
        source_title="Commission Regulation (EU) No 550/2011",
        source_url="https://eur-lex.europa.eu/eli/reg/2011/550/oj",
        applies=_industrial_gas,
    ),
    Rule(
        code="coal-power",
        label=_("Coal power plant"),
        text=_(
            "The plant burns coal, only more efficiently than others. A study by the Stockholm Environment Institute "
            "found that such projects were credited with too much and that most would have been built anyway."
        ),
        source_title="Coal Power in the CDM: Issues and Options (Stockholm Environment Institute, 2011)",
        source_url="https://www.sei.org/publications/coal-power-in-the-cdm-issues-and-options/",
        applies=_coal,
    ),
    Rule(
        code="large-hydro",
        label=_("Large hydropower"),
        text=_(
            "Large hydropower can displace people and harm rivers. Above 20 MW the European Union took units only "
            "where the criteria of the World Commission on Dams were respected; whether they were is not known here."
        ),
        source_title="Directive 2004/101/EC, Article 11b(6)",
        source_url="https://eur-lex.europa.eu/eli/dir/2004/101/oj",
        applies=_large_hydro,
    ),
    Rule(
        code="forest-reversal",
        label=_("Forest: carbon can be lost again"),
        text=_(
            "What trees have stored returns to the air when they burn or are felled. The CDM therefore issues only "
            "units that expire for planting forests (tCER, lCER)."
        ),
        source_title="UNFCCC, decision 5/CMP.1",
        source_url="https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        applies=_forest,
    ),
    Rule(
        code="additionality",
        label=_("Might have been built anyway"),
        text=_(
            "A study for the European Commission found it unlikely that most projects of this kind needed the sale of "
            "credits to happen. It judged kinds of projects, not this one."
        ),
        source_title="How additional is the Clean Development Mechanism? (Öko-Institut, 2016)",
        source_url="https://climate.ec.europa.eu/system/files/2017-04/clean_dev_mechanism_en.pdf",
        applies=_doubted,
    ),
    Rule(
        code="old-vintage",
        label=_("Units from before 2013"),
        text=_(
            "These reductions were made in 2012 or earlier, so a purchase today pays for something done long ago. The "
            "European Union has taken no such units in its emissions trading since 31 March 2015."
        ),
        source_title="European Commission: International credit use in the EU ETS, 6 November 2017",
        source_url="https://climate.ec.europa.eu/news-your-voice/news/"
        "updated-information-exchange-and-international-credit-use-eu-ets-2017-11-06_en",
        applies=_old,
    ),
)


def objections(
    *,
    project_type: str,
    project_subtype: str,
    installed_capacity_mw: Decimal | None,
    vintage_from: int | None,
    unit_type: str = "CER",
) -> tuple[Objection, ...]:
    """The known objections to units of one kind, in the reader's language, in a fixed order.

    ``installed_capacity_mw`` in megawatts; ``vintage_from`` the first year of the reductions (see ``vintage_year``),
    ``None`` where no units are meant; ``unit_type`` the short name, such as ``tCER``.
    """
    units = _Units(
        project_type=project_type,
        project_subtype=project_subtype,
        capacity=installed_capacity_mw,
        year=vintage_from,
        unit_type=unit_type,
    )
    return tuple(
        Objection(
            code=rule.code,
            label=str(rule.label),
            text=str(rule.text),
            source_title=rule.source_title,
            source_url=rule.source_url,
        )
        for rule in RULES
        if rule.applies(units)
    )


def vintage_year(*, monitoring_start: date | None, commitment_period: int) -> int | None:
    """The first year in which units can have been earned: that of the monitoring period, but never before its
    commitment period, since an issuance that spans two periods is cut into one block for each.
    """
    if monitoring_start is None:
        return None
    return max(monitoring_start.year, SECOND_PERIOD_YEAR) if commitment_period >= 2 else monitoring_start.year
