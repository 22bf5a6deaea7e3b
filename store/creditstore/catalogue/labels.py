"""Readers' words for the source's codes. What is not listed is shown as the source writes it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PROJECT_TYPES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "Afforestation": _("Afforestation"),
        "Agriculture": _("Agriculture"),
        "Biomass energy": _("Biomass energy"),
        "CO2 usage": _("Use of CO2"),
        "Cement": _("Cement"),
        "Coal bed/mine methane": _("Methane of coal mines"),
        "EE households": _("Energy efficiency in households"),
        "EE industry": _("Energy efficiency in industry"),
        "EE own generation": _("Energy from waste heat and gas"),
        "EE service": _("Energy efficiency in services"),
        "EE supply side": _("Energy efficiency in energy supply"),
        "Energy distribution": _("Energy distribution"),
        "Fossil fuel switch": _("Switch between fossil fuels"),
        "Fugitive": _("Fugitive emissions"),
        "Geothermal": _("Geothermal"),
        "HFCs": _("Hydrofluorocarbons (HFCs)"),
        "Hybrid renewables": _("Several renewable energies"),
        "Hydro": _("Hydropower"),
        "Landfill gas": _("Landfill gas"),
        "Methane avoidance": _("Methane avoidance"),
        "Mixed renewables": _("Mixed renewable energies"),
        "N2O": _("Nitrous oxide (N2O)"),
        "PFCs and SF6": _("PFCs and SF6"),
        "Reforestation": _("Reforestation"),
        "Solar & wind": _("Solar and wind"),
        "Solar": _("Solar"),
        "Tidal": _("Tidal power"),
        "Transport": _("Transport"),
        "Wind": _("Wind"),
    }
)
SCALES: Final[Mapping[str, str | Promise]] = MappingProxyType({"large": _("Large scale"), "small": _("Small scale")})
LEAST_DEVELOPED: Final = _("Least developed countries")
ACTIVITIES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {"PA": _("Project activity"), "PoA": _("Programme of activities")}
)
CREDITING_TYPES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {"Fixed": _("fixed, not renewable"), "Renewable": _("renewable")}
)
PERIODS: Final[Mapping[int, str | Promise]] = MappingProxyType(
    {1: _("First commitment period, 2008 to 2012"), 2: _("Second commitment period, 2013 to 2020")}
)


def project_type(code: str) -> str:
    """A project type, such as ``EE households``, in the reader's language."""
    return str(PROJECT_TYPES.get(code, code))


def least_developed(_value: str) -> str:
    """The only value of the filter for hosts that are least developed countries."""
    return str(LEAST_DEVELOPED)


def scale(code: str) -> str:
    """``large`` or ``small`` in words."""
    return str(SCALES.get(code, code))


def activity(code: str) -> str:
    """``PA`` or ``PoA`` in words."""
    return str(ACTIVITIES.get(code, code))


def crediting_type(code: str) -> str:
    """``Fixed`` or ``Renewable`` in words."""
    return str(CREDITING_TYPES.get(code, code))


def period(number: int) -> str:
    """A commitment period in words."""
    return str(PERIODS.get(number, number))
