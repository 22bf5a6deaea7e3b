"""The rights that a group holds, by the names of the table: to see them, to give them, to take them."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import QuerySet
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from creditstore_site.staff_roles.table import COLLECTION, PAGE


def held_rights(group: Group) -> set[str]:
    """All rights of a group. One to a part of the pages or collections only says so: ``page.add@12``."""
    found = {_name(permission) for permission in _with_apps(group.permissions.all())}
    page_root, collection_root = Page.get_first_root_node(), Collection.get_first_root_node()
    for pages in GroupPagePermission.objects.filter(group=group).select_related("permission"):
        verb = pages.permission.codename.removesuffix("_page")
        found.add(f"{PAGE}{verb}{_place(pages.page_id, root=page_root.pk)}")
    collected = GroupCollectionPermission.objects.filter(group=group)
    for media in collected.select_related("permission__content_type"):
        found.add(f"{COLLECTION}{_name(media.permission)}{_place(media.collection_id, root=collection_root.pk)}")
    return found


def missing_permissions(rights: set[str] | frozenset[str]) -> set[str]:
    """Those of the rights whose permission is in no table of the database: their application is not installed."""
    known = {_name(permission) for permission in _with_apps(Permission.objects.all())}
    return {right for right in rights if _permission_name(right) not in known}


def give(group: Group, right: str) -> None:
    """Give a right of the table. Errors: ``Permission.DoesNotExist``."""
    permission = _permission(right)
    if right.startswith(PAGE):
        root = Page.get_first_root_node()
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)
    elif right.startswith(COLLECTION):
        collection = Collection.get_first_root_node()
        GroupCollectionPermission.objects.get_or_create(group=group, collection=collection, permission=permission)
    else:
        group.permissions.add(permission)


def take(group: Group, right: str) -> None:
    """Take a right away, as ``held_rights`` names it."""
    name, _at, place = right.partition("@")
    permission = _permission(name)
    if name.startswith(PAGE):
        page = place or Page.get_first_root_node().pk
        GroupPagePermission.objects.filter(group=group, page_id=page, permission=permission).delete()
    elif name.startswith(COLLECTION):
        collection = place or Collection.get_first_root_node().pk
        GroupCollectionPermission.objects.filter(group=group, collection_id=collection, permission=permission).delete()
    else:
        group.permissions.remove(permission)


def _with_apps(permissions: QuerySet[Permission]) -> QuerySet[Permission]:
    return permissions.select_related("content_type")


def _name(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def _place(key: int, *, root: int) -> str:
    return "" if key == root else f"@{key}"


def _permission_name(right: str) -> str:
    if right.startswith(PAGE):
        return f"wagtailcore.{right.removeprefix(PAGE)}_page"
    return right.removeprefix(COLLECTION)


def _permission(right: str) -> Permission:
    app, codename = _permission_name(right).split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
