"""What each kind of plugin must be: the class a hook returns, what it says of itself, and the methods it has."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import Flag
from typing import Any

from creditstore_plugins import (
    CertificateFormat,
    CertificateFormatInfo,
    OrderCheck,
    OrderCheckInfo,
    PaymentBooks,
    PaymentCapability,
    PaymentProvider,
    ProviderInfo,
    RefundingProvider,
    RegistryBooks,
    RegistryCapability,
    RegistryConnector,
    RegistryInfo,
    RegistryNotifications,
    WebhookReceiver,
)
from creditstore_plugins.conformance import BadAnswer, Kind
from creditstore_plugins.conformance.origins import is_bare_origin
from creditstore_plugins.conformance.shapes import mismatch

#: A plugin's id: it appears in addresses, method ids and settings.
PLUGIN_ID = re.compile(r"[a-z0-9_]{1,60}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*(;[ a-z0-9=.+-]+)?")
_EXTENSION = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")


#: A method's name, and the arguments that the host will give: by position, and by keyword.
Method = tuple[str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What a plugin has besides when its ``info.capabilities`` hold ``capability``; a protocol of its own."""

    capability: Flag
    protocol: type
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One kind of plugin. ``methods`` and ``properties`` must exist, those of ``extras`` where they are declared."""

    kind: Kind
    hook: str
    protocol: type
    info: type
    methods: tuple[Method, ...]
    properties: tuple[str, ...]
    check_info: Callable[[Any], Iterator[str]]
    extras: tuple[Extra, ...] = ()


def _provider(info: ProviderInfo) -> Iterator[str]:
    if not info.title.strip():
        yield "ProviderInfo.title is empty"
    if not info.methods:
        yield "ProviderInfo.methods is empty"
    variants = [method.variant for method in info.methods]
    if len(set(variants)) != len(variants):
        yield "ProviderInfo.methods has the same variant twice"
    for method in info.methods:
        if method.variant and not _WORD.fullmatch(method.variant):
            yield f"the variant {method.variant!r} is not a short lower-case word"
        if not method.title.strip():
            yield "PaymentMethod.title is empty"
        if method.hold_for <= timedelta(0):
            yield "PaymentMethod.hold_for is not a positive time"
    for origin in info.form_origins:
        if not is_bare_origin(origin, test_mode=info.test_mode):
            yield f"the form origin {origin!r} is not https://host (or, in test mode, http://127.0.0.1) without a path"
    for currency in info.currencies:
        if not re.fullmatch("[A-Z]{3}", currency):
            yield f"the currency {currency!r} is not an ISO 4217 code"


def _registry(info: RegistryInfo) -> Iterator[str]:
    if not info.title.strip():
        yield "RegistryInfo.title is empty"
    if not _WORD.fullmatch(info.scheme):
        yield f"the scheme {info.scheme!r} is not a short lower-case word"
    if info.max_blocks < 1:
        yield "RegistryInfo.max_blocks is less than 1"


def _format(info: CertificateFormatInfo) -> Iterator[str]:
    if not info.title.strip():
        yield "CertificateFormatInfo.title is empty"
    if not _WORD.fullmatch(info.name):
        yield f"the format name {info.name!r} is not a short lower-case word"
    if not _MEDIA_TYPE.fullmatch(info.media_type):
        yield f"{info.media_type!r} is not a media type"
    if not _EXTENSION.fullmatch(info.extension):
        yield f"{info.extension!r} is not a file extension (written without the first dot)"


def _order_check(info: OrderCheckInfo) -> Iterator[str]:
    if not info.title.strip():
        yield "OrderCheckInfo.title is empty"


CONTRACTS: tuple[Contract, ...] = (
    Contract(
        kind="payment",
        hook="payment_providers",
        protocol=PaymentProvider,
        info=ProviderInfo,
        methods=(("start", ("request",), ()), ("fetch", ("lookup",), ()), ("check", (), ())),
        properties=(),
        check_info=_provider,
        extras=(
            Extra(
                capability=PaymentCapability.REFUND,
                protocol=RefundingProvider,
                methods=(("refund", ("request",), ()),),
            ),
            Extra(
                capability=PaymentCapability.WEBHOOK,
                protocol=WebhookReceiver,
                methods=(("parse_webhook", ("webhook",), ()), ("verify_webhook", ("webhook",), ())),
            ),
            Extra(
                capability=PaymentCapability.CAPTURES,
                protocol=PaymentBooks,
                methods=(("captures", ("since", "cursor"), ()),),
            ),
        ),
    ),
    Contract(
        kind="registry",
        hook="registry_connectors",
        protocol=RegistryConnector,
        info=RegistryInfo,
        methods=(("submit", ("instruction",), ()), ("status", ("key",), ()), ("check", (), ())),
        properties=("simulated",),
        check_info=_registry,
        extras=(
            Extra(
                capability=RegistryCapability.TOTALS,
                protocol=RegistryBooks,
                methods=(("totals", ("account",), ()),),
            ),
            Extra(
                capability=RegistryCapability.BLOCKS,
                protocol=RegistryBooks,
                methods=(("blocks", ("account", "cursor"), ()),),
            ),
            Extra(
                capability=RegistryCapability.RECORDS,
                protocol=RegistryBooks,
                methods=(("records", ("account", "since", "cursor"), ()),),
            ),
            Extra(
                capability=RegistryCapability.NOTIFICATIONS,
                protocol=RegistryNotifications,
                methods=(("parse_notification", ("webhook",), ()),),
            ),
        ),
    ),
    Contract(
        kind="certificate",
        hook="certificate_formats",
        protocol=CertificateFormat,
        info=CertificateFormatInfo,
        methods=(("render", ("document",), ("digest",)), ("check", (), ())),
        properties=(),
        check_info=_format,
    ),
    Contract(
        kind="order_check",
        hook="order_checks",
        protocol=OrderCheck,
        info=OrderCheckInfo,
        methods=(("decide", ("facts",), ()), ("check", (), ())),
        properties=(),
        check_info=_order_check,
    ),
)


def classes_of(contract: Contract, returned: object) -> list[type]:
    """The classes that a hook returned, looked at one by one. Errors: ``BadAnswer`` says what is wrong."""
    if not isinstance(returned, list | tuple):
        raise BadAnswer(f"{contract.hook}() returned {type(returned).__name__} instead of a list or tuple of classes")
    for item in returned:
        if not isinstance(item, type):
            raise BadAnswer(f"{contract.hook}() returned an object of {type(item).__name__} instead of a class")
        _check_class(contract, item)
    return list(returned)


def _check_class(contract: Contract, cls: type) -> None:
    info = getattr(cls, "info", None)
    if info is None:
        raise BadAnswer(f"{cls.__name__} has no attribute info of the type {contract.info.__name__}")
    problem = mismatch(info, contract.info, f"{cls.__name__}.info") or next(contract.check_info(info), None)
    if problem:
        raise BadAnswer(problem)
    _check_methods(cls, contract.protocol, contract.methods)
    for extra in contract.extras:
        if extra.capability in info.capabilities:
            _check_methods(cls, extra.protocol, extra.methods)
    for name in contract.properties:
        if _own(contract.protocol, cls, name) is None:
            raise BadAnswer(f"{cls.__name__}.{name} is missing")


def _check_methods(cls: type, protocol: type, methods: tuple[Method, ...]) -> None:
    for name, positional, keywords in methods:
        method = _own(protocol, cls, name)
        if not callable(method):
            raise BadAnswer(f"{cls.__name__}.{name} is missing or not a method")
        if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
            raise BadAnswer(
                f"{cls.__name__}.{name} is asynchronous; the host calls it from a thread and does not await"
            )
        _check_arguments(cls, name, positional, keywords)


def _own(protocol: type, cls: type, name: str) -> Any:
    """The class's own attribute: what it merely inherits from the protocol has an empty body and does not count."""
    attribute = getattr(cls, name, None)
    return None if attribute is getattr(protocol, name) else attribute


def _check_arguments(cls: type, name: str, positional: tuple[str, ...], keywords: tuple[str, ...]) -> None:
    static = inspect.getattr_static(cls, name)
    bound = isinstance(static, staticmethod | classmethod)
    given = positional if bound else ("self", *positional)
    try:
        inspect.signature(getattr(cls, name)).bind(*given, **dict.fromkeys(keywords))
    except TypeError as error:
        wanted = ", ".join((*positional, *(f"*, {keyword}" for keyword in keywords)))
        raise BadAnswer(f"{cls.__name__}.{name} cannot be called as {name}({wanted}): {error}") from error
