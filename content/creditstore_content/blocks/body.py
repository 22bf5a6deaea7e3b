"""The blocks each kind of page may hold."""

from __future__ import annotations

from wagtail import blocks

from creditstore_content.blocks.diagrams import DiagramBlock
from creditstore_content.blocks.faq import QuestionsBlock
from creditstore_content.blocks.figures import FactsBlock, FigureBlock, NumbersBlock
from creditstore_content.blocks.goal import GoalBlock
from creditstore_content.blocks.links import CallToActionBlock, DoorBlock, SourceBlock
from creditstore_content.blocks.offers import OfferLinkBlock
from creditstore_content.blocks.projects import ProjectLinkBlock
from creditstore_content.blocks.rules import ProjectsByRuleBlock
from creditstore_content.blocks.text import CalloutBlock, HeadingBlock, QuoteBlock, StepBlock, StepsBlock, TextBlock


class BodyBlock(blocks.StreamBlock):  # type: ignore[misc]
    """The body of a campaign or an explainer."""

    heading = HeadingBlock()
    text = TextBlock()
    steps = StepsBlock()
    numbers = NumbersBlock()
    facts = FactsBlock()
    figure = FigureBlock()
    diagram = DiagramBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    project = ProjectLinkBlock()
    offer = OfferLinkBlock()
    projects_by_rule = ProjectsByRuleBlock()
    goal = GoalBlock()
    call_to_action = CallToActionBlock()

    class Meta:
        # Each goal asks the database how far it is.
        block_counts = {"goal": {"max_num": 2}}


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
STREAMS = (ActionBlock, BodyBlock, DoorsBlock, HomeStepsBlock, QuestionsBlock, SourcesBlock)
