"""A campaign's goal: how much of it the registry has cancelled. Numbers are counted, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore.orders.attribution import Progress, progress_of
from creditstore_content.blocks.base import STORE, StoreStructBlock
from creditstore_content.blocks.loading import PageChooserBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a goal block shows. ``percent`` is rounded down and may be above 100: a goal is reached when it is."""

    target: int
    cancelled: int
    simulated: int
    until: date | None
    ended: bool

    @property
    def percent(self) -> int:
        """Hundredths of the target, whole ones only."""
        return self.cancelled * 100 // self.target

    @property
    def shown(self) -> int:
        """How far the bar goes."""
        return min(self.cancelled, self.target)


def goal_of(*, target: int, until: date | None, progress: Progress, today: date) -> Goal:
    """The goal as it stands. ``target`` in units, at least 1; the last day still belongs to it."""
    return Goal(
        target=target,
        cancelled=progress.cancelled,
        simulated=progress.simulated,
        until=until,
        ended=until is not None and today > until,
    )


class GoalBlock(StoreStructBlock):
    """How far a campaign is. On a campaign's own page it is that campaign."""

    campaign = PageChooserBlock(
        label=_("Campaign"),
        required=False,
        page_type="creditstore_pages.CampaignPage",
        help_text=_("Leave it empty on a campaign's own page."),
    )
    target = blocks.IntegerBlock(
        label=_("Goal, in tonnes"), min_value=1, max_value=1_000_000_000, help_text=_("One unit is one tonne of CO2e.")
    )
    until = blocks.DateBlock(label=_("Until"), required=False, help_text=_("The last day, if there is one."))

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the goal as it stands now; None where no campaign is named and the page is none."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["goal"] = self._goal(value, page=(parent_context or {}).get("page"))
        return context

    def get_preview_value(self) -> Any:
        """Of the newest campaign, if there is one."""
        from creditstore_content.pages.models import CampaignPage

        return self.normalize({"campaign": CampaignPage.objects.live().last(), "target": 5_000, "until": None})

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Target and what is cancelled, in units; of both what is only simulated."""
        goal = self._goal(value, page=(context or {}).get("page"))
        return {
            "target": value["target"],
            "until": value["until"].isoformat() if value["until"] else None,
            "campaign": value["campaign"].pk if value["campaign"] else None,
            "cancelled": goal.cancelled if goal else None,
            "simulated": goal.simulated if goal else None,
        }

    def _goal(self, value: Any, *, page: Any) -> Goal | None:
        from creditstore_content.pages.models import CampaignPage

        campaign = value.get("campaign") or (page if isinstance(page, CampaignPage) else None)
        if campaign is None or not value.get("target"):
            return None
        source = campaign.translation_key
        progress = progress_of(sources=[source])[source]
        return goal_of(target=value["target"], until=value.get("until"), progress=progress, today=timezone.now().date())

    class Meta:
        icon = "pick"
        group = STORE
        label = _("Goal")
        description = _(
            "How many tonnes have been cancelled for this campaign, of how many. Counted from orders, always current."
        )
        template = "blocks/goal.html"
