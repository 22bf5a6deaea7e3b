"""Pledges: the text, who signed it, what the public may see of it, invitations, and yearly reports."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from creditstore.certificates.models import Certificate
from creditstore.core.states import edges_trigger
from creditstore_content.pledge import report_rules, triggers
from creditstore_content.pledge.states import CONFIRMED, LISTINGS, PLEDGES, REPORTS

NAME_LIMIT = 200
FOLDED_LIMIT = 800


class Kind(models.TextChoices):
    """Who pledges."""

    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")
    EVENT = "event", _("Event")


class Step(models.TextChoices):
    """What is pledged. Each step stands for itself: they are never merged into one score."""

    MEASURE = "measure", _("Measure")
    REDUCE = "reduce", _("Reduce")
    CONTRIBUTE = "contribute", _("Contribute")


class Level(models.TextChoices):
    """How far a year went in one step, by the operator's published rules."""

    BRONZE = "bronze", _("Bronze")
    SILVER = "silver", _("Silver")
    GOLD = "gold", _("Gold")


class PledgeText(models.Model):
    """One version of the pledge in one language, in plain text. What was published never changes.

    Who signs agrees to the introduction, to the words of the steps chosen, and to the closing.
    """

    version = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=20)
    title = models.CharField(_("title"), max_length=120)
    introduction = models.TextField(_("introduction"), max_length=2000)
    measure = models.TextField(_("measure"), max_length=1000)
    reduce = models.TextField(_("reduce"), max_length=1000)
    contribute = models.TextField(_("contribute"), max_length=1000)
    closing = models.TextField(_("closing"), max_length=2000)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)

    class Meta:
        ordering = ["-version", "language"]
        verbose_name = _("pledge text")
        verbose_name_plural = _("pledge texts")
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="pledge_text_version_language")]
        triggers = [
            pgtrigger.Protect(
                name="published_is_fixed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"


class Pledge(models.Model):
    """One signature. Unconfirmed ones (``signed``) are whatever somebody typed: several may name one address.

    ``public_id`` stands in addresses. ``email_key`` is a keyed hash of the mailbox, ``subject_key`` one of whom the
    pledge binds: of those confirmed and not withdrawn there is one. A withdrawn pledge keeps neither name nor address:
    kind, country, steps, text and times stay, so that the numbers of past years stay right.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=PLEDGES.choices, default="signed")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=NAME_LIMIT, blank=True)
    signer_name = models.CharField(_("signed by"), max_length=NAME_LIMIT, blank=True)
    signer_role = models.CharField(_("as"), max_length=NAME_LIMIT, blank=True)
    country = models.CharField(_("country"), max_length=2)
    email = models.EmailField(_("e-mail"), blank=True)
    email_key = models.CharField(max_length=64, blank=True)
    subject_key = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=20)
    text = models.ForeignKey(PledgeText, verbose_name=_("text"), on_delete=models.PROTECT, related_name="pledges")
    steps = ArrayField(models.CharField(max_length=10, choices=Step.choices), verbose_name=_("steps"))
    invitation = models.ForeignKey("Invitation", null=True, on_delete=models.SET_NULL, related_name="accepted")
    signed_at = models.DateTimeField(_("signed"))
    confirm_by = models.DateTimeField()
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    report_due_on = models.DateField(_("next report due"), null=True)
    reminded_at = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-signed_at", "-pk"]
        verbose_name = _("pledge")
        verbose_name_plural = _("pledges")
        default_permissions = ("view", "withdraw")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_key"], name="pledge_one_for_each", condition=Q(state__in=CONFIRMED)
            ),
            models.CheckConstraint(
                name="pledge_has_steps",
                condition=Q(steps__contained_by=list(Step.values)) & Q(steps__len__gte=1),
            ),
            models.CheckConstraint(
                name="pledge_forgets_who_withdrew",
                condition=Q(
                    state="withdrawn",
                    withdrawn_at__isnull=False,
                    name="",
                    signer_name="",
                    signer_role="",
                    email="",
                    email_key="",
                    subject_key="",
                )
                | ~Q(state="withdrawn") & ~Q(name="") & ~Q(email="") & ~Q(email_key="") & ~Q(subject_key=""),
            ),
            models.CheckConstraint(
                name="pledge_confirmed_at_some_time",
                condition=Q(state="signed", confirmed_at=None) | ~Q(state="signed") & Q(confirmed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["email_key"], name="pledge_email_idx"),
            models.Index(fields=["signed_at"], name="pledge_unconfirmed_idx", condition=Q(state="signed")),
            models.Index(fields=["kind", "country"], name="pledge_active_idx", condition=Q(state="active")),
        ]
        triggers = [
            edges_trigger(PLEDGES),
            pgtrigger.Protect(
                name="never_deleted_once_confirmed",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="signed"),
            ),
            pgtrigger.ReadOnly(
                name="what_was_signed_is_fixed",
                fields=["public_id", "kind", "country", "text", "steps", "signed_at"],
            ),
            triggers.withdrawn_is_not_listed(),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class PublicListing(models.Model):
    """That a signer wants to stand in the public list, and what a moderator says to that.

    ``name`` is what would be shown, empty for a signer who wants no name there; ``name_folded`` is for searching. It is
    a copy, so that what a moderator agreed to is what is shown. ``note`` is told to the signer.
    """

    pledge = models.OneToOneField(Pledge, on_delete=models.CASCADE, related_name="listing")
    state = models.CharField(_("state"), max_length=8, choices=LISTINGS.choices, default="waiting")
    name = models.CharField(_("name to show"), max_length=NAME_LIMIT, blank=True)
    name_folded = models.CharField(max_length=FOLDED_LIMIT, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("reason, told to the signer"), max_length=500, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("public listing")
        verbose_name_plural = _("public listings")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                name="pledge_listing_decided_by_somebody",
                condition=Q(state="waiting", decided_at=None, decided_by=None)
                | ~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["-decided_at", "-id"], name="pledge_shown_idx", condition=Q(state="shown")),
        ]
        triggers = [edges_trigger(LISTINGS), triggers.only_what_was_agreed_to()]

    def __str__(self) -> str:
        return f"{self.pledge_id}: {self.state}"


class Invitation(models.Model):
    """A signer's own link by which others come to sign. Whom it reaches is known only when they sign themselves."""

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="invitations")
    code = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pledge"], name="pledge_one_open_invitation", condition=Q(revoked_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id}"


class YearReport(models.Model):
    """What one pledge says of one year: three things side by side, none taken from another.

    Amounts are kg CO2e and empty where the signer does not say: empty is never 0. ``measured_kg`` is the whole
    footprint of the twelve months that ended on ``ended_on`` (of an event: of the whole event), within ``boundary``,
    by ``method``; organisations say it by scope. ``complete`` is that nothing relevant is left out but ``exclusions``.
    What was reduced is the base year's less this year's. What was contributed are the ``contributions``.
    ``revision`` counts what the signer sent for this year, so that a moderator decides on what was read. ``rules`` is
    the version of the level rules that gave the levels. Nothing is shown before a moderator's yes; ``note`` is told to
    the signer. A mistake in a published report is mended by a later revision that supersedes it.
    """

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="reports")
    year = models.PositiveSmallIntegerField(_("year"))
    ended_on = models.DateField(_("end of the year told of"))
    revision = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("state"), max_length=10, choices=REPORTS.choices, default="submitted")
    measured_kg = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    scope1_kg = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    scope2_kg = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    scope3_kg = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    boundary = models.CharField(max_length=300, blank=True)
    method = models.CharField(max_length=300, blank=True)
    complete = models.BooleanField(default=False)
    exclusions = models.CharField(max_length=1000, blank=True)
    verified_by = models.CharField(max_length=200, blank=True)
    verification_url = models.URLField(max_length=300, blank=True)
    base_year = models.PositiveSmallIntegerField(null=True)
    base_kg = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    target_year = models.PositiveSmallIntegerField(null=True)
    target_kg = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    plan = models.TextField(max_length=2000, blank=True)
    plan_url = models.URLField(max_length=300, blank=True)
    statement = models.TextField(max_length=4000, blank=True)
    level_measure = models.CharField(max_length=6, choices=Level.choices, blank=True)
    level_reduce = models.CharField(max_length=6, choices=Level.choices, blank=True)
    level_contribute = models.CharField(max_length=6, choices=Level.choices, blank=True)
    rules = models.CharField(max_length=20, blank=True)
    submitted_at = models.DateTimeField(_("sent"))
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-year", "-revision"]
        verbose_name = _("yearly report")
        verbose_name_plural = _("yearly reports")
        default_permissions = ("view", "change")
        constraints = report_rules.constraints()
        triggers = [edges_trigger(REPORTS), triggers.read_before_published()]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.year}.{self.revision}"


class Contribution(models.Model):
    """Cancelled units that a report counts: a certificate of this store, or a cancellation that stands elsewhere.

    ``units`` may be a part of the certificate's: all reports together never count more than there are.
    """

    report = models.ForeignKey(YearReport, on_delete=models.CASCADE, related_name="contributions")
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="contributions")
    registry = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=300, blank=True)
    units = models.PositiveBigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="pledge_contribution_of_some_units", condition=Q(units__gte=1)),
            models.CheckConstraint(
                name="pledge_contribution_can_be_found",
                condition=Q(certificate__isnull=False, registry="", reference="", url="")
                | Q(certificate=None) & ~Q(registry="") & ~Q(reference=""),
            ),
            models.UniqueConstraint(
                fields=["report", "certificate"],
                name="pledge_contribution_counted_once",
                condition=Q(certificate__isnull=False),
            ),
        ]
        triggers = [triggers.no_unit_counted_twice()]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.units}"


class SentMail(models.Model):
    """That a mailbox was sent something that anybody could have asked for, so that nobody can fill it. Kept a day."""

    email_key = models.CharField(max_length=64)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["email_key", "sent_at"], name="pledge_sent_mail_idx")]

    def __str__(self) -> str:
        return self.email_key[:8]
