"""Writes a new plugin: a project of its own that can be installed and passes the conformance kit as it is."""

from __future__ import annotations

import keyword
import re
import shutil
import sys
from pathlib import Path
from typing import Literal, get_args

PluginKind = Literal["payment", "registry", "certificate"]
KINDS: tuple[str, ...] = get_args(PluginKind)
_TEMPLATES = Path(__file__).parent / "scaffold"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 50
#: Modules that every plugin's tests or code import.
_TAKEN = frozenset({"tests", "pytest", "pydantic", "pluggy", "creditstore", "django"})


class CannotScaffold(ValueError):
    """The plugin cannot be written as asked; the text says what to do."""


def write_plugin(*, name: str, kind: str, directory: Path) -> Path:
    """Write ``directory/name``. Returns it.

    Parameters: ``name``, that of the distribution (``pay-example``): its letters make the plugin's id and module
    (``pay_example``); ``kind``, one of ``KINDS``. Errors: ``CannotScaffold``, before anything is written.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise CannotScaffold(
            f"The name {name!r} cannot be used: write small letters, digits and single hyphens, beginning with a "
            f"letter, for instance pay-example; at most {_LONGEST_NAME} characters."
        )
    package = name.replace("-", "_")
    if package in sys.stdlib_module_names or keyword.iskeyword(package) or package in _TAKEN:
        raise CannotScaffold(
            f"The name {name!r} is that of something in Python. Choose another, for instance pay-{name}."
        )
    if kind not in KINDS:
        raise CannotScaffold(f"There is no kind {kind!r}; the kinds are {', '.join(KINDS)}.")
    project = directory / name
    if project.exists():
        raise CannotScaffold(f"{project} is there already. Choose another name, or remove it.")
    words = placeholders(name)
    project.mkdir(parents=True)
    for source in sorted((_TEMPLATES / "common").rglob("*")):
        if source.is_file():
            relative = source.relative_to(_TEMPLATES / "common")
            target = Path(".github/workflows/tests.yml") if relative == Path("ci/tests.yml") else relative
            _write(source, project / target, words)
    for folder, target in (("package", Path(package)), ("tests", Path("tests"))):
        for source in sorted((_TEMPLATES / kind / folder).glob("*.py")):
            _write(source, project / target / source.name, words)
    (project / package / "py.typed").touch()
    shutil.copyfile(_TEMPLATES / "common" / "gitignore", project / ".gitignore")
    (project / "gitignore").unlink()
    return project


def placeholders(name: str) -> dict[str, str]:
    """What stands in the templates, and what takes its place. Longer words first: one is part of another."""
    parts = name.split("-")
    return {
        "scaffold_package": "_".join(parts),
        "scaffold-name": name,
        "Scaffold Title": " ".join(parts).capitalize(),
        "SCAFFOLD_": "_".join(parts).upper() + "_",
        "Scaffold": "".join(part.capitalize() for part in parts),
    }


def _write(source: Path, target: Path, words: dict[str, str]) -> None:
    text = source.read_text(encoding="utf-8")
    for placeholder, word in words.items():
        text = text.replace(placeholder, word)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
