"""What ties a campaign's page to the orders that count towards it: the key in the page's links."""

from __future__ import annotations

import re
from typing import Any, cast
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.template.response import TemplateResponse
from wagtail.models import Page

from creditstore.campaigns.models import Campaign
from creditstore.campaigns.services import announce_campaign, close_campaign

#: A link to a project's page, wherever in a page it stands: in a block, in rich text, in a card.
_PROJECT_LINK = re.compile(rb'href="(/[A-Za-z-]+/store/projects/[^"/?#]+/)(#[^"]*)?"')
#: A link to the catalogue or a comparison; one that is only a question belongs to the page it stands on.
_LIST_LINK = re.compile(rb'href="(/[A-Za-z-]+/store/(?:compare/)?)(\?[^"#]*)?(#[^"]*)?"')
_QUESTION_LINK = re.compile(rb'href="(\?[^"#]*)(#[^"]*)?"')
#: A form that asks the catalogue, or opens a comparison.
_LIST_FORM = re.compile(rb'<form\b[^>]*\baction="/[A-Za-z-]+/store/(?:compare/)?"[^>]*>')
#: The frame around it is the same on every page and leads everywhere: it carries no key to the catalogue.
_MAIN = re.compile(rb"<main\b.*?</main>", re.DOTALL)


def announce(*, sender: type, instance: Any, **_signal: Any) -> None:
    """Let orders count towards the campaign of a page that was just published; a receiver of ``page_published``.

    Translations of a page are one campaign. It bears the title that was published last.
    """
    announce_campaign(source=instance.translation_key, title=instance.title)


def close(*, sender: type, instance: Any, **_signal: Any) -> None:
    """Count no new orders when the last translation is withdrawn; of ``page_unpublished`` and ``post_delete``."""
    others = sender._default_manager.filter(translation_key=instance.translation_key, live=True)  # type: ignore[attr-defined]
    if not others.exclude(pk=instance.pk).exists():
        close_campaign(source=instance.translation_key)


def open_key(source: UUID | OuterRef) -> Subquery:
    """The key of the open campaign of the pages with this translation key; null where none is open."""
    return Subquery(Campaign.objects.filter(source=source, open=True).order_by("pk").values("key")[:1])


def key_of(page: Page) -> str | None:
    """The key of the open campaign of this page. Whoever read the page for readers has asked already (``open_key``)."""
    if hasattr(page, "open_key"):
        return cast("str | None", page.open_key)
    keys = Campaign.objects.filter(source=page.translation_key, open=True).order_by("pk").values_list("key", flat=True)
    return keys.first()


def carry_key(response: TemplateResponse, *, key: str) -> None:
    """Let the page's links to projects carry the campaign's key.

    Done to the finished page, so that no link is left out, whoever made the block that it stands in.
    """

    def rewrite(done: HttpResponse) -> None:
        done.content = with_key(done.content, key=key, in_catalogue=False)

    response.add_post_render_callback(rewrite)


def with_key(html: bytes, *, key: str, in_catalogue: bool) -> bytes:
    """The page with the campaign's key in its links to projects, and those of its main part to lists of projects.

    Parameters: ``key`` of an open campaign, letters and digits; ``in_catalogue``: the page is such a list itself, or a
    piece of one, so that links which are only a question lead to it, too.
    """
    told = b"campaign=" + key.encode()
    html = _PROJECT_LINK.sub(rb'href="\g<1>?' + told + rb'\g<2>"', html)

    def listed(match: re.Match[bytes]) -> bytes:
        path, question, anchor = match[1], match[2] or b"", match[3] or b""
        return b'href="' + path + _asked(question, told) + anchor + b'"'

    def asked(match: re.Match[bytes]) -> bytes:
        return b'href="' + _asked(match[1], told) + (match[2] or b"") + b'"'

    def main(part: bytes) -> bytes:
        part = _LIST_LINK.sub(listed, part)
        part = _LIST_FORM.sub(rb'\g<0><input type="hidden" name="campaign" value="' + key.encode() + rb'">', part)
        return _QUESTION_LINK.sub(asked, part) if in_catalogue else part

    return _MAIN.sub(lambda match: main(match[0]), html) if _MAIN.search(html) else main(html)


def _asked(question: bytes, told: bytes) -> bytes:
    if re.search(rb"[?;&]campaign=", question):
        return question
    return question + (b"&amp;" if len(question) > 1 else b"" if question else b"?") + told
