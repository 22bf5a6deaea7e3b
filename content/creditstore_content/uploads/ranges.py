"""Parts of a file, which players of film ask for; Safari plays nothing without them (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import IO, Any, Final

from django.http import HttpRequest, HttpResponse

_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
#: The longest part of one answer, in bytes.
MOST: Final = 4_000_000


def asked_part(header: str, *, size: int) -> tuple[int, int] | None:
    """First and last byte of the one part that a ``Range`` header asks for.

    None for what may be answered by the whole file: no header, one of several parts, one that makes no sense.
    Errors: ``ValueError`` for a part that lies beyond the file.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
        if not int(found[2]):
            raise ValueError(header)
    else:
        first = int(found[1])
        last = min(int(found[2]), size - 1) if found[2] else size - 1
        if found[2] and int(found[2]) < first:
            return None
    if first >= size:
        raise ValueError(header)
    return first, last


def part_response(*, file: IO[bytes], size: int, header: str, media_type: str) -> HttpResponse | None:
    """The beginning of the part that was asked for, or all of it; 416 for one beyond the file; None for the whole file.

    A player asks for the rest when it needs it, so that no answer holds more than ``MOST`` bytes in memory.
    """
    try:
        part = asked_part(header, size=size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if part is None:
        return None
    first, last = part[0], min(part[1], part[0] + MOST - 1)
    file.seek(first)
    response = HttpResponse(file.read(last - first + 1), status=206, content_type=media_type)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def serve_part(document: Any, request: HttpRequest) -> HttpResponse | None:
    """Wagtail's hook ``before_serve_document``, after its own check of who may read the file."""
    header = request.headers.get("Range", "")
    validator = request.headers.get("If-Range")
    # Made for another version of the file, a part would be put together with what does not belong to it.
    if request.method != "GET" or not header or (validator and validator.strip('"') != document.get_file_hash()):
        return None
    size = document.get_file_size()
    if size is None:
        return None
    with document.open_file() as file:
        return part_response(file=file, size=size, header=header, media_type=document.content_type)
