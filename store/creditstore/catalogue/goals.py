"""Sustainable Development Goals: their names, and those that follow from a project's type alone.

What is inferred is no statement about a single project and is labelled so wherever it is shown; a statement with a
source is a ``Benefit``. The rules are documented in docs/explanation/goals.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: The United Nations' short names.
GOALS: Final[Mapping[int, str | Promise]] = MappingProxyType(
    {
        1: _("No poverty"),
        2: _("Zero hunger"),
        3: _("Good health and well-being"),
        4: _("Quality education"),
        5: _("Gender equality"),
        6: _("Clean water and sanitation"),
        7: _("Affordable and clean energy"),
        8: _("Decent work and economic growth"),
        9: _("Industry, innovation and infrastructure"),
        10: _("Reduced inequalities"),
        11: _("Sustainable cities and communities"),
        12: _("Responsible consumption and production"),
        13: _("Climate action"),
        14: _("Life below water"),
        15: _("Life on land"),
        16: _("Peace, justice and strong institutions"),
        17: _("Partnerships for the goals"),
    }
)

#: Every CDM project exists to reduce emissions.
CLIMATE_ACTION: Final = 13

#: What a type serves by what it is: renewable energy and the saving of energy (targets 7.2 and 7.3), waste kept out of
#: dumps (11.6), public transport (11.2), forests (15.2). Types that only burn a fossil fuel better are not in it.
_BY_TYPE: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {
        "Afforestation": (15,),
        "Biomass energy": (7,),
        "EE households": (7,),
        "EE industry": (7,),
        "EE own generation": (7,),
        "EE service": (7,),
        "Energy distribution": (7,),
        "Geothermal": (7,),
        "Hybrid renewables": (7,),
        "Hydro": (7,),
        "Landfill gas": (11,),
        "Mixed renewables": (7,),
        "Reforestation": (15,),
        "Solar": (7,),
        "Solar & wind": (7,),
        "Tidal": (7,),
        "Wind": (7,),
    }
)

#: What a subtype serves instead: drinking water (6.1), treated waste water (6.3), public transport, coasts (14.2).
_BY_SUBTYPE: Final[Mapping[tuple[str, str], tuple[int, ...]]] = MappingProxyType(
    {
        ("Afforestation", "Mangroves"): (14, 15),
        ("EE households", "Water purification"): (6,),
        ("EE service", "Water purification"): (6,),
        ("Methane avoidance", "Aerobic treatment of waste water"): (6,),
        ("Methane avoidance", "Waste water"): (6,),
        ("Reforestation", "Mangroves"): (14, 15),
        ("Solar", "Solar PV water disinfection"): (6, 7),
        ("Transport", "Bus Rapid Transit"): (11,),
        ("Transport", "Cable cars"): (11,),
        ("Transport", "Mode shift: road to rail"): (11,),
    }
)


def inferred_goals(*, project_type: str, project_subtype: str) -> tuple[int, ...]:
    """The goals that a kind of project serves by what it is, in ascending order; conservative, from the type alone."""
    found = _BY_SUBTYPE.get((project_type, project_subtype), _BY_TYPE.get(project_type, ()))
    return tuple(sorted({*found, CLIMATE_ACTION}))


def goal_name(goal: int) -> str:
    """A goal's short name in the reader's language. Errors: ``KeyError``."""
    return str(GOALS[goal])
