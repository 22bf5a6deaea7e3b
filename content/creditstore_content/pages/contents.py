"""The parts of a body, for the list at its head."""

from __future__ import annotations

from typing import Any

from creditstore_content.blocks.faq import made_anchor


def sections(body: Any) -> list[tuple[str, str]]:
    """Anchor and heading of each section that can be linked to; nothing where that is one section or none.

    Parameters: ``body``, the stream of a page. Parts of sections are left out.
    """
    found = [(value["anchor"], value["text"]) for value in _headings(body) if value["anchor"]]
    return found if len(found) > 1 else []


def name_sections(body: Any) -> None:
    """Give each section of ``body`` that has no anchor one that is made of its heading, and stands once."""
    headings = _headings(body)
    taken = {value["anchor"] for value in headings}
    for number, value in enumerate(headings, start=1):
        if not value["anchor"]:
            made = made_anchor(value["text"], otherwise=f"section-{number}")
            value["anchor"] = made if made not in taken else f"section-{number}"
            taken.add(value["anchor"])


def _headings(body: Any) -> list[Any]:
    return [block.value for block in body if block.block_type == "heading" and block.value["level"] == "2"]
