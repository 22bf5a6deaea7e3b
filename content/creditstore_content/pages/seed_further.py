"""What else a new store begins with: questions and answers, legal pages, and the footer's columns that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final

from wagtail.models import Page, Site

from creditstore_content.navigation.models import Footer
from creditstore_content.pages import seed_accessibility, seed_faq, seed_imprint, seed_privacy
from creditstore_content.pages.models import ExplainerPage, FaqPage, HomePage
from creditstore_content.pages.seed_links import with_links

QUESTIONS, FOOTER = "faq", "footer"
#: Legal pages, by the key that is kept when they have been made.
LEGAL: Final[dict[str, ModuleType]] = {
    "privacy": seed_privacy,
    "accessibility": seed_accessibility,
    "imprint": seed_imprint,
}
#: Only the operator can complete these: they are made as drafts.
_DRAFTS: Final = frozenset({"imprint"})
#: Headings of the footer's columns, and the keys of the pages below them.
_COLUMNS: Final = {
    "Good to know": (QUESTIONS, "why-now", "for-companies", "for-sellers"),
    "Legal": tuple(LEGAL),
}


def make_questions(*, home: HomePage, pages: Mapping[str, int]) -> FaqPage:
    """The page of questions and answers below the home page, in the main menu.

    Parameters: ``pages``, ids of explainers by key, for the links in the answers.
    """
    groups = [
        {
            "heading": heading,
            "anchor": anchor,
            "questions": [
                {"question": question, "answer": with_links(answer, pages=pages), "anchor": at}
                for at, question, answer in questions
            ],
        }
        for heading, anchor, questions in seed_faq.GROUPS
    ]
    page = FaqPage(
        **seed_faq.PAGE,
        locale=home.locale,
        show_in_menus=True,
        questions=[("group", group) for group in groups],
    )
    _publish(page, below=home)
    return page


def make_legal(key: str, *, home: HomePage) -> ExplainerPage:
    """The legal page of this key, published unless only the operator can complete it."""
    text = LEGAL[key]
    page = ExplainerPage(
        **text.PAGE,
        locale=home.locale,
        body=text.BODY,
        sources=[("source", source) for source in text.SOURCES],
        live=key not in _DRAFTS,
    )
    _publish(page, below=home)
    return page


def make_footer(*, site: Site, pages: Mapping[str, Page]) -> bool:
    """Columns of links in the footer of a site that has none. Returns whether any were made.

    Parameters: ``pages`` by key; those that are not there are left out. A draft shows as soon as it is published.
    """
    footer = Footer.for_site(site)
    if footer.columns:
        return False
    columns = []
    for heading, keys in _COLUMNS.items():
        links = [{"text": pages[key].title, "link": {"page": pages[key]}} for key in keys if key in pages]
        if links:
            columns.append(("column", {"heading": heading, "links": links, "language": ""}))
    footer.columns = columns
    footer.save()
    return bool(columns)


def _publish(page: Any, *, below: HomePage) -> None:
    below.refresh_from_db()
    below.add_child(instance=page)
    revision = page.save_revision()
    if page.live:
        revision.publish()
