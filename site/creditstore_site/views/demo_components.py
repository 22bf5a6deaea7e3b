"""Every component and block in every state, on one page. Exists in the demo only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from creditstore_site.demo.showcase.blocks import BLOCK_STATES, every_block, show_block
from creditstore_site.demo.showcase.components import COMPONENTS
from creditstore_site.demo.showcase.sample import show


@never_cache
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """The page. ``?dir=rtl`` turns the samples to run from right to left."""
    groups = [
        ("components", _("Components"), [show(component, request=request) for component in COMPONENTS]),
        ("blocks", _("Blocks"), [show_block(name, block, request=request) for name, block in every_block()]),
        ("states", _("Blocks whose target has changed"), [show(block, request=request) for block in BLOCK_STATES]),
    ]
    return render(
        request,
        "demo/components.html",
        {"groups": groups, "direction": "rtl" if request.GET.get("dir") == "rtl" else ""},
    )
