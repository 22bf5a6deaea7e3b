"""What a reader finds on the paper, taken from the PDF as a program or a screen reader would."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from creditstore_plugins import RenderFailed

MARK = "SIMULATED: no real unit was cancelled"


def page_texts(content: bytes) -> list[str]:
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def test_states_every_fact(make_document, render):
    document = make_document()
    text = " ".join(page_texts(render(document)))
    for fact in (
        "Certificate of voluntary cancellation",
        "CCS-2026-000042",
        "Certificate number Revision Issued Order Ordered CCS-2026-000042 1 23 November 2026",
        "Certificate CCS-2026-000042, revision 1",
        "23 November 2026, 14:06:30 UTC",
        "100042",
        "22 November 2026",
        "12 Certified Emission Reductions (CER), twelve",
        "One unit stands for one tonne of CO2 equivalent: 12 tonnes in all.",
        "Müller & Søn Bakery",
        "DK",
        "Reason, in the buyer's own words",
        "Electricity of our three shops in 2025. Thank you to everyone who cycles to work.",
        "Seller Invented Seller GmbH",
        "Issuer Example Operator Ltd",
        "First serial ID-5-11657456-1-1-0-526",
        "Last serial ID-5-11657467-1-1-0-526",
        "0526 Darajat Unit III Geothermal Project",
        "Indonesia (ID)",
        "1 Energy industries",
        "ACM0002",
        "1 January 2008 to 31 December 2008",
        "Commitment period 1",
        "CDM registry simulator",
        "SIM-2026-0000042",
        "23 November 2026, 14:05:09 UTC",
        "these units cannot be used again",
        "no corresponding adjustment: the host country still counts this reduction",
    ):
        assert fact in text


def test_an_ordinary_certificate_is_one_page(make_document, render):
    assert len(page_texts(render(make_document()))) == 1


def test_address_and_digest_are_whole(make_document, render):
    document = make_document()
    text = "".join(page_texts(render(document))).replace(" ", "")
    assert document.verification_url in text
    assert re.search(r"certificate\.json:[0-9a-f]{64}", text)


def test_each_page_says_that_it_is_simulated_at_head_and_foot(make_document, make_range, render):
    ranges = tuple(make_range(first=1000 + 12 * number) for number in range(9))
    pages = page_texts(render(make_document(ranges=ranges, quantity=108)))
    assert len(pages) > 1
    for text in pages:
        assert text.count(MARK) == 2


def test_a_real_cancellation_is_not_called_simulated(make_document, render):
    text = " ".join(page_texts(render(make_document(simulated=False))))
    assert "SIMULATED" not in text
    assert "nothing is proved" not in text


def test_says_when_a_corresponding_adjustment_applies(make_document, render):
    text = " ".join(page_texts(render(make_document(corresponding_adjustment=True))))
    assert "A corresponding adjustment applies" in text
    assert "no corresponding adjustment" not in text


def test_forty_ranges_are_all_there_in_order(make_document, make_range, render):
    ranges = tuple(make_range(first=1000 + 12 * number) for number in range(40))
    text = " ".join(page_texts(render(make_document(ranges=ranges, quantity=480))))
    printed = re.findall(r"(?:First|Last) serial (\S+)", text)
    assert printed == [serial for part in ranges for serial in (part.serial_start, part.serial_end)]
    assert "480 Certified Emission Reductions (CER), four hundred and eighty" in text


@pytest.mark.parametrize("name", ["W" * 257, "Wide Name " * 25 + "the end"])
def test_a_name_of_257_characters_is_whole(make_document, render, name):
    assert len(name) == 257
    text = "".join(page_texts(render(make_document(beneficiary=name)))).replace(" ", "")
    assert name.replace(" ", "") in text


def test_a_reason_of_875_characters_keeps_its_lines(make_document, render):
    reason = "\n".join(f"Line {number:03d} of what we are thankful for" for number in range(30))[:875]
    assert len(reason) == 875
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(render(make_document(reason=reason)))).pages)
    for line in reason.split("\n"):
        assert line.strip() in [printed.strip() for printed in text.split("\n")]


def test_one_unit_is_singular(make_document, make_range, render):
    text = " ".join(page_texts(render(make_document(quantity=1, ranges=(make_range(quantity=1),)))))
    assert "1 Certified Emission Reduction (CER), one" in text
    assert "1 tonne in all" in text


def test_a_large_quantity_in_digits_and_words(make_document, make_range, render):
    document = make_document(
        quantity=450_000,
        ranges=(make_range(quantity=450_000),),
        unit_type="A6.4ER",
        unit_name="Article 6.4 Emission Reductions",
    )
    text = " ".join(page_texts(render(document)))
    assert "450,000 Article 6.4 Emission Reductions (A6.4ER), four hundred and fifty thousand" in text


def test_missing_facts_are_said_to_be_missing(make_document, make_range, render):
    part = make_range(scopes=(), methodologies=(), monitoring_start=None, monitoring_end=None)
    text = " ".join(page_texts(render(make_document(beneficiary="", reason=" \n ", ranges=(part,)))))
    assert "No beneficiary was named." in text
    assert "No reason was given." in text
    assert "Sectoral scope not stated" in text
    assert "Methodology not stated Monitoring period not stated" in text


def test_markup_and_controls_in_names_are_only_text(make_document, render):
    document = make_document(
        beneficiary='<script>alert("1")</script></p><h1>Forged \u202eLATOT\u202c\u2066x\u2069 &amp;\x00\x1b[31m\x85end',
        reason="</blockquote><style>*{display:none}</style>",
        seller='<img src="https://store.example/spy.png">',
    )
    text = " ".join(page_texts(render(document)))
    assert '<script>alert("1")</script></p><h1>Forged LATOTx &amp;[31m end' in text
    assert "</blockquote><style>*{display:none}</style>" in text
    assert '<imgsrc="https://store.example/spy.png">' in text.replace(" ", "")


def test_serials_are_copied_exactly_whatever_hyphens_the_buyer_used(make_document, render):
    text = " ".join(page_texts(render(make_document(beneficiary="A\u2010B\u00a0C\u2011D", reason="x\u2010y\u00a0z"))))
    assert "First serial ID-5-11657456-1-1-0-526" in text


def test_refuses_a_digest_that_is_not_of_these_facts(pdf_format, make_document):
    with pytest.raises(RenderFailed, match="digest"):
        pdf_format.render(make_document(), digest="0" * 64)


def test_refuses_an_address_too_long_for_a_code(make_document, render):
    with pytest.raises(RenderFailed, match="QR code"):
        render(make_document(verification_url="https://store.example/" + "a" * 3000))
