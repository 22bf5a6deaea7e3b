"""The public register, the check page, certificates."""

from __future__ import annotations

import hashlib

import pytest

from creditstore.certificates.models import Certificate
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import block_serials
from creditstore.orders.models import Order
from support.jobs import run_jobs
from support.ledger import make_issuance, make_offer
from support.plugin_host import ScriptedProvider, ScriptedRegistry
from support.visitor import GOOD, Visitor, words

pytestmark = pytest.mark.django_db
REGISTER, CHECK = "/en/register/", "/en/register/check/"


@pytest.fixture
def buyer(visitor: Visitor, outside: tuple[ScriptedRegistry, ScriptedProvider]) -> Visitor:
    return visitor


def cancel(buyer: Visitor, visibility: str) -> tuple[Order, Certificate, str]:
    """An order cancelled and certified, with its certificate and its first serial."""
    order = buyer.buy(make_offer(quantity=50), 12, visibility=visibility)
    run_jobs()
    order.refresh_from_db()
    block = UnitBlock.objects.get(reservation__order_line__order=order, is_leaf=True)
    return order, order.certificates.get(), block_serials(block)[0]


def test_the_register_shows_what_buyers_published(buyer: Visitor) -> None:
    _full, shown, serial = cancel(buyer, "full")
    _serials, _unnamed, other = cancel(buyer, "serials")
    _hidden, _secret, hidden = cancel(buyer, "hidden")
    answer = Visitor().get(REGISTER)
    text = words(answer)
    assert answer["Cache-Control"] == "public, max-age=60"
    assert GOOD["beneficiary"] in text
    assert shown.number in text
    assert serial in text
    assert other in text
    assert "Not published" in text
    assert hidden not in text
    assert "Simulated" in text


def test_the_register_finds_a_unit_inside_a_range(buyer: Visitor) -> None:
    order, _certificate, serial = cancel(buyer, "full")
    number = int(serial.split("-")[2])
    inside = serial.replace(str(number), str(number + 5))
    assert order.beneficiary_name in words(Visitor().get(REGISTER, {"serial": inside}))
    outside_of_it = serial.replace(str(number), str(number + 40))
    assert "No published cancellation answers to this" in words(Visitor().get(REGISTER, {"serial": outside_of_it}))


@pytest.mark.parametrize(
    "filters",
    [{"serial": "ID-5"}, {"date_from": "yesterday"}, {"country": "Atlantis"}, {"cursor": "!"}, {"q": "x" * 300}],
)
def test_a_filter_that_cannot_be_read_is_said(visitor: Visitor, filters: dict[str, str]) -> None:
    answer = visitor.get(REGISTER, filters)
    assert answer.status_code == 400
    assert "There is a problem" in words(answer)


def test_a_cancelled_unit_is_answered_in_words(buyer: Visitor) -> None:
    _order, certificate, serial = cancel(buyer, "full")
    text = words(Visitor().get(CHECK, {"number": serial}))
    assert "This unit is cancelled" in text
    assert "Simulated: no real unit was cancelled" in text
    assert certificate.number in text
    assert GOOD["beneficiary"] in text


def test_a_hidden_unit_says_only_that_and_when(buyer: Visitor) -> None:
    _order, certificate, serial = cancel(buyer, "hidden")
    text = words(Visitor().get(CHECK, {"number": serial}))
    assert "This unit is cancelled" in text
    assert "The buyer chose to publish nothing else" in text
    assert certificate.number not in text
    assert GOOD["beneficiary"] not in text
    assert "No public certificate has this number" in words(Visitor().get(CHECK, {"number": certificate.number}))


def test_units_that_are_not_cancelled_say_so(visitor: Visitor) -> None:
    issuance = make_issuance(quantity=100)
    (root,) = issuance.blocks.all()
    first, last = block_serials(root)
    make_offer(issuance=issuance, quantity=10)
    assert "This unit is for sale here" in words(visitor.get(CHECK, {"number": first}))
    assert "This unit is not cancelled" in words(visitor.get(CHECK, {"number": last}))


def test_a_unit_nobody_knows_is_unknown(visitor: Visitor) -> None:
    answer = visitor.get(CHECK, {"number": "CL-5-9999999999999-2-2-0-9"})
    assert answer.status_code == 200
    assert "This unit is not known here" in words(answer)


@pytest.mark.parametrize("number", ["", "ID-5-x", "hello", "ID-5-0-1-1-0-526", "\0", "9" * 500])
def test_what_is_no_number_is_said(visitor: Visitor, number: str) -> None:
    answer = visitor.get(CHECK, {"number": number})
    assert answer.status_code == 400
    assert "There is a problem" in words(answer)


def test_a_certificates_number_is_answered(buyer: Visitor) -> None:
    _order, certificate, serial = cancel(buyer, "full")
    text = words(Visitor().get(CHECK, {"number": f" {certificate.number.lower()} "}))
    assert "This certificate is valid" in text
    assert "12 units" in text
    assert serial in text


def test_the_certificate_page_stands_at_its_permanent_address(buyer: Visitor) -> None:
    _order, certificate, serial = cancel(buyer, "full")
    answer = Visitor().get(f"/certificates/{certificate.number}/")
    text = words(answer)
    assert answer.status_code == 200
    assert answer["Content-Language"] == "en"
    assert answer["Cache-Control"] == "public, max-age=60"
    for expected in (
        "SIMULATED: no real unit was cancelled",
        "12 tonnes CO2e",
        GOOD["beneficiary"],
        "Reason, in the buyer's own words",
        serial,
        "These units cannot be used again.",
        "No corresponding adjustment",
        certificate.digest,
    ):
        assert expected in text
    assert b'class="qr"' in answer.content
    assert b"style=" not in answer.content


def test_the_certificate_page_speaks_the_readers_language(buyer: Visitor) -> None:
    _order, certificate, _serial = cancel(buyer, "full")
    address = f"/certificates/{certificate.number}/"
    by_header = Visitor(headers={"accept-language": "ar-xb"}).get(address)
    assert b'dir="rtl"' in by_header.content
    assert b'lang="en-xa"' in Visitor().get(address, {"lang": "en-xa"}).content
    assert Visitor().get(address, {"lang": "klingon"}).status_code == 200
    assert "Accept-Language" in by_header["Vary"]


def test_below_full_visibility_the_code_opens_the_rest(buyer: Visitor) -> None:
    _order, certificate, serial = cancel(buyer, "serials")
    address = f"/certificates/{certificate.number}/"
    closed = Visitor().get(address)
    assert serial in words(closed)
    assert GOOD["beneficiary"] not in words(closed)
    assert Visitor().get(f"{address}pdf/").status_code == 404
    opened = Visitor().get(address, {"code": certificate.code})
    assert GOOD["beneficiary"] in words(opened)
    assert "no-store" in opened["Cache-Control"]
    assert Visitor().get(f"{address}pdf/", {"code": certificate.code}).status_code == 200


def test_a_hidden_certificate_is_like_one_that_does_not_exist(buyer: Visitor) -> None:
    _order, certificate, _serial = cancel(buyer, "hidden")
    hidden = Visitor().get(f"/certificates/{certificate.number}/", {"code": "0" * 32})
    unknown = Visitor().get("/certificates/VC-2026-999999/")
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert words(hidden) == words(unknown)


def test_files_are_the_same_bytes_and_their_digest_is_the_one_printed(buyer: Visitor) -> None:
    _order, certificate, _serial = cancel(buyer, "full")
    address = f"/certificates/{certificate.number}/"
    pdf = Visitor().get(f"{address}pdf/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == f'inline; filename="{certificate.number}.pdf"'
    assert pdf.content.startswith(b"%PDF-")
    assert pdf["ETag"] == f'"{hashlib.sha256(pdf.content).hexdigest()}"'
    again = Visitor().get(f"{address}pdf/", headers={"if-none-match": pdf["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    facts = Visitor().get(f"{address}json/")
    assert hashlib.sha256(facts.content).hexdigest() == certificate.digest
    assert Visitor().get(f"{address}docx/").status_code == 404
