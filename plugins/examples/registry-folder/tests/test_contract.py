"""It holds what every registry connector must hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import registry_folder
from creditstore_plugins import SerialRange
from creditstore_plugins.testing import Cancelled, RegistryConnectorContract


class Folder:
    """The folder, as the kit looks at it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        for old in path.iterdir():
            old.unlink()

    @property
    def cancellations(self) -> list[Cancelled]:
        documents = [json.loads(path.read_text(encoding="utf-8")) for path in self._path.glob("TX-*.json")]
        return [
            Cancelled(
                key=told["key"],
                account=told["account"],
                ranges=tuple(SerialRange(**part) for part in told["ranges"]),
                beneficiary=told["beneficiary"],
            )
            for told in documents
            if told["state"] == 4
        ]

    def decide(self) -> None:
        """Nothing is left to decide."""

    def refuse_next(self) -> None:
        (self._path / "refuse").touch()

    def terminate_next(self) -> None:
        (self._path / "terminate").touch()


class TestContract(RegistryConnectorContract):
    plugin = registry_folder

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.settings = {"folder": str(tmp_path)}  # type: ignore[misc]
        self._path = tmp_path

    def service(self) -> Folder:
        return Folder(self._path)

    def test_a_folder_that_is_gone_is_unknown_and_told(self) -> None:
        part = self.build(folder="/nowhere/at/all").part
        assert type(part.status("key-1")).__name__ == "StatusUnknown"
        assert type(part.submit(self.instruction())).__name__ == "SubmissionUnknown"
        assert list(part.check())
