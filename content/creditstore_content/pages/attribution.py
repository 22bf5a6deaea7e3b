"""What ties a campaign's page to the orders that count towards it: the key in the page's links."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.template.response import TemplateResponse

from creditstore.campaigns.models import Campaign
from creditstore.campaigns.services import announce_campaign, close_campaign

#: A link to a project's page, wherever in a page it stands: in a block, in rich text, in a card.
_PROJECT_LINK = re.compile(rb'href="(/[A-Za-z-]+/store/projects/[^"/?#]+/)(#[^"]*)?"')


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


def carry_key(response: TemplateResponse, *, source: UUID) -> None:
    """Let the page's links to projects carry the campaign's key, if the campaign is open.

    Done to the finished page, so that no link is left out, whoever made the block that it stands in.
    """
    campaign = Campaign.objects.filter(source=source, open=True).first()
    if campaign is None:
        return
    replacement = rb'href="\g<1>?campaign=' + campaign.key.encode() + rb'\g<2>"'

    def rewrite(done: HttpResponse) -> None:
        done.content = _PROJECT_LINK.sub(replacement, done.content)

    response.add_post_render_callback(rewrite)
