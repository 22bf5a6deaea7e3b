"""The ledger: unit blocks, offers, reservations. The database itself refuses what must never be.

A *leaf* block is a run of units that share one fate. A split makes a block a branch and gives it children that tile
it exactly; leaves never overlap; a cancelled leaf never changes again. See docs/explanation/ledger.md.
"""

from __future__ import annotations

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from creditstore.catalogue.models import CDM_SCHEME, Issuance, Project
from creditstore.core.ranges import no_overlap, range_checks, range_quantity
from creditstore.core.state_table import state_table
from creditstore.core.states import edges_trigger
from creditstore.core.triggers import counts_changed
from creditstore.credits import triggers
from creditstore.credits.spans import Span
from creditstore.sellers.models import Seller

#: What can happen to a run of units. ``outstanding``: not known to be cancelled, it may lie in another registry.
#: ``held``: a seller has proved to hold it. ``assigned``: carved for a paid order line.
BLOCKS = state_table(
    "block",
    {
        "outstanding": ["held", "cancelled"],
        "held": ["outstanding", "assigned"],
        "assigned": ["held", "cancelled"],
        "cancelled": [],
    },
)
OFFERS = state_table(
    "offer",
    {
        "draft": ["submitted", "withdrawn"],
        "submitted": ["live", "draft", "withdrawn"],
        "live": ["paused", "sold_out", "withdrawn"],
        "paused": ["live", "withdrawn"],
        "sold_out": ["live", "withdrawn"],
        "withdrawn": [],
    },
)
RESERVATIONS = state_table(
    "reservation",
    {"active": ["consumed", "released", "expired"], "consumed": [], "released": [], "expired": []},
)


class CancellationKind(models.TextChoices):
    """How a unit came to be cancelled: recorded by the registry in the past, or through this store."""

    RECORDED = "recorded", _("recorded by the registry")
    RECORDED_UN_STORE = "recorded_un_store", _("recorded by the registry, sold by the UN store")
    STORE = "store", _("cancelled through this store")


class Offer(models.Model):
    """One seller's price and quantity for part of one issuance. ``price`` in minor units for one unit (one tonne).

    ``offered`` = what was put up; ``reserved`` is promised to unpaid orders, ``sold`` is carved for paid ones, the rest
    is left. ``frozen`` units, of those not sold, are in doubt: they are not for sale, whatever else is promised.
    Only conditional updates change the counters; the check below is the last word.

    From ``project`` to ``monitoring_end`` stand facts of the issuance, so that lists need not look there for them. The
    database writes them and keeps them equal (the audit looks after that), whatever anybody sets.
    """

    code = models.CharField(max_length=16, unique=True)
    product = models.OneToOneField("catalogue.Product", on_delete=models.PROTECT, related_name="credit_offer")
    stockrecord = models.OneToOneField("partner.StockRecord", on_delete=models.PROTECT, related_name="credit_offer")
    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="offers")
    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="offers")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", editable=False, db_index=False)
    project_ref = models.CharField(max_length=8, editable=False)
    commitment_period = models.PositiveSmallIntegerField(editable=False)
    monitoring_start = models.DateField(null=True, editable=False)
    monitoring_end = models.DateField(null=True, editable=False)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    offered = models.BigIntegerField()
    reserved = models.BigIntegerField(default=0)
    sold = models.BigIntegerField(default=0)
    frozen = models.BigIntegerField(default=0)
    minimum = models.BigIntegerField(default=1)
    maximum = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=OFFERS.choices, default="draft")
    temporary_allowed = models.BooleanField(_("temporary units (tCER, lCER) may be sold"), default=False)
    price_invented = models.BooleanField(_("price invented for a demonstration"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["price_minor", "pk"]
        constraints = [
            models.CheckConstraint(
                name="offer_never_oversold",
                condition=Q(reserved__gte=0) & Q(sold__gte=0) & Q(offered__gte=F("reserved") + F("sold")),
            ),
            models.CheckConstraint(
                name="offer_frozen_of_unsold", condition=Q(frozen__gte=0) & Q(offered__gte=F("sold") + F("frozen"))
            ),
            models.CheckConstraint(
                name="offer_limits",
                condition=Q(minimum__gte=1) & (Q(maximum=None) | Q(maximum__gte=F("minimum"))) & Q(offered__gte=1),
            ),
            models.CheckConstraint(name="offer_price_positive", condition=Q(price_minor__gte=1)),
        ]
        indexes = [
            # What is for sale of a project. Units are not in it: a sale would have to write the index, too.
            models.Index(fields=["project", "project_ref"], name="offer_live_project_idx", condition=Q(state="live")),
        ]
        triggers = [
            edges_trigger(OFFERS),
            pgtrigger.ReadOnly(name="units_are_fixed", fields=["issuance"]),
            triggers.offer_backed_by_offer(),
            triggers.offer_counts_its_promises(),
            triggers.temporary_units_opted_in(),
            triggers.offer_has_facts_of_issuance(),
            counts_changed(),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def available(self) -> int:
        """Units that can be ordered now: none unless the offer is live, and none that are in doubt."""
        return max(0, self.offered - self.reserved - self.sold - self.frozen) if self.state == "live" else 0


class Reservation(models.Model):
    """Units promised to one order line until it is paid, withdrawn or expired: exactly one of them, for ever."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=RESERVATIONS.choices, default="active")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(name="reservation_quantity", condition=Q(quantity__gte=1))]
        indexes = [
            models.Index(fields=["expires_at"], name="reservation_due_idx", condition=Q(state="active")),
            models.Index(fields=["offer"], name="reservation_active_idx", condition=Q(state="active")),
        ]
        triggers = [
            edges_trigger(RESERVATIONS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="promise_is_fixed", fields=["offer", "quantity", "key"]),
            triggers.promise_counted_by_its_offer(),
        ]

    def __str__(self) -> str:
        return str(self.key)


class UnitBlock(models.Model):
    """A run of serials equal in all but number. ``field6`` is stored and printed as the registry gives it.

    ``in_doubt``: the registry's records and ours differ about it. It stays as it is until staff have cleared that up.
    """

    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="blocks")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    is_leaf = models.BooleanField(default=True)
    scheme = models.CharField(max_length=16, default=CDM_SCHEME)
    series = models.CharField(max_length=8)
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    quantity = range_quantity()
    unit_type = models.PositiveSmallIntegerField()
    original_period = models.PositiveSmallIntegerField()
    applicable_period = models.PositiveSmallIntegerField()
    field6 = models.BigIntegerField(default=0)
    project_number = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=BLOCKS.choices, default="outstanding")
    in_doubt = models.BooleanField(default=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, related_name="blocks")
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, null=True, related_name="blocks")
    cancelled_at = models.DateTimeField(null=True)
    cancellation_kind = models.CharField(max_length=20, choices=CancellationKind.choices, blank=True)

    class Meta:
        constraints = [
            *range_checks("block"),
            no_overlap("block_leaves_never_overlap", condition=Q(is_leaf=True)),
            models.UniqueConstraint(fields=["issuance"], name="block_one_root_per_issuance", condition=Q(parent=None)),
            models.CheckConstraint(
                name="block_cancelled_knows_when",
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancellation_kind="")
                | ~Q(state="cancelled") & Q(cancelled_at=None, cancellation_kind=""),
            ),
            models.CheckConstraint(
                name="block_in_doubt_is_alive",
                condition=Q(in_doubt=False) | Q(is_leaf=True) & ~Q(state="cancelled"),
            ),
            models.CheckConstraint(
                name="block_held_in_an_offer",
                condition=~Q(state__in=["held", "assigned"]) | Q(offer__isnull=False),
            ),
            models.CheckConstraint(
                name="block_assigned_to_a_reservation",
                condition=Q(state="assigned", reservation__isnull=False)
                | Q(state="cancelled")
                | Q(state__in=["outstanding", "held"], reservation=None),
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "start"], name="block_held_idx", condition=Q(is_leaf=True, state="held")),
            models.Index(fields=["issuance", "state"], name="block_leaf_idx", condition=Q(is_leaf=True)),
            models.Index(fields=["series", "start"], name="block_series_idx", condition=Q(is_leaf=True)),
        ]
        triggers = [
            edges_trigger(BLOCKS),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="serials_are_fixed",
                fields=[
                    "issuance", "parent", "scheme", "series", "start", "end", "unit_type",
                    "original_period", "applicable_period", "field6", "project_number",
                ],
            ),
            triggers.cancelled_is_final(),
            triggers.in_doubt_stays(),
            triggers.asked_for_stays(),
            triggers.never_unsplit(),
            triggers.child_inside_parent(),
            triggers.children_tile_parent(),
            triggers.offer_backed_by_new_block(),
            triggers.offer_backed_by_block(),
            triggers.assigned_within_promise(),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.series} {self.start}-{self.end} {self.state}"

    @property
    def span(self) -> Span:
        """Its serials by number."""
        return Span(self.series, self.start, self.end)
