"""Serial numbers: what is accepted prints back identically, everything else is refused in plain words."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from hypothesis import example, given
from hypothesis import strategies as st

from creditstore.credits import serials
from creditstore.credits.serials import (
    UNIT_TYPES,
    CdmSerialGrammar,
    MalformedSerial,
    Serial,
    UnknownScheme,
    get_grammar,
    project_number,
    project_ref,
    unit_type_named,
)

# The grammar needs of Django only its translation: these tests also run alone, without the store's settings.
if not settings.configured and not os.environ.get("DJANGO_SETTINGS_MODULE"):
    settings.configure(USE_I18N=False)

GRAMMAR = CdmSerialGrammar()

# Published or composed from the registry's own reports; among them the highest number and a five-digit project.
REAL = [
    "ID-5-11657456-1-1-0-526",
    "BR-5-85316059-1-1-0-8",
    "BR-5-85448545-1-1-0-8",
    "HN-5-1-1-1-0-9",
    "CN-5-1198393330-2-2-0-4205",
    "KE-5-347508-1-1-0-6549",
    "PH-5-5320228-2-2-0-453",
    "LA-5-4071559-2-2-0-10030",
    "KH-5-6638212-2-2-0-10030",
    "IN-5-197032979-1-1-0-1514",
    "CL-5-20107203-1-1-0-33",
    "EU-1-12-1-1-0-1",
    "IN-6-184196294-1-1-1-5016",
]

SERIALS = st.builds(
    Serial,
    scheme=st.just("cdm"),
    series=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    number=st.integers(1, serials.MAX_NUMBER),
    unit_type=st.sampled_from(sorted(UNIT_TYPES)),
    original_period=st.integers(1, serials.MAX_PERIOD),
    applicable_period=st.integers(1, serials.MAX_PERIOD),
    field6=st.integers(0, serials.MAX_FIELD6),
    project=st.integers(1, serials.MAX_PROJECT),
)

_ODD_FIELDS = st.one_of(
    st.integers(-1, 12).map(str),
    st.text("0123456789\u0663\uff13\u00b2+ _.e\n", max_size=4),
    st.integers(min_value=2**62).map(str),
    st.sampled_from(["EU", "eu", "\uff29\uff2e", "1-1"]),
)


@st.composite
def nearly_serials(draw: st.DrawFn) -> str:
    """A sound serial with one field replaced: some still parse, the others fail at one edge only."""
    fields = GRAMMAR.format(draw(SERIALS)).split("-")
    fields[draw(st.integers(0, 6))] = draw(_ODD_FIELDS)
    return "-".join(fields)


@pytest.fixture(autouse=True)
def _untranslated() -> Iterator[None]:
    """Messages are asserted in the source language, whatever the settings say."""
    with translation.override(None):
        yield


def test_a_real_serial_is_taken_apart_field_by_field() -> None:
    assert GRAMMAR.parse("ID-5-11657456-1-2-3-526") == Serial(
        scheme="cdm",
        series="ID",
        number=11657456,
        unit_type=5,
        original_period=1,
        applicable_period=2,
        field6=3,
        project=526,
    )


@pytest.mark.parametrize("text", REAL)
def test_real_serials_print_back_identically(text: str) -> None:
    assert GRAMMAR.format(GRAMMAR.parse(text)) == text


@given(SERIALS)
def test_every_serial_survives_printing(serial: Serial) -> None:
    assert GRAMMAR.parse(GRAMMAR.format(serial)) == serial


@given(st.one_of(st.text(), nearly_serials()))
@example("IN-5-٣-1-1-0-9")
@example("IN-5-²-1-1-0-9")
@example("IN-5-1-1-1-0-9\n")
@example("IN-5-" + "9" * 5000 + "-1-1-0-9")
def test_any_text_prints_back_identically_or_is_refused(text: str) -> None:
    refusal = ""
    printed = text
    try:
        printed = GRAMMAR.format(GRAMMAR.parse(text))
    except MalformedSerial as error:
        refusal = str(error)
    assert printed == text
    assert not refusal or refusal.endswith(" Example: ID-5-11657456-1-1-0-526")
    assert len(refusal) < 300


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has 0"),
        ("ID-5-11657456-1-1-526", "seven fields joined by hyphens, this one has 6"),
        ("ID-5-11657456-1-1-0-526-1", "this one has 8"),
        ("ID-5--11657456-1-1-0-526", "this one has 8"),
        ("ID 5 11657456 1 1 0 526", "no spaces"),
        (" ID-5-11657456-1-1-0-526", "no spaces"),
        ("ID-5-11657456-1-1-0-526\n", "no spaces or line breaks"),
        ("ID-5-11657456-1-1-0\u00a0-526", "no spaces"),
        ("id-5-11657456-1-1-0-526", "two capital letters from A to Z, not “id”"),
        ("IDN-5-11657456-1-1-0-526", "two capital letters"),
        ("I\u0414-5-11657456-1-1-0-526", "two capital letters"),
        ("ID-CER-11657456-1-1-0-526", "Field 2 (unit type) must be a whole number"),
        ("ID-0-11657456-1-1-0-526", "Field 2 (unit type) must lie between 1 and 7"),
        ("ID-8-11657456-1-1-0-526", "Field 2 (unit type) must lie between 1 and 7"),
        ("ID-5-011657456-1-1-0-526", "without leading zeros, not “011657456”"),
        ("ID-5-0-1-1-0-526", "Field 3 (number of the unit) must lie between 1 and 9223372036854775807"),
        ("ID-5-9223372036854775808-1-1-0-526", "Field 3 (number of the unit) must lie between"),
        ("ID-5-11,657,456-1-1-0-526", "Field 3 (number of the unit) must be a whole number"),
        ("ID-5-1_0-1-1-0-526", "Field 3 (number of the unit) must be a whole number"),
        ("ID-5-+1-1-1-0-526", "Field 3 (number of the unit) must be a whole number"),
        ("ID-5-\uff11\uff12-1-1-0-526", "in the digits 0 to 9"),
        ("ID-5-11657456-0-1-0-526", "Field 4 (original commitment period)"),
        ("ID-5-11657456-1-100-0-526", "Field 5 (applicable commitment period)"),
        ("ID-5-11657456-1-1--526", "Field 6 (LULUCF activity) must be a whole number"),
        ("ID-5-11657456-1-1-00-526", "Field 6 (LULUCF activity)"),
        ("ID-5-11657456-1-1-0-0526", "Field 7 (project number) must be a whole number"),
        ("ID-5-11657456-1-1-0-0", "Field 7 (project number) must lie between 1 and"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_shows_an_example(text: str, says: str) -> None:
    with pytest.raises(MalformedSerial) as refused:
        GRAMMAR.parse(text)
    assert says in refused.value.reason
    assert str(refused.value) == f"{refused.value.reason} Example: ID-5-11657456-1-1-0-526"


def test_the_highest_number_is_64_bit() -> None:
    assert GRAMMAR.parse("ID-5-9223372036854775807-1-1-0-526").number == 2**63 - 1


def test_a_huge_text_is_refused_without_being_quoted_whole() -> None:
    with pytest.raises(MalformedSerial) as refused:
        GRAMMAR.parse("9" * 5_000_000)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    "wrong",
    [
        {"scheme": "article6"},
        {"series": "in"},
        {"series": "IN\n"},
        {"number": 0},
        {"number": 2**63},
        {"unit_type": 8},
        {"original_period": 0},
        {"applicable_period": 100},
        {"field6": -1},
        {"project": 0},
    ],
)
def test_what_would_not_parse_is_not_printed_either(wrong: dict[str, str | int]) -> None:
    sound = GRAMMAR.parse("ID-5-11657456-1-1-0-526")
    with pytest.raises(MalformedSerial):
        GRAMMAR.format(dataclasses.replace(sound, **wrong))  # type: ignore[arg-type]


def test_a_serial_cannot_be_changed_and_can_be_a_key() -> None:
    serial = GRAMMAR.parse("ID-5-11657456-1-1-0-526")
    with pytest.raises(dataclasses.FrozenInstanceError):
        serial.number = 2  # type: ignore[misc]
    assert {serial: "found"}[GRAMMAR.parse("ID-5-11657456-1-1-0-526")] == "found"


def test_grammars_are_found_by_scheme() -> None:
    grammar = get_grammar("cdm")
    assert grammar.scheme == "cdm"
    assert grammar.format(grammar.parse(grammar.example)) == grammar.example
    with pytest.raises(UnknownScheme):
        get_grammar("CDM")


@pytest.mark.parametrize(("ref", "number"), [("0001", 1), ("0009", 9), ("0526", 526), ("9933", 9933), ("10030", 10030)])
def test_references_are_padded_and_serials_are_not(ref: str, number: int) -> None:
    assert project_number(ref) == number
    assert project_ref(number) == ref


@given(st.integers(1, serials.MAX_PROJECT))
def test_every_project_number_has_one_reference(number: int) -> None:
    assert project_number(project_ref(number)) == number


@given(st.one_of(st.text(), st.text("0123456789", max_size=12)))
def test_any_text_is_a_reference_with_one_number_or_refused(text: str) -> None:
    try:
        number = project_number(text)
    except ValueError:
        return
    assert project_ref(number) == text


@pytest.mark.parametrize("ref", ["", "9", "009", "00009", "0000", "٠٠٠٩", " 0009", "0009\n", "-009", "9" * 5000])
def test_what_is_not_a_reference_is_refused(ref: str) -> None:
    with pytest.raises(ValueError, match="not a CDM reference"):
        project_number(ref)


@pytest.mark.parametrize("number", [0, -9, 2**31])
def test_what_is_no_project_number_has_no_reference(number: int) -> None:
    with pytest.raises(ValueError, match="not a CDM project number"):
        project_ref(number)


def test_unit_types_are_named() -> None:
    assert [(code, unit.short_name) for code, unit in sorted(UNIT_TYPES.items())] == [
        (1, "AAU"),
        (2, "RMU"),
        (3, "ERU"),
        (4, "ERU"),
        (5, "CER"),
        (6, "tCER"),
        (7, "lCER"),
    ]
    assert str(UNIT_TYPES[5].full_name) == "Certified Emission Reduction"
    assert all(isinstance(unit.full_name, Promise) for unit in UNIT_TYPES.values()), "names are translated when shown"
    assert [code for code, unit in UNIT_TYPES.items() if unit.expires] == [6, 7]


def test_unit_types_are_found_by_the_name_in_registry_reports() -> None:
    assert [unit_type_named(name).code for name in ("CER", "tCER", "lCER")] == [5, 6, 7]
    for ambiguous_or_unknown in ("ERU", "cer", ""):
        with pytest.raises(LookupError):
            unit_type_named(ambiguous_or_unknown)
