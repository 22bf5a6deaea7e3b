"""The samples of what the catalogue's lists show."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from creditstore.catalogue.search import ProjectHit, TextPart
from creditstore_plugins import Money
from creditstore_site.demo.showcase.sample import LONG, Component, Sample

#: A project that somebody looked for by the word “wind”.
HIT: Final = ProjectHit(
    ref="5977",
    title="Salkhit Wind Farm",
    title_parts=(TextPart("Salkhit ", False), TextPart("Wind", True), TextPart(" Farm", False)),
    countries=("MN",),
    country_names=("Mongolia",),
    least_developed=False,
    type="Wind",
    subtype="Wind",
    goals=(7, 13),
    scopes=("1",),
    methodologies=("ACM0002",),
    scale="large",
    activity="PA",
    installed_capacity_mw=Decimal("49.6"),
    latitude=Decimal("47.72"),
    longitude=Decimal("107.15"),
    registered_on=None,
    price_from=Money(minor=274, currency="USD"),
    price_invented=False,
    available=50_000,
    vintage_from=2010,
    vintage_to=2014,
    earned_from=2010,
)
_NOTHING = replace(
    HIT, price_from=None, available=0, vintage_from=None, vintage_to=None, earned_from=None, installed_capacity_mw=None
)

CATALOGUE_COMPONENTS: Final[tuple[Component, ...]] = (
    Component(
        "components/project_card.html",
        (
            Sample(_("plain"), {"hit": HIT}),
            Sample(_("with a tick"), {"hit": HIT, "tick": True, "picked": [HIT.ref]}),
            Sample(_("invented"), {"hit": replace(HIT, price_invented=True)}),
            Sample(_("nothing for sale"), {"hit": _NOTHING}),
            Sample(
                _("long text"),
                {
                    "hit": replace(
                        _NOTHING,
                        title=LONG,
                        title_parts=(TextPart(LONG, False),),
                        type="EE households",
                        subtype="Stoves",
                        country_names=("Malawi", "United Republic of Tanzania", "Mozambique"),
                    )
                },
            ),
        ),
        wide=True,
    ),
)
