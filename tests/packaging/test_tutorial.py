"""The tutorial, step by step as it is written: the commands, the lines, and a payment in a running store."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from support.api_buyer import buy
from support.live_store import from_source, live_store

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs/tutorial/first-plugin.md").read_text(encoding="utf-8")
FENCED = r"```python\n(?P<{}>.*?)```"


@dataclass(frozen=True)
class Edit:
    """Lines to write into a file: below others, or at the end."""

    file: str
    below: str
    lines: str


def commands() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


def edits() -> list[Edit]:
    """In the order of the text."""
    at_end = rf"In `(?P<file>[^`]+)`, at the end, write\n\n{FENCED.format('lines')}"
    below = rf"In `(?P<file>[^`]+)`, below\n\n{FENCED.format('below')}\n\nwrite\n\n{FENCED.format('lines')}"
    found = [
        (match.start(), match.groupdict())
        for pattern in (at_end, below)
        for match in re.finditer(pattern, TUTORIAL, re.DOTALL)
    ]
    return [
        Edit(file=told["file"], below=told.get("below") or "", lines=told["lines"])
        for _at, told in sorted(found, key=lambda item: item[0])
    ]


def apply(edit: Edit, project: Path) -> None:
    path = project / edit.file
    text = path.read_text(encoding="utf-8")
    if edit.below:
        assert text.count(edit.below) == 1, f"{edit.below!r} is not once in {edit.file}"
        text = text.replace(edit.below, edit.below + edit.lines)
    else:
        text += edit.lines
    path.write_text(text, encoding="utf-8")


def test_it_takes_five_commands_and_few_lines() -> None:
    assert len(commands()) == 5
    lines = [line for edit in edits() for line in edit.lines.splitlines() if line.strip()]
    assert len(edits()) == 4
    assert len(lines) <= 60


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An environment like the clone's, into which the tutorial may install."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    (site,) = (tmp_path / "env" / "lib").glob("python*/site-packages")
    installed = sysconfig.get_path("purelib")
    (site / "as_in_the_clone.pth").write_text(f"import site; site.addsitedir({installed!r})\n")
    return tmp_path / "env" / "bin" / "python"


def run(command: str, *, python: Path, beside: Path) -> str:
    """A command of the tutorial; what is beside the clone there is in a folder of the test's own here."""
    words = [word.replace("..", str(beside), 1) if word.startswith("..") else word for word in command.split()]
    words = [str(python) if word == ".venv/bin/python" else word for word in words]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=from_source(), check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def all_passed(told: str) -> bool:
    """Whether pytest says that tests passed, and of none that it did not."""
    return re.search(r"=+ \d+ passed in ", told) is not None


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.xdist_group("third_parties")
def test_the_tutorial_works_as_it_is_written(tmp_path: Path, python: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    began = time.monotonic()
    start, tests, install, listing, demo = commands()
    assert demo == "make demo"
    run(start, python=python, beside=beside)
    assert all_passed(run(tests, python=python, beside=beside))
    run(install, python=python, beside=beside)
    assert re.search(r"^pay_example +loaded +payment", run(listing, python=python, beside=beside), re.MULTILINE)
    with (
        live_store(tmp_path, python=str(python)) as store,
        httpx.Client(base_url=f"{store.url}/api/v1", trust_env=False, timeout=30) as http,
    ):
        bought = buy(http, method="pay_example")
        assert bought.outcome["outcome"] == "paid"
        assert bought.order()["payments"][0]["method"] == "pay_example"
    took = time.monotonic() - began
    assert took < 15 * 60
    for edit in edits():
        apply(edit, beside / "pay-example")
    assert all_passed(run(tests, python=python, beside=beside))
    broken = beside / "pay-example" / "pay_example" / "plugin.py"
    sound = broken.read_text()
    broken.write_text(
        sound.replace(
            'return Unknown(reason="The service did not answer.")',
            'return Declined(reason="The service did not answer.")',
        )
    )
    with pytest.raises(AssertionError, match="test_an_answer_that_is_lost_or_broken_is_unknown"):
        run(tests, python=python, beside=beside)
    broken.write_text("raise SystemExit\n" + sound)
    assert re.search(
        r"^pay_example +quarantined",
        run(listing, python=python, beside=beside),
        re.MULTILINE,
    )
