"""The store's one door to plugins: what is loaded, what is quarantined, and the guarded calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Flag
from functools import partial
from typing import Any, TypeVar

from creditstore_host import book_calls, calls, check_calls
from creditstore_host.building import Loader, cause_of, in_this_process, load_all
from creditstore_host.clock import SystemClock
from creditstore_host.discovery import FoundPlugin, found
from creditstore_host.faults import Fault, attempt
from creditstore_host.http import HostHttpClient
from creditstore_host.isolation.limits import Isolation
from creditstore_host.isolation.parts import RemotePart, in_runners
from creditstore_host.loading import LoadedPlugin, OnFault, Part
from creditstore_host.reasons import reason_of
from creditstore_host.records import (
    CheckVerdict,
    ConnectorFacts,
    OfferedFormat,
    OfferedMethod,
    PluginRecord,
    UnknownPlugin,
)
from creditstore_plugins import (
    AccountTotals,
    BlocksPage,
    CancellationInstruction,
    CapturesPage,
    CertificateDocument,
    CertificateFormat,
    CertificateFormatInfo,
    Clock,
    Finding,
    HttpClient,
    NotTold,
    OrderCheck,
    OrderCheckInfo,
    OrderFacts,
    PaymentCapability,
    PaymentLookup,
    PaymentOutcome,
    PaymentProvider,
    PaymentReport,
    PaymentRequest,
    ProviderInfo,
    RecordsPage,
    RefundOutcome,
    RefundRequest,
    RegistryCapability,
    RegistryConnector,
    RegistryInfo,
    StatusOutcome,
    SubmissionOutcome,
    Verification,
    VerificationUnknown,
    Webhook,
    WebhookContent,
)
from creditstore_plugins.conformance import Kind

T = TypeVar("T")


class PluginHost:
    """Built once when the store starts; it does not change afterwards and may be used from any thread."""

    def __init__(
        self,
        *,
        records: Sequence[PluginRecord],
        loaded: Sequence[LoadedPlugin],
        clock: Clock,
        found: Sequence[FoundPlugin],
        loader: Loader,
        settings: Mapping[str, object],
    ) -> None:
        self._records = tuple(records)
        self._found = {plugin.id: plugin for plugin in found}
        self._loader = loader
        self._settings = settings
        self._clock = clock
        self._parts: dict[str, tuple[Part[Any, Any], ...]] = {plugin.found.id: plugin.parts for plugin in loaded}
        self._providers: dict[str, Part[ProviderInfo, PaymentProvider]] = {}
        self._connectors: dict[str, Part[RegistryInfo, RegistryConnector]] = {}
        self._formats: dict[str, Part[CertificateFormatInfo, CertificateFormat]] = {}
        self._order_checks: dict[str, Part[OrderCheckInfo, OrderCheck]] = {}
        for plugin_id, parts in self._parts.items():
            for part in parts:
                match part.kind:
                    case "payment":
                        self._providers[plugin_id] = part
                    case "registry":
                        self._connectors[plugin_id] = part
                    case "certificate":
                        self._formats[part.info.name] = part
                    case "order_check":
                        self._order_checks[plugin_id] = part
        self._methods = {method.id: method for method in self._list_methods()}

    @classmethod
    def build(
        cls,
        *,
        plugins: Sequence[FoundPlugin] | None = None,
        settings: Mapping[str, object] | None = None,
        http: HttpClient | None = None,
        clock: Clock | None = None,
        isolation: Isolation | None = None,
        disabled: Collection[str] = (),
        positions: Mapping[str, int] | None = None,
        on_fault: OnFault | None = None,
        strict: bool = False,
        safe: bool = False,
    ) -> PluginHost:
        """Load plugins, each by itself; what fails is quarantined and the others are loaded.

        Parameters: ``plugins``, those to load, all that are installed by default; ``settings``, the operator's values
        by plugin id; ``isolation``, how they are kept in processes of their own, or None to load them into this one,
        where they are given ``http`` and ``clock``; ``disabled``, plugins that are not loaded; ``positions``, the
        places of those that come first; ``on_fault``, who is told of faults in calls; ``strict`` stops at the first
        failure; ``safe`` leaves out all that the store does not bundle. Errors: ``PluginQuarantined`` in strict mode.
        """
        clock = clock or SystemClock()
        if isolation is None:
            loader = in_this_process(http=http or HostHttpClient(), clock=clock)
        else:
            loader = in_runners(isolation)
        places, settings = positions or {}, settings or {}
        listed = found() if plugins is None else plugins
        listed = sorted(listed, key=lambda item: places.get(item.id, len(places) + 1))
        records, loaded = load_all(
            listed,
            settings=settings,
            loader=loader,
            disabled=disabled,
            on_fault=on_fault,
            strict=strict,
            safe=safe,
        )
        return cls(records=records, loaded=loaded, clock=clock, found=listed, loader=loader, settings=settings)

    def plugins(self) -> tuple[PluginRecord, ...]:
        """Every plugin that was found, loaded or quarantined."""
        return self._records

    def payment_methods(self) -> tuple[OfferedMethod, ...]:
        """All ways to pay, in the order of plugins and of each plugin's own list."""
        return tuple(self._methods.values())

    def payment_method(self, method_id: str) -> OfferedMethod:
        """One way to pay. Errors: ``UnknownPlugin``."""
        return _known(self._methods, "payment method", method_id)

    def rests(self, plugin_id: str, *, kind: Kind | None = None) -> bool:
        """Whether a plugin's part of this kind, or any of its parts, is left alone because it failed too often."""
        parts = self._parts.get(plugin_id, ())
        return any(part.breaker.resting for part in parts if kind in (None, part.kind))

    def start_payment(self, plugin_id: str, request: PaymentRequest) -> PaymentOutcome:
        """Begin a payment; any failure of the plugin is ``Unknown``. Errors: ``UnknownPlugin``: nobody was asked."""
        part = _known(self._providers, "payment plugin", plugin_id)
        return calls.start_payment(part, request)

    def fetch_payment(self, plugin_id: str, lookup: PaymentLookup) -> PaymentReport:
        """Ask where a payment stands; any failure is a report ``UNKNOWN``. Errors: ``UnknownPlugin``."""
        part = _known(self._providers, "payment plugin", plugin_id)
        return calls.fetch_payment(part, lookup, now=self._clock.now())

    def takes_webhooks(self, plugin_id: str) -> bool:
        """Whether a loaded plugin of this id takes webhooks."""
        return _is_able(self._providers, plugin_id, PaymentCapability.WEBHOOK)

    def parse_webhook(self, plugin_id: str, webhook: Webhook) -> WebhookContent | VerificationUnknown:
        """What a webhook says; any failure is ``VerificationUnknown``. Errors: ``UnknownPlugin``."""
        receiver = _able(self._providers, "payment plugin", plugin_id, PaymentCapability.WEBHOOK)
        return calls.parse_webhook(receiver, webhook)

    def verify_webhook(self, plugin_id: str, webhook: Webhook) -> Verification:
        """Whether a webhook is genuine; any failure is ``VerificationUnknown``. Errors: ``UnknownPlugin``."""
        receiver = _able(self._providers, "payment plugin", plugin_id, PaymentCapability.WEBHOOK)
        return calls.verify_webhook(receiver, webhook)

    def can_refund(self, plugin_id: str) -> bool:
        """Whether a loaded payment plugin of this id sends money back when asked."""
        return _is_able(self._providers, plugin_id, PaymentCapability.REFUND)

    def refund_payment(self, plugin_id: str, request: RefundRequest) -> RefundOutcome:
        """Send money back; any failure is ``RefundUnknown``. Errors: ``UnknownPlugin`` for one that cannot refund."""
        provider = _able(self._providers, "payment plugin", plugin_id, PaymentCapability.REFUND)
        return calls.refund(provider, request)

    def connector_info(self, plugin_id: str) -> ConnectorFacts:
        """What a registry connector is. Errors: ``UnknownPlugin``."""
        part = _known(self._connectors, "registry connector", plugin_id)
        return ConnectorFacts(
            id=plugin_id,
            title=part.info.title,
            scheme=part.info.scheme,
            max_blocks=part.info.max_blocks,
            simulated=part.simulated,
            capabilities=part.info.capabilities,
        )

    def find_connector(self, plugin_id: str) -> ConnectorFacts | None:
        """What is known of a registry connector; None when no loaded plugin is it."""
        return self.connector_info(plugin_id) if plugin_id in self._connectors else None

    def connectors(self) -> tuple[ConnectorFacts, ...]:
        """All loaded registry connectors."""
        return tuple(self.connector_info(plugin_id) for plugin_id in self._connectors)

    def submit_cancellation(self, plugin_id: str, instruction: CancellationInstruction) -> SubmissionOutcome:
        """Propose a cancellation; any failure is ``SubmissionUnknown``. Errors: ``UnknownPlugin``: nobody was asked."""
        part = _known(self._connectors, "registry connector", plugin_id)
        return calls.submit(part, instruction)

    def cancellation_status(self, plugin_id: str, key: str) -> StatusOutcome:
        """Ask where a cancellation stands; any failure is ``StatusUnknown``. Errors: ``UnknownPlugin``."""
        return calls.status(_known(self._connectors, "registry connector", plugin_id), key)

    def takes_notifications(self, plugin_id: str) -> bool:
        """Whether a loaded connector of this id reads what its registry sends by itself."""
        return _is_able(self._connectors, plugin_id, RegistryCapability.NOTIFICATIONS)

    def parse_notification(self, plugin_id: str, webhook: Webhook) -> tuple[str, ...]:
        """The transactions that a notification speaks of; none on any failure. Errors: ``UnknownPlugin``."""
        connector = _able(self._connectors, "registry connector", plugin_id, RegistryCapability.NOTIFICATIONS)
        return calls.parse_notification(connector, webhook)

    def registry_totals(self, plugin_id: str, account: str) -> AccountTotals | NotTold:
        """An account's totals; any failure is ``NotTold``. Errors: ``UnknownPlugin``: it does not offer totals."""
        connector = _able(self._connectors, "registry connector", plugin_id, RegistryCapability.TOTALS)
        return book_calls.totals(connector, account)

    def registry_blocks(self, plugin_id: str, account: str, cursor: str = "") -> BlocksPage | NotTold:
        """A page of what lies in an account; any failure is ``NotTold``. Errors: as ``registry_totals``."""
        connector = _able(self._connectors, "registry connector", plugin_id, RegistryCapability.BLOCKS)
        return book_calls.blocks(connector, account, cursor)

    def registry_records(
        self, plugin_id: str, account: str, since: datetime, cursor: str = ""
    ) -> RecordsPage | NotTold:
        """A page of completed cancellations; any failure is ``NotTold``. Errors: as ``registry_totals``."""
        connector = _able(self._connectors, "registry connector", plugin_id, RegistryCapability.RECORDS)
        return book_calls.records(connector, account, since, cursor)

    def payment_capabilities(self, plugin_id: str) -> PaymentCapability:
        """What a payment plugin can do beyond taking money. Errors: ``UnknownPlugin``."""
        return _known(self._providers, "payment plugin", plugin_id).info.capabilities

    def payment_captures(self, plugin_id: str, since: datetime, cursor: str = "") -> CapturesPage | NotTold:
        """A page of captured money; any failure is ``NotTold``. Errors: ``UnknownPlugin``: it does not offer them."""
        provider = _able(self._providers, "payment plugin", plugin_id, PaymentCapability.CAPTURES)
        return book_calls.captures(provider, since, cursor)

    def certificate_formats(self) -> tuple[OfferedFormat, ...]:
        """All formats of certificates."""
        return tuple(
            OfferedFormat(
                plugin_id=part.plugin_id,
                name=name,
                title=part.info.title,
                media_type=part.info.media_type,
                extension=part.info.extension,
                info=part.info,
            )
            for name, part in self._formats.items()
        )

    def render_certificate(self, name: str, document: CertificateDocument, digest: str) -> bytes:
        """A certificate's file. Errors: ``UnknownPlugin`` for the format's name, ``RenderFailed`` for all else."""
        return calls.render(_known(self._formats, "certificate format", name), document, digest)

    @property
    def checks_orders(self) -> bool:
        """Whether any loaded plugin checks orders."""
        return bool(self._order_checks)

    def check_order(self, facts: OrderFacts, *, seconds: float) -> tuple[CheckVerdict, ...]:
        """What every check says of an order; one that fails, or takes longer than so many seconds, says ``Review``."""
        return tuple(
            CheckVerdict(
                plugin_id=plugin_id,
                title=part.info.title,
                outcome=check_calls.decide(part, facts, seconds=seconds),
            )
            for plugin_id, part in self._order_checks.items()
        )

    def findings_of(self, plugin_id: str) -> tuple[Finding, ...]:
        """The health of one loaded plugin, asked now. Errors: ``UnknownPlugin``."""
        parts = _known(self._parts, "plugin", plugin_id)
        return tuple(item for part in parts for item in calls.findings(part))

    def settings_of(self, plugin_id: str) -> Mapping[str, object]:
        """The settings that a plugin was loaded with, secrets and all: for the host's own use."""
        values = self._settings.get(plugin_id, {})
        return values if isinstance(values, Mapping) else {}

    def problem_with(self, plugin_id: str, values: Mapping[str, object]) -> str:
        """Why a plugin cannot be loaded with these settings, without any of their values; empty when it can.

        It is tried as at a start, and nothing is kept. Errors: ``UnknownPlugin``.
        """
        plugin = _known(self._found, "plugin", plugin_id)
        loading = attempt(partial(self._loader, plugin, values))
        result = loading if isinstance(loading, Fault) else attempt(loading)
        if isinstance(result, Fault):
            return reason_of(cause_of(result.error), values)
        _close(result.parts)
        return ""

    def close(self) -> None:
        """End the processes that wait for calls. A call that comes all the same starts one again."""
        for parts in self._parts.values():
            _close(parts)

    def _list_methods(self) -> Iterator[OfferedMethod]:
        for plugin_id, part in self._providers.items():
            for method in part.info.methods:
                yield OfferedMethod(
                    id=f"{plugin_id}:{method.variant}" if method.variant else plugin_id,
                    plugin_id=plugin_id,
                    variant=method.variant,
                    title=method.title,
                    description=method.description,
                    hold_for=method.hold_for,
                    test_mode=part.info.test_mode,
                    info=part.info,
                )


def _close(parts: Sequence[Part[Any, Any]]) -> None:
    for part in parts:
        if isinstance(part.instance, RemotePart):
            part.instance.close()


def _known(table: Mapping[str, T], what: str, name: str) -> T:
    try:
        return table[name]
    except KeyError:
        raise UnknownPlugin(what, name) from None


def _is_able(table: Mapping[str, Part[Any, Any]], plugin_id: str, wanted: Flag) -> bool:
    part = table.get(plugin_id)
    return part is not None and wanted in part.info.capabilities


def _able(table: Mapping[str, Part[Any, Any]], what: str, plugin_id: str, wanted: Flag) -> Part[Any, Any]:
    """The plugin's part; at load it was held to the protocol that goes with what it says it can do."""
    if not _is_able(table, plugin_id, wanted):
        raise UnknownPlugin(f"{what} with {str(wanted.name).lower()}", plugin_id)
    return table[plugin_id]
