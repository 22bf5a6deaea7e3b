"""Uploaded pictures, from whatever storage holds them."""

from __future__ import annotations

import mimetypes

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

#: What a browser may show by itself; everything else is only offered as a download.
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
_SECONDS = 86_400


@require_safe
def serve_media(request: HttpRequest, path: str) -> FileResponse:
    """A file by its name. Documents have an address of their own that checks who may read them.

    Errors: ``Http404``.
    """
    if path.startswith("documents/") or "\0" in path:
        raise Http404
    try:
        file = default_storage.open(path)
    except (OSError, SuspiciousOperation, ValueError) as error:
        raise Http404 from error
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    response = FileResponse(file, as_attachment=media_type not in _SHOWN, filename=path.rsplit("/", 1)[-1])
    response["Content-Type"] = media_type
    response["Cache-Control"] = f"public, max-age={_SECONDS}"
    return response
