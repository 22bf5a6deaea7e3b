"""Plugins in the admin: what is there, how it is, the switch that asks first, and the order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from creditstore.accounts.models import User
from creditstore.payments.models import Payment
from creditstore_host import installation
from creditstore_host.installation import get_host, install_from_settings
from creditstore_plugins import Pending
from creditstore_site.staff_roles import table
from host.plugin_sources import payment
from support.desk import make_staff
from support.journeys import pay
from support.ledger import make_offer, make_order
from support.plugin_host import scripted_host
from support.visitor import words

# The host looks at what was chosen outside of transactions only, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/plugins/"


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One plugin that cannot be loaded, and one whose start fails."""
    monkeypatch.syspath_prepend(str(tmp_path))
    sources = {"broken": "import no_such_library", "pay_ill": payment(start="raise RuntimeError('hunter2')")}
    for name, source in sources.items():
        (tmp_path / f"{name}_module.py").write_text(source)
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[creditstore.plugins.v1]\n{name} = {name}_module\n")


@pytest.fixture
def managed(broken: None, settings: object) -> Iterator[None]:
    """A store whose administrators choose, and whose processes look at that at once."""
    before = installation._installation
    settings.CREDITSTORE_PLUGINS_MANAGED = True  # type: ignore[attr-defined]
    settings.CREDITSTORE_PLUGIN_REREAD_SECONDS = 0.0  # type: ignore[attr-defined]
    install_from_settings()
    yield
    installation._installation = before


@pytest.fixture
def admin(managed: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="boss@example.org", password=None))
    return client


def states() -> dict[str, str]:
    return {record.id: record.state for record in get_host().plugins()}


def test_the_list_and_the_page_say_what_became_of_each(admin: Client) -> None:
    listed = words(admin.get(LIST))
    for wanted in ("pay_sandbox", "registry_cdm", "certificate_pdf", "broken", "In use", "Does not work"):
        assert wanted in listed
    told = words(admin.get(f"{LIST}broken/"))
    assert "No module named 'no_such_library'" in told
    assert "Traceback" in told


def test_health_is_asked_when_somebody_wants_to_know(admin: Client) -> None:
    assert "does not answer" not in words(admin.get(f"{LIST}registry_cdm/"))
    assert "The registry at http://127.0.0.1:9 does not answer" in words(admin.get(f"{LIST}registry_cdm/?health=now"))
    assert "The plugin finds nothing wrong" in words(admin.get(f"{LIST}pay_sandbox/?health=now"))


def test_a_fault_in_a_call_is_shown_without_its_text(admin: Client) -> None:
    pay(make_order((make_offer(), 1)).order, "pay_ill")
    for address in (LIST, f"{LIST}pay_ill/"):
        told = words(admin.get(address))
        assert "start: RuntimeError" in told
        assert "hunter2" not in told


def test_switched_off_it_is_not_offered_and_switched_on_it_is_again(admin: Client) -> None:
    assert admin.post(f"{LIST}pay_ill/").status_code == 302
    assert states()["pay_ill"] == "disabled"
    assert "pay_ill" not in {method.plugin_id for method in get_host().payment_methods()}
    assert "Switched off" in words(admin.get(LIST))
    admin.post(f"{LIST}pay_ill/", {"use": "on"})
    assert states()["pay_ill"] == "loaded"


def test_with_something_open_it_asks_first(admin: Client) -> None:
    with scripted_host() as (_registry, provider):
        provider.outcomes.append(lambda _request: Pending(reference="p", reason="wait"))
        pay(make_order((make_offer(), 1)).order, "pay_sandbox")
    assert Payment.objects.get().state == "pending"
    asked = admin.post(f"{LIST}pay_sandbox/")
    assert asked.status_code == 200
    assert "1 payment is not decided" in words(asked)
    assert states()["pay_sandbox"] == "loaded"
    admin.post(f"{LIST}pay_sandbox/", {"sure": "on"})
    assert states()["pay_sandbox"] == "disabled"
    asked = admin.post(f"{LIST}registry_cdm/")
    assert "nothing can be ordered or cancelled" in words(asked)
    assert states()["registry_cdm"] == "loaded"


def test_the_order_is_that_of_the_payment_methods(admin: Client) -> None:
    def methods() -> list[str]:
        return list(dict.fromkeys(method.plugin_id for method in get_host().payment_methods()))

    assert methods() == ["pay_sandbox", "pay_ill"]
    for _time in range(8):
        admin.post(LIST, {"up": "pay_ill"})
    assert methods() == ["pay_ill", "pay_sandbox"]
    assert next(iter(states())) == "pay_ill"
    assert admin.post(LIST, {"up": "nobody"}).status_code == 302


@pytest.mark.parametrize("role", [role.group for role in table.ROLES])
def test_it_is_for_administrators_alone(managed: None, role: str) -> None:
    client = Client()
    client.force_login(make_staff(role))
    for address in (LIST, f"{LIST}pay_sandbox/"):
        assert client.get(address).status_code in (302, 403)
        assert client.post(address, {"sure": "on"}).status_code in (302, 403)
    assert states()["pay_sandbox"] == "loaded"
