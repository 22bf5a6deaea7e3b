"""Keeping the groups in step with the table of roles, without undoing what an operator changed on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowPage, WorkflowTask

from creditstore_site.staff_roles.models import RoleRecord
from creditstore_site.staff_roles.rights import give, held_rights, missing_permissions, take
from creditstore_site.staff_roles.table import APPROVING_GROUP, ROLES, Role

#: Wagtail's own migrations make a workflow of this name; it is found by it when it was removed and is made anew.
WORKFLOW = "Moderators approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a group differs from the table: rights that it lacks, and rights that it has beyond."""

    role: Role
    lacks: frozenset[str]
    beyond: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.lacks or self.beyond)


def is_migrated() -> bool:
    """Whether every migration is applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def differences() -> list[Difference]:
    """One for each role, empty or not. Changes nothing."""
    found = []
    for role in ROLES:
        group = Group.objects.filter(name=role.group).first()
        held = held_rights(group) if group is not None else set()
        found.append(Difference(role=role, lacks=role.rights - held, beyond=frozenset(held - role.rights)))
    return found


@transaction.atomic
def follow_table() -> None:
    """Bring to each group what the table gained or lost since the last time; the first time, the table as it is.

    What somebody changed by hand in between stays as it is.
    """
    _make_permissions()
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.group)
        record = RoleRecord.objects.select_for_update().filter(group=group).first()
        if record is None:
            _apply(role, group)
            continue
        known = role.rights - missing_permissions(role.rights)
        before = set(record.rights)
        for right in known - before:
            give(group, right)
        for right in before - role.rights - missing_permissions(before):
            take(group, right)
        _remember(group, known)
    ensure_workflow()


@transaction.atomic
def repair() -> list[Difference]:
    """Make every group exactly what the table says, members untouched. Returns what was different."""
    _make_permissions()
    found = [difference for difference in differences() if difference]
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.group)
        _apply(role, group)
    ensure_workflow()
    return found


def ensure_workflow() -> bool:
    """Let every page pass a moderator, unless pages have a workflow already. True when this call made it so."""
    root = Page.get_first_root_node()
    if WorkflowPage.objects.filter(page=root).exists():
        return False
    workflow = Workflow.objects.filter(name=WORKFLOW, active=True).first()
    if workflow is None:
        task = GroupApprovalTask.objects.create(name=WORKFLOW)
        task.groups.add(Group.objects.get(name=APPROVING_GROUP))
        workflow = Workflow.objects.create(name=WORKFLOW)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=root)
    return True


def _apply(role: Role, group: Group) -> None:
    held = held_rights(group)
    known = role.rights - missing_permissions(role.rights)
    for right in known - held:
        give(group, right)
    for right in held - role.rights:
        take(group, right)
    _remember(group, known)


def _remember(group: Group, rights: frozenset[str]) -> None:
    RoleRecord.objects.update_or_create(group=group, defaults={"rights": sorted(rights)})


def _make_permissions() -> None:
    """Django makes permissions after each application's migrations: later than some groups need them."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
