"""Scheduled publishing, what published pages are found to link to, other sites' answers, and reviews."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from wagtail.documents import get_document_model
from wagtail.models import Page, Revision

from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage
from creditstore_content.upkeep import tasks
from creditstore_content.upkeep.asking import PACE_SECONDS, Answer, Asker, ascii_address
from creditstore_content.upkeep.checking import check_due, note
from creditstore_content.upkeep.markup import read_markup
from creditstore_content.upkeep.models import ExternalAddress, Finding, PageReading, PageReview
from creditstore_content.upkeep.publishing import publish_due
from creditstore_content.upkeep.reading import forget_what_is_gone, read_pages, readable_pages, unread_pages
from creditstore_content.upkeep.reviews import months_before, review_page, stale_pages
from creditstore_plugins import HttpResponse, HttpTimeout, HttpUnreachable

Outcome = ExternalAddress.Outcome


def written(home: HomePage, slug: str, html: str, *, live: bool = True) -> CampaignPage:
    """A campaign with this rich text."""
    page = CampaignPage(title=slug.title(), slug=slug, lead="A lead.", body=[("text", html)], live=live)
    home.refresh_from_db()
    home.add_child(instance=page)
    if live:
        page.save_revision().publish()
    return page


def found_on(page: Page) -> list[tuple[str, str, str]]:
    read_pages([page])
    rows = Finding.objects.filter(page=page).order_by("pk")
    return [(finding.kind, finding.address, finding.text) for finding in rows]


class TestScheduledPublishing:
    """Pages come and go at their times, in the worker."""

    def test_a_page_goes_live_and_ends_by_itself(self, home: HomePage) -> None:
        now = timezone.now()
        page = written(home, "later", "<p>Later</p>", live=False)
        page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=2)
        page.save_revision().publish()
        assert Client().get("/en/later/").status_code == 404
        assert publish_due(now=now).published == 0
        Revision.objects.filter(object_id=str(page.pk)).update(approved_go_live_at=now - timedelta(seconds=1))
        # Wagtail looks at the clock once more: the page's own time must have come, too.
        revision = page.latest_revision
        revision.content["go_live_at"] = (now - timedelta(seconds=1)).isoformat()
        revision.save(update_fields=["content"])
        tasks.publish_scheduled(timestamp=0)
        assert Client().get("/en/later/").status_code == 200
        Page.objects.filter(pk=page.pk).update(expire_at=now - timedelta(seconds=1))
        tasks.publish_scheduled(timestamp=0)
        assert Client().get("/en/later/").status_code == 404
        page.refresh_from_db()
        assert page.expired

    def test_one_that_cannot_be_published_holds_no_other_back(
        self, home: HomePage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = timezone.now()
        pages = [written(home, slug, "<p>x</p>", live=False) for slug in ("bad", "good")]
        for place, page in enumerate(pages):
            page.save_revision()
            Revision.objects.filter(object_id=str(page.pk)).update(
                approved_go_live_at=now - timedelta(minutes=9 - place)
            )
        real = Revision.publish

        def publish(self: Revision, *args: Any, **kwargs: Any) -> None:
            if self.object_id == str(pages[0].pk):
                raise RuntimeError("broken")
            real(self, *args, **kwargs)

        monkeypatch.setattr(Revision, "publish", publish)
        done = publish_due(now=now)
        assert (done.published, done.failed) == (1, 1)
        assert Client().get("/en/good/").status_code == 200
        # It is tried again as long as it is due.
        assert publish_due(now=now).failed == 1


class TestReadingPages:
    """What a reader would stumble over."""

    def test_every_kind_of_broken_link(self, home: HomePage, explainer: ExplainerPage) -> None:
        gone = written(home, "gone", "<p>x</p>")
        document = get_document_model().objects.create(title="Report", file=ContentFile(b"x", "report.txt"))
        page = written(
            home,
            "links",
            f'<p><a linktype="page" id="{gone.pk}">to a page</a> '
            f'<a linktype="document" id="{document.pk}">to a document</a> '
            f'<a linktype="page" id="{explainer.pk}">good</a> '
            '<a href="/en/nowhere/">typed wrongly</a> '
            f'<a href="{explainer.url}#no-such-place">to a place</a> '
            '<a href="/en/store/projects/0000000/">to a project</a> '
            '<a href="/en/store/">the store</a> <a href="mailto:a@example.org">mail</a> '
            '<a href="https://example.org/a?b=c#d">elsewhere</a></p>',
        )
        external = ("external", "https://example.org/a?b=c", "elsewhere")
        broken = [
            ("unknown_address", "/en/nowhere/", "typed wrongly"),
            ("no_anchor", f"{explainer.url}#no-such-place", "to a place"),
            ("unknown_address", "/en/store/projects/0000000/", "to a project"),
            external,
        ]
        assert found_on(page) == broken
        gone.delete()
        document.delete()
        assert found_on(page) == [
            ("no_target", "", "to a page"),
            ("no_target", "", "to a document"),
            *broken,
        ]

    def test_an_unpublished_page_is_a_broken_link_and_a_redirect_is_none(
        self, home: HomePage, django_capture_on_commit_callbacks: Any
    ) -> None:
        target = written(home, "target", "<p>x</p>")
        page = written(home, "links", '<p><a href="/en/target/">there</a></p>')
        assert found_on(page) == []
        target.unpublish()
        assert found_on(page) == [("unknown_address", "/en/target/", "there")]
        target.save_revision().publish()
        target = CampaignPage.objects.get(pk=target.pk)
        target.slug = "renamed"
        with django_capture_on_commit_callbacks(execute=True):
            target.save_revision().publish()
        assert found_on(page) == []
        assert Client().get("/en/target/").status_code == 301

    def test_pictures_without_a_text(self) -> None:
        markup = read_markup(
            '<img src="/media/frame.png"><main><img src="/media/a.png"><img src="/media/b.png" alt="">'
            '<img src="/media/c.png" alt="A dam"><img src="/media/d.png" role="presentation" alt=""></main>'
        )
        assert [(picture.address, picture.alt) for picture in markup.pictures] == [
            ("/media/a.png", None),
            ("/media/b.png", ""),
            ("/media/c.png", "A dam"),
        ]

    def test_seeded_pages_have_nothing_broken(self, home: HomePage) -> None:
        read_pages(readable_pages())
        assert list(Finding.objects.exclude(kind=Finding.Kind.EXTERNAL)) == []
        assert PageReading.objects.count() == readable_pages().count()

    def test_only_what_changed_is_read_again_and_what_is_gone_is_forgotten(self, home: HomePage) -> None:
        page = written(home, "links", '<p><a href="https://example.org/">elsewhere</a></p>')
        read_pages(unread_pages())
        assert not unread_pages().exists()
        page.save_revision().publish()
        assert [one.pk for one in unread_pages()] == [page.pk]
        tasks.read_new_pages(timestamp=0)
        assert ExternalAddress.objects.filter(address="https://example.org/").exists()
        page.unpublish()
        forget_what_is_gone()
        assert not Finding.objects.filter(page=page).exists()
        assert not ExternalAddress.objects.filter(address="https://example.org/").exists()

    def test_a_page_that_cannot_be_shown_is_a_finding(self, home: HomePage, monkeypatch: pytest.MonkeyPatch) -> None:
        bad, good = written(home, "bad", "<p>x</p>"), written(home, "good", '<p><a href="/nowhere/">x</a></p>')
        real = CampaignPage.get_context

        def context(self: CampaignPage, *args: Any, **kwargs: Any) -> dict[str, Any]:
            if self.pk == bad.pk:
                raise RuntimeError("broken")
            return real(self, *args, **kwargs)

        monkeypatch.setattr(CampaignPage, "get_context", context)
        assert read_pages([bad, good]) == 2
        assert [finding.kind for finding in Finding.objects.order_by("pk")] == ["not_readable", "unknown_address"]

    @given(st.text(max_size=400))
    def test_no_markup_stops_the_reading(self, text: str) -> None:
        read_markup(text)
        assert [link.address for link in read_markup(f'<main><a href="/x/">y</a>{text}').links][:1] in ([], ["/x/"])


class Sites:
    """Other sites: answers by address, and what was asked when."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []
        self.waited: list[float] = []

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HttpResponse:
        assert headers is not None
        assert "ClimateCreditStore" in headers["user-agent"]
        self.asked.append((method, url))
        answer = self.answers.get(f"{method} {url}", self.answers.get(url, 404))
        if isinstance(answer, Exception):
            raise answer
        status, headers_back, text = answer if isinstance(answer, tuple) else (answer, {}, b"")
        return HttpResponse(status=status, headers=headers_back, body=text)

    def asker(self, *, now: Callable[[], float] = lambda: 0.0) -> Asker:
        return Asker(self, pause=self.waited.append, now=now)


def moved(status: int, to: str) -> tuple[int, dict[str, str], bytes]:
    return status, {"location": to}, b""


class TestAskingOtherSites:
    """What their answers mean, and what they are spared."""

    @pytest.mark.parametrize(
        ("answers", "outcome"),
        [
            ({"https://a.example/x": 200}, Outcome.OK),
            ({"HEAD https://a.example/x": 405, "GET https://a.example/x": 206}, Outcome.OK),
            ({"https://a.example/x": moved(302, "/y"), "https://a.example/y": 200}, Outcome.OK),
            ({"https://a.example/x": moved(301, "/y"), "https://a.example/y": 200}, Outcome.MOVED),
            ({"https://a.example/x": moved(301, "/x")}, Outcome.FAILING),
            ({"https://a.example/x": 404}, Outcome.GONE),
            ({"https://a.example/x": 403}, Outcome.REFUSED),
            ({"https://a.example/x": 500}, Outcome.FAILING),
            ({"https://a.example/x": HttpUnreachable("no")}, Outcome.UNREACHABLE),
            ({"https://a.example/x": HttpTimeout("late")}, Outcome.UNREACHABLE),
            ({"https://a.example/x": moved(302, "http://127.0.0.1/admin")}, Outcome.NOT_PUBLIC),
            ({"https://a.example/robots.txt": (200, {}, b"User-agent: *\nDisallow: /")}, Outcome.REFUSED),
        ],
    )
    def test_outcomes(self, answers: dict[str, Any], outcome: str) -> None:
        sites = Sites(answers)
        assert sites.asker().ask("https://a.example/x").outcome == outcome
        if outcome == Outcome.REFUSED and "https://a.example/robots.txt" in answers:
            assert sites.asked == [("GET", "https://a.example/robots.txt")]

    @pytest.mark.parametrize(
        "address",
        [
            "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest",
            "http://intranet/", "https://u:p@a.example/", "ftp://a.example/", "http://[::ffff:10.0.0.1]/",
            "http://a.example:99999/", "https:///x", "http://db.internal/", "javascript:1",
        ],
    )  # fmt: skip
    def test_nothing_is_sent_to_what_is_not_public(self, address: str) -> None:
        sites = Sites({})
        assert sites.asker().ask(address) == Answer(Outcome.NOT_PUBLIC)
        assert sites.asked == []

    def test_one_host_is_asked_slowly(self) -> None:
        sites = Sites({"https://a.example/1": 200, "https://a.example/2": 200, "https://b.example/": 200})
        asker = sites.asker()
        for address in ("https://a.example/1", "https://b.example/", "https://a.example/2"):
            asker.ask(address)
        # Each host's robots.txt once, then its pages; every further request to a host waits.
        assert sites.waited == [PACE_SECONDS] * 3
        assert [url for _method, url in sites.asked].count("https://a.example/robots.txt") == 1

    def test_addresses_in_other_scripts_are_sent_as_programs_send_them(self) -> None:
        assert ascii_address("https://bücher.example/ä?q=ü") == "https://xn--bcher-kva.example/%C3%A4?q=%C3%BC"

    @given(st.text(max_size=200))
    def test_no_address_stops_the_asking(self, text: str) -> None:
        assert Sites({}).asker().ask(f"https://{text}").outcome in Outcome.values

    def test_a_failure_is_shown_from_the_second_one_on_and_asked_again_sooner(self, home: HomePage) -> None:
        page = written(home, "links", '<p><a href="https://a.example/x">elsewhere</a></p>')
        read_pages([page])
        address = ExternalAddress.objects.get(address="https://a.example/x")
        start = timezone.now()
        sites = Sites({})
        ExternalAddress.objects.exclude(pk=address.pk).delete()
        assert check_due(sites.asker(), now=start) == 1
        assert check_due(sites.asker(), now=start + timedelta(hours=1)) == 0
        assert not Finding.objects.filter(external__failures__gte=2).exists()
        assert check_due(sites.asker(), now=start + timedelta(hours=3)) == 1
        address.refresh_from_db()
        assert (address.failures, address.outcome, address.status) == (2, "gone", 404)
        note(address, Answer(Outcome.OK, 200), at=start)
        address.refresh_from_db()
        assert (address.failures, address.due_at) == (0, start + timedelta(days=7))

    def test_the_job_asks_nobody_where_it_is_turned_off(
        self, home: HomePage, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(Asker, "ask", lambda _self, address: asked.append(address) or Answer(Outcome.OK, 200))
        page = written(home, "links", '<p><a href="https://a.example/x">elsewhere</a></p>')
        read_pages([page])
        tasks.ask_other_sites(timestamp=0)
        assert asked == []
        settings.CREDITSTORE_CHECK_EXTERNAL_LINKS = True
        tasks.ask_other_sites(timestamp=0)
        assert "https://a.example/x" in asked


class TestReviews:
    """Pages that nobody looked at for long, and the way to say that they are still right."""

    def test_a_review_counts_as_publishing_does(self, home: HomePage) -> None:
        today = timezone.localdate()
        page = written(home, "old", "<p>x</p>")
        everything = Page.objects.filter(pk=page.pk)
        assert not stale_pages(everything, months=6, today=today).exists()
        Page.objects.filter(pk=page.pk).update(last_published_at=timezone.now() - timedelta(days=400))
        assert stale_pages(everything, months=6, today=today).exists()
        review_page(page=page, reviewed_on=today - timedelta(days=300), by=None)
        assert stale_pages(everything, months=6, today=today).exists()
        review_page(page=page, reviewed_on=today, by=None)
        assert not stale_pages(everything, months=6, today=today).exists()
        assert PageReview.objects.count() == 1
        with pytest.raises(ValidationError, match="still to come"):
            review_page(page=page, reviewed_on=today + timedelta(days=1), by=None)

    @given(st.dates(min_value=date(1990, 1, 1)), st.integers(min_value=1, max_value=120))
    def test_months_before_never_leaves_the_month(self, day: date, months: int) -> None:
        before = months_before(day, months)
        assert (day.year * 12 + day.month) - (before.year * 12 + before.month) == months
        assert before.day <= day.day

    def test_from_the_report_to_a_reviewed_page(self, admin_client: Client, home: HomePage) -> None:
        page = written(home, "old", "<p>x</p>")
        Page.objects.filter(pk=page.pk).update(last_published_at=timezone.now() - timedelta(days=400))
        report = reverse("creditstore_stale_pages")
        address = reverse("creditstore_review_page", args=[page.pk])
        assert address in admin_client.get(report).content.decode()
        assert address in admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        refused = admin_client.post(address, {"reviewed_on": "2999-01-01", "note": "kept"})
        assert "still to come" in refused.content.decode()
        assert 'value="kept"' in refused.content.decode()
        done = admin_client.post(address, {"reviewed_on": str(timezone.localdate()), "note": "Sources looked up"})
        assert done.status_code == 302
        assert address not in admin_client.get(report).content.decode()
        assert "Sources looked up" in admin_client.get(address).content.decode()


REPORTS = ["creditstore_broken_links", "creditstore_missing_alt", "creditstore_stale_pages"]


class TestReports:
    """For those who work on pages; to take away as a table."""

    def test_broken_links_in_the_list_and_in_both_files(self, admin_client: Client, home: HomePage) -> None:
        page = written(home, "links", '<p><a href="/en/nowhere/">typed wrongly</a></p>')
        report = reverse("creditstore_broken_links")
        assert "No page has been looked at yet" in admin_client.get(report).content.decode()
        read_pages([page])
        html = admin_client.get(report).content.decode()
        assert "typed wrongly" in html
        assert reverse("wagtailadmin_pages:edit", args=[page.pk]) in html
        lines = b"".join(admin_client.get(report, {"export": "csv"}).streaming_content).decode().splitlines()
        assert lines[0].startswith("Page,Address of the page,What is wrong")
        assert "/en/nowhere/" in lines[1]
        workbook = load_workbook(BytesIO(b"".join(admin_client.get(report, {"export": "xlsx"}).streaming_content)))
        assert workbook.active is not None
        assert workbook.active["D2"].value == "/en/nowhere/"

    def test_reading_at_once_asks_first(self, admin_client: Client, home: HomePage) -> None:
        address = reverse("creditstore_read_now")
        assert admin_client.get(address).status_code == 200
        assert not PageReading.objects.exists()
        assert admin_client.post(address).status_code == 302
        tasks.read_pages_now()
        assert PageReading.objects.count() == readable_pages().count()

    @pytest.mark.parametrize("name", [*REPORTS, "creditstore_usage", "creditstore_read_now"])
    @pytest.mark.parametrize(("group", "allowed"), [("Editors", True), ("Support", False)])
    def test_least_rights(self, home: HomePage, name: str, group: str, allowed: bool) -> None:
        user = get_user_model().objects.create_user(email="one@example.org", password="long enough 123")
        user.groups.add(Group.objects.get(name=group))
        client = Client()
        client.force_login(user)
        answer = client.get(reverse(name))
        assert (answer.status_code == 200) is allowed
        menu = client.get(reverse("wagtailadmin_home")).content.decode()
        if name != "creditstore_read_now":
            assert (reverse(name) in menu) is allowed

    def test_a_page_that_is_not_ones_own_cannot_be_reviewed(self, home: HomePage) -> None:
        user = get_user_model().objects.create_user(email="one@example.org", password="long enough 123")
        user.groups.add(Group.objects.get(name="Support"))
        client = Client()
        client.force_login(user)
        address = reverse("creditstore_review_page", args=[home.pk])
        assert client.post(address, {"reviewed_on": str(timezone.localdate())}).status_code in (302, 403)
        assert not PageReview.objects.exists()


def test_a_block_whose_page_or_project_is_gone_is_found(home: HomePage, explainer: ExplainerPage) -> None:
    page = written(home, "leads-on", "<p>Words</p>")
    targets = {
        "Read on": {"page": explainer},
        "Elsewhere": {"address": "https://example.org/"},
        "Project": {"project": None},
    }
    page.body = [("call_to_action", {"text": text, "link": link, "note": ""}) for text, link in targets.items()]
    page.save_revision().publish()
    assert [text for kind, _address, text in found_on(page) if kind == "no_target"] == []
    explainer.unpublish()
    assert [text for kind, _address, text in found_on(page) if kind == "no_target"] == ["Read on"]
    explainer.delete()
    page.refresh_from_db()
    assert [text for kind, _address, text in found_on(page) if kind == "no_target"] == ["Read on"]
