"""Lock requirements/dev.txt and requirements/demo.txt with hashes, from what the two pyproject.toml files ask for.

The project's own distributions are left out (they are installed from the clone), and so is the name of any package
registry: a lock that names none installs from whatever mirror the machine is set up with.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = "climate-credit-store"
OLDEST_PYTHON = "3.11"


def wanted() -> tuple[list[str], list[str]]:
    """Return what the demo needs at run time, and what developers need on top of that."""
    store = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    demo = [*store["project"]["dependencies"], *store["project"]["optional-dependencies"]["demo"]]
    for other in sorted(ROOT.glob("plugins/packaging/*/pyproject.toml")):
        demo += tomllib.loads(other.read_text(encoding="utf-8"))["project"].get("dependencies", [])
    dev = store["dependency-groups"]["dev"]
    return [line for line in demo if not line.startswith(OWN)], dev


def uv() -> str:
    """The resolver: the environment's own, or the one on the path."""
    own = Path(sys.executable).with_name("uv")
    return str(own) if own.exists() else "uv"


def compile_lock(name: str, lines: list[str], *options: str) -> None:
    """Resolve ``lines`` for every platform and write ``requirements/<name>.txt``."""
    command = [
        *(uv(), "pip", "compile", "-", "--output-file", f"requirements/{name}.txt", "--no-config", "--quiet"),
        *("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-emit-index-url"),
        *("--custom-compile-command", "make lock", *sys.argv[1:], *options),
    ]
    # The developer's own index settings must not decide which files the hashes are of.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
    subprocess.run(command, cwd=ROOT, input="\n".join(lines), text=True, env=environment, check=True)


def main() -> None:
    demo, dev = wanted()
    compile_lock("dev", [*demo, *dev])
    compile_lock("demo", demo, "--constraints", "requirements/dev.txt")


if __name__ == "__main__":
    main()
