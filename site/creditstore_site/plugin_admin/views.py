"""The list of plugins, and the page of one: what it is, how it is, whether it is used, and its place."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from creditstore.accounts.staff import actor_of
from creditstore.desk.plugin_use import open_business
from creditstore_host import choices
from creditstore_host.installation import get_host, look_again, merged
from creditstore_host.models import PluginFault
from creditstore_host.records import PluginRecord
from creditstore_plugins.conformance.contracts import PLUGIN_ID
from creditstore_site.admin_pages import DetailPage, Permitted, staff_member
from creditstore_site.plugin_admin.forms import SettingsForm

VIEW: Final = "creditstore_host.view_pluginchoice"
CHANGE: Final = "creditstore_host.change_pluginchoice"
STATES: Final = {
    "loaded": gettext_lazy("In use"),
    "quarantined": gettext_lazy("Does not work"),
    "disabled": gettext_lazy("Switched off"),
}
KINDS: Final = {
    "payment": gettext_lazy("Payment"),
    "registry": gettext_lazy("Registry"),
    "certificate": gettext_lazy("Certificates"),
    "order_check": gettext_lazy("Order check"),
}
SEVERITIES: Final = {
    "info": gettext_lazy("Note"),
    "warning": gettext_lazy("Warning"),
    "error": gettext_lazy("Error"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A plugin with the words for what is known of it. ``rests``: it is left alone for a while in this process.

    ``named``: its id is one; else it can have neither an address nor a place, and the list says why.
    """

    record: PluginRecord
    named: bool
    state: str
    kinds: str
    rests: bool
    faults: list[PluginFault]


def rows() -> list[Row]:
    """All that were found, in their order."""
    host = get_host()
    faults = list(PluginFault.objects.all())
    return [
        Row(
            record=record,
            named=PLUGIN_ID.fullmatch(record.id) is not None,
            state=str(STATES[record.state]),
            kinds=", ".join(str(KINDS[kind]) for kind in record.kinds),
            rests=host.rests(record.id),
            faults=[fault for fault in faults if fault.plugin == record.id],
        )
        for record in host.plugins()
    ]


class PluginsView(Permitted, WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    """Every plugin that was found."""

    permissions = (VIEW,)
    template_name = "plugin_admin/plugins.html"
    page_title = gettext_lazy("Plugins")
    header_icon = "plus-inverse"
    index_url_name = "creditstore_plugins"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """Home, and this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows, and whether this member of staff may move them."""
        return super().get_context_data(
            **kwargs, rows=rows(), may_change=self.request.user.has_perm(CHANGE), page_title=self.page_title
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Move one plugin up by one place."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        order = [row.record.id for row in rows() if row.named]
        moved = request.POST.get("up", "")
        if moved in order[1:]:
            place = order.index(moved)
            order[place - 1 : place + 1] = [moved, order[place - 1]]
            choices.set_order(plugin_ids=order, actor=actor_of(staff_member(request)))
            look_again()
        return redirect("creditstore_plugins")


class PluginView(DetailPage, TemplateView):
    """One plugin. Switching it off asks first when something is still open with its outside party."""

    permissions = (VIEW,)
    lists = (PluginsView,)
    template_name = "plugin_admin/plugin.html"
    header_icon = "plus-inverse"

    @cached_property
    def row(self) -> Row:
        """The plugin of the address."""
        found = next((row for row in rows() if row.named and row.record.id == self.kwargs["plugin_id"]), None)
        if found is None:
            raise Http404
        return found

    def get_page_title(self) -> str:
        """Its id."""
        return self.row.record.id

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What is known of it. Its own health check is asked only when somebody wants to know: it may take a while."""
        kwargs.setdefault("form", self.form())
        asked = "health" in self.request.GET and self.row.record.state == "loaded"
        findings = get_host().findings_of(self.row.record.id) if asked else ()
        return super().get_context_data(
            **kwargs,
            row=self.row,
            asked=asked,
            findings=[(SEVERITIES[finding.severity], finding.message) for finding in findings],
            may_change=self.request.user.has_perm(CHANGE),
        )

    def form(self, data: QueryDict | None = None) -> SettingsForm | None:
        """The form of its settings; None for one that has none, or of which none are known."""
        plugin_id = self.row.record.id
        if not self.row.record.schema or not self.request.user.has_perm(CHANGE):
            return None
        return SettingsForm(
            data,
            schema=json.loads(self.row.record.schema),
            shown=get_host().settings_of(plugin_id),
            stored=choices.stored_settings(plugin_id=plugin_id),
            prefix="set",
        )

    def set_settings(self, request: HttpRequest) -> HttpResponse:
        """Keep the settings, if the plugin can be loaded with them."""
        plugin_id, form = self.row.record.id, self.form(request.POST)
        if form is None:
            raise Http404
        if form.is_valid():
            values = form.values()
            operators = settings.CREDITSTORE_PLUGIN_SETTINGS.get(plugin_id)
            problem = get_host().problem_with(plugin_id, merged(operators, choices.opened(values, plugin_id=plugin_id)))
            if not problem:
                choices.set_settings(plugin_id=plugin_id, values=values, actor=actor_of(staff_member(request)))
                look_again()
                messages.success(request, _("The settings are kept, and used within a few seconds."))
                return redirect("creditstore_plugin", plugin_id=plugin_id)
            form.add_error(None, _("With these settings the plugin cannot be used: %(why)s") % {"why": problem})
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, plugin_id: str) -> HttpResponse:
        """Keep settings, or switch it on or off."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        if "settings" in request.POST:
            return self.set_settings(request)
        enabled = request.POST.get("use") == "on"
        still_open = open_business(plugin_id=self.row.record.id)
        if not enabled and still_open and request.POST.get("sure") != "on":
            return self.render_to_response(self.get_context_data(still_open=still_open))
        choices.set_enabled(plugin_id=self.row.record.id, enabled=enabled, actor=actor_of(staff_member(request)))
        look_again()
        told = _("The plugin is used from now on.") if enabled else _("The plugin is switched off.")
        messages.success(request, f"{told} {_('All parts of the store know within a few seconds.')}")
        return redirect("creditstore_plugin", plugin_id=plugin_id)
