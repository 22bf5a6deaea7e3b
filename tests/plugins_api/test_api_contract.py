"""The public plugin API as its users see it: documented, self-contained, and holding its promises."""

from __future__ import annotations

import dataclasses
import inspect
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pluggy
import pytest

import creditstore_plugins
from creditstore_plugins import CertificateDocument, CertificateRange, SerialRange, hookimpl, hookspecs

PLUGINS = Path(__file__).parents[2] / "plugins"


def manager() -> pluggy.PluginManager:
    made = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    made.add_hookspecs(hookspecs)
    return made


HOOKS = sorted(vars(manager().hook))


def test_the_hooks_of_version_one_are_there():
    assert {"payment_providers", "registry_connectors", "certificate_formats"} <= set(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_and_typed(name):
    hook = getattr(hookspecs, name)
    assert hook.__doc__
    assert hook.__doc__.strip().endswith(".")
    signature = inspect.signature(hook)
    assert signature.return_annotation is not inspect.Signature.empty
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())


@pytest.mark.parametrize("name", sorted(creditstore_plugins.__all__))
def test_every_public_name_exists_and_is_documented(name):
    public = getattr(creditstore_plugins, name)
    if inspect.isclass(public) or inspect.isfunction(public):
        assert public.__doc__
        # A dataclass without words of its own gets its signature as docstring.
        assert not public.__doc__.startswith(f"{name}(")


@pytest.mark.parametrize("package", ["creditstore_plugins", "creditstore_pay_sandbox", "creditstore_registry_cdm"])
def test_importing_it_imports_neither_django_nor_the_store(package):
    code = f"""
import importlib, json, pkgutil, sys
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, {package!r} + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    roots = [str(PLUGINS.parent / root) for root in ("site", "store", "content", "plugins")]
    isolated = [sys.executable, "-c", f"import sys; sys.path[:0] = {roots!r}\n{code}"]
    answer = subprocess.run(isolated, capture_output=True, text=True, check=True, timeout=30)
    loaded = set(json.loads(answer.stdout))
    assert package in loaded
    allowed = {"creditstore_plugins", package}
    assert {name for name in loaded if name.startswith("creditstore")} <= allowed
    assert not loaded & {"django", "wagtail", "oscar", "ninja", "procrastinate"}


def test_a_plugin_module_registers_and_a_misspelt_hook_is_found():
    import creditstore_pay_sandbox.plugin as pay
    import creditstore_registry_cdm.plugin as registry

    made = manager()
    for module in (pay, registry):
        made.register(module)
    made.check_pending()
    assert made.hook.payment_providers() == [(pay.PaySandboxProvider,)]
    assert made.hook.registry_connectors() == [(registry.RegistryCdmConnector,)]

    class Misspelt:
        @hookimpl
        def payment_provider(self):
            return ()

    made.register(Misspelt())
    with pytest.raises(pluggy.PluginValidationError):
        made.check_pending()


def test_a_serial_range_counts_its_units():
    one = SerialRange(start="a", end="a", series="CN", start_number=7, end_number=7)
    assert one.quantity == 1
    for start, end in ((0, 1), (2, 1)):
        with pytest.raises(ValueError, match="1 <= start <= end"):
            dataclasses.replace(one, start_number=start, end_number=end)


RANGE = CertificateRange(
    serial_start="CN-5-1-2-2-0-1947",
    serial_end="CN-5-10-2-2-0-1947",
    quantity=10,
    project_ref="1947",
    project_title="A wind farm",
    host_country="China",
    host_country_code="CN",
    scopes=("1 Energy industries",),
    methodologies=("ACM0002",),
    monitoring_start=date(2013, 1, 1),
    monitoring_end=None,
    commitment_period=2,
    registry="CDM registry simulator",
    transaction="CDM-000000001",
    completed_at=datetime(2026, 11, 23, 12, 0, 1, 500_000, tzinfo=UTC),
)


def document(**changes: object) -> CertificateDocument:
    values: dict = {
        "number": "CCS-2026-000001",
        "revision": 1,
        "language": "en",
        "order_number": "1000001",
        "ordered_at": datetime(2026, 11, 23, 11, 59, tzinfo=UTC),
        "issued_at": datetime(2026, 11, 23, 12, 1, tzinfo=UTC),
        "issuer": "An operator",
        "seller": "A seller",
        "beneficiary": "水" * 257,
        "beneficiary_country": "FR",
        "reason": "A journey\n2026",
        "quantity": 10,
        "unit_type": "CER",
        "unit_name": "Certified Emission Reduction",
        "kind": "voluntary cancellation",
        "corresponding_adjustment": False,
        "simulated": True,
        "ranges": (RANGE,),
        "verification_url": "https://store.example/certificates/CCS-2026-000001/?code=SECRET",
        **changes,
    }
    return CertificateDocument(**values)


def test_a_certificates_facts_are_plain_json_without_the_secret_code():
    facts = document().facts()
    assert json.loads(json.dumps(facts)) == facts
    assert "SECRET" not in json.dumps(facts)
    assert facts["issued_at"] == "2026-11-23T12:01:00Z"
    assert facts["beneficiary"] == "水" * 257
    (part,) = facts["ranges"]
    assert (part["monitoring_start"], part["monitoring_end"]) == ("2013-01-01", None)
    assert part["scopes"] == ["1 Energy industries"]
    assert (facts["simulated"], facts["corresponding_adjustment"]) == (True, False)


def test_the_facts_name_everything_but_the_address():
    names = {field.name for field in dataclasses.fields(CertificateDocument)}
    assert set(document().facts()) == names - {"verification_url"}
    assert set(document().facts()["ranges"][0]) == {field.name for field in dataclasses.fields(CertificateRange)}


def test_the_facts_do_not_change_with_the_address_and_do_with_anything_else():
    assert document(verification_url="https://elsewhere.example/").facts() == document().facts()
    assert document(reason="Another").facts() != document().facts()


@pytest.mark.parametrize("changes", [{"quantity": 11}, {"ranges": ()}, {"ranges": (), "quantity": 0}])
def test_a_certificates_ranges_sum_to_its_quantity(changes):
    with pytest.raises(ValueError, match="sum to its quantity"):
        document(**changes)
