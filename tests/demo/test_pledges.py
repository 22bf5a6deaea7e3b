"""The demonstration's pledges: marked as invented, made once, and nowhere but there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from creditstore_content.pledge.listing import PledgeFilters, public_page
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.public_reports import public_reports
from creditstore_site.demo.pledges import load_pledges
from creditstore_site.demo.staff import load_staff
from support.visitor import words

pytestmark = pytest.mark.django_db


def test_they_are_listed_and_one_has_reported(settings: Any) -> None:
    settings.CREDITSTORE_DEMO = True
    load_staff()
    assert (load_pledges(), load_pledges()) == (3, 0)
    listed = public_page(filters=PledgeFilters()).items
    assert len(listed) == 3
    assert all("(invented)" in item.name for item in listed if item.name)
    reports = [report for item in listed for report in public_reports(pledge=item)]
    assert [report.levels for report in reports] == [{"measure": "silver", "reduce": "silver", "contribute": "silver"}]
    school = Pledge.objects.get(kind="organisation")
    assert "invented" in words(Client().get(f"/en/pledge/{school.public_id}/"))


def test_an_operators_store_has_none(settings: Any) -> None:
    settings.CREDITSTORE_DEMO = False
    assert load_pledges() == 0
    assert not Pledge.objects.exists()
