"""The samples of every template in ``components/``. Texts here are samples, in English only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from creditstore.catalogue.results import TextPart
from creditstore_content.navigation.frame import Hours, Office
from creditstore_site.demo.showcase import forms
from creditstore_site.demo.showcase.catalogue import CATALOGUE_COMPONENTS
from creditstore_site.demo.showcase.project import PROJECT_COMPONENTS
from creditstore_site.demo.showcase.sample import LONG, Component, Sample
from creditstore_site.world_map import HEIGHT, WIDTH

#: Words of another script and direction, as a project's title or a buyer's name may be.
RIGHT_TO_LEFT = "محطة طاقة الرياح في خليج الزيت"
_ICONS = ("check", "cross", "info", "caution", "search", "basket", "copy", "download", "forward", "lock")
_TYPES = (
    "Wind", "Hydro", "Solar", "Biomass energy", "Landfill gas", "EE households", "Reforestation", "Transport",
    "EE own generation", "HFCs", "A type nobody knows",
)  # fmt: skip
OFFICE: Final = Office(
    name="Office for Africa",
    responsible_for="Africa and the Arab States",
    address=("1 Example Road", "00100 Nairobi", "Kenya"),
    time_zone="Africa/Nairobi",
    hours=(Hours(1, 4, time(8, 30), time(17, 0)), Hours(5, 5, time(8, 30), time(12, 0))),
    telephone="+254 20 555 0100",
    email="africa@example.org",
)
_TIME = datetime(2026, 11, 3, 9, 41, 7, tzinfo=UTC)

COMPONENTS: Final[tuple[Component, ...]] = (
    Component(
        "components/breadcrumb.html",
        (
            Sample(_("one parent"), {"url1": "#", "text1": "Store", "current": "Project 9933"}),
            Sample(_("several parents"), {"parents": [("#", "Home"), ("#", "How it works")], "current": "Reduce"}),
            Sample(_("long text"), {"url1": "#", "text1": "Store", "current": LONG}),
            Sample(_("right to left"), {"url1": "#", "text1": "Store", "current": RIGHT_TO_LEFT}),
        ),
        wide=True,
    ),
    Component(
        "components/error_summary.html",
        (
            Sample(_("errors"), lambda: {"form": forms.bad_form("summary")}),
            Sample(_("empty: nothing is shown"), lambda: {"form": forms.SampleForm(prefix="nothing")}),
        ),
        wide=True,
    ),
    Component(
        "components/fact.html",
        (
            Sample(_("plain"), {"label": "Host country", "value": "Malawi"}),
            Sample(_("with a note"), {"label": "Methodology", "value": "AMS-II.G.", "note": "Energy efficiency"}),
            Sample(_("link"), {"label": "Registry", "value": "Page at the UNFCCC", "url": "#"}),
            Sample(_("serial number"), {"label": "First", "value": "MW-5-141547-2-2-0-9933", "serial": True}),
            Sample(_("zero"), {"label": "Cancelled here", "value": 0}),
            Sample(_("long text"), {"label": "Title", "value": LONG}),
            Sample(_("right to left"), {"label": "Title", "value": RIGHT_TO_LEFT}),
            Sample(_("empty: nothing is shown"), {"label": "Capacity", "value": ""}),
        ),
        around=("dl", "facts"),
        wide=True,
    ),
    Component(
        "components/field.html",
        (
            Sample(_("plain"), lambda: forms.plain("name")),
            Sample(_("optional"), lambda: forms.plain("email", optional=True)),
            Sample(_("short"), lambda: forms.plain("amount", short=True)),
            Sample(_("choice"), lambda: forms.plain("country")),
            Sample(_("several lines"), lambda: forms.plain("reason")),
            Sample(_("one of several"), lambda: forms.plain("visibility")),
            Sample(_("checkbox"), lambda: forms.plain("terms")),
            Sample(_("checkbox in a box"), lambda: forms.plain("terms", boxed=True)),
            Sample(_("disabled"), lambda: forms.plain("frozen")),
            Sample(_("error"), lambda: forms.wrong("email")),
            Sample(_("error, one of several"), lambda: forms.wrong("visibility")),
            Sample(_("error, checkbox"), lambda: forms.wrong("terms")),
        ),
    ),
    Component("components/icon.html", tuple(Sample(name, {"name": name}) for name in _ICONS)),
    Component("components/lifecycle.html", (Sample(_("plain")),), wide=True),
    Component(
        "components/map_land.html",
        (Sample(_("plain")),),
        around=("svg", "map"),
        wide=True,
        attributes={"viewBox": f"0 0 {WIDTH} {HEIGHT}", "aria-hidden": "true"},
    ),
    Component(
        "components/map_point.html",
        (
            Sample(_("plain"), {"latitude": Decimal("-11.6"), "longitude": Decimal("34.3"), "title": "Cook stoves"}),
            Sample(_("at the edge"), {"latitude": Decimal("-18.1"), "longitude": Decimal("178.4"), "title": "Hydro"}),
            Sample(_("empty: nothing is shown"), {"latitude": None, "longitude": None, "title": "Somewhere"}),
        ),
    ),
    Component(
        "components/money_line.html",
        (
            Sample(_("plain"), {"label": "3 tonnes", "amount": "12.40", "currency": "USD", "note": "4.13 USD each"}),
            Sample(_("contained"), {"label": "of it fees", "amount": "0.66", "currency": "USD", "kind": "inside"}),
            Sample(_("total"), {"label": "Total", "amount": "12.40", "currency": "USD", "kind": "total"}),
            Sample(_("long text"), {"label": LONG, "amount": "1,234,567.89", "currency": "USD"}),
        ),
        around=("dl", "ladder"),
    ),
    Component(
        "components/marked.html",
        (
            Sample(
                _("in the middle"),
                {"parts": (TextPart("Clean ", False), TextPart("cooking", True), TextPart(" in Malawi", False))},
            ),
            Sample(_("nothing found"), {"parts": (TextPart("How cancellation works", False),)}),
            Sample(_("right to left"), {"parts": (TextPart(RIGHT_TO_LEFT, True),)}),
        ),
        wide=True,
    ),
    Component(
        "components/notice.html",
        (
            Sample(_("information"), {"text": "Units are held for you until you have paid."}),
            Sample(_("take care"), {"kind": "caution", "title": "No corresponding adjustment", "text": LONG}),
            Sample(_("success"), {"kind": "success", "text": "Paid.", "url": "#", "url_text": "Open the order"}),
            Sample(_("error"), {"kind": "error", "text": "The payment was declined. Nothing was charged."}),
        ),
    ),
    Component(
        "components/office.html",
        (
            Sample(_("everything"), {"office": OFFICE}),
            Sample(_("only e-mail"), {"office": replace(OFFICE, address=(), hours=(), telephone="")}),
            Sample(_("long text"), {"office": replace(OFFICE, name=LONG, responsible_for=LONG)}),
            Sample(_("right to left"), {"office": replace(OFFICE, name=RIGHT_TO_LEFT)}),
        ),
    ),
    Component(
        "components/pagination.html",
        (
            Sample(_("first page"), {"next_url": "#", "summary": "25 of 212 projects"}),
            Sample(_("in between"), {"next_url": "#", "first_url": "#", "summary": "25 of 212 projects"}),
            Sample(_("last page"), {"first_url": "#"}),
            Sample(_("empty: nothing is shown")),
        ),
        wide=True,
    ),
    Component(
        "components/price.html",
        (
            Sample(_("plain"), {"amount": "2.50", "currency": "USD"}),
            Sample(_("lowest of several"), {"amount": "1,240.50", "currency": "USD", "from": True}),
            Sample(_("invented"), {"amount": "2.50", "currency": "USD", "invented": True}),
        ),
    ),
    Component(
        "components/search_form.html",
        (
            Sample(_("plain"), {"id": "sample-search"}),
            Sample(_("filled in"), {"id": "sample-search-filled", "value": "wind, Kenya"}),
            Sample(_("compact"), {"id": "sample-search-compact", "compact": True}),
        ),
        wide=True,
    ),
    Component(
        "components/serial_range.html",
        (
            Sample(
                _("several units"),
                {"start": "MA-5-1000001-2-2-0-30", "end": "MA-5-1000012-2-2-0-30", "quantity": 12},
            ),
            Sample(_("one unit"), {"start": "MA-5-1000001-2-2-0-30", "end": "MA-5-1000001-2-2-0-30", "quantity": 1}),
        ),
        wide=True,
    ),
    Component("components/specimen.html", (Sample(_("plain")),)),
    Component(
        "components/stat.html",
        (
            Sample(_("plain"), {"value": "2,119", "label": "projects"}),
            Sample(_("zero"), {"value": "0", "label": "units cancelled"}),
            Sample(_("long text"), {"value": "11,504,922", "label": "units cancelled out of these projects, in all"}),
        ),
        around=("dl", "stats"),
    ),
    Component(
        "components/step.html",
        (
            Sample(_("done"), {"title": "Paid", "state": "done", "time": _TIME}),
            Sample(_("now"), {"title": "Cancelling in the registry", "state": "current", "text": "Until tomorrow."}),
            Sample(_("failed"), {"title": "Refused by the registry", "state": "failed", "text": LONG}),
            Sample(_("waiting"), {"title": "Certificate"}),
        ),
        around=("ol", "timeline"),
    ),
    Component(
        "components/stepper.html",
        (
            Sample(_("plain"), {"id": "sample-stepper", "name": "plain", "label": "Tonnes"}),
            Sample(
                _("without a visible label"),
                {"id": "sample-stepper-hidden", "name": "hidden", "label": "Tonnes", "hide_label": True, "value": 12},
            ),
        ),
    ),
    Component(
        "components/tag.html",
        (
            Sample(_("plain"), {"text": "Small scale"}),
            Sample(_("take care"), {"text": "Invented demo price", "kind": "caution"}),
            Sample(_("success"), {"text": "Cancelled", "kind": "success"}),
            Sample(_("error"), {"text": "Refused", "kind": "error"}),
            Sample(_("long text"), {"text": LONG}),
        ),
    ),
    Component("components/type_icon.html", tuple(Sample(name, {"type": name}) for name in _TYPES)),
    *PROJECT_COMPONENTS,
    *CATALOGUE_COMPONENTS,
)
