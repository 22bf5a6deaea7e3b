"""Projects of the Clean Development Mechanism and their issuances, as the UNFCCC publishes them; what finds them."""

from __future__ import annotations

from typing import Any, Final

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from creditstore.catalogue import triggers
from creditstore.core.ranges import no_overlap, range_checks, range_quantity
from creditstore.credits.triggers import issuance_enters_the_ledger

#: The serial grammar of the CDM registry; part of every unit's identity.
CDM_SCHEME = "cdm"
#: Sets of facts that filters look at. A project has one value of each; how many distinct ones there are hardly grows
#: with the number of projects, so that each process keeps them all. The columns of ``SearchRow`` have these names.
DIMENSIONS: Final = ("place", "technology", "method", "shape")
#: By how much of a title lists are sorted.
TITLE_KEY: Final = 80


class Project(models.Model):
    """A registered activity. The parent product of the shop carries it; all its facts are here.

    ``ref`` is the CDM's reference as it prints it: text, zero-padded ("0009"). Lists keep the source's order.
    ``crediting_periods`` holds ``{"start", "end", "annual_reductions"}`` for each: ISO days and tonnes a year, or null.
    ``least_developed`` and ``small_island``: a host is on the United Nations' list of such countries today.
    ``project_type`` is empty for the few whose source tells none.
    """

    product = models.OneToOneField("catalogue.Product", on_delete=models.PROTECT, related_name="project")
    ref = models.CharField(_("reference"), max_length=8, unique=True)
    title = models.TextField(_("title"))
    activity_type = models.CharField(max_length=3, choices=[("PA", _("project activity")), ("PoA", _("programme"))])
    country_codes = ArrayField(models.CharField(max_length=2), default=list)
    other_parties = ArrayField(models.TextField(), default=list, blank=True)
    region = models.CharField(max_length=80, blank=True)
    subnational_region = models.CharField(max_length=200, blank=True)
    scopes = ArrayField(models.CharField(max_length=2), default=list)
    methodologies = ArrayField(models.CharField(max_length=20), default=list)
    scale = models.CharField(max_length=5, choices=[("large", _("large")), ("small", _("small"))], blank=True)
    project_type = models.CharField(max_length=60, blank=True)
    project_subtype = models.CharField(max_length=80, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    crediting_start = models.DateField(null=True, blank=True)
    crediting_end = models.DateField(null=True, blank=True)
    crediting_period_type = models.CharField(max_length=20, blank=True)
    annual_reductions = models.BigIntegerField(_("expected reductions, tonnes a year"), null=True, blank=True)
    installed_capacity_mw = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    doe = models.CharField(_("validated by"), max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    registry_url = models.URLField(_("page at the UNFCCC"), blank=True)
    documents_url = models.URLField(_("documents at the UNFCCC"), blank=True)
    unfccc_id = models.CharField(_("the UNFCCC's own identifier"), max_length=40, blank=True)
    methodology_versions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    crediting_periods = models.JSONField(default=list, blank=True)
    least_developed = models.BooleanField(_("in a least developed country"), default=False)
    small_island = models.BooleanField(_("in a small island developing State"), default=False)
    status = models.CharField(
        max_length=12,
        choices=[
            ("registered", _("registered")),
            ("deregistered", _("de-registered")),
            ("unclear", _("status unclear")),
        ],
        default="registered",
    )
    status_note = models.CharField(max_length=200, blank=True)
    source = models.TextField(_("source of the facts"))

    class Meta:
        ordering = ["ref"]
        indexes = [
            GinIndex(fields=["country_codes"], name="project_countries_gin"),
        ]
        triggers = [triggers.offers_follow_project()]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class Benefit(models.Model):
    """What a project does beside its reductions, as an editor entered it, with the document that says so.

    ``goal`` is a Sustainable Development Goal, 1 to 17; without one it is a co-benefit in the editor's own words.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="benefits")
    goal = models.PositiveSmallIntegerField(_("Sustainable Development Goal"), null=True, blank=True)
    text = models.CharField(_("what the project does for it"), max_length=400)
    source_title = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("address of the source"), max_length=300, blank=True)
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["goal", "pk"]
        constraints = [
            models.CheckConstraint(
                name="benefit_goal_exists", condition=models.Q(goal=None) | models.Q(goal__gte=1, goal__lte=17)
            ),
            models.UniqueConstraint(fields=["project", "goal"], name="benefit_goal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.goal}: {self.text[:60]}" if self.goal else self.text[:60]


class Issuance(models.Model):
    """One block of units issued to one project for one monitoring period: the source of everything sold."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="issuances")
    scheme = models.CharField(max_length=16, default=CDM_SCHEME)
    series = models.CharField(_("Party"), max_length=8)
    unit_type = models.PositiveSmallIntegerField()
    commitment_period = models.PositiveSmallIntegerField()
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    quantity = range_quantity()
    issued_at = models.DateTimeField()
    monitoring_start = models.DateField(null=True, blank=True)
    monitoring_end = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=80)

    class Meta:
        ordering = ["issued_at", "start"]
        constraints = [
            *range_checks("issuance"),
            no_overlap("issuance_no_overlap"),
            models.CheckConstraint(
                name="issuance_monitoring_order",
                condition=models.Q(monitoring_start=None)
                | models.Q(monitoring_end=None)
                | models.Q(monitoring_end__gte=F("monitoring_start")),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="issued_is_fixed", fields=["scheme", "series", "unit_type", "start", "end"]),
            issuance_enters_the_ledger(),
            triggers.offers_follow_issuance(),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.start}-{self.end}"


class Methodology(models.Model):
    """A methodology by number, with its title as far as the source is sure of it."""

    number = models.CharField(max_length=20, unique=True)
    title = models.TextField()
    scopes = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        verbose_name_plural = "methodologies"

    def __str__(self) -> str:
        return self.number


class SectoralScope(models.Model):
    """One of the mechanism's sectoral scopes."""

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


# The tables behind the search. ``indexing.refresh_search`` writes them from the facts; nothing else does. They hold
# facts of projects only: prices and units are read from the offers in each search, so that none is shown stale.


class SearchRow(models.Model):
    """What a project is found by and what a list shows of it: one row, read without joins.

    ``lexemes``: its words, folded; those of the title with their positions; and marks such as ``country:br`` and
    ``ref:9``, which no word can be taken for. ``title_words``: the title, folded, each word between two spaces.
    The four numbers lead to ``SearchValue``.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, primary_key=True, related_name="search_row")
    ref = models.CharField(max_length=8, unique=True)
    title = models.TextField()
    title_words = models.TextField(db_collation="C")
    lexemes = SearchVectorField()
    place = models.IntegerField()
    technology = models.IntegerField()
    method = models.IntegerField()
    shape = models.IntegerField()
    registered_on = models.DateField(null=True)
    installed_capacity_mw = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)

    class Meta:
        indexes = [
            GinIndex(fields=["lexemes"], name="search_row_lexemes", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.ref


class SearchValue(models.Model):
    """One value of a dimension: the facts that filters of that dimension look at. Numbers are never used again."""

    dimension = models.CharField(max_length=12)
    facts = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dimension", "facts"], name="search_value_once")]

    def __str__(self) -> str:
        return f"{self.dimension} {self.facts}"


class SearchWord(models.Model):
    """A word that stands in some project's row, and in how many: the vocabulary that typing errors are matched with."""

    word = models.CharField(max_length=40, primary_key=True)
    projects = models.IntegerField()

    def __str__(self) -> str:
        return self.word


class SearchStamp(models.Model):
    """One row, new with every change of these tables: processes keep small tables in memory until it changes.

    A random value and no count: a change that is rolled back never gives its stamp to another one.
    """

    stamp = models.UUIDField()

    class Meta:
        constraints = [models.CheckConstraint(name="search_stamp_single", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return str(self.stamp)


class SaleStamp(models.Model):
    """Rows that together are another set after every change of offers or sellers, committed or of one's own.

    A process that remembers what it counted of offers compares the set. It is no single row, which two sales of
    different units would have to wait for. ``stamp`` is random.
    """

    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.stamp)


def row_columns() -> tuple[str, ...]:
    """The columns of ``SearchRow`` in the database, in its order."""
    fields: Any = SearchRow._meta.concrete_fields
    return tuple(field.column for field in fields)
