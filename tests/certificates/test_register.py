"""Who may see what of a cancellation, for each visibility; and what a single serial tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from creditstore.certificates.models import Certificate
from creditstore.certificates.register import RegisterFilters, register_page, serial_history
from creditstore.certificates.services import certificate_view, facts_file, file_of, issue_certificate
from creditstore.core.errors import StoreError
from creditstore.core.paging import encode_cursor
from creditstore.credits.models import Offer
from creditstore.credits.services import block_serials
from creditstore.orders.models import Order
from creditstore.payments.services import start_payment
from support.jobs import run_jobs
from support.ledger import make_offer, make_order
from support.plugin_host import COMPLETED_AT, scripted_host

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outside() -> Iterator[None]:
    with scripted_host():
        yield


def certified(*, visibility: str, quantity: int = 3, offer: Offer | None = None) -> Certificate:
    order = make_order((offer or make_offer(), quantity), visibility=visibility).order
    start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    run_jobs()
    return Certificate.objects.get(order=order)


def first_serial(certificate: Certificate) -> str:
    serial: str = certificate.facts["ranges"][0]["serial_start"]
    return serial


def test_full_visibility_shows_name_reason_and_serials() -> None:
    certificate = certified(visibility="full")
    (entry,) = register_page(filters=RegisterFilters(serial=first_serial(certificate))).items
    assert (entry.beneficiary, entry.reason, entry.certificate) == (
        "Example School",
        "Our trip to the sea",
        certificate.number,
    )
    assert (entry.quantity, entry.completed_at, entry.simulated) == (3, COMPLETED_AT, True)
    view = certificate_view(number=certificate.number)
    assert view.disclosed
    assert view.facts == certificate.facts
    assert {file.name for file in view.files} >= {"pdf", "json"}


def test_serials_only_shows_no_name_without_the_code() -> None:
    certificate = certified(visibility="serials")
    (entry,) = register_page(filters=RegisterFilters(serial=first_serial(certificate))).items
    assert (entry.beneficiary, entry.reason) == (None, None)
    assert "Example School" not in repr(serial_history(serial=first_serial(certificate)))
    shut, opened = (
        certificate_view(number=certificate.number),
        certificate_view(number=certificate.number, code=certificate.code),
    )
    assert "Example School" not in repr(shut.facts)
    assert shut.facts["ranges"] == certificate.facts["ranges"]
    assert shut.files == ()
    assert opened.facts["beneficiary"] == "Example School"
    assert not certificate_view(number=certificate.number, code="0" * 32).disclosed


def test_hidden_says_only_cancelled_and_when() -> None:
    certificate = certified(visibility="hidden")
    serial = first_serial(certificate)
    assert not register_page(filters=RegisterFilters(serial=serial)).items
    history = serial_history(serial=serial)
    assert (history.state, history.cancelled_at) == ("cancelled", COMPLETED_AT)
    assert (history.cancellation, history.project, history.block_end) == (None, None, None)
    for code in ("", "0" * 32, certificate.code[:-1]):
        with pytest.raises(StoreError) as caught:
            certificate_view(number=certificate.number, code=code)
        assert caught.value.code == "not-found"
    assert certificate_view(number=certificate.number, code=certificate.code).disclosed


def test_a_search_for_names_finds_published_ones_only() -> None:
    for visibility in ("full", "serials", "hidden"):
        certified(visibility=visibility)
    found = register_page(filters=RegisterFilters(q="example schoo"), limit=100)
    assert [entry.beneficiary for entry in found.items] == ["Example School"] * found.total


def test_pages_follow_each_other_without_gaps() -> None:
    offer = make_offer()
    certificates = {certified(visibility="full", quantity=1, offer=offer).number for _number in range(5)}
    seen: list[str | None] = []
    cursor = None
    while True:
        page = register_page(filters=RegisterFilters(project=offer.issuance.project.ref), cursor=cursor, limit=2)
        seen += [entry.certificate for entry in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == 5
    assert set(seen) == certificates


def test_a_serial_tells_where_its_unit_is() -> None:
    offer = make_offer(quantity=10)
    block = offer.blocks.get(is_leaf=True)
    start, _end = block_serials(block)
    assert (serial_history(serial=start).state, serial_history(serial=start).offer) == ("on_offer", offer.code)
    parts = start.split("-")
    beyond = "-".join([*parts[:2], str(block.end + 1), *parts[3:]])
    assert serial_history(serial=beyond).state == "outstanding"
    other_project = "-".join([*parts[:-1], "999999"])
    assert serial_history(serial=other_project).state == "unknown"
    certificate = certified(visibility="full", offer=offer)
    history = serial_history(serial=f" {start} ")
    assert history.state == "cancelled"
    assert history.cancellation is not None
    assert history.cancellation.certificate == certificate.number


@pytest.mark.parametrize(
    "serial", ["", "x", "CL-5-1", "CL-5-0-2-2-0-1", "CL-5-01-2-2-0-1", "cl-5-1-2-2-0-1", "CL-5-1-2-2-0-1-1", "\x00"]
)
def test_a_malformed_serial_is_refused_with_an_example(serial: str) -> None:
    with pytest.raises(StoreError, match="-5-") as caught:
        serial_history(serial=serial)
    assert caught.value.code == "malformed-serial"


def test_no_certificate_before_the_registry_says_completed() -> None:
    order = make_order((make_offer(), 1)).order
    start_payment(order=order, method_id="pay_sandbox", return_url="http://127.0.0.1:8000/")
    with pytest.raises(StoreError) as caught:
        issue_certificate(order_id=order.pk)
    assert caught.value.code == "conflict"
    assert not Certificate.objects.filter(order=order).exists()


def test_files_are_rendered_once_and_kept() -> None:
    certificate = certified(visibility="full")
    first = file_of(certificate=certificate, format_name="pdf")
    issue_certificate(order_id=certificate.order_id)
    again = file_of(certificate=Certificate.objects.get(pk=certificate.pk), format_name="pdf")
    assert (first.pk, first.sha256) == (again.pk, again.sha256)
    assert Order.objects.get(pk=certificate.order_id).certificates.count() == 1
    with pytest.raises(StoreError) as caught:
        file_of(certificate=certificate, format_name="docx")
    assert caught.value.code == "not-found"
    assert b'"number":"' + certificate.number.encode() in facts_file(certificate=certificate)


def test_a_cursor_in_another_time_zone_is_refused() -> None:
    cursor = encode_cursor(["2026-01-01T00:00:00+23:59:59", 1])
    with pytest.raises(StoreError) as caught:
        register_page(filters=RegisterFilters(), cursor=cursor)
    assert caught.value.code == "bad-request"
