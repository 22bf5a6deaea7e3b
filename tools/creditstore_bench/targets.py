"""What the figures are held to, and the lines of the table that say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from creditstore_bench.client import Timing
from creditstore_bench.report import Row

TIMES_OSCAR, SHARE_OF_BARE = 5.0, 0.5
SEARCH_TIMES_OSCAR, SEARCH_MS, LARGE_SEARCH_MS = 100.0, 25.0, 80.0
LARGE_RATIO, MOST_QUERIES, MOST_BYTES, EDITING_RATIO = 1.3, 8, 150_000, 2.0
COLLECT_MICROSECONDS = 50.0
PAGES = ("catalogue page", "project page")
CAMPAIGN, CAMPAIGN_BYTES = "campaign page", 120_000


def rates(found: Mapping[str, Timing]) -> Iterator[Row]:
    """Pages, uncached and cached, beside Oscar and the bare view: answers a second at several clients."""
    bare = found["bare"].rate
    yield Row(what="bare view of 30 kB", figure=_rate(found["bare"]))
    for page in PAGES:
        oscar, fresh, kept = (found[f"{side} {page}"] for side in ("oscar", "fresh", "kept"))
        yield Row(what=f"plain Oscar, {page}", figure=_rate(oscar))
        yield Row(
            what=f"{page}, uncached",
            target=f"at least {TIMES_OSCAR:g} x Oscar",
            figure=f"{fresh.rate / oscar.rate:.1f} x ({_rate(fresh)})",
            ok=fresh.rate >= TIMES_OSCAR * oscar.rate,
        )
        yield Row(
            what=f"{page}, cached",
            target=f"at least {SHARE_OF_BARE:g} of the bare view",
            figure=f"{kept.rate / bare:.2f} ({_rate(kept)})",
            ok=kept.rate >= SHARE_OF_BARE * bare,
        )


def campaign(found: Mapping[str, Timing]) -> Iterator[Row]:
    """A campaign's page of twelve blocks, which Oscar has none of: beside the bare view alone."""
    bare, fresh, kept = (found[name].rate for name in ("bare", f"fresh {CAMPAIGN}", f"kept {CAMPAIGN}"))
    yield Row(
        what="campaign page of 12 blocks, uncached", figure=f"{fresh / bare:.2f} of the bare view ({fresh:,.0f}/s)"
    )
    yield Row(
        what="campaign page of 12 blocks, cached",
        target=f"at least {SHARE_OF_BARE:g} of the bare view",
        figure=f"{kept / bare:.2f} ({kept:,.0f}/s)",
        ok=kept >= SHARE_OF_BARE * bare,
    )


def searches(page: Timing, api: Timing, beside: tuple[Timing, Timing], large: Timing) -> Iterator[Row]:
    """Search with all facets, at one client. ``beside``: Oscar's and the store's answers to the same questions."""
    oscar, same = beside
    yield Row(what=f"plain Oscar, search ({oscar.answers} questions)", figure=_times(oscar))
    yield Row(
        what=f"search with all facets, whole page ({page.answers} questions)",
        target=f"at most {SEARCH_MS:g} ms",
        figure=_times(page),
        ok=page.median_ms <= SEARCH_MS,
    )
    yield Row(
        what=f"search, Oscar's {oscar.answers} questions",
        target=f"at least {SEARCH_TIMES_OSCAR:g} x Oscar",
        figure=f"{same.rate / oscar.rate:.0f} x ({same.rate:,.1f}/s, Oscar {oscar.rate:,.2f}/s)",
        ok=same.rate >= SEARCH_TIMES_OSCAR * oscar.rate,
    )
    yield Row(what="the same through the API, hits alone", figure=_times(api))
    yield Row(
        what="search with all facets at 100,000 projects",
        target=f"at most {LARGE_SEARCH_MS:g} ms",
        figure=_times(large),
        ok=large.median_ms <= LARGE_SEARCH_MS,
    )


def growth(small: Mapping[str, Timing], large: Mapping[str, Timing]) -> Iterator[Row]:
    """Pages at 100,000 projects beside the same at the real number, uncached, at one client."""
    for page in PAGES:
        ratio = large[page].median_ms / small[page].median_ms
        yield Row(
            what=f"{page}, uncached, at 100,000 projects",
            target=f"at most {LARGE_RATIO:g} x",
            figure=f"{ratio:.2f} x ({small[page].median_ms:.1f} -> {large[page].median_ms:.1f} ms)",
            ok=ratio <= LARGE_RATIO,
        )


def editing(found: Mapping[str, Any]) -> Iterator[Row]:
    """An editor's actions on a page of 200 blocks, among 10,000 pages beside the same on a new store."""
    for action, few in found["few"].items():
        many = found["many"][action]
        yield Row(
            what=f"{action} a page of 200 blocks among {found['pages']:,} pages",
            target=f"under {EDITING_RATIO:g} x",
            figure=f"{many / few:.2f} x ({few:,.0f} -> {many:,.0f} ms)",
            ok=many < EDITING_RATIO * few,
        )


def queries(counts: Mapping[str, int]) -> Iterator[Row]:
    """Database queries a page."""
    address, most = max(counts.items(), key=lambda pair: pair[1])
    yield Row(
        what=f"queries a page, the most of {len(counts)} pages",
        target=f"at most {MOST_QUERIES}",
        figure=f"{most} ({address})",
        ok=most <= MOST_QUERIES,
    )


def visits(found: Mapping[str, Mapping[str, int]]) -> Iterator[Row]:
    """First visits, by page."""
    for page, sizes in found.items():
        most = CAMPAIGN_BYTES if page == CAMPAIGN else MOST_BYTES
        yield Row(
            what=f"first visit without pictures, {page}",
            target=f"under {most // 1000} kB",
            figure=f"{sizes['all'] / 1000:.0f} kB",
            ok=sizes["all"] < most,
        )


def _rate(timing: Timing) -> str:
    return f"{timing.rate:,.0f}/s"


def _times(timing: Timing) -> str:
    return f"{timing.median_ms:,.1f} ms median, {timing.p95_ms:,.1f} ms p95"


def plugins(found: Mapping[str, float]) -> Iterator[Row]:
    """Twenty plugins, each in a process of its own."""
    over = found["collect"] - found["bare"]
    yield Row(
        what="what 20 plugins offer, over a bare call",
        target=f"under {COLLECT_MICROSECONDS:g} microseconds",
        figure=f"{over:.2f} microseconds",
        ok=over < COLLECT_MICROSECONDS,
    )
    yield Row(what="a call into a plugin's process and back", figure=f"{found['call']:.2f} ms")
    yield Row(what="loading 20 plugins", figure=f"{found['load']:.1f} s")
