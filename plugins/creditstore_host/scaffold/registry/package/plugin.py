"""A connector to a registry over HTTP. Change what differs for yours; the tests tell what must hold.

A cancellation cannot be undone. What is unclear is unknown; "not found" is said only when the registry itself says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import ClassVar

from creditstore_plugins import (
    CancellationInstruction,
    Finding,
    HttpTimeout,
    HttpUnreachable,
    PluginContext,
    Refused,
    RegistryConnector,
    RegistryInfo,
    SettingsInvalid,
    Severity,
    StatusOutcome,
    StatusUnknown,
    SubmissionOutcome,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    hookimpl,
)

from scaffold_package.pretended import PretendedRegistry
from scaffold_package.settings import ScaffoldSettings
from scaffold_package.wire import Answer, NotUnderstood, as_wire


class ScaffoldConnector(RegistryConnector):
    """Cancels units at the registry at ``settings.base_url``."""

    info: ClassVar[RegistryInfo] = RegistryInfo(
        title="Scaffold Title",
        # The grammar of the serial numbers, and how many ranges one transaction may hold.
        scheme="cdm",
        max_blocks=100,
        settings_model=ScaffoldSettings,
    )

    def __init__(self, context: PluginContext[ScaffoldSettings]) -> None:
        self._settings = context.settings
        self._http = PretendedRegistry() if context.settings.pretend else context.http

    @property
    def simulated(self) -> bool:
        """Whether no real unit is ever cancelled: every page, file and answer then says so."""
        return self._settings.pretend

    def submit(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        """Propose a cancellation. The registry takes the same key once, however often it is sent."""
        try:
            answer = self._ask("POST", "/v1/cancellations", as_wire(instruction))
            if answer.status == 422:
                return Refused(responses=answer.responses())
            return Submitted(transaction=answer.transaction(statuses=(200, 202)))
        except (HttpUnreachable, HttpTimeout):
            return SubmissionUnknown(reason="The registry did not answer.")
        except SettingsInvalid:
            return SubmissionUnknown(reason="The secret in the settings is missing.")
        except NotUnderstood as error:
            return SubmissionUnknown(reason=str(error))

    def status(self, key: str) -> StatusOutcome:
        """Ask by our own key: it is known also when the answer to ``submit`` was lost."""
        try:
            answer = self._ask("GET", f"/v1/cancellations/by-key/{key}")
            if answer.status == 404 and answer.is_error("no-such-transaction"):
                return TransactionNotFound()
            return answer.transaction_status()
        except (HttpUnreachable, HttpTimeout, SettingsInvalid, NotUnderstood):
            return StatusUnknown(reason="The registry gave no clear answer.")

    def check(self) -> Iterable[Finding]:
        """Whether the secret is there and the registry answers."""
        if self._settings.pretend:
            yield Finding(severity=Severity.INFO, message="The registry is only pretended: nothing is cancelled.")
            return
        try:
            if self._ask("GET", "/v1/health").status != 200:
                yield Finding(severity=Severity.ERROR, message="The registry says that it is not well.")
        except SettingsInvalid as error:
            yield Finding(severity=Severity.ERROR, message=str(error))
        except (HttpUnreachable, HttpTimeout):
            yield Finding(severity=Severity.ERROR, message="The registry does not answer.")

    def _ask(self, method: str, path: str, document: dict[str, object] | None = None) -> Answer:
        headers = {"content-type": "application/json"}
        if not self._settings.pretend:
            headers["authorization"] = f"Bearer {self._settings.api_key.reveal()}"
        body = None if document is None else json.dumps(document).encode()
        return Answer(self._http.request(method, self._settings.base_url + path, headers=headers, body=body))


@hookimpl
def registry_connectors() -> Sequence[type[RegistryConnector]]:
    """This plugin's one connector."""
    return (ScaffoldConnector,)
