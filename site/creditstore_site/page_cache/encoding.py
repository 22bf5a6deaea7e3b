"""Compressing pages. Only public ones, which hold no secret: compressed beside text that an attacker chooses (a search
in the address), a secret on the page could be guessed from the length of the answer (BREACH)."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache

import brotli

#: Below this a header costs more than compression gains.
SMALLEST = 600
#: A page is compressed while somebody waits for it: the step after which more time gains little.
_BROTLI_QUALITY, _GZIP_LEVEL = 4, 5
#: The same for an answer that is hardly ever given twice: half of the time for a tenth more bytes.
_BROTLI_QUICK = 2
_REFUSED = re.compile(r"q=0(\.0*)?")


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """``br``, ``gzip``, or nothing, for the value of ``Accept-Encoding``."""
    offered = {}
    for part in accepted.lower().split(","):
        name, _separator, quality = part.partition(";")
        offered[name.strip()] = quality.replace(" ", "")
    for encoding in ("br", "gzip"):
        if encoding in offered and not _REFUSED.fullmatch(offered[encoding]):
            return encoding
    return ""


def compress(body: bytes, encoding: str, *, once: bool) -> bytes:
    """The body in one of the encodings above; the same bytes for the same body.

    Parameters: ``once``, that hardly anybody else will ask for it.
    """
    if encoding == "br":
        compressed: bytes = brotli.compress(body, quality=_BROTLI_QUICK if once else _BROTLI_QUALITY)
        return compressed
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)
