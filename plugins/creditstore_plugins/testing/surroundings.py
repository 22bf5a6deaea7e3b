"""What every contract gives a plugin: settings, secrets in the environment, a line, a clock, and an ear for leaks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, ClassVar, Generic, TypeVar

import pluggy
import pytest
from pydantic import ValidationError

from creditstore_plugins import Finding, HttpClient, PluginContext, Severity, hookspecs
from creditstore_plugins.conformance import BadAnswer
from creditstore_plugins.conformance.contracts import CONTRACTS, classes_of
from creditstore_plugins.conformance.shapes import mismatch
from creditstore_plugins.testing.clock import MovableClock
from creditstore_plugins.testing.line import Fault, Line, Nobody

PartT = TypeVar("PartT")
ServiceT = TypeVar("ServiceT")
T = TypeVar("T")

#: Names and reasons that buyers write. Every script must reach whoever it is for as it was written.
SCRIPTS: Mapping[str, str] = {
    "Latin": "Société Générale d’Énergie – Łódź",
    "Greek": "Ηλιακή Ενέργεια ΑΕ",
    "Cyrillic": "Зелёная школа № 5",
    "Arabic": "مدرسة النور",
    "Hebrew": "בית ספר ירוק",
    "Devanagari": "हरित विद्यालय",
    "Thai": "โรงเรียนสีเขียว",
    "Han": "绿色学校",
    "Kana": "みどりの学校",
    "Hangul": "초록 학교",
}
_AT_ONCE = 8


@dataclass
class Stage(Generic[PartT, ServiceT]):
    """One part of a plugin, built on a line to the service that the test plays.

    ``heard`` is all that came out of it.
    """

    part: PartT
    service: ServiceT
    line: Line
    clock: MovableClock
    heard: list[str] = field(default_factory=list)


class Contract(Generic[PartT, ServiceT]):
    """What the contracts of all kinds share. Subclass one of the three, not this one.

    Set in the subclass: ``plugin``, the module or object with the hooks; ``settings``, as an operator would write them;
    ``secrets``, the environment's variables that they refer to. Override ``service`` when the plugin asks anybody.
    """

    plugin: ClassVar[Any]
    settings: ClassVar[Mapping[str, object]] = {}
    secrets: ClassVar[Mapping[str, str]] = {}
    _hook: ClassVar[str]

    def service(self) -> ServiceT:
        """The service that the plugin speaks to, played by the test; a new one each time."""
        return Nobody()  # type: ignore[return-value]

    @pytest.fixture(autouse=True)
    def _environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.secrets.items():
            monkeypatch.setenv(name, value)

    @classmethod
    def part_class(cls) -> Any:
        """The one class that the plugin's hook returns."""
        return getattr(cls.plugin, cls._hook)()[0]

    def build(self, **changes: object) -> Any:
        """The part on a stage of its own. ``changes`` are settings to change."""
        service = self.service()
        line, clock = Line(_client(service)), MovableClock()
        model = self.part_class().info.settings_model
        settings = model.model_validate({**self.settings, **changes})
        part = self.part_class()(PluginContext(settings=settings, http=line, clock=clock))
        return Stage(part=part, service=service, line=line, clock=clock)

    def secret_fields(self) -> list[str]:
        """The settings that are secrets and are set, by name."""
        model = self.part_class().info.settings_model
        return [
            name
            for name, known in model.model_fields.items()
            if "Secret" in str(known.annotation) and str(self.settings.get(name, "")).startswith("env:")
        ]

    @contextmanager
    def listening(self, stage: Stage[Any, Any]) -> Iterator[None]:
        """Keep all that the plugin logs or raises meanwhile in ``stage.heard``."""
        handler = _Ear(stage.heard)
        root = logging.getLogger()
        before = root.level
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.removeHandler(handler)
            root.setLevel(before)

    def hear(self, stage: Stage[Any, Any], call: Callable[..., object], *arguments: object) -> object:
        """Call, and keep what comes of it, also an exception and all behind it, in ``stage.heard``."""
        try:
            answer = call(*arguments)
        except Exception as error:  # noqa: BLE001 (whatever it is, its text is listened to)
            answer = error
            behind: BaseException | None = error
            while behind is not None:
                stage.heard.append(f"{behind!r} {behind}")
                behind = behind.__cause__ or behind.__context__
        stage.heard.append(repr(answer))
        return answer

    def assert_secrets_are_kept(self, *calls: Callable[[Any], object]) -> None:
        """Make these calls, each with a part, over a line with each fault and with none, and listen for secrets."""
        made: tuple[Callable[[Any], object], ...] = (*calls, self.findings, repr, vars)
        for fault in (None, *Fault):
            stage = self.build()
            stage.line.break_all(fault)
            with self.listening(stage):
                for call in made:
                    self.hear(stage, call, stage.part)
            assert secrets_in(stage.heard, self.secrets) == []

    @staticmethod
    def findings(part: Any) -> list[Finding]:
        """What a part's health check finds."""
        return list(part.check())

    # What holds for every kind.

    def test_the_plugin_is_accepted(self) -> None:
        """The hook, the class, its ``info`` and its methods are as the host wants them."""
        manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
        manager.add_hookspecs(hookspecs)
        manager.register(self.plugin)
        manager.check_pending()
        contract = next(contract for contract in CONTRACTS if contract.hook == self._hook)
        try:
            classes = classes_of(contract, getattr(self.plugin, self._hook)())
        except BadAnswer as error:
            pytest.fail(str(error))
        assert len(classes) == 1, "in version 1 a plugin has one class of a kind"

    def test_an_unknown_setting_is_an_error_that_tells_no_value(self) -> None:
        """A setting that does not exist is not passed over in silence, and its value is not repeated."""
        model = self.part_class().info.settings_model
        with pytest.raises(ValidationError) as caught:
            model.model_validate({**self.settings, "no_such_setting": "value-to-be-kept"})
        assert "value-to-be-kept" not in f"{caught.value} {caught.value.errors()} {caught.value.json()}"

    def test_settings_have_a_schema_for_the_admin_form(self) -> None:
        """The settings model gives a JSON schema in which secrets are write-only."""
        schema = self.part_class().info.settings_model.model_json_schema()
        assert schema["type"] == "object"
        for name in self.secret_fields():
            assert '"writeOnly": True' in str(schema).replace("'", '"'), f"the setting {name} is not a Secret"

    def test_the_health_check_finds_nothing_when_all_is_well(self) -> None:
        """``check`` gives findings of the API, and no error while everybody answers and the settings are right."""
        found = self.findings(self.build().part)
        for finding in found:
            assert_is(finding, Finding, "check()")
        assert [finding.message for finding in found if finding.severity is Severity.ERROR] == []


def assert_is(value: object, kind: Any, what: str) -> None:
    """Fail unless ``value`` is of the API's type ``kind`` in every field."""
    problem = mismatch(value, kind, what)
    assert problem is None, problem


def at_once(call: Callable[[int], T], *, times: int = _AT_ONCE) -> list[T]:
    """The answers of so many calls, each in a thread, all begun at the same moment.

    Parameters: ``call`` gets a number.
    """
    barrier = Barrier(times)

    def run(number: int) -> T:
        barrier.wait(10)
        return call(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def secrets_in(told: list[str], secrets: Mapping[str, str]) -> list[str]:
    """The names of the secrets that can be read in what was told."""
    text = "\n".join(told)
    return [name for name, value in secrets.items() if value in text]


class _Ear(logging.Handler):
    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(self.format(record))


def _client(service: object) -> HttpClient:
    """The service itself, when it can be asked; else nobody answers."""
    return service if hasattr(service, "request") else Nobody()
