"""What all pages of the store share: the address, the summary for search engines, the refusal of reserved slugs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks.stream_block import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction

from creditstore_content.blocks.loading import load_targets
from creditstore_content.navigation.frame import Picture, picture_for_links
from creditstore_content.pages.slugs import check_slug
from creditstore_content.pages.structured_data import page_data, trail_data
from creditstore_content.pages.topics import choices_for, set_topics, topics_field


class StorePageForm(WagtailAdminPageForm):  # type: ignore[misc]
    """Knows the parent of a page that is just being made, and says at the field what is wrong with the slug."""

    topics = topics_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset, self.initial["topics"] = choices_for(self.instance)

    def save(self, commit: bool = True) -> Any:
        """With the topics that were ticked."""
        set_topics(self.instance, self.cleaned_data["topics"])
        return super().save(commit=commit)

    def clean(self) -> dict[str, Any]:
        """Refuse reserved slugs below the home page."""
        cleaned: dict[str, Any] = super().clean()
        if self.parent_page is not None:
            self._check(cleaned.get("slug", ""))
        return cleaned

    def _check(self, slug: str) -> None:
        from django.core.exceptions import ValidationError

        try:
            check_slug(slug=slug, parent=self.parent_page)
        except ValidationError as error:
            self.add_error(None, error)


class StorePage(Page):  # type: ignore[misc]
    """A page of the store. ``section`` marks its place in the main navigation; ``summary_field`` sums it up."""

    section: ClassVar[str] = ""
    summary_field: ClassVar[str] = "lead"
    #: What lists call pages of this kind.
    kind_name: ClassVar[Any] = _("Pages")
    base_form_class = StorePageForm

    promote_panels = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading=_("For search engines"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], heading=_("For the main menu")),
        FieldPanel("topics"),
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Also for pages made or moved without the admin's form."""
        super().clean()
        if self.path:
            check_slug(slug=self.slug, parent=self.get_parent())

    @property
    def summary(self) -> str:
        """One sentence or two on the page, for lists and search engines: the editor's own, else how it begins."""
        return str(self.search_description or getattr(self, self.summary_field))

    @property
    def topics(self) -> list[dict[str, str]]:
        """Name and slug of each topic of the page, in the editor's order."""
        # Most have none, and whoever read the page for readers knows.
        if not getattr(self, "has_topics", True):
            return []
        return [{"name": link.topic.name, "slug": link.topic.slug} for link in self.page_topics.all()]

    @property
    def own_picture(self) -> Any:
        """The picture from the library that stands for the page: of its head, if it has any; else None."""
        first = next(iter(getattr(self, "body", None) or ()), None)
        return first.value.get("image") if first is not None and first.block_type == "hero" else None

    @property
    def shared_picture(self) -> Picture | None:
        """The page's own picture as other sites show it, if it has one."""
        return picture_for_links(self.own_picture)

    @property
    def canonical_url(self) -> str:
        """The one address of this page, on the operator's own host; empty outside any site."""
        parts = self.get_url_parts()
        return f"{settings.SITE_URL}{parts[2]}" if parts and parts[2] else ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With the page's place in the navigation and its address, and all that its blocks show read together."""
        load_targets([value for value in map(self._stream, self._meta.get_fields()) if value is not None])
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["section"] = self.section
        context["canonical_url"] = self.canonical_url
        context["summary"] = self.summary
        context["parents"] = self.parents_for_readers()
        context["structured_data"] = self._structured_data(context["parents"])
        return context

    def described(self) -> list[dict[str, Any]]:
        """What search engines read of the page itself (schema.org)."""
        return [page_data(self)]

    def _structured_data(self, parents: list[tuple[str, str]]) -> list[dict[str, Any]]:
        # Outside any site nothing can be named by its address.
        if not self.canonical_url:
            return []
        trail = [trail_data(parents, title=self.title, url=self.canonical_url)] if parents else []
        return [*self.described(), *trail]

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Who may read the page; without a query where it was found by its address and nobody is kept out."""
        known = getattr(self, "open_to_all", False)
        found: QuerySet[PageViewRestriction] = (
            PageViewRestriction.objects.none() if known else super().get_view_restrictions()
        )
        return found

    def _stream(self, field: Any) -> StreamValue | None:
        return getattr(self, field.name) if isinstance(field, StreamField) else None

    def parents_for_readers(self) -> list[tuple[str, str]]:
        """Address and title of each live page above this one, the home page first, under the store's name."""
        if self.depth <= 2:
            return []
        # Who may read this page may read those above it: Wagtail's restrictions hold for all that lies below.
        above = getattr(self, "above", None)
        if above is None:
            above = self.get_ancestors().order_by("depth")
        pairs = [(page.url, page.title) for page in above if page.depth > 1 and page.live and page.url]
        return [(pairs[0][0], settings.CREDITSTORE_NAME), *pairs[1:]] if pairs else []
