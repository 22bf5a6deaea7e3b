"""Questions and their answers, in groups. Each has an address of its own, which stays when its words change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.base import TEXT_FEATURES, StoreStructBlock, anchor_block, public_html

_LONGEST_ANCHOR: Final = 40
_LONGEST_ANSWER: Final = 5_000


def made_anchor(words: str, *, otherwise: str) -> str:
    """An anchor out of words: small letters, digits and hyphens, beginning with a letter.

    ``otherwise`` stands where the words have no letter of the Latin alphabet.
    """
    letters = slugify(words).replace("_", "-").lstrip("-0123456789")[:_LONGEST_ANCHOR].rstrip("-")
    return letters or otherwise


class QuestionBlock(StoreStructBlock):
    """One question with its answer."""

    question = blocks.CharBlock(label=_("Question"), max_length=200, help_text=_("As a reader would ask it."))
    answer = blocks.RichTextBlock(
        label=_("Answer"),
        features=TEXT_FEATURES,
        max_length=_LONGEST_ANSWER,
        help_text=_("The answer first, the reason after it."),
    )
    anchor = anchor_block()

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str]:
        """Question, the answer as HTML, and the anchor."""
        return {
            "question": value["question"],
            "answer": public_html(value["answer"].source),
            "anchor": value["anchor"],
        }

    class Meta:
        icon = "help"
        label = _("Question")
        description = _("A question and its answer. Left empty, the anchor is made from the question.")
        template = "blocks/faq_question.html"
        preview_value = {
            "question": _("Can I sell the units later?"),
            "answer": "<p>No. They are cancelled for you, and what is cancelled never moves again.</p>",
            "anchor": "sell-later",
        }


class QuestionGroupBlock(StoreStructBlock):
    """Questions below one heading."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=100)
    anchor = anchor_block()
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions"), min_num=1, max_num=60)

    class Meta:
        icon = "list-ul"
        label = _("Group of questions")
        description = _("A heading and the questions below it.")
        template = "blocks/faq_group.html"
        preview_value = {
            "heading": _("After the purchase"),
            "anchor": "after",
            "questions": [
                {
                    "question": _("Can I sell the units later?"),
                    "answer": "<p>No. They are cancelled for you, and what is cancelled never moves again.</p>",
                    "anchor": "sold-again",
                }
            ],
        }


class QuestionsBlock(blocks.StreamBlock):  # type: ignore[misc]
    """All groups of a page. No anchor stands twice."""

    group = QuestionGroupBlock()

    class Meta:
        min_num = 1
        max_num = 20

    def clean(self, value: Any) -> Any:
        """Refuse an anchor that stands twice, at its field, and fill in those that were left empty.

        A draft's questions may be half written: theirs stay empty until the page is published or submitted.
        """
        cleaned = super().clean(value)
        self._refuse_repeated(cleaned)
        if self.is_deferred_validation:
            return cleaned
        taken = {struct["anchor"] for struct in _with_anchors(cleaned) if struct["anchor"]}
        for number, struct in enumerate(_with_anchors(cleaned), start=1):
            if not struct["anchor"]:
                words = struct["heading"] if "heading" in struct else struct["question"]
                struct["anchor"] = _free(made_anchor(words, otherwise=f"q-{number}"), taken)
                taken.add(struct["anchor"])
        return cleaned

    def _refuse_repeated(self, value: Any) -> None:
        seen: set[str] = set()
        errors: dict[int, Any] = {}
        for position, group in enumerate(value):
            at_group: dict[str, Any] = {}
            if _repeated(group.value["anchor"], seen):
                at_group["anchor"] = _twice()
            at_questions = {
                place: StructBlockValidationError({"anchor": _twice()})
                for place, question in enumerate(group.value["questions"])
                if _repeated(question["anchor"], seen)
            }
            if at_questions:
                at_group["questions"] = ListBlockValidationError(block_errors=at_questions)
            if at_group:
                errors[position] = StructBlockValidationError(at_group)
        if errors:
            raise StreamBlockValidationError(block_errors=errors)


def _with_anchors(value: Any) -> Iterator[Any]:
    for group in value:
        yield group.value
        yield from group.value["questions"]


def _repeated(anchor: str, seen: set[str]) -> bool:
    if anchor in seen:
        return True
    seen |= {anchor} - {""}
    return False


def _twice() -> ValidationError:
    return ValidationError(_("This anchor stands twice on the page. Choose another one."))


def _free(anchor: str, taken: set[str]) -> str:
    if anchor not in taken:
        return anchor
    number = 2
    while (numbered := f"{anchor[: _LONGEST_ANCHOR - 1 - len(str(number))]}-{number}") in taken:
        number += 1
    return numbered
