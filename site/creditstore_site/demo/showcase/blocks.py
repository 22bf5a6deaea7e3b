"""The editors' blocks: each with its preview's value, and the states that a value alone cannot bring about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore.catalogue.search import ProjectHit, TextPart
from creditstore.orders.attribution import Progress
from creditstore_content.blocks.body import STREAMS
from creditstore_content.blocks.goal import goal_of
from creditstore_content.blocks.hero import TONES
from creditstore_content.blocks.rules import Found
from creditstore_plugins import Money
from creditstore_site.demo.showcase.catalogue import HIT
from creditstore_site.demo.showcase.sample import LONG, Component, Sample, Shown, anchor_of

_CARD: Final = {"ref": "9933", "title": LONG, "countries": ["Malawi", "Zambia"], "type": "Solar", "url": "#"}


HITS: Final = (
    replace(HIT, title=LONG, title_parts=(TextPart(LONG, False),), price_invented=True),
    replace(HIT, title_parts=(TextPart(HIT.title, False),), price_from=None, available=0, vintage_to=None),
)


def _offer(*, for_sale: bool) -> dict[str, Any]:
    return {
        "code": "9933-A",
        "for_sale": for_sale,
        "project": _CARD,
        "vintage": "2014 to 2017",
        "price": Money(minor=420, currency="USD") if for_sale else None,
        "available": 12_000 if for_sale else 0,
        "seller": "Hearth Programmes",
        "price_invented": True,
        "seller_invented": True,
        "url": "#",
    }


def _found(hits: tuple[ProjectHit, ...], *, for_editors: bool) -> dict[str, Any]:
    return {
        "value": {"heading": "Cook stoves in Malawi", "fallback": "No project meets this at present."},
        "found": Found(hits=hits, total=len(hits), url="#"),
        "for_editors": for_editors,
    }


def _goal(*, cancelled: int, simulated: int = 0, today: date = date(2026, 11, 30)) -> dict[str, Any]:
    progress = Progress(cancelled=cancelled, simulated=simulated)
    return {"goal": goal_of(target=5_000, until=date(2026, 12, 1), progress=progress, today=today)}


def _hero(tone: str) -> dict[str, Any]:
    value = {"tone": tone, "button": "See all projects", "link": {"url": "#"}, "image": None}
    return {"title": LONG, "words": "Two or three sentences: what, where, why.", "value": value}


_FILM: Final = {"title": LONG, "rights": "Hearth Programmes, CC BY 4.0", "poster": None, "transcript": {"source": ""}}
_PLACES: Final = (
    {"title": LONG, "latitude": -11.6, "longitude": 34.3, "url": "#"},
    {"title": "Wind farm at the lake", "latitude": -15.5, "longitude": 35.0, "url": "#"},
    {"title": "Biogas for farms", "latitude": 2.2, "longitude": 102.3, "url": "#"},
)
_FILE: Final = {
    "url": "#",
    "title": LONG,
    "type": "PDF",
    "size": "2.4 MB",
    "media_type": "application/pdf",
    "language": {"code": "fr", "name": "French"},
}


#: Templates of blocks in states that depend on the store: what was chosen is sold out, paused or gone.
BLOCK_STATES: Final[tuple[Component, ...]] = (
    Component(
        "blocks/project_link.html",
        (
            Sample(
                _("long text"),
                {
                    "card": _CARD,
                    "value": {"text": LONG},
                },
            ),
            Sample(_("gone"), {"card": None, "value": {"text": ""}}),
        ),
    ),
    Component(
        "blocks/offer_link.html",
        (
            Sample(_("for sale"), lambda: {"card": _offer(for_sale=True), "value": {"text": LONG}}),
            Sample(_("sold out or paused"), lambda: {"card": _offer(for_sale=False), "value": {"text": "Cheap."}}),
            Sample(_("gone"), {"card": None, "value": {"text": ""}}),
        ),
    ),
    Component(
        "blocks/projects_by_rule.html",
        (
            Sample(_("found, and what editors see"), lambda: _found(HITS, for_editors=True)),
            Sample(_("empty"), lambda: _found((), for_editors=False)),
            Sample(_("empty, and what editors see"), lambda: _found((), for_editors=True)),
        ),
        wide=True,
    ),
    Component(
        "blocks/goal.html",
        (
            Sample(_("nothing yet"), lambda: _goal(cancelled=0)),
            Sample(_("under way, simulated"), lambda: _goal(cancelled=1_240, simulated=1_240)),
            Sample(_("ended"), lambda: _goal(cancelled=4_999, today=date(2026, 12, 2))),
            Sample(_("reached, and more"), lambda: _goal(cancelled=1_000_123)),
            Sample(_("no campaign is named"), {"goal": None}),
        ),
    ),
    Component(
        "blocks/call_to_action.html",
        (Sample(_("what it led to is gone"), {"value": {"text": "Read on", "link": {"url": ""}, "note": ""}}),),
    ),
    Component(
        "blocks/door.html",
        (Sample(_("what it led to is gone"), {"value": {"title": "Measure", "text": LONG, "link": {"url": ""}}}),),
    ),
    Component("blocks/figure.html", (Sample(_("gone"), {"value": {"image": None}}),)),
    Component(
        "blocks/hero.html",
        tuple(Sample(name, _hero(tone)) for tone, name in TONES.items()),
        wide=True,
    ),
    Component(
        "blocks/video.html",
        (
            Sample(
                _("a film of the library"),
                {"value": _FILM, "film": {"url": "#", "media_type": "video/mp4"}, "captions": []},
            ),
            Sample(_("gone"), {"value": _FILM, "film": None, "host": ""}),
        ),
    ),
    Component(
        "blocks/download.html",
        (Sample(_("long title"), {"file": _FILE}), Sample(_("gone"), {"file": None})),
    ),
    Component(
        "blocks/captions.html",
        (
            Sample(_("a file"), {"file": _FILE, "language": _FILE["language"]}),
            Sample(_("gone"), {"file": None, "language": _FILE["language"]}),
        ),
    ),
    Component(
        "blocks/map.html",
        (
            Sample(_("projects far apart"), {"value": {"caption": "Where the projects are"}, "points": _PLACES}),
            Sample(
                _("one place"),
                {"value": {"caption": "Where it is"}, "points": [{**_PLACES[0], "title": "Nkhata Bay", "url": None}]},
            ),
            Sample(_("gone"), {"value": {"caption": "Where the projects are"}, "points": []}),
        ),
    ),
    Component(
        "blocks/live_statistics.html",
        (
            Sample(
                _("with a note"),
                {"counted": [{"label": "units cancelled", "value": 1_240_518, "note": "12 of these are simulated."}]},
            ),
            Sample(_("gone"), {"counted": []}),
        ),
    ),
    Component(
        "blocks/comparison_table.html",
        (
            Sample(
                _("as large as may be, with a source"),
                {
                    "value": {"caption": "Five types of project", "source": "CDM registry"},
                    "headings": ["", "Wind", "Hydro", "Cook stoves", "Landfill gas", "Waste heat"],
                    "rows": [(LONG, ["12", "9", "31", "4", LONG]), ("Countries", ["3", "2", "7", "2", "1"])],
                },
            ),
        ),
        wide=True,
    ),
    Component(
        "blocks/source.html",
        (Sample(_("without an address"), {"value": {"title": "ISO 14064-1", "publisher": "ISO"}}),),
    ),
)


#: Blocks that stand only inside another block's list.
_AROUND: Final = {"NumberBlock": "stats", "FactBlock": "facts"}


def every_block() -> Iterator[tuple[str, blocks.Block]]:
    """Each kind of block that an editor can put on a page, once, by its class's name."""
    seen: set[str] = set()
    waiting: list[Any] = [block for stream in STREAMS for block in stream().child_blocks.values()]
    while waiting:
        block = waiting.pop(0)
        if isinstance(block, blocks.ListBlock):
            waiting.append(block.child_block)
            continue
        if isinstance(block, blocks.StructBlock):
            waiting += block.child_blocks.values()
        name = type(block).__name__
        # The single values of a form have no looks of their own.
        if block.is_previewable and name not in seen and type(block).__module__.startswith("creditstore_content"):
            seen.add(name)
            yield name, block


def show_block(name: str, block: blocks.Block, *, request: HttpRequest) -> Shown:
    """A block with the value of its preview, as a reader sees it."""
    value = block.get_preview_value()
    html = SafeString(block.render(value, context={"request": request}))
    if name in _AROUND:
        html = format_html('<dl class="{}">{}</dl>', _AROUND[name], html)
    return Shown(
        anchor=anchor_of(name),
        name=name,
        about=str(block.get_description()),
        states=((_("preview"), html),),
        wide=True,
    )
