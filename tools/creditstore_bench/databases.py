"""The bench's databases: made once, and made anew when anything they follow from has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from psycopg import sql

from creditstore_bench.places import BENCH, PACKAGES, ROOT, run
from creditstore_site.postgres import Cluster

#: What is in it can be made again; settings that reading depends on are PostgreSQL's own but for the shared buffers.
CLUSTER = Cluster(
    BENCH / "postgres",
    options={"fsync": "off", "synchronous_commit": "off", "shared_buffers": "512MB", "max_wal_size": "8GB"},
)
LARGE_PROJECTS = 100_000
_FACTS = (
    "**/migrations/*.py",
    "**/facts/*",
    "**/catalogue/*.py",
    "**/credits/*.py",
    "**/demo/offers.py",
    "**/pages/seed*",
    "**/creditstore_bench/fill_store.py",
)
_GROWTH = ("**/creditstore_bench/grow.py",)
_OSCAR = ("**/oscar_shop/*.py",)


def store_environment(url: str, **more: str) -> dict[str, str]:
    """The variables of a store that works on the database ``url``."""
    return {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "creditstore_site.settings.demo",
        "CREDITSTORE_VAR_DIR": str(BENCH / "store"),
        **more,
    }


def oscar_environment(url: str) -> dict[str, str]:
    """The variables of a plain Oscar that works on the database ``url``."""
    return {"DATABASE_URL": url, "BENCH_MEDIA": str(BENCH / "oscar-media")}


def store_database(say: Callable[[str], None]) -> str:
    """The store with the whole catalogue; the URL of its database."""
    return ensure("store", (_FACTS,), _fill_store, say)


def large_database(say: Callable[[str], None]) -> str:
    """The same with synthetic projects up to 100,000."""
    template = name_of("store", (_FACTS,))
    return ensure("large", (_FACTS, _GROWTH), _grow, say, template=template)


def oscar_database(say: Callable[[str], None], products: list[dict[str, Any]]) -> str:
    """Plain Oscar with the same projects as products."""
    if not (PACKAGES / "sorl").exists():
        say("installing what plain Oscar needs beside the store's packages")
        wanted = ROOT / "requirements" / "bench.txt"
        pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--require-hashes")
        run(*pip, "--target", str(PACKAGES), "--requirement", str(wanted))

    def fill(url: str) -> None:
        source = BENCH / "products.json"
        source.write_text(json.dumps(products), encoding="utf-8")
        run("-m", "creditstore_bench.oscar_shop.fill", str(source), **oscar_environment(url))

    return ensure("oscar", (_FACTS, _OSCAR), fill, say)


def addresses_of_products(url: str, refs: Iterable[str]) -> list[str]:
    """The addresses of products in plain Oscar, by the reference of their projects."""
    query = "SELECT upc, slug, id FROM catalogue_product WHERE upc = ANY(%s)"
    wanted = list(refs)
    with psycopg.connect(url) as connection:
        found = {upc: f"/catalogue/{slug}_{pk}/" for upc, slug, pk in connection.execute(query, [wanted])}
    return [found[ref] for ref in wanted]


def _fill_store(url: str) -> None:
    run("-m", "creditstore_bench.fill_store", **store_environment(url))


def _grow(url: str) -> None:
    run("-m", "creditstore_bench.grow", str(LARGE_PROJECTS), **store_environment(url))


def ensure(
    kind: str,
    patterns: tuple[tuple[str, ...], ...],
    fill: Callable[[str], None],
    say: Callable[[str], None],
    *,
    template: str = "template0",
    cluster: Cluster = CLUSTER,
) -> str:
    """The URL of the database of this kind, filled by ``fill`` unless there is one that follows from the same files."""
    server = cluster.ensure_running(database="postgres")
    name = name_of(kind, patterns)
    with psycopg.connect(server, autocommit=True) as admin:
        there = [
            row[0] for row in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{kind}_%"])
        ]
        if name in there:
            return cluster.database_url(database=name)
        say(f"making the database of {kind}")
        # Renamed when complete, so that what was interrupted is never measured.
        for old in there:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old)))
        unfinished = f"{kind}_unfinished"
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(unfinished), sql.Identifier(template))
        )
        url = cluster.database_url(database=unfinished)
        fill(url)
        with psycopg.connect(url, autocommit=True) as filled:
            filled.execute("VACUUM ANALYZE")
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
        )
    return cluster.database_url(database=name)


def name_of(kind: str, groups: tuple[tuple[str, ...], ...]) -> str:
    """The name of the database of this kind: it holds a hash of the files that the content follows from."""
    found = hashlib.sha256()
    for pattern in (pattern for group in groups for pattern in group):
        for root in ("site", "store", "content", "plugins", "tools"):
            for path in sorted((ROOT / root).glob(pattern)):
                if path.is_file() and "__pycache__" not in path.parts:
                    found.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return f"{kind}_{found.hexdigest()[:12]}"
