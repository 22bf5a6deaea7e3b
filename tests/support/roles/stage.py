"""Where roles try what they may do: pages in every state, orders that wait, somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.test import Client

from creditstore.accounts.models import User
from creditstore.orders.models import OrderLine
from creditstore_content.pages.models import ContentIndexPage, HomePage
from support.desk import cancelled_line, refused_line
from support.plugin_host import ScriptedRegistry


class Stage:
    """Made once for an action; each role enters it anew, and what it does is rolled back."""

    def __init__(self, *, home: HomePage, registry: ScriptedRegistry) -> None:
        self.home, self._registry = home, registry
        page = home.add_child(instance=ContentIndexPage(title="Stories", slug="stories"))
        draft = home.add_child(instance=ContentIndexPage(title="Notes", slug="notes", live=False))
        for each in (page, draft):
            each.save_revision()
        self._page, self._draft = page.pk, draft.pk

    def prepare(self, *, refused: bool, cancelled: bool) -> None:
        """Make the orders that an action needs, before anything is rolled back."""
        assert not refused or self.refused
        assert not cancelled or self.cancelled

    @cached_property
    def refused(self) -> OrderLine:
        """A paid line that the registry refused."""
        return refused_line(self._registry)

    @cached_property
    def cancelled(self) -> OrderLine:
        """A paid line whose units are cancelled."""
        return cancelled_line()

    def enter(self, user: User) -> World:
        """With a browser of one's own, and everything as it stands in the database."""
        client = Client()
        client.force_login(user)
        page, draft = (ContentIndexPage.objects.get(pk=key) for key in (self._page, self._draft))
        return World(user=user, client=client, home=self.home, page=page, draft=draft, stage=self)


@dataclass(frozen=True, kw_only=True)
class World:
    """Where an action is tried. ``client`` is logged in as ``user``; the pages belong to nobody."""

    user: User
    client: Client
    home: HomePage
    page: ContentIndexPage
    draft: ContentIndexPage
    stage: Stage

    def refused(self) -> OrderLine:
        """As it stands in the database."""
        return _again(self.stage.refused)

    def cancelled(self) -> OrderLine:
        """As it stands in the database."""
        return _again(self.stage.cancelled)


def _again(line: OrderLine) -> OrderLine:
    return OrderLine.objects.select_related("order__seller").get(pk=line.pk)
