"""A registry of files: one for each cancellation, named by its key, written once and never changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from creditstore_plugins import (
    CancellationInstruction,
    Finding,
    PluginContext,
    PluginSettings,
    Refused,
    RegistryConnector,
    RegistryInfo,
    ResponseCode,
    SerialRange,
    Severity,
    StatusOutcome,
    StatusUnknown,
    SubmissionOutcome,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
    hookimpl,
)


class FolderSettings(PluginSettings):
    """Where the files are."""

    folder: Path


class FolderConnector(RegistryConnector):
    """A file that exists is a cancellation that is done. A file ``refuse`` or ``terminate`` in the folder says no."""

    info: ClassVar[RegistryInfo] = RegistryInfo(
        title="Folder of cancellations", scheme="cdm", max_blocks=1000, settings_model=FolderSettings
    )

    def __init__(self, context: PluginContext[FolderSettings]) -> None:
        self._folder = context.settings.folder

    @property
    def simulated(self) -> bool:
        """Nothing is cancelled anywhere else."""
        return True

    def submit(self, instruction: CancellationInstruction) -> SubmissionOutcome:
        """Write the file, unless it is there."""
        path = self._path(instruction.key)
        if not path.exists() and (self._folder / "refuse").exists():
            return Refused(responses=(ResponseCode(code=1, message="The folder takes no cancellations now."),))
        state = TransactionState.COMPLETED
        if (self._folder / "terminate").exists():
            state = TransactionState.TERMINATED
        document = {**asdict(instruction), "state": int(state), "at": datetime.now(UTC).isoformat()}
        try:
            _write_once(path, json.dumps(document, ensure_ascii=False))
        except OSError:
            return SubmissionUnknown(reason="The folder cannot be written to.")
        return Submitted(transaction=path.stem)

    def status(self, key: str) -> StatusOutcome:
        """Read the file."""
        path = self._path(key)
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if self._folder.is_dir():
                return TransactionNotFound()
            return StatusUnknown(reason="The folder is not there.")
        except (OSError, ValueError):
            return StatusUnknown(reason="The file cannot be read.")
        state = TransactionState(document["state"])
        done = state is TransactionState.COMPLETED
        return TransactionStatus(
            transaction=path.stem,
            state=state,
            ranges=tuple(SerialRange(**part) for part in document["ranges"]),
            completed_at=datetime.fromisoformat(document["at"]) if done else None,
            responses=() if done else (ResponseCode(code=2, message="The folder ended it without effect."),),
        )

    def check(self) -> Iterable[Finding]:
        """Whether the folder is there and can be written to."""
        if not os.access(self._folder, os.W_OK):
            yield Finding(severity=Severity.ERROR, message="The folder is not there, or cannot be written to.")

    def _path(self, key: str) -> Path:
        # A key is the store's own; its digest is a name that no file system reads in another way.
        return self._folder / f"TX-{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


def _write_once(path: Path, text: str) -> None:
    """Write a file that is whole or not there; the first of several writers wins."""
    unfinished = path.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    unfinished.write_text(text, encoding="utf-8")
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


@hookimpl
def registry_connectors() -> Sequence[type[RegistryConnector]]:
    """This plugin's one connector."""
    return (FolderConnector,)
