"""The connector to the CDM registry, spoken to over HTTP with JSON.

A cancellation cannot be undone, so every doubt is an unknown outcome: no answer, an answer of another kind, an answer
about other units. Only the registry's own, complete word makes a submission accepted or refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, ClassVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, StringConstraints, ValidationError

from creditstore_plugins import (
    AccountTotals,
    BlocksPage,
    CancellationInstruction,
    Finding,
    HttpResponse,
    HttpTimeout,
    HttpUnreachable,
    NotTold,
    PluginContext,
    PluginSettings,
    RecordsPage,
    Refused,
    RegistryBooks,
    RegistryCapability,
    RegistryConnector,
    RegistryInfo,
    RegistryNotifications,
    ResponseCode,
    SerialRange,
    Severity,
    StatusOutcome,
    StatusUnknown,
    SubmissionOutcome,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    Webhook,
    hookimpl,
)
from creditstore_registry_cdm.books import Books
from creditstore_registry_cdm.codes import (
    CANCELLATION,
    MAX_BLOCKS,
    MESSAGES,
    VOLUNTARY_CANCELLATION_ACCOUNT,
    Code,
    kind_of,
)
from creditstore_registry_cdm.serials import Block, MalformedSerial, any_overlap, parse_block
from creditstore_registry_cdm.wire import (
    AccountAnswer,
    AnswerNotTrusted,
    HealthAnswer,
    NotFoundAnswer,
    Notification,
    RefusalAnswer,
    TransactionAnswer,
    range_of,
    read_answer,
)


def _registry_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address such as https://registry.example is needed")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the address must be without user name, password, query and fragment")
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("plain http is only for a registry on this machine; use https")
    return text.rstrip("/")


class RegistryCdmSettings(PluginSettings):
    """How to reach the registry.

    ``base_url``: its address; https unless it runs on this machine. ``account``: the holding account that units are
    cancelled from when an instruction names none. ``simulated``: whether the registry at that address is a simulator.
    The registry says so itself in each answer, and an answer that contradicts this setting is not believed, so a wrong
    value can delay a certificate but never put a wrong word on it.
    """

    base_url: Annotated[str, StringConstraints(max_length=500), AfterValidator(_registry_address)]
    account: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9._:-]{0,63})?$")] = ""
    simulated: bool = True


class RegistryCdmConnector(RegistryConnector, RegistryBooks, RegistryNotifications):
    """Proposes voluntary cancellations of CDM units and tells where they stand."""

    info: ClassVar[RegistryInfo] = RegistryInfo(
        title="CDM registry",
        scheme="cdm",
        max_blocks=MAX_BLOCKS,
        settings_model=RegistryCdmSettings,
        capabilities=RegistryCapability.TOTALS
        | RegistryCapability.BLOCKS
        | RegistryCapability.RECORDS
        | RegistryCapability.NOTIFICATIONS,
    )

    def __init__(self, context: PluginContext[RegistryCdmSettings]) -> None:
        self._settings = context.settings
        self._http = context.http
        self._books = Books(self._get, simulated=context.settings.simulated)

    @property
    def simulated(self) -> bool:
        """As set; every answer is held to it."""
        return self._settings.simulated

    def submit(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        """Propose a cancellation. What is malformed is refused here, before anything is sent."""
        blocks = _blocks_of(instruction.ranges)
        if isinstance(blocks, Refused):
            return blocks
        account = instruction.account or self._settings.account
        try:
            response = self._propose(instruction, account=account, blocks=blocks)
            if response.status in (200, 202):
                return self._accepted(response, instruction=instruction, account=account, blocks=blocks)
            if 400 <= response.status < 500:
                return self._refused(response, instruction=instruction)
            reason = f"the registry answered with HTTP {response.status}"
        except HttpTimeout:
            reason = "the registry did not answer in time"
        except HttpUnreachable:
            # An earlier try with the same key may have arrived: that this one did not proves nothing.
            reason = "the registry could not be reached"
        except (AnswerNotTrusted, MalformedSerial) as error:
            reason = str(error)
        return SubmissionUnknown(reason=reason)

    def status(self, key: str) -> StatusOutcome:
        """Ask the registry about the transaction with this key."""
        try:
            response = self._get(f"/v1/transactions/by-key/{quote(key, safe='')}")
        except (HttpTimeout, HttpUnreachable):
            return StatusUnknown(reason="the registry did not answer")
        try:
            if response.status == 404:
                # A bare 404 may come from anything on the way; only the registry's own word makes it safe to try again.
                missing = read_answer(NotFoundAnswer, response, simulated=self.simulated)
                _same_key(missing.key, key)
                return TransactionNotFound()
            if response.status == 200:
                answer = read_answer(TransactionAnswer, response, simulated=self.simulated)
                _same_key(answer.key, key)
                return answer.read_status()
        except (AnswerNotTrusted, MalformedSerial) as error:
            return StatusUnknown(reason=str(error))
        return StatusUnknown(reason=f"the registry answered with HTTP {response.status}")

    def parse_notification(self, webhook: Webhook) -> tuple[str, ...]:
        """The key that the message names. Anything that is not such a message names none."""
        try:
            return (Notification.model_validate_json(webhook.body).key,)
        except ValidationError:
            return ()

    def totals(self, account: str) -> AccountTotals | NotTold:
        """What the account holds and cancelled, in numbers."""
        return self._books.totals(account)

    def blocks(self, account: str, cursor: str) -> BlocksPage | NotTold:
        """What lies in the account."""
        return self._books.blocks(account, cursor)

    def records(self, account: str, since: datetime, cursor: str) -> RecordsPage | NotTold:
        """What was cancelled from the account."""
        return self._books.records(account, since, cursor)

    def check(self) -> Iterable[Finding]:
        """Ask the registry whether it works, whether it is what the settings say, and whether the account is open."""
        base_url = self._settings.base_url
        try:
            health = self._get("/healthz")
        except (HttpTimeout, HttpUnreachable):
            return [_error(f"The registry at {base_url} does not answer.")]
        try:
            read_answer(HealthAnswer, health, simulated=self.simulated)
        except AnswerNotTrusted as error:
            return [_error(f"At {base_url}: {error}.")]
        if health.status != 200:
            return [_error(f"The registry at {base_url} answers, but says that it does not work.")]
        return self._check_account() if self._settings.account else []

    def _check_account(self) -> Iterable[Finding]:
        account = self._settings.account
        try:
            response = self._get(f"/v1/accounts/{quote(account, safe='')}")
            if response.status == 404:
                return [_error(f"The registry has no account {account}.")]
            answer = read_answer(AccountAnswer, response, simulated=self.simulated)
        except (HttpTimeout, HttpUnreachable):
            return [_error(f"The registry did not answer about the account {account}.")]
        except AnswerNotTrusted as error:
            return [_error(f"About the account {account}: {error}.")]
        return [] if answer.state == "open" else [_error(f"The account {account} is {answer.state}.")]

    def _get(self, path: str) -> HttpResponse:
        return self._http.request("GET", f"{self._settings.base_url}{path}", headers={"Accept": "application/json"})

    def _propose(
        self, instruction: CancellationInstruction, *, account: str, blocks: tuple[Block, ...]
    ) -> HttpResponse:
        message = {
            "key": instruction.key,
            "type": CANCELLATION,
            "account": account,
            "destination_account_type": VOLUNTARY_CANCELLATION_ACCOUNT,
            "blocks": [{"start": block.start, "end": block.end} for block in blocks],
            "beneficiary": instruction.beneficiary,
            "reason": instruction.reason,
        }
        return self._http.request(
            "POST",
            f"{self._settings.base_url}/v1/transactions",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps(message).encode("ascii"),
        )

    def _accepted(
        self,
        response: HttpResponse,
        *,
        instruction: CancellationInstruction,
        account: str,
        blocks: tuple[Block, ...],
    ) -> SubmissionOutcome:
        answer = read_answer(TransactionAnswer, response, simulated=self.simulated)
        _same_key(answer.key, instruction.key)
        told = (answer.account, answer.beneficiary, answer.reason, answer.read_blocks())
        if told != (account, instruction.beneficiary, instruction.reason, blocks):
            return SubmissionUnknown(reason="the registry's answer is about another cancellation than was asked for")
        return Submitted(transaction=answer.transaction)

    def _refused(self, response: HttpResponse, *, instruction: CancellationInstruction) -> SubmissionOutcome:
        answer = read_answer(RefusalAnswer, response, simulated=self.simulated)
        _same_key(answer.key, instruction.key)
        responses = tuple(code.read() for code in answer.responses)
        if any(code.code == Code.TRANSACTION_EXISTS for code in responses):
            # Refused would promise that nothing happens under this key, and something does.
            return SubmissionUnknown(reason="the registry has another transaction under this key")
        return Refused(responses=responses)


def _blocks_of(ranges: Sequence[SerialRange]) -> tuple[Block, ...] | Refused:
    """Read the ranges by the CDM grammar and hold the printed serials against the numbers beside them."""
    if len(ranges) > MAX_BLOCKS:
        return _refused_here(Code.TOO_MANY_BLOCKS)
    blocks = []
    for part in ranges:
        try:
            block = parse_block(part.start, part.end)
        except MalformedSerial:
            return _refused_here(Code.MALFORMED_SERIAL, part)
        if range_of(block) != part:
            return _refused_here(Code.MALFORMED_SERIAL, part)
        blocks.append(block)
    if not blocks:
        return _refused_here(Code.WRONG_FIELD)
    if any_overlap(blocks):
        return _refused_here(Code.BLOCKS_OVERLAP)
    return tuple(blocks)


def _refused_here(code: Code, *ranges: SerialRange) -> Refused:
    return Refused(responses=(ResponseCode(code=int(code), message=MESSAGES[code], ranges=ranges, kind=kind_of(code)),))


def _same_key(told: str, asked: str) -> None:
    if told != asked:
        raise AnswerNotTrusted("the registry's answer is about another key")


def _error(message: str) -> Finding:
    return Finding(severity=Severity.ERROR, message=message)


@hookimpl
def registry_connectors() -> Sequence[type[RegistryConnector]]:
    """This plugin's one connector."""
    return (RegistryCdmConnector,)
