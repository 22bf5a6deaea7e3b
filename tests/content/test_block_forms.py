"""Tables, timelines, parts that open, the three steps, live numbers and maps."""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from typing import Any

import pytest
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore.catalogue.models import Project
from creditstore_content.blocks import live
from creditstore_content.blocks.accordion import AccordionBlock
from creditstore_content.blocks.live import Counted, LiveNumber, LiveStatisticsBlock, register_live_number
from creditstore_content.blocks.places import MapBlock
from creditstore_content.blocks.steps import ThreeStepsBlock
from creditstore_content.blocks.tables import ComparisonTableBlock
from creditstore_content.blocks.timeline import TimelineBlock
from support.ledger import make_project

pytestmark = pytest.mark.django_db


def one_line(html: str) -> str:
    return re.sub(r"\s+", " ", html).replace("> ", ">").replace(" <", "<")


class TestTable:
    """A table that compares."""

    def value(self, *, headings: list[str], rows: list[list[str]], **given: Any) -> Any:
        table = {
            "columns": [{"type": "text", "heading": heading} for heading in headings],
            "rows": [{"values": row} for row in rows],
            "caption": "",
        }
        return ComparisonTableBlock().to_python({"caption": "Two ways", "table": table, "source": "", **given})

    def test_headers_have_scopes_and_the_table_a_caption(self) -> None:
        value = self.value(headings=["", "Reduce", "Cancel"], rows=[["Lasts?", "Yes", "Yes"]], source="A study")
        html = one_line(ComparisonTableBlock().render(ComparisonTableBlock().clean(value)))
        assert '<caption class="content-caption">Two ways</caption>' in html
        assert '<td></td><th scope="col">Reduce</th><th scope="col">Cancel</th>' in html
        assert '<th scope="row">Lasts?</th><td>Yes</td><td>Yes</td>' in html
        assert 'role="region" aria-label="Two ways" tabindex="0"' in html
        assert "Source: A study" in html
        shown = ComparisonTableBlock().get_api_representation(value)
        assert shown["headings"] == ["", "Reduce", "Cancel"]
        assert shown["rows"] == [["Lasts?", "Yes", "Yes"]]

    def test_cells_are_text_not_markup(self) -> None:
        value = self.value(headings=["", "<b>x"], rows=[["<script>alert(1)</script>", "y"]])
        html = ComparisonTableBlock().render(value)
        assert "<script" not in html
        assert "<b>" not in html

    @pytest.mark.parametrize(
        ("headings", "rows", "words"),
        [
            (["", ""], [["a", "b"]], "heading"),
            (["", "B"], [["", "b"]], "names the row"),
            (["A"], [["a"]], "two columns"),
            (["", "B"], [], "one row"),
            (["", *"BCDEFG"], [["a", *"bcdefg"]], "at most 6 columns"),
            (["", "B"], [["a", "b"]] * 41, "at most 40 rows"),
            (["", "B" * 81], [["a", "b"]], "at most 80 characters"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, headings: list[str], rows: list[list[str]], words: str) -> None:
        with pytest.raises(StructBlockValidationError) as caught:
            ComparisonTableBlock().clean(self.value(headings=headings, rows=rows))
        assert words in " ".join(caught.value.block_errors["table"].messages)

    def test_too_long_a_cell_is_refused(self) -> None:
        with pytest.raises(StructBlockValidationError) as caught:
            ComparisonTableBlock().clean(self.value(headings=["", "B"], rows=[["a", "x" * 251]]))
        assert "at most 250" in json.dumps(caught.value.block_errors["table"].as_json_data())

    def test_a_draft_may_be_empty(self) -> None:
        block = ComparisonTableBlock()
        block.defer_required_validation()
        assert block.clean_deferred(self.value(headings=[], rows=[]))


class TestTimeline:
    """Events in the order of their dates."""

    def value(self) -> Any:
        def event(date: str, exactness: str, title: str) -> dict[str, Any]:
            return {"date": datetime.date.fromisoformat(date), "exactness": exactness, "title": title, "text": ""}

        events = [
            event("2018-06-01", "year", "Issued"),
            event("2014-10-27", "day", "Registered"),
            event("2016-03-01", "month", "Verified"),
        ]
        return TimelineBlock().normalize({"caption": "History", "events": events})

    def test_events_stand_in_order_as_exactly_as_known(self) -> None:
        html = TimelineBlock().render(TimelineBlock().clean(self.value()))
        assert re.findall(r'<time datetime="([\d-]+)">([^<]+)</time>', html) == [
            ("2014-10-27", "Oct. 27, 2014"), ("2016-03", "March 2016"), ("2018", "2018"),
        ]  # fmt: skip
        assert "<ol" in html
        shown = TimelineBlock().get_api_representation(self.value())
        assert [event["date"] for event in shown["events"]] == ["2014-10-27", "2016-03", "2018"]

    def test_a_date_is_needed(self) -> None:
        value = self.value()
        value["events"][0]["date"] = None
        with pytest.raises(StructBlockValidationError):
            TimelineBlock().clean(value)
        assert "Registered" in TimelineBlock().render(value)


def test_parts_open_without_javascript() -> None:
    value = AccordionBlock().normalize(AccordionBlock().get_preview_value())
    html = AccordionBlock().render(AccordionBlock().clean(value))
    assert html.count("<details") == html.count("<summary>") == 2
    assert "name=" not in html
    assert AccordionBlock().get_api_representation(value)["items"][1]["html"].startswith("<p>No.")


def test_the_three_steps_keep_their_names_and_order() -> None:
    block = ThreeStepsBlock()
    value = block.clean(block.get_preview_value())
    html = one_line(block.render(value))
    assert re.findall(r"<h3>(?:<a [^>]*>)?(\w+)", html) == ["Measure", "Reduce", "Offset"]
    steps = block.get_api_representation(value)["steps"]
    assert [(step["key"], step["url"]) for step in steps] == [
        ("measure", "/en/store/"), ("reduce", None), ("offset", "/en/store/"),
    ]  # fmt: skip
    with pytest.raises(StructBlockValidationError) as caught:
        block.clean(block.normalize({**value, "reduce": ""}))
    assert set(caught.value.block_errors) == {"reduce"}


class TestLiveNumbers:
    """What the store counts itself."""

    def value(self, *keys: str) -> Any:
        return LiveStatisticsBlock().normalize({"numbers": list(keys)})

    def test_numbers_are_those_of_now(self) -> None:
        shown = LiveStatisticsBlock().get_api_representation(self.value("projects"))["numbers"]
        assert shown == [{"key": "projects", "label": "projects", "value": Project.objects.count(), "note": ""}]
        html = one_line(LiveStatisticsBlock().render(self.value("units_cancelled", "projects", "countries")))
        assert html.count("<dt>") == 3

    def test_another_part_of_the_store_can_add_its_own(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "_NUMBERS", dict(live._NUMBERS))
        number = LiveNumber(
            key="trees", name="Trees", label="trees", count=lambda: Counted(value=12_345, note="Some are small.")
        )
        register_live_number(number)
        register_live_number(number)
        html = LiveStatisticsBlock().render(LiveStatisticsBlock().clean(self.value("trees")))
        assert "12,345" in html
        assert "Some are small." in html
        with pytest.raises(ValueError, match="trees"):
            register_live_number(LiveNumber(key="trees", name="", label="", count=lambda: Counted(value=1)))

    def test_a_number_that_was_taken_away_is_left_out(self) -> None:
        assert LiveStatisticsBlock().get_api_representation(self.value("gone", "projects"))["numbers"][0]["key"] == (
            "projects"
        )
        assert "not counted any more" in LiveStatisticsBlock().render(self.value("gone"))
        with pytest.raises(StructBlockValidationError):
            LiveStatisticsBlock().clean(self.value("gone"))


class TestMap:
    """Projects or one place."""

    def project(self, latitude: str | None, longitude: str | None) -> Project:
        project = make_project()
        project.latitude = None if latitude is None else Decimal(latitude)
        project.longitude = None if longitude is None else Decimal(longitude)
        project.save()
        return project

    def value(self, *projects: Project | None, **given: Any) -> Any:
        empty = {"place": "", "latitude": None, "longitude": None, **given}
        return MapBlock().normalize({"caption": "Where", "projects": list(projects), **empty})

    def wrong(self, value: Any) -> set[str]:
        with pytest.raises(StructBlockValidationError) as caught:
            MapBlock().clean(value)
        return set(caught.value.block_errors)

    def test_projects_are_marked_numbered_and_listed(self) -> None:
        first, second = self.project("-11.60", "34.30"), self.project("-15.5", "35")
        value = MapBlock().clean(self.value(first, second))
        html = MapBlock().render(value)
        assert html.count('class="mark__dot"') == 2
        assert 'aria-label="Map: Where"' in html
        for project in (first, second):
            assert f'href="/en/store/projects/{project.ref}/"' in html
        assert "11.60° S" in html
        points = MapBlock().get_api_representation(value)["points"]
        assert (points[0]["ref"], points[0]["latitude"]) == (first.ref, -11.6)
        json.dumps(points)

    def test_every_mark_lies_in_the_picture(self) -> None:
        places = [("80", "-179"), ("-56", "179"), ("0", "0")]
        html = MapBlock().render(self.value(*(self.project(*place) for place in places)))
        height = float(re.findall(r'viewBox="0 0 1000 (\d+)"', html)[0])
        marks = re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', html)
        assert len(marks) == 3
        assert all(0 <= float(x) <= 1000 and 0 <= float(y) <= height for x, y in marks)

    def test_one_place_has_no_number(self) -> None:
        value = self.value(place="Nkhata Bay", latitude=Decimal("-11.6"), longitude=Decimal("34.3"))
        html = MapBlock().render(MapBlock().clean(value))
        assert "mark--dot" in html
        assert "mark__count" not in html
        assert "Nkhata Bay" in html
        assert MapBlock().get_api_representation(value)["points"][0]["url"] is None

    def test_a_project_that_is_gone_leaves_the_others(self) -> None:
        gone = self.value(None, self.project("1", "2"))
        assert MapBlock().render(gone).count('class="mark__dot"') == 1
        html = MapBlock().render(self.value(None))
        assert 'href="/en/store/"' in html
        assert "<svg" not in html

    def test_mistakes_are_told_at_the_field(self) -> None:
        assert self.wrong(self.value()) == {"projects"}
        assert self.wrong(self.value(self.project(None, None))) == {"projects"}
        assert self.wrong(self.value(self.project("1", "2"), place="Lilongwe")) == {"place"}
        assert self.wrong(self.value(place="Lilongwe")) == {"latitude", "longitude"}
        assert self.wrong(self.value(place="Pole", latitude=Decimal("89"), longitude=Decimal("0"))) == {"latitude"}
        assert self.wrong(self.value(*([self.project("1", "2")] * 21))) == {"projects"}
