"""The data for search engines that a page carries."""

from __future__ import annotations

import json
import re
from typing import Any


def schema_of(html: str) -> dict[str, dict[str, Any]]:
    """Each piece of the page's structured data, by its type."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, flags=re.S)
    return {data["@type"]: data for data in map(json.loads, found)}
