"""Loading: a good plugin is offered; a broken one is quarantined with a reason, and the others stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from creditstore_host.discovery import FoundPlugin
from creditstore_host.host import PluginHost
from creditstore_host.isolation.limits import Isolation
from creditstore_host.records import PluginQuarantined, PluginRecord, UnknownPlugin
from host.host_support import NoHttp, StillClock, WritePlugin
from host.plugin_sources import FORMAT, HEAD, payment, registry

PAYS = payment(start="return Declined(reason='no')")


def build(*plugins: FoundPlugin, **options: object) -> PluginHost:
    return PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock(), **options)  # type: ignore[arg-type]


def only(host: PluginHost) -> PluginRecord:
    (record,) = host.plugins()
    return record


def test_a_good_plugin_is_loaded_and_offered(write_plugin: WritePlugin) -> None:
    host = build(
        write_plugin(PAYS, id="pay_example"), write_plugin(registry(), id="reg"), write_plugin(FORMAT, id="txt")
    )
    assert [(r.id, r.state, r.kinds, r.hooks, r.version) for r in host.plugins()] == [
        ("pay_example", "loaded", ("payment",), ("payment_providers",), "1.2"),
        ("reg", "loaded", ("registry",), ("registry_connectors",), "1.2"),
        ("txt", "loaded", ("certificate",), ("certificate_formats",), "1.2"),
    ]
    assert [(m.id, m.plugin_id, m.variant, m.title, m.test_mode) for m in host.payment_methods()] == [
        ("pay_example", "pay_example", "", "Card", False),
        ("pay_example:bank", "pay_example", "bank", "Bank", False),
    ]
    assert host.payment_method("pay_example:bank").hold_for == timedelta(minutes=30)
    facts = host.connector_info("reg")
    assert (facts.id, facts.title, facts.scheme, facts.max_blocks, facts.simulated) == (
        "reg",
        "Registry",
        "cdm",
        3,
        True,
    )
    assert host.connectors() == (facts,)
    (form,) = host.certificate_formats()
    assert (form.plugin_id, form.name, form.media_type, form.extension) == ("txt", "text", "text/plain", "txt")


def test_one_plugin_may_be_of_several_kinds(write_plugin: WritePlugin) -> None:
    host = build(write_plugin(PAYS + registry() + FORMAT))
    assert only(host).kinds == ("payment", "registry", "certificate")


def test_an_object_in_a_module_can_be_the_plugin(write_plugin: WritePlugin) -> None:
    source = FORMAT.replace(
        "@hookimpl\ndef certificate_formats():", "class Plugin:\n  @hookimpl\n  def certificate_formats(self):"
    )
    plugin = write_plugin(source + "\nplugin = Plugin()\n")
    assert only(build(replace(plugin, value=f"{plugin.value}:plugin"))).state == "loaded"


BROKEN = {
    "missing import": ("import no_such_library", "No module named 'no_such_library'"),
    "syntax error": ("def (:", "SyntaxError"),
    "exception at import": ("raise RuntimeError('boom')", "RuntimeError: boom"),
    "exit at import": ("import sys; sys.exit(3)", "tried to end the program"),
    "misspelt hook": (FORMAT.replace("def certificate_formats", "def certificate_format"), "mean certificate_formats"),
    "unknown hook": (FORMAT.replace("def certificate_formats", "def xyzzy"), "the hooks are certificate_formats,"),
    "argument of a hook": (
        FORMAT.replace("certificate_formats()", "certificate_formats(store)"),
        "Argument(s) {'store'}",
    ),
    "no hookimpl": (FORMAT.replace("@hookimpl", ""), "is @hookimpl missing?"),
    "wrapper": (HEAD + "@hookimpl(wrapper=True)\ndef certificate_formats():\n    return (yield)\n", "wrapper"),
    "hook raises": (FORMAT.replace("return [Text]", "raise KeyError('x')"), "KeyError"),
    "hook returns None": (FORMAT.replace("return [Text]", "return None"), "returned NoneType instead of a list"),
    "hook returns an instance": (FORMAT.replace("return [Text]", "return [3]"), "an object of int instead of a class"),
    "hook returns a generator": (FORMAT.replace("return [Text]", "yield Text"), "returned generator"),
    "hook returns two": (FORMAT.replace("return [Text]", "return [Text, Text]"), "returned 2 classes"),
    "no info": (FORMAT.replace("    info = ", "    other = "), "no attribute info"),
    "info of another kind": (
        FORMAT.replace("return [Text]", "return []") + "\n@hookimpl\ndef payment_providers():\n    return [Text]\n",
        "CertificateFormatInfo instead of ProviderInfo",
    ),
    "field of a wrong type": (
        FORMAT.replace('title="Text"', "title=3"),
        "Info.title is int instead of str",
    ),
    "settings model of a wrong type": (
        FORMAT.replace('extension="txt"', 'extension="txt", settings_model=dict'),
        "settings_model is not a subclass of PluginSettings",
    ),
    "name unfit for addresses": (FORMAT.replace('name="text"', 'name="a/b"'), "format name 'a/b'"),
    "not a media type": (FORMAT.replace("text/plain", "text"), "not a media type"),
    "extension with a dot": (FORMAT.replace('"txt"', '".txt"'), "not a file extension"),
    "missing method": (FORMAT.replace("def check", "def czech"), "Text.check is missing"),
    "method of the protocol only": (
        FORMAT.replace("class Text:", "class Text(CertificateFormat):").replace("def render", "def renders"),
        "Text.render is missing",
    ),
    "asynchronous method": (FORMAT.replace("def render", "async def render"), "asynchronous"),
    "method with other arguments": (FORMAT.replace("document, *, digest", "document"), "cannot be called as render"),
    "constructor raises": (FORMAT.replace("self.context = context", "raise OSError('no')"), "OSError: no"),
    "constructor exits": (FORMAT.replace("self.context = context", "raise SystemExit"), "tried to end the program"),
    "abstract class": (
        FORMAT.replace(
            "class Text:", "import abc\nclass Text(abc.ABC):\n    @abc.abstractmethod\n    def more(self): ...\n"
        ),
        "TypeError",
    ),
    "no methods to pay": (
        PAYS.replace('methods=(PaymentMethod(title="Card"), ', "methods=() and ("),
        "methods is empty",
    ),
    "variant twice": (PAYS.replace('title="Card"', 'title="Card", variant="bank"'), "same variant twice"),
    "variant with a space": (PAYS.replace('variant="bank"', 'variant="by bank"'), "short lower-case word"),
    "no hold": (PAYS.replace('title="Card"', 'title="Card", hold_for=timedelta(0)'), "hold_for"),
    "plain form origin": (
        payment(start="pass", info='form_origins=("http://pay.example",)'),
        "form origin 'http://pay.example'",
    ),
    "form origin with a path": (
        payment(start="pass", info='form_origins=("https://pay.example/x",)'),
        "without a path",
    ),
    "not a currency": (payment(start="pass", info='currencies=frozenset({"usd"})'), "not an ISO 4217 code"),
    "refund declared and missing": (
        payment(start="pass", info="capabilities=PaymentCapability.REFUND,"),
        "Provider.refund is missing",
    ),
    "refund with other arguments": (
        payment(start="pass", refund="pass").replace("def refund(self, request)", "def refund(self)"),
        "cannot be called as refund(request)",
    ),
    "simulated raises": (registry(simulated="1 / 0"), "ZeroDivisionError"),
    "simulated is no bool": (registry(simulated="'no'"), "simulated is str instead of bool"),
    "no blocks": (registry().replace("max_blocks=3", "max_blocks=0"), "max_blocks is less than 1"),
}


@pytest.mark.parametrize("isolation", [None, Isolation()], ids=["here", "apart"])
@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_plugin_is_quarantined_and_the_others_are_loaded(
    write_plugin: WritePlugin, source: str, reason: str, isolation: Isolation | None
) -> None:
    host = build(write_plugin(source, id="broken"), write_plugin(PAYS, id="pay_good"), isolation=isolation)
    broken, good = host.plugins()
    assert (broken.id, broken.state, broken.kinds, broken.hooks) == ("broken", "quarantined", (), ())
    assert reason in broken.reason
    assert "Traceback" in broken.traceback
    assert good.state == "loaded"
    # Nothing of the broken one is offered.
    assert [method.id for method in host.payment_methods()] == ["pay_good", "pay_good:bank"]
    assert host.certificate_formats() == ()
    assert host.connectors() == ()


@pytest.mark.parametrize(("source", "reason"), BROKEN.values(), ids=BROKEN.keys())
def test_strict_mode_stops_at_a_broken_plugin(write_plugin: WritePlugin, source: str, reason: str) -> None:
    with pytest.raises(PluginQuarantined) as caught:
        build(write_plugin(source, id="broken"), strict=True)
    assert "broken" in str(caught.value)
    assert reason in str(caught.value)
    assert caught.value.__cause__ is not None


def test_ctrl_c_during_loading_is_the_operators(write_plugin: WritePlugin) -> None:
    with pytest.raises(KeyboardInterrupt):
        build(write_plugin("raise KeyboardInterrupt"))


def test_a_good_half_of_a_broken_plugin_is_not_kept(write_plugin: WritePlugin) -> None:
    host = build(write_plugin(PAYS + registry(simulated="1 / 0"), id="half"))
    assert only(host).state == "quarantined"
    assert host.payment_methods() == ()
    with pytest.raises(UnknownPlugin):
        host.connector_info("half")


def test_an_optional_hook_of_the_future_is_no_error(write_plugin: WritePlugin) -> None:
    host = build(write_plugin(FORMAT + "\n@hookimpl(optionalhook=True)\ndef later(): ...\n"))
    assert (only(host).state, only(host).hooks) == ("loaded", ("certificate_formats",))


def test_a_plugin_for_another_api_is_listed_and_not_imported(write_plugin: WritePlugin) -> None:
    record = only(build(replace(write_plugin("raise RuntimeError"), api="v2")))
    assert (record.state, record.api) == ("quarantined", "v2")
    assert record.reason == "written for creditstore.plugins.v2, this store offers creditstore.plugins.v1"


@pytest.mark.parametrize("id", ["", "Upper", "with-dash", "a:b", "a/b", "ü", "x" * 61])
def test_a_malformed_id_is_quarantined(write_plugin: WritePlugin, id: str) -> None:
    record = only(build(replace(write_plugin(PAYS), id=id)))
    assert record.state == "quarantined"
    assert "1 to 60 of a-z, 0-9 and _" in record.reason


def test_the_longest_id_is_loaded(write_plugin: WritePlugin) -> None:
    assert only(build(replace(write_plugin(PAYS), id="x" * 60))).state == "loaded"


@pytest.mark.parametrize("value", ["", "a b", "a:b:c", "a-b", "module:"])
def test_a_malformed_entry_point_is_quarantined(write_plugin: WritePlugin, value: str) -> None:
    assert "neither module nor module:object" in only(build(replace(write_plugin(PAYS), value=value))).reason


def test_a_bundled_plugin_keeps_its_id(write_plugin: WritePlugin) -> None:
    thief = write_plugin(PAYS, id="pay", distribution="thief")
    owner = write_plugin(PAYS, id="pay", distribution="climate-credit-store", bundled=True)
    host = build(thief, owner)
    assert [(r.distribution, r.state) for r in host.plugins()] == [
        ("thief", "quarantined"),
        ("climate-credit-store", "loaded"),
    ]
    assert host.plugins()[0].reason == "the id 'pay' is also that of a plugin of climate-credit-store"
    assert len(host.payment_methods()) == 2


def test_two_strangers_with_one_id_are_both_left_out(write_plugin: WritePlugin) -> None:
    host = build(write_plugin(PAYS, id="pay", distribution="one"), write_plugin(PAYS, id="pay", distribution="two"))
    assert [r.state for r in host.plugins()] == ["quarantined", "quarantined"]
    assert "two" in host.plugins()[0].reason
    assert "one" in host.plugins()[1].reason


def test_a_plugin_for_another_api_takes_no_id_away(write_plugin: WritePlugin) -> None:
    old = replace(write_plugin(PAYS, id="pay", distribution="old"), api="v0")
    assert [r.state for r in build(old, write_plugin(PAYS, id="pay")).plugins()] == ["quarantined", "loaded"]


def test_the_name_of_a_format_is_taken_once(write_plugin: WritePlugin) -> None:
    host = build(write_plugin(FORMAT, id="first"), write_plugin(FORMAT, id="second"))
    assert [r.state for r in host.plugins()] == ["loaded", "quarantined"]
    assert host.plugins()[1].reason == "the certificate format 'text' is already that of first"
    assert [form.plugin_id for form in host.certificate_formats()] == ["first"]


def test_safe_mode_loads_bundled_plugins_only(write_plugin: WritePlugin) -> None:
    stranger = write_plugin("raise RuntimeError('imported')", id="stranger")
    owner = write_plugin(FORMAT, id="text", distribution="climate-credit-store", bundled=True)
    host = build(owner, stranger, safe=True, strict=True)
    assert [(r.id, r.state) for r in host.plugins()] == [("text", "loaded"), ("stranger", "quarantined")]
    assert "CREDITSTORE_PLUGINS_SAFE" in host.plugins()[1].reason


def test_what_is_not_there_is_an_unknown_plugin(write_plugin: WritePlugin, payment_request: object) -> None:
    host = build(write_plugin(FORMAT))
    for ask in (
        lambda: host.payment_method("pay_gone:bank"),
        lambda: host.start_payment("pay_gone", payment_request),  # type: ignore[arg-type]
        lambda: host.connector_info("example"),
        lambda: host.cancellation_status("registry_gone", "key"),
        lambda: host.render_certificate("vc", None, ""),  # type: ignore[arg-type]
    ):
        with pytest.raises(KeyError, match="no loaded plugin offers the") as caught:
            ask()
        assert isinstance(caught.value, UnknownPlugin)
