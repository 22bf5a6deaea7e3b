"""The component page shows everything that there is, and is there in the demo only."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client

from creditstore_content.blocks.body import STREAMS
from creditstore_site.demo.showcase.blocks import BLOCK_STATES, every_block
from creditstore_site.demo.showcase.components import COMPONENTS
from support.database import ROOT

TEMPLATES = ROOT / "site" / "creditstore_site" / "templates"
ADDRESS = "/en/demo/components/"


def _templates(folder: str) -> set[str]:
    return {f"{folder}/{path.name}" for path in (TEMPLATES / folder).glob("*.html")}


def test_every_component_is_shown() -> None:
    assert {component.template for component in COMPONENTS} == _templates("components")
    assert [component.template for component in COMPONENTS if not component.samples] == []


def test_every_component_says_what_it_takes() -> None:
    for name in _templates("components"):
        source = Path(get_template(name).origin.name).read_text(encoding="utf-8")
        assert source.startswith(("{#", "{% comment %}")), name


@pytest.mark.django_db
def test_every_block_is_shown(client: Client) -> None:
    html = client.get(ADDRESS).content.decode()
    names = [name for name, _block in every_block()]
    assert len(names) == len(set(names))
    for stream in STREAMS:
        for block in stream().child_blocks.values():
            assert type(block).__name__ in names
            assert f">{type(block).__name__}<" in html
    assert {component.template for component in BLOCK_STATES} <= _templates("blocks")


@pytest.mark.django_db
def test_page_lists_what_it_shows_and_uses_every_id_once(client: Client) -> None:
    html = client.get(ADDRESS).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    listed = re.findall(r'<a href="#((?:components|blocks|states)-[^"]+)"', html)
    assert len(listed) == len(COMPONENTS) + len(list(every_block())) + len(BLOCK_STATES)
    assert set(listed) <= set(ids)


@pytest.mark.django_db
def test_samples_can_run_from_right_to_left(client: Client) -> None:
    box = '<div class="showcase__box content-body" dir="rtl"'
    assert box not in client.get(ADDRESS).content.decode()
    assert box in client.get(f"{ADDRESS}?dir=rtl").content.decode()
    assert 'dir="<' not in client.get(f"{ADDRESS}?dir=%3Cb%3E").content.decode()


def test_page_is_not_there_without_the_demo(database_url: str) -> None:
    """Addresses are made once per process: another one, as an operator would run it."""
    code = (
        "import django; from django.conf import settings; django.setup();"
        "settings.CREDITSTORE_DEMO = False;"
        "from django.test import Client;"
        f"print(Client().get({ADDRESS!r}).status_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": ":".join(str(ROOT / root) for root in ("site", "store", "content", "plugins")),
            "DJANGO_SETTINGS_MODULE": "creditstore_site.settings.test",
            "DATABASE_URL": database_url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip().endswith("404"), done.stderr[-2000:]
