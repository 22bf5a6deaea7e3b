"""What every format of certificates must hold: it opens, says all that it must, in any script, and always the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from creditstore_plugins import (
    CertificateDocument,
    CertificateFormat,
    CertificateRange,
    RenderFailed,
)
from creditstore_plugins.testing.line import Fault
from creditstore_plugins.testing.surroundings import SCRIPTS, Contract, Stage, at_once

#: Texts that mean something to one program or another. All must come out as they went in.
HOSTILE: Mapping[str, str] = {
    "markup": "<b>Bold</b> & <script>alert(1)</script>",
    "entity": "Fish &amp; Chips &#65;",
    "template": "{{ 7 * 7 }} {% now %} ${x} %s",
    "formula": '=HYPERLINK("http://x")',
    "quotes": 'O\'Neil "the" \\ backslash',
}


class CertificateTests(Contract[CertificateFormat, Any]):
    """Tests of every certificate format. Override ``text_of`` for a file that is not plain text."""

    _hook: ClassVar[str] = "certificate_formats"

    def text_of(self, content: bytes) -> str:
        """All that a reader of the file reads; opening it is part of the test."""
        return content.decode("utf-8")

    def document(self, **changes: object) -> CertificateDocument:
        """The facts of a certificate."""
        known = CertificateDocument(
            number="VC-2026-000042",
            revision=1,
            language="en",
            order_number="2026-000777",
            ordered_at=datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
            issued_at=datetime(2026, 3, 2, 9, 15, tzinfo=UTC),
            issuer="Example Operator",
            seller="Example Seller",
            beneficiary="Example School",
            beneficiary_country="FR",
            reason="Our journey to Lisbon",
            quantity=15,
            unit_type="CER",
            unit_name="Certified Emission Reduction",
            kind="voluntary cancellation",
            corresponding_adjustment=False,
            simulated=False,
            ranges=(self.part_of(1001, 1010), self.part_of(2001, 2005, project_ref="1947")),
            verification_url="https://store.example/certificates/VC-2026-000042/?code=0123456789abcdef",
        )
        return replace(known, **changes)  # type: ignore[arg-type]

    def part_of(self, start: int, end: int, **changes: object) -> CertificateRange:
        """One range of a certificate."""
        known = CertificateRange(
            serial_start=f"ID-5-{start}-1-1-0-526",
            serial_end=f"ID-5-{end}-1-1-0-526",
            quantity=end - start + 1,
            project_ref="0526",
            project_title="Wind farm on the hill",
            host_country="Indonesia",
            host_country_code="ID",
            scopes=("1 Energy industries",),
            methodologies=("ACM0002",),
            monitoring_start=date(2013, 1, 1),
            monitoring_end=date(2013, 12, 31),
            commitment_period=2,
            registry="Example Registry",
            transaction="TX-000314",
            completed_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        )
        return replace(known, **changes)  # type: ignore[arg-type]

    def rendered(self, stage: Stage[CertificateFormat, Any], document: CertificateDocument) -> bytes:
        """The file of these facts."""
        return stage.part.render(document, digest=digest_of(document))

    def read(self, document: CertificateDocument) -> str:
        """What a reader of that file reads, with runs of white space as one space: lines break where they like."""
        return _plain(self.text_of(self.rendered(self.build(), document)))

    def says(self, text: str, wanted: str) -> bool:
        """Whether the text holds ``wanted``, wherever lines are broken."""
        return _squeezed(wanted) in _squeezed(text)

    def test_it_opens(self) -> None:
        """The file is not empty and can be read by whatever reads such files."""
        content = self.rendered(self.build(), self.document())
        assert isinstance(content, bytes)
        assert self.text_of(content).strip()

    def test_the_same_facts_give_the_same_bytes(self) -> None:
        """Another instance, another day: not one byte differs, so that a copy can be compared."""
        first, second = self.build(), self.build()
        second.clock.move(86_400 * 400)
        assert self.rendered(first, self.document()) == self.rendered(second, self.document())

    def test_it_asks_nobody(self) -> None:
        """The facts are complete: nothing is asked for, so nothing can be missing in seven years."""
        stage = self.build()
        stage.line.break_all(Fault.UNREACHABLE)
        self.rendered(stage, self.document())
        assert stage.line.requests == []

    def test_it_names_itself_and_who_issued_it(self) -> None:
        """The number, the issuer, and where it can be verified."""
        text = self.read(self.document())
        for wanted in ("VC-2026-000042", "Example Operator", "https://store.example/certificates/VC-2026-000042/"):
            assert self.says(text, wanted), f"it does not say {wanted}"

    def test_it_names_the_beneficiary_and_the_reason(self) -> None:
        """For whom the units were cancelled, and why."""
        text = self.read(self.document())
        for wanted in ("Example School", "Our journey to Lisbon"):
            assert self.says(text, wanted), f"it does not say {wanted}"

    def test_it_names_every_serial(self) -> None:
        """The first and last serial of every range, of two and of sixty."""
        many = tuple(self.part_of(1000 * n + 1, 1000 * n + 2) for n in range(1, 61))
        for document in (self.document(), self.document(ranges=many, quantity=120)):
            text = self.read(document)
            for part in document.ranges:
                assert self.says(text, part.serial_start), f"it does not say {part.serial_start}"
                assert self.says(text, part.serial_end), f"it does not say {part.serial_end}"

    def test_it_says_how_many_units_of_what(self) -> None:
        """The quantity and the kind of unit. 98,765 may be written with a separator."""
        # No serial of the range holds the quantity's digits.
        document = self.document(ranges=(self.part_of(2_000_000, 2_098_764),), quantity=98_765)
        text = self.read(document)
        assert re.search(r"98[^0-9]?765", text), "it does not say 98765"
        assert self.says(text, "CER")

    def test_it_names_the_project_the_registry_and_the_transaction(self) -> None:
        """Where the units came from, and where they were cancelled."""
        text = self.read(self.document())
        for wanted in ("0526", "1947", "Wind farm on the hill", "Example Registry", "TX-000314"):
            assert self.says(text, wanted), f"it does not say {wanted}"

    def test_it_carries_the_digest_of_the_facts(self) -> None:
        """So that file and facts can be held against each other."""
        assert self.says(self.read(self.document()), digest_of(self.document()))

    def test_a_simulated_cancellation_says_so_and_no_other_does(self) -> None:
        """Nobody may take a demonstration for the real thing, or the other way round."""
        real, simulated = self.read(self.document()), self.read(self.document(simulated=True))
        assert "simulat" in simulated.lower(), "a simulated cancellation does not say so"
        assert not self.marks_simulated(real), "a real cancellation is said to be simulated"

    def marks_simulated(self, text: str) -> bool:
        """Whether this text, as read, says that the cancellation was simulated."""
        return "simulat" in text.lower()

    def test_names_in_any_script_can_be_read(self) -> None:
        """Each is in the file as it was written, or the format says that it cannot be rendered."""
        for script, name in SCRIPTS.items():
            try:
                text = self.read(self.document(beneficiary=name))
            except RenderFailed:
                continue
            assert self.says(text, name) or self.says(_turned(text), name), f"{script}: {name} cannot be read"

    def test_hostile_texts_are_only_texts(self) -> None:
        """Markup, templates, formulas and quotes in a name come out as they went in."""
        for what, name in HOSTILE.items():
            assert self.says(self.read(self.document(beneficiary=name)), name), f"{what}: {name} was changed"

    def test_long_texts_are_complete(self) -> None:
        """A name of 250 characters and a reason of 900 are there to the last word."""
        name = " ".join(["Foundation"] * 22) + " Lastname"
        reason = " ".join(["because"] * 110) + " lastreason"
        text = self.read(self.document(beneficiary=name, reason=reason))
        assert self.says(text, "Lastname")
        assert self.says(text, "lastreason")

    def test_what_is_empty_is_left_out(self) -> None:
        """No reason, no country, no monitoring dates: no ``None`` in their place, and no failure."""
        part = self.part_of(1001, 1010, monitoring_start=None, monitoring_end=None, scopes=(), methodologies=())
        text = self.read(self.document(reason="", beneficiary_country="", ranges=(part,), quantity=10))
        assert not re.search(r"\bNone\b", text)

    def test_many_at_once_do_not_mix(self) -> None:
        """Eight certificates at the same moment: each has its own name."""
        stage = self.build()
        names = [f"Beneficiary number {number}" for number in range(8)]
        files = at_once(lambda number: self.rendered(stage, self.document(beneficiary=names[number])))
        for name, content in zip(names, files, strict=True):
            assert self.says(_plain(self.text_of(content)), name)


def digest_of(document: CertificateDocument) -> str:
    """The SHA-256 of the canonical JSON (RFC 8785) of a document's facts. The facts hold texts, integers and lists."""
    # Texts are sorted by UTF-16 code units there; the facts' names are ASCII, for which that is the same.
    canonical = json.dumps(document.facts(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(text: str) -> str:
    return " ".join(text.split())


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _turned(text: str) -> str:
    """Right-to-left words as programs read them that keep the order of the page."""
    return " ".join(reversed([word[::-1] for word in text.split()]))
