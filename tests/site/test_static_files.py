"""Collected static files: what visitors load is compressed, and the rest does not keep a start waiting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import brotli
import pytest
from django.core.management import call_command

from creditstore_site.settings import demo


@pytest.mark.slow
def test_the_demo_compresses_what_visitors_load(settings: Any, tmp_path: Path) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": demo.STORAGES["staticfiles"]}
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    sheets = [path for path in tmp_path.glob("creditstore/css/*.css") if path.stat().st_size > 2_000]
    assert len(sheets) > 5
    for sheet in sheets:
        packed = sheet.with_name(sheet.name + ".br")
        assert brotli.decompress(packed.read_bytes()) == sheet.read_bytes()
        assert sheet.with_name(sheet.name + ".gz").exists()
    assert not list(tmp_path.glob("wagtailadmin/**/*.gz"))
