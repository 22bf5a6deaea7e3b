"""The file itself: PDF/A-3a, the attached facts, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import subprocess
import sys
from io import BytesIO
from xml.etree import ElementTree

import pytest
import rfc8785
from pypdf import PdfReader

PDFA = "{http://www.aiim.org/pdfa/ns/id/}"


@pytest.fixture(scope="module")
def document(make_document):
    return make_document()


@pytest.fixture(scope="module")
def content(document, render):
    return render(document)


@pytest.fixture(scope="module")
def reader(content):
    return PdfReader(BytesIO(content))


def test_says_that_it_is_pdf_a_3a(reader):
    metadata = ElementTree.fromstring(reader.trailer["/Root"]["/Metadata"].get_object().get_data())
    attributes = {key: value for element in metadata.iter() for key, value in element.attrib.items()}
    assert attributes[f"{PDFA}part"] == "3"
    assert attributes[f"{PDFA}conformance"] == "A"


def test_is_tagged_has_a_language_a_title_and_a_colour_profile(reader):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert reader.metadata.title == "Certificate CCS-2026-000042, revision 1"
    assert reader.metadata.author == "Example Operator Ltd"


def test_structure_has_a_heading_and_a_described_picture(reader):
    found: dict[str, list[str]] = {}

    def walk(element):
        element = element.get_object()
        if isinstance(element, list):
            for child in element:
                walk(child)
        elif isinstance(element, dict) and element.get("/Type") in ("/StructTreeRoot", "/StructElem"):
            found.setdefault(element.get("/S", ""), []).append(element.get("/Alt", ""))
            walk(element["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    assert len(found["/H1"]) == 1
    assert found["/Figure"] == ["QR code with the verification address"]
    assert "/BlockQuote" in found


def test_every_font_is_embedded_and_maps_to_letters(reader):
    fonts = {
        font["/BaseFont"]: font
        for page in reader.pages
        for font in (reference.get_object() for reference in page["/Resources"]["/Font"].get_object().values())
    }
    assert fonts
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert font["/ToUnicode"].get_object().get_data()


def test_dates_are_those_of_issue(reader, document):
    assert reader.metadata.creation_date == document.issued_at
    assert reader.metadata.modification_date == document.issued_at


def test_carries_the_canonical_facts_whose_digest_it_prints(reader, document):
    root = reader.trailer["/Root"]
    assert len(root["/AF"]) == 1
    specification = root["/AF"][0].get_object()
    assert specification["/AFRelationship"] == "/Source"
    embedded = specification["/EF"]["/F"].get_object()
    assert embedded["/Subtype"] == "/application/json"
    facts = reader.attachments["certificate.json"][0]
    assert facts == rfc8785.dumps(document.facts())
    assert json.loads(facts)["ranges"][0]["serial_end"] == "ID-5-11657467-1-1-0-526"
    assert hashlib.sha256(facts).hexdigest() in "".join(page.extract_text() for page in reader.pages)


def test_attached_facts_keep_what_the_page_cannot_show(make_document, render):
    name = "Zoë \u202e 株式会社"
    attached = PdfReader(BytesIO(render(make_document(beneficiary=name)))).attachments["certificate.json"][0]
    assert json.loads(attached)["beneficiary"] == name


def test_same_document_same_bytes_in_this_process(content, document, make_document, render):
    render(make_document(beneficiary="北京 배출 شهادة 🌍", language="zh"))
    assert render(document) == content


def test_same_document_same_bytes_in_another_process(make_document, render, tmp_path):
    document = make_document(beneficiary="Müller 北京 شهادة प्रमाण 🌍")
    facts = tmp_path / "document"
    facts.write_bytes(pickle.dumps(document))
    program = (
        "import hashlib, pickle, sys, rfc8785\n"
        "from creditstore_certificate_pdf.plugin import PdfCertificate\n"
        "document = pickle.load(open(sys.argv[1], 'rb'))\n"
        "digest = hashlib.sha256(rfc8785.dumps(document.facts())).hexdigest()\n"
        "print(hashlib.sha256(PdfCertificate(None).render(document, digest=digest)).hexdigest())\n"
    )
    environment = os.environ | {
        "PYTHONHASHSEED": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "TZ": "Pacific/Auckland",
        "HOME": str(tmp_path),
        "LC_ALL": "C",
    }
    output = subprocess.run(
        [sys.executable, "-c", program, str(facts)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=60,
    ).stdout
    assert output.decode().strip() == hashlib.sha256(render(document)).hexdigest()


def test_different_documents_have_different_identifiers(reader, make_document, render):
    other = PdfReader(BytesIO(render(make_document(revision=2))))
    assert reader.trailer["/ID"][0] != other.trailer["/ID"][0]
