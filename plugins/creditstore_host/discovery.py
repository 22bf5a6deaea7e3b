"""Which plugins are installed: reads the metadata of installed distributions and imports nothing of theirs.

Settings call this before Django is set up, so nothing here imports Django.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions

from creditstore_plugins.hookspecs import ENTRY_POINT_GROUP

#: What every version of the entry point group begins with; the rest is the API's major version.
GROUP_PREFIX = "creditstore.plugins."
API_VERSION = ENTRY_POINT_GROUP.removeprefix(GROUP_PREFIX)
#: Django applications that plugins bring along: the value is what ``INSTALLED_APPS`` takes.
DJANGO_APPS_GROUP = "creditstore.django_apps.v1"
#: Plugins of this distribution are the store's own.
BUNDLED_DISTRIBUTION = "climate-credit-store"

STRICT_VARIABLE = "CREDITSTORE_PLUGINS_STRICT"
SAFE_VARIABLE = "CREDITSTORE_PLUGINS_SAFE"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlugin:
    """One entry point of the plugin group, not yet imported.

    Parameters: ``id``, the entry point's name; ``value``, ``module`` or ``module:object``; ``distribution`` and
    ``version``, what brought it; ``bundled``, whether that is the store itself; ``api``, the version in the group's
    name; ``problem``, why its metadata cannot be used, else empty.
    """

    id: str
    value: str
    distribution: str
    version: str
    bundled: bool
    api: str = API_VERSION
    problem: str = ""


def switched_on(variable: str) -> bool:
    """Whether an environment variable says yes: ``1``, ``true``, ``yes`` or ``on``."""
    return os.environ.get(variable, "").strip().lower() in {"1", "true", "yes", "on"}


def found() -> list[FoundPlugin]:
    """Every plugin that is installed, bundled ones first, else in the order of distribution and id.

    Entry points for another version of the API are listed too, with that version in ``api``.
    """
    plugins: list[FoundPlugin] = []
    seen: set[str] = set()
    for distribution in distributions():
        entries = list(_of_distribution(distribution))
        # As with imports, the first copy on the path hides later ones.
        if entries and entries[0].distribution not in seen:
            seen.add(entries[0].distribution)
            plugins.extend(entries)
    return sorted(plugins, key=lambda plugin: (not plugin.bundled, plugin.distribution, plugin.id, plugin.api))


def django_apps() -> list[str]:
    """What plugins add to ``INSTALLED_APPS``; in safe mode only what the store itself brings."""
    safe = switched_on(SAFE_VARIABLE)
    apps: list[str] = []
    for distribution in distributions():
        entries = _entry_points(distribution)
        for entry in entries or ():
            if entry.group == DJANGO_APPS_GROUP and (not safe or _is_bundled(_name(distribution))):
                app = entry.value.replace(":", ".")
                if app not in apps:
                    apps.append(app)
    return sorted(apps)


def _of_distribution(distribution: Distribution) -> Iterator[FoundPlugin]:
    entries = _entry_points(distribution)
    if entries is None:
        if GROUP_PREFIX in (distribution.read_text("entry_points.txt") or ""):
            name = _name(distribution)
            yield _plugin(distribution, id=name, value="", problem="its entry_points.txt cannot be read")
        return
    ours = [entry for entry in entries if entry.group.startswith(GROUP_PREFIX)]
    current = {entry.name for entry in ours if entry.group == ENTRY_POINT_GROUP}
    for entry in ours:
        # A distribution may serve several versions of the API: the entry for this one is the one that counts.
        if entry.group == ENTRY_POINT_GROUP or entry.name not in current:
            api = entry.group.removeprefix(GROUP_PREFIX)
            yield _plugin(distribution, id=entry.name, value=entry.value, api=api)


def _entry_points(distribution: Distribution) -> tuple[EntryPoint, ...] | None:
    """The distribution's entry points; None when they are malformed, which must not stop the store."""
    try:
        return tuple(distribution.entry_points)
    except (TypeError, ValueError, AttributeError, UnicodeDecodeError):
        return None


def _plugin(
    distribution: Distribution, *, id: str, value: str, api: str = API_VERSION, problem: str = ""
) -> FoundPlugin:
    name = _name(distribution)
    return FoundPlugin(
        id=id,
        value=value,
        distribution=name,
        version=_metadata(distribution, "Version"),
        bundled=_is_bundled(name),
        api=api,
        problem=problem,
    )


def _name(distribution: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", _metadata(distribution, "Name") or "unnamed").lower()


def _metadata(distribution: Distribution, field: str) -> str:
    try:
        return str(distribution.metadata[field] or "")
    except (TypeError, KeyError, UnicodeDecodeError):  # the METADATA file is missing or malformed
        return ""


def _is_bundled(distribution_name: str) -> bool:
    return distribution_name == BUNDLED_DISTRIBUTION
