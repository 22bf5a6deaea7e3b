"""The accessibility statement: what is aimed at, how it is tested, what is known to fall short."""

from __future__ import annotations

from typing import Any, Final

PAGE: Final[dict[str, Any]] = {
    "title": "Accessibility",
    "slug": "accessibility",
    "lead": "How well this store can be used by everyone, how that is tested, and what to do when it cannot.",
    "search_description": "Accessibility statement: the standard aimed at, how it is tested, known gaps, and how to "
    "report one.",
}

BODY: Final[list[tuple[str, Any]]] = [
    ("heading", {"text": "What this store aims at", "level": "2", "anchor": "aim"}),
    (
        "text",
        "<p>Its public pages are made to meet the Web Content Accessibility Guidelines (WCAG) 2.2, level AA. Whether "
        "they do has not been examined by anybody outside. Until it has, take them as partly conformant.</p>",
    ),
    ("heading", {"text": "What was done", "level": "2", "anchor": "done"}),
    (
        "text",
        "<ul><li>The way from search to certificate needs no JavaScript and no mouse. The first stop of the Tab key "
        "leads past the header.</li>"
        "<li>Text and its ground differ by at least 4.5 to 1, in the light and in the dark theme.</li>"
        "<li>Pages fit a window of 320 pixels without scrolling sideways.</li>"
        "<li>Errors stand at the top of a form, lead to their field, and say what to do.</li>"
        "<li>Charts and maps have a title, a description and the same facts as text or as a table.</li>"
        "<li>Motion is short, and there is none if your device asks for none.</li></ul>",
    ),
    ("heading", {"text": "How it is tested", "level": "2", "anchor": "tested"}),
    (
        "text",
        "<p>Every version of the software is tested by a program (axe) on each page of the way from search to "
        "certificate, in both themes, wide and narrow. Its checkout is tested by keyboard. A program finds a part of "
        "all barriers only. Pages that editors write later are checked by what the editor asks for: headings in "
        "order, and words for every picture.</p>",
    ),
    ("heading", {"text": "What falls short", "level": "2", "anchor": "gaps"}),
    (
        "text",
        "<ul><li>The API's interactive reference is made by others (Swagger UI). Some of its colours and buttons fail. "
        "The same description is there as a file (OpenAPI).</li>"
        "<li>Project documents at the UNFCCC are theirs. Many are scanned and cannot be read aloud.</li>"
        "<li>A payment provider's own pages are outside this store.</li></ul>",
    ),
    ("heading", {"text": "Tell us", "level": "2", "anchor": "report"}),
    (
        "text",
        "<p>Write to the operator: the contact page says how. Say which page, what you wanted to do, and "
        "what stopped you. If you need something in another form, ask for it: a certificate is also there as a web "
        "page and as plain facts.</p>",
    ),
]

SOURCES: Final[list[dict[str, str]]] = [
    {
        "title": "Web Content Accessibility Guidelines (WCAG) 2.2",
        "publisher": "World Wide Web Consortium",
        "address": "https://www.w3.org/TR/WCAG22/",
        "note": "Level AA is what this store aims at.",
    },
    {
        "title": "Commission Implementing Decision (EU) 2018/1523, model accessibility statement",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/dec_impl/2018/1523/oj",
        "note": "The order of this statement.",
    },
]
