"""Who may do what: the one table of roles and rights. ``docs/how-to/staff-roles.md`` shows it.

A right is a permission of Django by its full name (``app.codename``), a right to all pages (``page.publish``), or a
right to all pictures and documents (``collection.wagtailimages.add_image``). What is not here a role may not do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: What rights to all pages, and to everything in the root collection, begin with.
PAGE: Final = "page."
COLLECTION: Final = "collection."

_ADMIN: Final = "wagtailadmin.access_admin"
#: What campaigns brought in: units and money in sums, no names.
_CAMPAIGNS: Final = "creditstore_campaigns.view_campaign"
_BENEFITS: Final = tuple(f"creditstore_catalogue.{verb}_benefit" for verb in ("view", "add", "change", "delete"))
_TOPICS: Final = tuple(f"creditstore_pages.{verb}_topic" for verb in ("view", "add", "change", "delete"))
_REDIRECTS: Final = tuple(f"wagtailredirects.{verb}_redirect" for verb in ("view", "add", "change", "delete"))
#: What stands around every page is seen at once by everybody, so it is for those who publish.
_AROUND_PAGES: Final = tuple(
    f"creditstore_navigation.change_{setting}" for setting in ("footer", "contactdetails", "banners", "sharing")
)
_CHOOSE_MEDIA: Final = (f"{COLLECTION}wagtailimages.choose_image", f"{COLLECTION}wagtaildocs.choose_document")
_MEDIA: Final = (
    *_CHOOSE_MEDIA,
    *(f"{COLLECTION}wagtailimages.{verb}_image" for verb in ("add", "change")),
    *(f"{COLLECTION}wagtaildocs.{verb}_document" for verb in ("add", "change")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role. ``group``: the name of its group; ``purpose``: what it is for, in words; ``rights``: all of them."""

    group: str
    purpose: Promise
    rights: frozenset[str]


#: Some of the names are Wagtail's own, whose migrations make these groups.
EDITORS: Final = "Editors"
TRANSLATORS: Final = "Translators"
MODERATORS: Final = "Moderators"
SHOP_MANAGERS: Final = "Shop managers"
REGISTRY_OFFICERS: Final = "Registry officers"
SUPPORT: Final = "Support"

ROLES: Final = (
    Role(
        group=EDITORS,
        purpose=_("writes pages, pictures and benefits of projects, and submits pages to a moderator"),
        rights=frozenset({_ADMIN, f"{PAGE}add", f"{PAGE}change", *_MEDIA, *_BENEFITS, *_TOPICS, _CAMPAIGNS}),
    ),
    Role(
        group=TRANSLATORS,
        purpose=_("makes pages in other languages, changes their words, and submits them to a moderator"),
        rights=frozenset({_ADMIN, f"{PAGE}change", "simple_translation.submit_translation", *_CHOOSE_MEDIA}),
    ),
    Role(
        group=MODERATORS,
        purpose=_("approves and publishes what others write, moves and deletes pages, keeps redirects and banners"),
        rights=frozenset(
            {
                *(_ADMIN, f"{PAGE}add", f"{PAGE}change", f"{PAGE}publish"),
                *(f"{PAGE}lock", f"{PAGE}unlock", f"{PAGE}bulk_delete"),
                *(*_MEDIA, *_BENEFITS, *_TOPICS, *_REDIRECTS, *_AROUND_PAGES, _CAMPAIGNS),
                *("creditstore_pledge.view_publiclisting", "creditstore_pledge.change_publiclisting"),
                *("creditstore_pledge.view_yearreport", "creditstore_pledge.change_yearreport"),
            }
        ),
    ),
    Role(
        group=SHOP_MANAGERS,
        purpose=_("sends money back, decides what others ask for, gives partners' programs keys, reads the dashboard"),
        rights=frozenset(
            {
                *(_ADMIN, "creditstore_desk.view_queue", "creditstore_desk.refund", "creditstore_desk.approve"),
                *("creditstore_reconciliation.view_openitem", "creditstore_webhooks.view_inboundwebhook"),
                *("creditstore_accounts.add_apikey", "order.view_order", "order.change_order", _CAMPAIGNS),
                # Prices and stock are the ledger's: in the dashboard nothing may be changed but notes.
                *("catalogue.view_product", "partner.view_partner"),
            }
        ),
    ),
    Role(
        group=REGISTRY_OFFICERS,
        purpose=_("tries cancellations again, decides what others ask for, closes what reconciliation found"),
        rights=frozenset(
            {
                *(_ADMIN, "creditstore_desk.view_queue", "creditstore_desk.act_on_orders", "creditstore_desk.approve"),
                *("creditstore_reconciliation.view_openitem", "creditstore_reconciliation.change_openitem"),
            }
        ),
    ),
    Role(
        group=SUPPORT,
        purpose=_("works the queue of orders, without moving money, and helps those who have pledged"),
        rights=frozenset(
            {
                *(_ADMIN, "creditstore_desk.view_queue", "creditstore_desk.act_on_orders"),
                *("creditstore_reconciliation.view_openitem", "creditstore_webhooks.view_inboundwebhook"),
                "creditstore_webhooks.change_inboundwebhook",
                *("creditstore_pledge.view_pledge", "creditstore_pledge.withdraw_pledge"),
            }
        ),
    ),
)
#: Oscar asks a flag of the account for its dashboard, not a right; it follows these groups.
DASHBOARD_GROUPS: Final = frozenset({SHOP_MANAGERS})
#: Who takes part in the workflow that every page passes.
APPROVING_GROUP: Final = MODERATORS
