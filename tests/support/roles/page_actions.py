"""What people do with pages, pictures and settings: each tried through the admin, each says whether it took effect."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pixels
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import log
from wagtail.models import Collection, GroupApprovalTask, Locale, Page, Site, TaskState, Workflow

from creditstore.accounts.models import User
from creditstore.catalogue.models import Benefit
from creditstore_content.navigation.models import Footer
from creditstore_content.pages.models import CampaignPage, ContentIndexPage
from support.ledger import make_issuance
from support.roles.stage import World


def _form(page: Page, **changes: str) -> dict[str, Any]:
    return {
        **{"title": page.title, "slug": page.slug, "lead": "", "order": "newest"},
        **{"comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"},
        **changes,
    }


def _edit(world: World, page: Page, **changes: str) -> None:
    world.client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), _form(page, **changes))


def _again(page: Page) -> Page:
    return Page.objects.get(pk=page.pk).specific


def write_a_page(world: World) -> bool:
    address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "contentindexpage", world.home.pk])
    world.client.post(address, _form(ContentIndexPage(title="New", slug="new-page")))
    return Page.objects.filter(slug="new-page").exists()


def change_a_page(world: World) -> bool:
    _edit(world, world.page, title="Changed")
    return bool(_again(world.page).get_latest_revision_as_object().title == "Changed")


def submit_a_page(world: World) -> bool:
    _edit(world, world.page, **{"title": "Submitted", "action-submit": "1"})
    return _again(world.page).current_workflow_state is not None


def publish_a_page(world: World) -> bool:
    _edit(world, world.page, **{"title": "Published", "action-publish": "1"})
    return bool(_again(world.page).title == "Published")


def approve_a_page(world: World) -> bool:
    author = User.objects.get(email="editor@example.org")
    workflow = world.draft.get_workflow()
    assert workflow is not None
    workflow.start(world.draft, author)
    task = _again(world.draft).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[world.draft.pk, "approve", task.pk])
    world.client.post(address, {"comment": "Good."})
    return TaskState.objects.get(pk=task.pk).status == TaskState.STATUS_APPROVED and _again(world.draft).live


def send_a_page_back(world: World) -> bool:
    world.draft.get_workflow().start(world.draft, User.objects.get(email="editor@example.org"))
    task = _again(world.draft).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[world.draft.pk, "reject", task.pk])
    world.client.post(address, {"comment": "Name the source."})
    state = TaskState.objects.get(pk=task.pk)
    return state.status == TaskState.STATUS_REJECTED and state.comment == "Name the source."


def take_a_page_off(world: World) -> bool:
    world.client.post(reverse("wagtailadmin_pages:unpublish", args=[world.page.pk]))
    return not _again(world.page).live


def delete_a_published_page(world: World) -> bool:
    world.client.post(reverse("wagtailadmin_pages:delete", args=[world.page.pk]))
    return not Page.objects.filter(pk=world.page.pk).exists()


def delete_a_draft(world: World) -> bool:
    world.client.post(reverse("wagtailadmin_pages:delete", args=[world.draft.pk]))
    return not Page.objects.filter(pk=world.draft.pk).exists()


def move_a_published_page(world: World) -> bool:
    campaign = CampaignPage.objects.live().child_of(world.home).first()
    world.client.post(reverse("wagtailadmin_pages:move_confirm", args=[campaign.pk, world.page.pk]))
    return bool(_again(campaign).get_parent().pk == world.page.pk)


def lock_a_page(world: World) -> bool:
    world.client.post(reverse("wagtailadmin_pages:lock", args=[world.page.pk]))
    return bool(_again(world.page).locked)


def unlock_anybodys_page(world: World) -> bool:
    Page.objects.filter(pk=world.page.pk).update(locked=True)
    world.client.post(reverse("wagtailadmin_pages:unlock", args=[world.page.pk]))
    return not _again(world.page).locked


def make_a_translation(world: World) -> bool:
    other = Locale.objects.exclude(pk=world.home.locale_id).first()
    world.home.copy_for_translation(other)
    address = reverse("simple_translation:submit_page_translation", args=[world.page.pk])
    world.client.post(address, {"locales": [other.pk]})
    translated = world.page.get_translation_or_none(other)
    assert translated is None or not translated.live
    return translated is not None


def _picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Pixels.new("RGB", (8, 8)).save(file, "PNG")
    return SimpleUploadedFile("dot.png", file.getvalue(), content_type="image/png")


def upload_a_picture(world: World) -> bool:
    form = {"title": "Dot", "file": _picture(), "rights": "CC0", "collection": Collection.get_first_root_node().pk}
    world.client.post(reverse("wagtailimages:add"), form)
    return bool(get_image_model().objects.filter(title="Dot").exists())


def change_a_picture(world: World) -> bool:
    picture = get_image_model().objects.create(title="Old", file=_picture(), width=8, height=8)
    form = {"title": "Turbine", "rights": "CC0", "collection": Collection.get_first_root_node().pk}
    world.client.post(reverse("wagtailimages:edit", args=[picture.pk]), form)
    return bool(get_image_model().objects.filter(title="Turbine").exists())


def upload_a_document(world: World) -> bool:
    file = SimpleUploadedFile("plan.txt", b"A plan.", content_type="text/plain")
    form = {"title": "Plan", "file": file, "collection": Collection.get_first_root_node().pk}
    world.client.post(reverse("wagtaildocs:add"), form)
    return bool(get_document_model().objects.filter(title="Plan").exists())


def enter_a_benefit(world: World) -> bool:
    project = make_issuance().project
    form = {"project": project.pk, "goal": "3", "text": "Less smoke.", "source_title": "Report 3, page 12"}
    world.client.post("/admin/benefits/new/", form)
    return Benefit.objects.filter(project=project, text="Less smoke.").exists()


def make_a_redirect(world: World) -> bool:
    site = Site.objects.get(is_default_site=True)
    form = {"old_path": "/old", "site": site.pk, "is_permanent": "on", "redirect_link": "https://example.org/"}
    world.client.post(reverse("wagtailredirects:add"), form)
    return Redirect.objects.filter(old_path="/old").exists()


def change_what_stands_around_pages(world: World) -> bool:
    site = Site.objects.get(is_default_site=True)
    form = {"columns-count": "0", "note": "Registered in the tests."}
    world.client.post(reverse("wagtailsettings:edit", args=["creditstore_navigation", "footer", site.pk]), form)
    around = ("contactdetails", "banners", "sharing")
    addresses = [reverse("wagtailsettings:edit", args=["creditstore_navigation", name, site.pk]) for name in around]
    open_ones = [world.client.get(address).status_code == 200 for address in addresses]
    changed = Footer.for_site(site).note == form["note"]
    assert set(open_ones) == {changed}
    return bool(changed)


def make_an_account(world: World) -> bool:
    password = "a password of the tests"
    form = {"email": "new@example.org", "first_name": "N", "last_name": "N", "password1": password}
    world.client.post(reverse("wagtailusers_users:add"), {**form, "password2": password})
    return User.objects.filter(email="new@example.org").exists()


def change_a_role(world: World) -> bool:
    page = world.client.get(reverse("wagtailusers_groups:index"))
    return bool(page.status_code == 200)


def change_the_site(world: World) -> bool:
    site = Site.objects.get(is_default_site=True)
    form = {"hostname": "other.example.org", "port": "80", "root_page": site.root_page_id, "is_default_site": "on"}
    world.client.post(reverse("wagtailsites:edit", args=[site.pk]), {**form, "site_name": ""})
    return Site.objects.filter(hostname="other.example.org").exists()


def add_a_language(world: World) -> bool:
    Locale.objects.filter(language_code="ar-xb").delete()
    world.client.post(reverse("wagtaillocales:add"), {"language_code": "ar-xb"})
    return Locale.objects.filter(language_code="ar-xb").exists()


def make_a_collection(world: World) -> bool:
    parent = Collection.get_first_root_node()
    world.client.post(reverse("wagtailadmin_collections:add"), {"name": "Maps", "parent": parent.pk})
    return Collection.objects.filter(name="Maps").exists()


def change_the_workflow(world: World) -> bool:
    task = GroupApprovalTask.objects.first()
    form = {"name": "Mine", "active": "on"}
    form |= {"workflow_tasks-TOTAL_FORMS": "1", "workflow_tasks-INITIAL_FORMS": "0", "pages-TOTAL_FORMS": "0"}
    form |= {"pages-INITIAL_FORMS": "0", "workflow_tasks-0-task": str(task.pk), "workflow_tasks-0-ORDER": "1"}
    world.client.post(reverse("wagtailadmin_workflows:add"), form)
    return Workflow.objects.filter(name="Mine").exists()


def _readable(world: World, name: str) -> bool:
    return bool(world.client.get(reverse(name)).status_code == 200)


def read_where_projects_stand(world: World) -> bool:
    return _readable(world, "creditstore_usage")


def see_pledges_that_wait(world: World) -> bool:
    return _readable(world, "creditstore_pledge_listings")


def see_reports_that_wait(world: World) -> bool:
    return _readable(world, "creditstore_pledge_reports")


def find_pledges(world: World) -> bool:
    return _readable(world, "creditstore_pledges")


def read_what_campaigns_brought(world: World) -> bool:
    return _readable(world, "creditstore_campaigns")


def read_what_was_edited(world: World) -> bool:
    log(world.page, "wagtail.edit", user=User.objects.get(email="editor@example.org"))
    page = world.client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    return world.page.title in page


def read_what_is_locked(world: World) -> bool:
    return _readable(world, "wagtailadmin_reports:locked_pages")


ACTIONS = {
    "write a page": write_a_page,
    "change anybody's page": change_a_page,
    "make a page in another language": make_a_translation,
    "submit a page to a moderator": submit_a_page,
    "publish a page": publish_a_page,
    "approve a submitted page": approve_a_page,
    "send a submitted page back with a comment": send_a_page_back,
    "take a page off": take_a_page_off,
    "delete a draft": delete_a_draft,
    "delete a published page": delete_a_published_page,
    "move a published page": move_a_published_page,
    "lock a page": lock_a_page,
    "unlock anybody's page": unlock_anybodys_page,
    "upload a picture": upload_a_picture,
    "change a picture": change_a_picture,
    "upload a document": upload_a_document,
    "enter a benefit of a project": enter_a_benefit,
    "make a redirect": make_a_redirect,
    "change footer, contact, banners and sharing": change_what_stands_around_pages,
    "see pledges that wait to be listed": see_pledges_that_wait,
    "see yearly reports that wait": see_reports_that_wait,
    "find a pledge": find_pledges,
    "read what campaigns brought in": read_what_campaigns_brought,
    "read which projects stand on pages": read_where_projects_stand,
    "read what was edited by whom": read_what_was_edited,
    "read which pages are locked": read_what_is_locked,
    "make an account": make_an_account,
    "change roles": change_a_role,
    "change the site": change_the_site,
    "add a language": add_a_language,
    "make a collection": make_a_collection,
    "make a workflow": change_the_workflow,
}
