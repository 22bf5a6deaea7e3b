"""A whole running store for browser tests: web, worker, registry simulator, and a database of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from creditstore_site.demo import ports
from creditstore_site.demo.children import Child, StopSignals, stop_all, wait_ready
from support.database import COPY_PREFIX, ROOT, SETTINGS, Databases

READY_SECONDS = 120.0
#: An administrator of the running store.
STAFF_EMAIL, STAFF_PASSWORD = "staff@example.org", "a password of the tests"
#: Gives the pseudo languages pages of their own, as an editor would, makes the administrator, and writes the holdings.
PREPARE = """
from pathlib import Path
from django.contrib.auth import get_user_model
from wagtail.models import Locale, Site
from creditstore_site.demo.data import write_holdings
home = Site.objects.get(is_default_site=True).root_page.specific
for code in ("en-xa", "ar-xb"):
    locale, _ = Locale.objects.get_or_create(language_code=code)
    for page in home.get_descendants(inclusive=True).specific():
        if not page.has_translation(locale):
            page.copy_for_translation(locale, copy_parents=True).specific.save_revision().publish()
get_user_model().objects.create_superuser(email={email!r}, password={password!r})
write_holdings(Path({holdings!r}))
"""


@dataclass(frozen=True)
class LiveStore:
    """Where the running store and its registry answer (without a closing slash), and the store's database."""

    url: str
    database_url: str
    registry_url: str


def from_source() -> dict[str, str]:
    """The environment in which this clone's own code runs."""
    roots = os.pathsep.join(str(ROOT / root) for root in ("site", "store", "content", "plugins"))
    return {**os.environ, "PYTHONPATH": roots, "DJANGO_SETTINGS_MODULE": SETTINGS}


@contextmanager
def live_store(
    directory: Path, *, python: str = sys.executable, surroundings: dict[str, str] | None = None
) -> Iterator[LiveStore]:
    """Start everything, and stop it at the end.

    Parameters: ``directory`` takes logs, mail and the simulator's file; ``python`` and ``surroundings``, the
    interpreter and the environment's variables, this clone's by default.
    """
    databases = Databases.connect()
    name = f"{COPY_PREFIX}{os.getpid()}_live"
    database_url = databases.create(name, template=databases.ensure_template())
    web_port, registry_port = ports.free_port(preferred=0), ports.free_port(preferred=0)
    url = f"http://{ports.HOST}:{web_port}"
    environment = {
        **(surroundings or from_source()),
        "CREDITSTORE_PLUGINS_ISOLATED": "1",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": database_url,
        "SITE_URL": url,
        "CREDITSTORE_REGISTRY_URL": f"http://{ports.HOST}:{registry_port}",
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "CREDITSTORE_VAR_DIR": str(directory),
    }
    holdings = directory / "holdings.csv"
    prepare = PREPARE.format(holdings=str(holdings), email=STAFF_EMAIL, password=STAFF_PASSWORD)
    subprocess.run(
        [python, "-m", "django", "shell", "--verbosity=0", "-c", prepare],
        cwd=directory,
        env=environment,
        check=True,
        capture_output=True,
    )
    make = partial(Child, environment=environment, directory=directory)
    children = [
        make(
            name="registry simulator",
            command=[
                *(python, "-m", "creditstore_registry_cdm.simulator"),
                *("--host", ports.HOST, "--port", str(registry_port), "--delay", "0.2"),
                *("--store", directory / "registry.sqlite3", "--holdings", holdings),
            ],
            log=directory / "registry.log",
            ready=partial(ports.answers, registry_port, "/healthz"),
        ),
        make(
            name="worker",
            command=[python, "-m", "django", "procrastinate", "worker"],
            log=directory / "worker.log",
        ),
        make(
            name="store",
            command=[
                *(python, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "1"),
                *("--host", ports.HOST, "--port", str(web_port), "--blocking-threads", "4"),
                "creditstore_site.wsgi:application",
            ],
            log=directory / "web.log",
            ready=partial(ports.answers, web_port, "/healthz"),
        ),
    ]
    try:
        for child in children:
            child.start()
        for child in children:
            wait_ready(child, beside=children, signals=StopSignals(), seconds=READY_SECONDS)
        yield LiveStore(url=url, database_url=database_url, registry_url=f"http://{ports.HOST}:{registry_port}")
    finally:
        stop_all(children)
        databases.drop(name)
