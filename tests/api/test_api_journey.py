"""The whole way through the API: find, price, order, pay, hold a certificate, be found in the register."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from creditstore.credits.models import Offer
from creditstore_plugins import Declined, Pending, Redirect, ShowInstructions, SubmitForm, Unknown
from support.jobs import run_jobs
from support.ledger import make_offer
from support.plugin_host import COMPLETED_AT, ScriptedProvider, ScriptedRegistry

pytestmark = pytest.mark.django_db


def test_from_the_catalogue_to_the_certificate(
    api: Any, offer: Offer, order_body: dict[str, Any], outside: tuple[ScriptedRegistry, ScriptedProvider]
) -> None:
    ref = offer.issuance.project.ref
    found = api.get(f"/projects?seller={offer.seller.slug}").json()
    assert [item["ref"] for item in found["items"]] == [ref]
    assert found["items"][0]["price_from"] == {"amount": "2.50", "currency": "USD"}
    assert found["items"][0]["available"] == 100

    project = api.get(f"/projects/{ref}").json()
    assert (project["issued"], project["cancelled"], project["outstanding"], project["available"]) == (
        1000,
        0,
        1000,
        100,
    )
    assert [one["id"] for one in project["offers"]] == [offer.code]
    shown = api.get(f"/offers/{offer.code}").json()
    assert shown == project["offers"][0]
    assert shown["vintage"] == {"from": "2018-01-01", "to": "2018-12-31"}
    assert shown["simulated"] is True

    quoted = api.post("/quotes", {"lines": order_body["lines"]}, key="").json()
    assert quoted["total"]["total"] == {"amount": "30.00", "currency": "USD"}
    assert Offer.objects.get(pk=offer.pk).available == 100

    answer = api.post("/orders", order_body)
    assert answer.status_code == 201
    order = answer.json()
    assert order["state"] == "placed"
    assert order["total"] == {"amount": "30.00", "currency": "USD"}
    assert order["expires_at"].endswith("Z")
    assert "pay_sandbox" in [method["id"] for method in order["payment_methods"]]
    assert answer["Location"] == f"/api/v1/orders/{order['number']}"
    assert answer["Cache-Control"] == "private, no-store"
    assert Offer.objects.get(pk=offer.pk).available == 88

    number, token = order["number"], order["token"]
    paid = api.post(f"/orders/{number}/payments", {"method": "pay_sandbox"}, token=token).json()
    assert paid["outcome"] == "paid"
    assert paid["order"] == {"number": number, "state": "paid"}
    assert paid["payment"]["state"] == "captured"

    run_jobs()
    done = api.get(f"/orders/{number}", token=token).json()
    assert done["state"] == "certified"
    assert done["money"]["paid"] == {"amount": "30.00", "currency": "USD"}
    assert {"placed", "paid", "cancelling", "cancelled", "certified"} <= set(done["times"])
    assert done["cancellations"][0]["completed_at"] == f"{COMPLETED_AT:%Y-%m-%dT%H:%M:%SZ}"
    assert done["lines"][0]["ranges"] == done["cancellations"][0]["ranges"]
    assert done["simulated"] is True

    certificate = api.get(f"/certificates/{done['certificate']['number']}").json()
    facts = certificate["facts"]
    assert (facts["beneficiary"], facts["quantity"], facts["simulated"]) == ("Example School", 12, True)
    assert certificate["disclosed"] is True
    canonical = api.get(f"/certificates/{certificate['number']}/json")
    assert hashlib.sha256(canonical.content).hexdigest() == certificate["digest"]
    assert json.loads(canonical.content) == facts
    pdf = api.get(f"/certificates/{certificate['number']}/pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert api.get(f"/certificates/{certificate['number']}/pdf").content == pdf.content

    serial = facts["ranges"][0]["serial_start"]
    history = api.get(f"/serials/{serial}").json()
    assert (history["state"], history["certificate"]) == ("cancelled", certificate["number"])
    register = api.get(f"/cancellations?serial={serial}").json()
    assert register["total"] == 1
    (entry,) = register["items"]
    assert entry == history["cancellation"]
    assert (entry["quantity"], entry["beneficiary"], entry["kind"]) == (12, "Example School", "voluntary_cancellation")
    assert api.get(f"/projects/{ref}").json()["cancelled_here"] == 12


@pytest.mark.parametrize(
    ("visibility", "name", "listed"), [("full", True, True), ("serials", False, True), ("hidden", False, False)]
)
def test_names_are_shown_as_far_as_the_buyer_chose(
    api: Any,
    order_body: dict[str, Any],
    outside: tuple[ScriptedRegistry, ScriptedProvider],
    visibility: str,
    name: bool,
    listed: bool,
) -> None:
    order = api.post("/orders", {**order_body, "visibility": visibility}).json()
    api.post(f"/orders/{order['number']}/payments", {"method": "pay_sandbox"}, token=order["token"])
    run_jobs()
    done = api.get(f"/orders/{order['number']}", token=order["token"]).json()
    serial = done["lines"][0]["ranges"][0]["serial_start"]
    number, code = done["certificate"]["number"], done["certificate"]["url"].partition("?code=")[2]

    register = api.get(f"/cancellations?serial={serial}")
    history = api.get(f"/serials/{serial}")
    public = api.get(f"/certificates/{number}")
    opened = api.get(f"/certificates/{number}?code={code}")

    for answer in (register, history, public):
        assert (b"Example School" in answer.content) is name
        assert b"secret.buyer" not in answer.content
        assert order["token"].encode() not in answer.content
        assert code.encode() not in answer.content
    assert register.json()["total"] == (1 if listed else 0)
    assert history.json()["state"] == "cancelled"
    assert (history.json()["certificate"] is None) is not listed
    assert public.status_code == (200 if listed else 404)
    assert opened.json()["facts"]["beneficiary"] == "Example School"
    assert opened["Cache-Control"] == "private, no-store"
    assert api.get(f"/certificates/{number}?code=wrong").status_code == public.status_code
    if visibility == "serials":
        assert public.json()["digest"] is None
        assert public.json()["formats"] == []
        assert api.get(f"/certificates/{number}/pdf").status_code == 404
        assert api.get(f"/certificates/{number}/pdf?code={code}").status_code == 200


_ASKED_LATER = "asking the payment provider"


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Pending(reference="r", reason="The bank decides."), {"outcome": "pending", "message": "The bank decides."}),
        (Redirect(reference="r", url="https://pay.example/x"), {"outcome": "redirect", "url": "https://pay.example/x"}),
        (
            SubmitForm(reference="r", action="https://pay.example/f", fields={"a": "1"}),
            {"outcome": "submit_form", "action": "https://pay.example/f", "fields": {"a": "1"}},
        ),
        (
            ShowInstructions(reference="r", text="Transfer.", facts=(("IBAN", "X"),)),
            {"outcome": "instructions", "instructions": {"text": "Transfer.", "facts": [["IBAN", "X"]]}},
        ),
        (Declined(reason="No funds."), {"outcome": "declined", "message": "No funds."}),
        (Unknown(reason="stack trace of a plugin"), {"outcome": "unknown"}),
    ],
)
def test_every_outcome_is_told(
    api: Any, placed: dict[str, Any], provider: ScriptedProvider, outcome: Any, expected: dict[str, Any]
) -> None:
    provider.outcomes.append(lambda request: outcome)
    answer = api.post(f"/orders/{placed['number']}/payments", {"method": "pay_sandbox"}, token=placed["token"])
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert {name: body[name] for name in expected} == expected
    assert body["order"]["state"] == ("placed" if expected["outcome"] == "declined" else "awaiting_payment")
    assert b"stack trace" not in answer.content
    if expected["outcome"] == "unknown":
        assert _ASKED_LATER in body["message"]


def test_withdrawing_gives_the_units_back(api: Any, offer: Offer, placed: dict[str, Any]) -> None:
    answer = api.post(f"/orders/{placed['number']}/withdraw", token=placed["token"])
    assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert Offer.objects.get(pk=offer.pk).available == 100
    again = api.post(f"/orders/{placed['number']}/withdraw", token=placed["token"])
    assert again.json()["state"] == "withdrawn"
    refused = api.post(f"/orders/{placed['number']}/payments", {"method": "pay_sandbox"}, token=placed["token"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conflict")


def test_a_quote_adds_up(api: Any, offer: Offer) -> None:
    other = make_offer(seller=offer.seller, price_minor=333)
    body = {"lines": [{"offer": offer.code, "quantity": 7}, {"offer": other.code, "quantity": 11}]}
    quote = api.post("/quotes", {**body, "buyer_country": "DE", "buyer_type": "business", "vat_id": "DE1"}).json()
    for name in ("price", "tax", "total", "platform_fee", "to_seller"):
        lines = [float(line["amounts"][name]["amount"]) for line in quote["lines"]]
        assert float(quote["total"][name]["amount"]) == pytest.approx(sum(lines))
    assert quote["total"]["total"]["amount"] == "54.13"
    assert quote["total"]["platform_fee"]["amount"] == "0.00"
    assert [fee["payment_fee"]["amount"] for fee in quote["total"]["payment_fee"]] == ["0.00"] * 4
    assert quote["seller"]["id"] == offer.seller.slug


def test_pages_follow_each_other(api: Any, offer: Offer) -> None:
    ref = offer.issuance.project.ref
    for _number in range(3):
        make_offer()
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/projects?country=CL&sort=title&available_min=1&limit=2{cursor}").json()
        seen.extend(item["ref"] for item in page["items"])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == page["total"]
    assert ref in seen
    counted = api.get("/projects/facets?country=CL&available_min=1").json()
    assert sum(value["count"] for value in counted["activity"]) == page["total"]


def test_status_and_plugins(api: Any, offer: Offer, outside: tuple[ScriptedRegistry, ScriptedProvider]) -> None:
    status = api.get("/status").json()
    assert status["simulated"] is True
    assert status["registry"]["id"] == "registry_cdm"
    assert status["queue"]["state"] == "ok"
    assert status["terms"]["url"].startswith("http")
    plugins = api.get("/plugins").json()
    assert next(method["id"] for method in plugins["payment_methods"]) == "pay_sandbox"
    assert {offered["name"] for offered in plugins["certificate_formats"]} >= {"pdf"}
    assert plugins["registries"][0]["simulated"] is True
