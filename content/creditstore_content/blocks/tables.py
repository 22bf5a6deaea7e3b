"""A table that compares things: a row for each question, a column for each thing."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock

from creditstore_content.blocks.base import NUMBERS, StoreStructBlock, line_block, public_html

_COLUMNS: Final = (2, 6)
_ROWS: Final = (1, 40)
_HEADING: Final = 80


class TableCellsBlock(TypedTableBlock):  # type: ignore[misc]
    """The cells. The first row and the first column are headers."""

    text = blocks.CharBlock(label=_("Text"), required=False, max_length=250)
    rich_text = line_block(label=_("Text with links"), required=False)

    def clean(self, table: Any) -> Any:
        """Refuse what cannot be read as a table; a draft may still lack rows and headings."""
        cleaned = super().clean(table)
        wrong = [problem for problem in _problems(table, draft=self.is_deferred_validation) if problem is not None]
        if wrong:
            raise ValidationError(wrong)
        return cleaned

    class Meta:
        icon = "table"
        label = _("Table")


class ComparisonTableBlock(StoreStructBlock):
    """A table with its caption and its source."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=120, help_text=_("What is compared."))
    table = TableCellsBlock(
        label=_("Table"),
        help_text=_("The first column names the rows. Leave the table's own caption empty: the one above is shown."),
    )
    source = blocks.CharBlock(label=_("Source"), required=False, max_length=200)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With headings and rows: the first cell of a row is its header."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["headings"] = [column["heading"] for column in value["table"].columns]
        context["rows"] = [(row[0], row[1:]) for row in value["table"].rows if row]
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Caption, headings, rows of cells (rich text as HTML), source."""
        table = value["table"]
        return {
            "caption": value["caption"],
            "headings": [column["heading"] for column in table.columns],
            "rows": [[_cell(cell) for cell in row] for row in table.rows],
            "source": value["source"],
        }

    class Meta:
        icon = "table"
        group = NUMBERS
        label = _("Table")
        description = _("Compares two to five things by the same questions. On a phone it scrolls inside its frame.")
        template = "blocks/comparison_table.html"
        preview_value = {
            "caption": _("Two ways to deal with a tonne"),
            "table": {
                "columns": [
                    {"type": "text", "heading": _("Question")},
                    {"type": "text", "heading": _("Reduce it yourself")},
                    {"type": "text", "heading": _("Cancel a unit")},
                ],
                "rows": [
                    {"values": [_("Does your footprint get smaller?"), _("Yes"), _("No")]},
                    {"values": [_("Who achieved it?"), _("You"), _("The project")]},
                ],
                "caption": "",
            },
            "source": "",
        }


def _problems(table: TypedTable, *, draft: bool) -> list[ValidationError | None]:
    headings = [column["heading"] or "" for column in table.columns]
    (fewest_columns, most_columns), (fewest_rows, most_rows) = _COLUMNS, _ROWS
    size = {"columns": most_columns, "rows": most_rows, "length": _HEADING}
    found: list[ValidationError | None] = [
        ValidationError(_("A table has at most %(columns)d columns. Split it into two.") % size)
        if len(headings) > most_columns
        else None,
        ValidationError(_("A table has at most %(rows)d rows. Split it into two.") % size)
        if len(table.row_data) > most_rows
        else None,
        ValidationError(_("A column's heading has at most %(length)d characters.") % size)
        if any(len(heading) > _HEADING for heading in headings)
        else None,
    ]
    if draft:
        return found
    first_cells = [next(iter(row), None) for row in table.rows]
    return [
        *found,
        ValidationError(_("A table needs two columns and one row at least."))
        if len(headings) < fewest_columns or len(table.row_data) < fewest_rows
        else None,
        ValidationError(_("Give every column but the first a heading."))
        if not all(heading.strip() for heading in headings[1:])
        else None,
        ValidationError(_("The first cell of every row names the row. Fill it in."))
        if not all(_cell(cell).strip() for cell in first_cells if cell is not None)
        else None,
    ]


def _cell(cell: Any) -> str:
    if isinstance(cell.block, blocks.RichTextBlock):
        return public_html(cell.value.source)
    return str(cell.value or "")
