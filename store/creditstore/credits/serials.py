"""Serial numbers: what a unit is called, and the CDM's way of writing it.

A grammar turns the printed text into a :class:`Serial` and back without loss: whatever it accepts, it prints
identically. Hence no forgiving of spaces, small letters or leading zeros; what does not fit is refused with a message
that a buyer can act on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# A PostgreSQL bigint: numbers run per Party over all periods and pass a thousand million today.
MAX_NUMBER: Final = 2**63 - 1
# The registries' data exchange standards give a commitment period two digits.
MAX_PERIOD: Final = 99
MAX_FIELD6: Final = 2**15 - 1
MAX_PROJECT: Final = 2**31 - 1

# Digits are spelled out: \d and int() would take those of other scripts too, which print back differently.
_INTEGER = re.compile(r"0|[1-9][0-9]*")
_PARTY = re.compile(r"[A-Z]{2}")
_REF = re.compile(r"[0-9]{4}|[1-9][0-9]{4,}")
_MAX_ECHO = 60


class MalformedSerial(ValueError):
    """A text is not a serial number of its scheme, or a serial has no text in it.

    ``reason`` says what is wrong, ``example`` is a well-formed serial; ``str()`` joins both in the reader's language
    (the sentence is translated when it is shown, not when it is raised).
    """

    def __init__(self, template: str | Promise, *, example: str, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.example = example
        self.values = values

    @property
    def reason(self) -> str:
        """What is wrong, in one sentence."""
        return str(self.template) % self.values

    def __str__(self) -> str:
        return str(_("%(reason)s Example: %(example)s")) % {"reason": self.reason, "example": self.example}


class UnknownScheme(LookupError):
    """No serial grammar is known for a registry scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitType:
    """A kind of unit: the code in serial numbers, its short name, its full name for readers.

    ``expires`` is true for the temporary units of forestry, which are not sold without an explicit opt-in.
    """

    code: int
    short_name: str
    full_name: str | Promise
    expires: bool = False


# Two codes share one name: 3 was converted from an AAU, 4 from an RMU.
UNIT_TYPES: Final[Mapping[int, UnitType]] = MappingProxyType(
    {
        unit_type.code: unit_type
        for unit_type in (
            UnitType(code=1, short_name="AAU", full_name=_("Assigned Amount Unit")),
            UnitType(code=2, short_name="RMU", full_name=_("Removal Unit")),
            UnitType(code=3, short_name="ERU", full_name=_("Emission Reduction Unit")),
            UnitType(code=4, short_name="ERU", full_name=_("Emission Reduction Unit")),
            UnitType(code=5, short_name="CER", full_name=_("Certified Emission Reduction")),
            UnitType(code=6, short_name="tCER", full_name=_("Temporary Certified Emission Reduction"), expires=True),
            UnitType(code=7, short_name="lCER", full_name=_("Long-term Certified Emission Reduction"), expires=True),
        )
    }
)


def unit_type_named(short_name: str) -> UnitType:
    """The unit type a registry report calls ``CER``, ``tCER`` ... ; the letter case counts.

    Raises:
        LookupError: no such type, or more than one (``ERU`` does not tell 3 from 4).
    """
    found = [unit_type for unit_type in UNIT_TYPES.values() if unit_type.short_name == short_name]
    if len(found) != 1:
        raise LookupError(f"{len(found)} unit types are called {short_name!r}")
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serial:
    """One unit's serial number, taken apart.

    A unit is identified by ``scheme``, ``series`` and ``number`` alone; the rest describes it. In the CDM the series is
    the Party's two letters and ``project`` the reference number without zero padding. ``field6`` is kept as printed:
    by position the LULUCF activity, though a project without land use may print 1.
    """

    scheme: str
    series: str
    number: int
    unit_type: int
    original_period: int
    applicable_period: int
    field6: int
    project: int


class SerialGrammar(Protocol):
    """How one registry scheme writes serial numbers. ``format(parse(text)) == text`` for every text it accepts."""

    @property
    def scheme(self) -> str:
        """The scheme's short name, the same as a connector's ``RegistryInfo.scheme``."""

    @property
    def example(self) -> str:
        """A well-formed serial to show beside a refusal."""

    def parse(self, text: str) -> Serial:
        """Take a printed serial apart, or raise :class:`MalformedSerial`."""

    def format(self, serial: Serial) -> str:
        """Print a serial, or raise :class:`MalformedSerial` if the scheme cannot write it."""


class CdmSerialGrammar:
    """``Party-unitType-number-originalCP-applicableCP-field6-projectNo``, as in ``ID-5-11657456-1-1-0-526``."""

    scheme: Final = "cdm"
    example: Final = "ID-5-11657456-1-1-0-526"

    def parse(self, text: str) -> Serial:
        """Take a CDM serial apart.

        Raises:
            MalformedSerial: the text is not exactly seven fields joined by hyphens, each in its one spelling.
        """
        if re.search(r"\s", text):
            raise self._malformed(_("A serial number contains no spaces or line breaks: “%(text)s”."), text=_echo(text))
        fields = text.split("-")
        if len(fields) != 7:
            raise self._malformed(
                _("A serial number has seven fields joined by hyphens, this one has %(count)d: “%(text)s”."),
                count=len(fields) if text else 0,
                text=_echo(text),
            )
        party, *numbers = fields
        unit_type, number, original_period, applicable_period, field6, project = (
            self._integer(field, position) for position, field in enumerate(numbers, start=2)
        )
        serial = Serial(
            scheme=self.scheme,
            series=party,
            number=number,
            unit_type=unit_type,
            original_period=original_period,
            applicable_period=applicable_period,
            field6=field6,
            project=project,
        )
        self._check(serial)
        return serial

    def format(self, serial: Serial) -> str:
        """Print a serial as the CDM registry does.

        Raises:
            MalformedSerial: a value the form does not allow, or a serial of another scheme.
        """
        self._check(serial)
        return (
            f"{serial.series}-{serial.unit_type}-{serial.number}-{serial.original_period}-"
            f"{serial.applicable_period}-{serial.field6}-{serial.project}"
        )

    def _check(self, serial: Serial) -> None:
        if serial.scheme != self.scheme:
            raise self._malformed(
                _("This is a serial number of the scheme “%(scheme)s”, not of the CDM."), scheme=_echo(serial.scheme)
            )
        if not _PARTY.fullmatch(serial.series):
            raise self._malformed(
                _("Field 1 is the Party's code, two capital letters from A to Z, not “%(value)s”."),
                value=_echo(serial.series),
            )
        for position, value, lowest, highest in (
            (2, serial.unit_type, min(UNIT_TYPES), max(UNIT_TYPES)),
            (3, serial.number, 1, MAX_NUMBER),
            (4, serial.original_period, 1, MAX_PERIOD),
            (5, serial.applicable_period, 1, MAX_PERIOD),
            (6, serial.field6, 0, MAX_FIELD6),
            (7, serial.project, 1, MAX_PROJECT),
        ):
            if not lowest <= value <= highest:
                raise self._malformed(
                    _("Field %(position)d (%(name)s) must lie between %(lowest)d and %(highest)d."),
                    position=position,
                    name=_FIELD_NAMES[position],
                    lowest=lowest,
                    highest=highest,
                )

    def _integer(self, field: str, position: int) -> int:
        if not _INTEGER.fullmatch(field):
            raise self._malformed(
                _(
                    "Field %(position)d (%(name)s) must be a whole number in the digits 0 to 9 without leading zeros, "
                    "not “%(value)s”."
                ),
                position=position,
                name=_FIELD_NAMES[position],
                value=_echo(field),
            )
        # Python refuses to read thousands of digits; anything longer than a 64-bit number is out of range all the same.
        return int(field[: len(str(MAX_NUMBER)) + 1])

    def _malformed(self, template: str | Promise, **values: object) -> MalformedSerial:
        return MalformedSerial(template, example=self.example, **values)


_FIELD_NAMES: Final[Mapping[int, str | Promise]] = MappingProxyType(
    {
        2: _("unit type"),
        3: _("number of the unit"),
        4: _("original commitment period"),
        5: _("applicable commitment period"),
        6: _("LULUCF activity"),
        7: _("project number"),
    }
)

_GRAMMARS: Final[Mapping[str, SerialGrammar]] = MappingProxyType({CdmSerialGrammar.scheme: CdmSerialGrammar()})


def get_grammar(scheme: str) -> SerialGrammar:
    """The grammar of a registry scheme, such as ``cdm``.

    Raises:
        UnknownScheme: none is known by that name.
    """
    try:
        return _GRAMMARS[scheme]
    except KeyError:
        raise UnknownScheme(scheme) from None


def project_number(ref: str) -> int:
    """The number serials print for a CDM reference: ``"0009"`` gives 9, ``"10030"`` gives 10030.

    Raises:
        ValueError: not a reference (at least four digits, padded with zeros to four and no further), or out of range.
    """
    if _REF.fullmatch(ref) and len(ref) <= len(str(MAX_PROJECT)):
        number = int(ref)
        if 1 <= number <= MAX_PROJECT:
            return number
    raise ValueError(f"not a CDM reference: {_echo(ref)!r}")


def project_ref(number: int) -> str:
    """The CDM reference of a serial's project number: 9 gives ``"0009"``.

    Raises:
        ValueError: the number is no project's.
    """
    if not 1 <= number <= MAX_PROJECT:
        raise ValueError(f"not a CDM project number: {number}")
    return f"{number:04d}"


def _echo(text: str) -> str:
    """What a refusal quotes of a text: its beginning, so that a huge input does not become a huge message."""
    return text if len(text) <= _MAX_ECHO else f"{text[:_MAX_ECHO]}…"
