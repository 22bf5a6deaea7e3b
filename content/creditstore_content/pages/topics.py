"""Topics: the editors' own words by which readers find pages that belong together."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, TitleFieldPanel
from wagtail.admin.widgets.slug import SlugInput
from wagtail.models import Locale, Orderable, Page, TranslatableMixin


class Topic(TranslatableMixin, models.Model):  # type: ignore[misc, django-manager-missing]
    """One topic in one language. Its slug stands in the addresses of filtered lists."""

    name = models.CharField(_("name"), max_length=60)
    slug = models.SlugField(
        _("slug"),
        max_length=60,
        help_text=_("Stands in addresses. When it changes, links to lists of the topic break."),
    )

    panels = [TitleFieldPanel("name", targets=["slug"]), FieldPanel("slug", widget=SlugInput)]

    class Meta(TranslatableMixin.Meta):  # type: ignore[misc]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["locale", "slug"], name="topic_slug_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A slug stands once in a language; the form has no field for the language, so the constraint is not asked."""
        super().clean()
        locale = self.locale_id or Locale.get_default().pk
        if Topic.objects.filter(locale=locale, slug=self.slug).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": _("There is a topic with this slug already.")})


class PageTopic(Orderable):  # type: ignore[misc]
    """A page belongs to a topic."""

    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="page_topics")
    topic = models.ForeignKey(Topic, verbose_name=_("topic"), on_delete=models.CASCADE, related_name="page_topics")

    class Meta(Orderable.Meta):  # type: ignore[misc]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "topic"],
                name="topic_once_on_a_page",
                violation_error_message=_("This topic is chosen twice."),
            )
        ]

    def __str__(self) -> str:
        return str(self.topic)


def topics_field() -> forms.ModelMultipleChoiceField[Topic]:
    """The choice of topics in the editor's form: ticks, and not a list to build."""
    return forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Readers filter lists of pages by them. Add topics under Snippets."),
    )


def choices_for(page: Page) -> tuple[QuerySet[Topic], list[int]]:
    """The topics that a page may have, those of its language and those that it has, and the keys of the latter."""
    chosen = [link.topic_id for link in page.page_topics.all()]
    return Topic.objects.filter(Q(locale=page.locale_id) | Q(pk__in=chosen)), chosen


def set_topics(page: Page, topics: Iterable[Topic]) -> None:
    """Give a page these topics and no others; they are stored with the page or its next revision."""
    page.page_topics.set([PageTopic(topic=topic, sort_order=place) for place, topic in enumerate(topics)])
