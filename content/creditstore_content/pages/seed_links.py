"""Links between the first pages. Texts name a page by its key; which page that is, is known when it has been made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_LINK: Final = re.compile(r'<a data-page="([a-z0-9-]+)">(.*?)</a>', re.DOTALL)


def with_links(markup: str, *, pages: Mapping[str, int]) -> str:
    """Rich text whose links lead to pages.

    Parameters: ``markup``, with links such as ``<a data-page="double-counting">``; ``pages``, ids by key. A link to a
    page that is not there leaves its words.
    """

    def lead(found: re.Match[str]) -> str:
        key, words = found.groups()
        return f'<a linktype="page" id="{pages[key]}">{words}</a>' if key in pages else words

    return _LINK.sub(lead, markup)
