"""The blocks each kind of page may hold."""

from __future__ import annotations

from typing import Any, Final

from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError

from creditstore_content.blocks.accordion import AccordionBlock
from creditstore_content.blocks.arrangement import misplaced
from creditstore_content.blocks.diagrams import DiagramBlock
from creditstore_content.blocks.faq import QuestionsBlock
from creditstore_content.blocks.figures import FactsBlock, NumbersBlock
from creditstore_content.blocks.files import DownloadsBlock
from creditstore_content.blocks.goal import GoalBlock
from creditstore_content.blocks.hero import HeroBlock
from creditstore_content.blocks.links import CallToActionBlock, DoorBlock, SourceBlock
from creditstore_content.blocks.live import LiveStatisticsBlock
from creditstore_content.blocks.named_links import NamedLinksBlock
from creditstore_content.blocks.offers import OfferLinkBlock
from creditstore_content.blocks.pictures import FigureBlock
from creditstore_content.blocks.places import MapBlock
from creditstore_content.blocks.pledge import PledgeFormBlock, PledgeWallBlock
from creditstore_content.blocks.projects import ProjectLinkBlock
from creditstore_content.blocks.rules import ProjectsByRuleBlock
from creditstore_content.blocks.steps import StepBlock, StepsBlock, ThreeStepsBlock
from creditstore_content.blocks.tables import ComparisonTableBlock
from creditstore_content.blocks.text import CalloutBlock, HeadingBlock, QuoteBlock, TextBlock
from creditstore_content.blocks.timeline import TimelineBlock
from creditstore_content.blocks.video import VideoBlock

#: More than anybody reads; a page of two hundred is still quick.
MOST_BLOCKS: Final = 300


class BodyBlock(blocks.StreamBlock):  # type: ignore[misc]
    """The body of a campaign or an explainer."""

    hero = HeroBlock()
    heading = HeadingBlock()
    text = TextBlock()
    steps = StepsBlock()
    three_steps = ThreeStepsBlock()
    accordion = AccordionBlock()
    timeline = TimelineBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    figure = FigureBlock()
    diagram = DiagramBlock()
    video = VideoBlock()
    downloads = DownloadsBlock()
    live_statistics = LiveStatisticsBlock()
    numbers = NumbersBlock()
    facts = FactsBlock()
    comparison_table = ComparisonTableBlock()
    project = ProjectLinkBlock()
    offer = OfferLinkBlock()
    projects_by_rule = ProjectsByRuleBlock()
    map = MapBlock()
    goal = GoalBlock()
    pledge_form = PledgeFormBlock()
    pledge_wall = PledgeWallBlock()
    call_to_action = CallToActionBlock()

    def clean(self, value: Any) -> Any:
        """Each block by itself, and how they stand together; everything that is wrong is told at once."""
        errors: dict[int, Any] = {}
        whole: list[Any] = []
        cleaned = value
        try:
            cleaned = super().clean(value)
        except StreamBlockValidationError as error:
            errors, whole = dict(error.block_errors), list(error.non_block_errors)
        errors = {**misplaced(value), **errors}
        if errors or whole:
            raise StreamBlockValidationError(block_errors=errors, non_block_errors=whole)
        return cleaned

    class Meta:
        max_num = MOST_BLOCKS
        # Each of them asks the catalogue, the orders or the pledges.
        block_counts = {
            "projects_by_rule": {"max_num": 6},
            "map": {"max_num": 6},
            "live_statistics": {"max_num": 3},
            "goal": {"max_num": 2},
            "pledge_form": {"max_num": 2},
            "pledge_wall": {"max_num": 1},
        }


class HomeStepsBlock(blocks.StreamBlock):  # type: ignore[misc]
    """How a cancellation works: four steps."""

    step = StepBlock()

    class Meta:
        min_num = 3
        max_num = 5


class DoorsBlock(blocks.StreamBlock):  # type: ignore[misc]
    """Measure, reduce, cancel."""

    door = DoorBlock()

    class Meta:
        min_num = 2
        max_num = 3


class ActionBlock(blocks.StreamBlock):  # type: ignore[misc]
    """The one call to action of a campaign."""

    call_to_action = CallToActionBlock()

    class Meta:
        max_num = 1
        required = False


class SourcesBlock(blocks.StreamBlock):  # type: ignore[misc]
    """The sources of an explainer; there is always one."""

    source = SourceBlock()

    class Meta:
        min_num = 1


#: Every stream that a page may have; tests and the demo's component page walk through them.
STREAMS = (ActionBlock, BodyBlock, DoorsBlock, HomeStepsBlock, NamedLinksBlock, QuestionsBlock, SourcesBlock)
