"""Plugins in the admin: what is there, how it is, the switch that asks first, and the order."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from creditstore.accounts.models import User
from creditstore.payments.models import Payment
from creditstore_host import installation
from creditstore_host.installation import get_host, install_from_settings
from creditstore_host.models import PluginChoice
from creditstore_host.sealing import unseal
from creditstore_plugins import Pending, Secret
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
def managed(broken: None, settings: Any) -> Iterator[None]:
    """A store whose administrators choose, and whose processes look at that at once."""
    before = installation._installation
    settings.CREDITSTORE_PLUGINS_MANAGED = True
    settings.CREDITSTORE_PLUGIN_REREAD_SECONDS = 0.0
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


def test_an_id_that_cannot_be_an_address_does_not_break_the_list(tmp_path: Path, managed: None) -> None:
    about = tmp_path / "odd-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    long = "x" * 80
    (about / "entry_points.txt").write_text(f"[creditstore.plugins.v1]\na/b = odd\n{long} = odd\n")
    client = Client()
    client.force_login(User.objects.create_superuser(email="boss@example.org", password=None))
    listed = client.get(LIST)
    assert listed.status_code == 200
    assert "a/b" in words(listed)
    assert "is not 1 to 60 of a-z" in words(listed)
    assert client.post(LIST, {"up": "registry_cdm"}).status_code == 302
    places = list(states())
    assert places.index("registry_cdm") < places.index("pay_sandbox")


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


def test_it_is_for_administrators_alone(managed: None) -> None:
    for role in table.ROLES:
        client = Client()
        client.force_login(make_staff(role.group))
        for address in (LIST, f"{LIST}pay_sandbox/"):
            assert client.get(address).status_code in (302, 403)
            assert client.post(address, {"sure": "on"}).status_code in (302, 403)
    assert states()["pay_sandbox"] == "loaded"


SETTINGS_PLUGIN = payment(
    start="return Declined(reason=f'{self.context.settings.limit} {self.context.settings.token.reveal()[:0]}')",
    info="settings_model=Own",
).replace(
    "class Provider:",
    """class Own(PluginSettings):
    limit: int = 5
    token: Secret
    sorts: list[str] = []
    quick: bool = True

    def model_post_init(self, context):
        if self.limit > 100:
            raise SettingsInvalid("the limit is above 100")


class Provider:""",
)


@pytest.fixture
def with_settings(tmp_path: Path, broken: None, managed: None) -> Client:
    """A plugin whose secret nobody has set yet, and an administrator."""
    (tmp_path / "pay_set_module.py").write_text(SETTINGS_PLUGIN)
    about = tmp_path / "pay_set-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pay_set\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[creditstore.plugins.v1]\npay_set = pay_set_module\n")
    client = Client()
    client.force_login(User.objects.create_superuser(email="boss@example.org", password=None))
    return client


def keep(client: Client, **values: str) -> HttpResponse:
    """Send the settings form of ``pay_set``; what is not given is as the form shows it."""
    given = {"limit": "5", "token": "", "sorts": "[]", "quick": "on", **values}
    return client.post(
        f"{LIST}pay_set/", {"settings": "keep", **{f"set-{name}": value for name, value in given.items()}}
    )


def test_a_plugin_without_its_settings_gets_them_in_the_admin(with_settings: Client) -> None:
    assert states()["pay_set"] == "quarantined"
    page = words(with_settings.get(f"{LIST}pay_set/"))
    assert "token: Field required" in page
    assert "It is not set" in page
    assert keep(with_settings).status_code == 200
    assert keep(with_settings, token="hunter2-typed", limit="7", sorts='["a", "b"]').status_code == 302
    assert states()["pay_set"] == "loaded"
    assert get_host().settings_of("pay_set")["limit"] == 7
    assert get_host().settings_of("pay_set")["sorts"] == ["a", "b"]


def test_a_typed_secret_is_written_once_and_never_read_back(
    with_settings: Client, caplog: pytest.LogCaptureFixture
) -> None:
    keep(with_settings, token="hunter2-typed")
    stored = PluginChoice.objects.get(plugin="pay_set").settings
    assert set(stored["token"]) == {"sealed"}
    assert "hunter2" not in json.dumps(stored)
    page = with_settings.get(f"{LIST}pay_set/")
    assert b"hunter2" not in page.content
    assert b"sealed" not in page.content
    assert "It is set; leave this empty to keep it." in words(page)
    # Left empty, it stays; what is refused does not bring it back either.
    assert keep(with_settings, limit="9").status_code == 302
    token = get_host().settings_of("pay_set")["token"]
    assert isinstance(token, Secret)
    assert token.reveal() == "hunter2-typed"
    refused = keep(with_settings, limit="101", token="hunter2-other")
    assert refused.status_code == 200
    assert "the limit is above 100" in words(refused)
    assert b"hunter2" not in refused.content
    assert get_host().settings_of("pay_set")["limit"] == 9
    assert "hunter2" not in caplog.text + repr(get_host().settings_of("pay_set"))


def test_a_reference_is_kept_as_it_is(with_settings: Client) -> None:
    keep(with_settings, token="env:PAY_SET_TOKEN")
    assert PluginChoice.objects.get(plugin="pay_set").settings["token"] == "env:PAY_SET_TOKEN"


def test_without_a_key_no_secret_can_be_typed(with_settings: Client, settings: Any) -> None:
    settings.CREDITSTORE_SEALING_KEYS = []
    answer = keep(with_settings, token="hunter2-typed")
    assert answer.status_code == 200
    assert "no key to encrypt it with" in words(answer)
    assert not PluginChoice.objects.filter(plugin="pay_set").exists()


def test_keys_are_changed_without_typing_again(with_settings: Client, settings: Any) -> None:
    keep(with_settings, token="hunter2-typed")
    old = settings.CREDITSTORE_SEALING_KEYS[0]
    settings.CREDITSTORE_SEALING_KEYS = ["another-key-" + "y" * 40, old]
    out = io.StringIO()
    call_command("plugins", "reseal", stdout=out)
    assert "1 secrets are sealed with the first key" in out.getvalue()
    settings.CREDITSTORE_SEALING_KEYS = settings.CREDITSTORE_SEALING_KEYS[:1]
    sealed = PluginChoice.objects.get(plugin="pay_set").settings["token"]["sealed"]
    assert unseal(sealed) == "hunter2-typed"
    settings.CREDITSTORE_SEALING_KEYS = [old]
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("plugins", "reseal")
    installation.look_again()
    # A secret that no key opens is a setting that is missing: the plugin is left out and the store goes on.
    settings.CREDITSTORE_SEALING_KEYS = [old]
    PluginChoice.objects.get(plugin="pay_set").save()
    assert states()["pay_set"] == "quarantined"
