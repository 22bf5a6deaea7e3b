"""docs/reference/conformance.md is what the kit's tests say of themselves."""

from __future__ import annotations

import conformance_docs

from creditstore_plugins.testing.line import Fault


def test_the_reference_of_the_kit_is_written_from_it() -> None:
    written = conformance_docs.DOCUMENT.read_text(encoding="utf-8")
    assert written == conformance_docs.document(), "run: python tools/conformance_docs.py"


def test_every_fault_is_explained() -> None:
    assert set(conformance_docs.FAULTS) == set(Fault)
