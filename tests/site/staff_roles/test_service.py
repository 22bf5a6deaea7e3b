"""Groups follow the table of roles, and what an operator changed stays until it is repaired on purpose."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from wagtail import hooks
from wagtail.models import GroupApprovalTask, GroupPagePermission, Page, Workflow, WorkflowPage

from creditstore.accounts.models import User
from creditstore_content.pages.models import HomePage
from creditstore_site.staff_roles import services
from creditstore_site.staff_roles.models import RoleRecord
from creditstore_site.staff_roles.rights import give, held_rights, take
from creditstore_site.staff_roles.table import EDITORS, MODERATORS, ROLES, SHOP_MANAGERS, SUPPORT
from support.desk import make_staff

pytestmark = pytest.mark.django_db
QUEUE = "creditstore_desk.view_queue"
#: Rights that the admin offers and no role has: they are for administrators, or for groups of an operator's own.
FOR_NO_ROLE = {
    *(f"creditstore_accounts.{verb}_user" for verb in ("add", "change", "delete")),
    *(f"creditstore_pledge.{verb}_pledgetext" for verb in ("view", "add", "change", "delete")),
    *(f"creditstore_host.{verb}_pluginchoice" for verb in ("view", "change")),
}


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def command(*arguments: str) -> str:
    said = io.StringIO()
    call_command("staff_roles", *arguments, stdout=said)
    return said.getvalue()


def test_a_new_store_has_every_role_exactly() -> None:
    assert [difference for difference in services.differences() if difference] == []
    assert "what the table says" in command()
    for role in ROLES:
        assert held_rights(group(role.group)) == role.rights


def test_what_an_operator_changed_stays_when_the_store_is_updated() -> None:
    take(group(SUPPORT), "creditstore_desk.act_on_orders")
    take(group(EDITORS), "page.add")
    give(group(SUPPORT), "creditstore_desk.refund")
    services.follow_table()
    assert "creditstore_desk.act_on_orders" not in held_rights(group(SUPPORT))
    assert "page.add" not in held_rights(group(EDITORS))
    assert "creditstore_desk.refund" in held_rights(group(SUPPORT))


def test_the_command_names_what_differs_and_repairs_it() -> None:
    make_staff(SUPPORT)
    people = set(group(SUPPORT).user_set.all())
    take(group(SUPPORT), QUEUE)
    give(group(SUPPORT), "creditstore_desk.refund")
    home = HomePage.objects.get(depth=2)
    GroupPagePermission.objects.create(
        group=group(SUPPORT), page=home, permission=Permission.objects.get(codename="publish_page")
    )
    said = io.StringIO()
    with pytest.raises(CommandError, match="--repair"):
        call_command("staff_roles", stdout=said)
    assert said.getvalue().splitlines() == [
        f"Support lacks {QUEUE}",
        "Support has beyond creditstore_desk.refund",
        f"Support has beyond page.publish@{home.pk}",
    ]
    assert "Repaired." in command("--repair")
    assert "Nothing to repair." in command("--repair")
    assert held_rights(group(SUPPORT)) == next(role.rights for role in ROLES if role.group == SUPPORT)
    assert set(group(SUPPORT).user_set.all()) == people


def test_a_release_that_gives_a_right_gives_it_once() -> None:
    record = RoleRecord.objects.get(group=group(SUPPORT))
    record.rights = [right for right in record.rights if right != QUEUE]
    record.save()
    take(group(SUPPORT), QUEUE)
    services.follow_table()
    assert QUEUE in held_rights(group(SUPPORT))
    take(group(SUPPORT), QUEUE)
    services.follow_table()
    assert QUEUE not in held_rights(group(SUPPORT))


def test_a_release_that_takes_a_right_takes_it() -> None:
    record = RoleRecord.objects.get(group=group(SUPPORT))
    record.rights = [*record.rights, "creditstore_desk.refund", "page.publish"]
    record.save()
    give(group(SUPPORT), "creditstore_desk.refund")
    give(group(SUPPORT), "page.publish")
    services.follow_table()
    assert not held_rights(group(SUPPORT)) & {"creditstore_desk.refund", "page.publish"}


def test_a_group_that_was_deleted_comes_back_whole() -> None:
    group(SHOP_MANAGERS).delete()
    services.follow_table()
    assert held_rights(group(SHOP_MANAGERS)) == next(role.rights for role in ROLES if role.group == SHOP_MANAGERS)


def test_an_application_that_is_not_installed_is_passed_over_until_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    role = services.Role(group=SUPPORT, purpose="", rights=frozenset({QUEUE, "later.view_thing"}))  # type: ignore[arg-type]
    monkeypatch.setattr(services, "ROLES", (role,))
    services.repair()
    assert held_rights(group(SUPPORT)) == {QUEUE}
    permission = Permission.objects.get(codename="view_queue")
    Permission.objects.create(codename="view_thing", name="x", content_type=_type_named("later", permission))
    services.follow_table()
    assert held_rights(group(SUPPORT)) == {QUEUE, "later.view_thing"}


def _type_named(app: str, like: Permission) -> object:
    return type(like.content_type).objects.create(app_label=app, model="thing")


def test_no_right_of_the_store_is_forgotten() -> None:
    offered: set[str] = set()
    for hook in hooks.get_hooks("register_permissions"):
        pairs = hook().values_list("content_type__app_label", "codename")
        offered |= {f"{app}.{codename}" for app, codename in pairs if app.startswith("creditstore")}
    given = {right for role in ROLES for right in role.rights}
    assert offered - given == FOR_NO_ROLE


class TestWorkflow:
    """Every page passes a moderator."""

    def test_it_is_there_from_the_beginning(self) -> None:
        workflow = HomePage.objects.get(depth=2).get_workflow()
        assert workflow is not None
        (task,) = workflow.tasks
        assert [found.name for found in task.specific.groups.all()] == [MODERATORS]
        assert services.ensure_workflow() is False

    def test_it_is_made_again_and_never_takes_another_ones_place(self) -> None:
        Workflow.objects.all().delete()
        GroupApprovalTask.objects.all().delete()
        assert services.ensure_workflow() is True
        assert HomePage.objects.get(depth=2).get_workflow().name == services.WORKFLOW
        own = Workflow.objects.create(name="Our own")
        WorkflowPage.objects.filter(page=Page.get_first_root_node()).update(workflow=own)
        assert services.ensure_workflow() is False
        assert HomePage.objects.get(depth=2).get_workflow() == own


class TestDashboard:
    """Oscar asks a flag of the account, and the flag follows the groups."""

    @staticmethod
    def flag(user: User) -> bool:
        return User.objects.get(pk=user.pk).is_staff

    def test_whoever_is_made_shop_manager_may_enter_until_that_ends(self) -> None:
        user = make_staff(SUPPORT)
        assert not self.flag(user)
        user.groups.add(group(SHOP_MANAGERS))
        assert self.flag(user)
        assert user.is_staff
        user.groups.remove(group(SHOP_MANAGERS))
        assert not self.flag(user)
        user.groups.set([group(SHOP_MANAGERS), group(EDITORS)])
        assert self.flag(user)
        user.groups.clear()
        assert not self.flag(user)

    def test_from_the_groups_side_too(self) -> None:
        user = make_staff(SUPPORT)
        shop = group(SHOP_MANAGERS)
        shop.user_set.add(user)
        assert self.flag(user)
        shop.user_set.remove(user)
        assert not self.flag(user)
        shop.user_set.add(user)
        shop.user_set.clear()
        assert not self.flag(user)

    def test_administrators_always_may(self) -> None:
        user = make_staff("")
        user.is_superuser = True
        user.save()
        assert self.flag(user)
        user.groups.set([group(SHOP_MANAGERS)])
        user.groups.clear()
        assert self.flag(user)
