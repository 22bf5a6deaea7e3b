"""`tools/setup.sh` on machines that lack something: tried with stand-ins for Debian's programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def machine(tmp_path):
    """A clone with the set-up script, and a folder of programs that come first on the path."""
    clone, programs = tmp_path / "a clone", tmp_path / "bin"
    (clone / "tools").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / "tools" / "setup.sh", clone / "tools")

    def program(name: str, script: str) -> None:
        path = programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    # Good enough for the checks; it makes no environment, and the script ends there.
    program("python3", 'case "$*" in "-m venv "*) exit 1;; *) exit 0;; esac')

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(clone / "tools" / "setup.sh"), *arguments],
            env={"PATH": f"{programs}:{os.environ['PATH']}", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return program, run, clone


ALL_INSTALLED = "printf installed"
ALL_BUT_PANGO = 'case "$*" in *libpango-1.0-0) exit 1;; *) printf installed;; esac'


def test_what_is_missing_is_named_with_the_command_that_brings_it(machine):
    program, run, clone = machine
    program("dpkg-query", ALL_BUT_PANGO)
    done = run(NO_APT="1")
    assert done.returncode == 1
    assert "missing and cannot be installed from here: libpango-1.0-0\n" in done.stdout
    command = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libpango-1.0-0\n"
    assert command in done.stdout
    assert not (clone / ".venv").exists()


def test_only_what_is_missing_is_installed_after_fetching_lists_if_need_be(machine):
    program, run, clone = machine
    program("dpkg-query", ALL_BUT_PANGO)
    program("sudo", 'shift; exec "$@"')
    # The first install fails as on a machine without package lists.
    program(
        "apt-get",
        'echo "$*" >>"$(dirname "$0")/calls"\n'
        'case "$1" in update) touch "$(dirname "$0")/lists";; *) test -e "$(dirname "$0")/lists";; esac',
    )
    run(PYTHON="python3")
    calls = (clone.parent / "bin" / "calls").read_text().splitlines()
    install = "install -y -q --no-install-recommends libpango-1.0-0"
    assert calls == [install, "update -q", install]


def test_the_tests_ask_for_a_browser_but_do_without(machine):
    program, run, _clone = machine
    program("dpkg-query", 'case "$*" in *chromium) exit 1;; *) printf installed;; esac')
    done = run("tests", NO_APT="1", PYTHON="python3")
    assert "Without chromium the browser tests are skipped" in done.stdout
    assert "cannot be installed" not in done.stdout


def test_a_python_without_venv_needs_the_package(machine):
    program, run, _clone = machine
    program("dpkg-query", ALL_INSTALLED)
    program("python3", 'case "$*" in *ensurepip*) exit 1;; *) exit 0;; esac')
    done = run(NO_APT="1", PYTHON="python3")
    assert done.returncode == 1
    assert "missing and cannot be installed from here: python3-venv\n" in done.stdout


def test_a_python_that_is_too_old_is_named(machine):
    program, run, _clone = machine
    program("dpkg-query", ALL_INSTALLED)
    program("python3", 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    done = run(NO_APT="1", PYTHON="python3")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed as python3; this machine has: Python 3.9.2" in done.stdout


def test_an_environment_that_is_up_to_date_is_left_alone(machine):
    program, run, clone = machine
    program("dpkg-query", ALL_INSTALLED)
    # A stand-in that makes an environment whose python accepts everything and counts how often pip was called.
    program(
        "python3",
        'case "$*" in "-m venv "*) mkdir -p .venv/bin; '
        "printf '#!/bin/sh\\necho \"$*\" >>calls\\n' >.venv/bin/python; chmod +x .venv/bin/python;; esac",
    )
    for name in ("requirements/dev.txt", "pyproject.toml", "plugins/packaging/x/pyproject.toml"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text("")

    assert run(PYTHON="python3").returncode == 0
    first = (clone / "calls").read_text().splitlines()
    assert any("--require-hashes --requirement requirements/dev.txt" in call for call in first)
    assert any("--no-deps --no-build-isolation --editable" in call for call in first)

    assert run(PYTHON="python3").returncode == 0
    assert (clone / "calls").read_text().splitlines() == first

    (clone / "requirements/dev.txt").write_text("changed")
    assert run(PYTHON="python3").returncode == 0
    assert len((clone / "calls").read_text().splitlines()) == 2 * len(first)
