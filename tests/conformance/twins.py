"""Broken twins: plugins that ``startplugin`` writes, each with one fault that exactly one test of the kit catches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from creditstore_host.scaffolding import placeholders, write_plugin


@dataclass(frozen=True)
class Change:
    """In ``file`` of the package, ``old`` becomes ``new``. Both as in the scaffold's own files."""

    old: str
    new: str
    file: str = "plugin.py"


@dataclass(frozen=True)
class Twin:
    """``test`` is the one test that catches it; ``fault`` says what is wrong."""

    test: str
    fault: str
    changes: tuple[Change, ...]


def twin(test: str, fault: str, *changes: Change | tuple[str, str] | tuple[str, str, str]) -> Twin:
    """A twin. A change may be written as ``(old, new)`` or ``(old, new, file)``."""
    made = tuple(change if isinstance(change, Change) else Change(*change) for change in changes)
    return Twin(test=f"test_{test.replace(' ', '_')}", fault=fault, changes=made)


def write_twin(broken: Twin, *, kind: str, name: str, directory: Path) -> Path:
    """Write the plugin with its fault. Errors: ``ValueError`` for a change that finds nothing to change."""
    project = write_plugin(name=name, kind=kind, directory=directory)
    words = placeholders(name)

    def filled(text: str) -> str:
        for placeholder, word in words.items():
            text = text.replace(placeholder, word)
        return text

    for change in broken.changes:
        path = project / name.replace("-", "_") / change.file
        path = path if path.exists() else project / change.file
        text = path.read_text(encoding="utf-8")
        if filled(change.old) not in text:
            raise ValueError(f"{broken.test}: {change.old!r} is not in {change.file}")
        path.write_text(text.replace(filled(change.old), filled(change.new), 1), encoding="utf-8")
    return project


#: Twins of every kind: what all contracts share. The words are in all three scaffolds.
COMMON = (
    twin("the plugin is accepted", "it has no title", ('title="Scaffold Title",', 'title="",')),
    twin(
        "an unknown setting is an error that tells no value",
        "it passes over settings that it does not know",
        (
            '    """Settings of this plugin."""\n',
            '    """Settings of this plugin."""\n\n    model_config = {"extra": "ignore"}\n',
            "settings.py",
        ),
    ),
    twin(
        "settings have a schema for the admin form",
        "a setting is something that no form can hold",
        (
            '    """Settings of this plugin."""\n',
            '    """Settings of this plugin."""\n\n    hook: "Callable[[], None] | None" = None\n',
            "settings.py",
        ),
        (
            "from pydantic import Field",
            "from collections.abc import Callable\n\nfrom pydantic import Field",
            "settings.py",
        ),
    ),
)
