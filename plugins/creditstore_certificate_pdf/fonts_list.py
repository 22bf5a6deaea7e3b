"""The font families a certificate is set in, by name, so that a machine's own preferences change nothing.

The Latin, Greek and Cyrillic family and the emoji come with this package; the others are Debian's ``fonts-noto-core``
and ``fonts-noto-cjk``. Rarer scripts than these are found by fontconfig among the installed fonts.
"""

from __future__ import annotations

BUNDLED_FAMILY = "Certificate Serif"

_HAN = {
    "sc": "Noto Serif CJK SC",
    "tc": "Noto Serif CJK TC",
    "hk": "Noto Serif CJK HK",
    "jp": "Noto Serif CJK JP",
    "kr": "Noto Serif CJK KR",
}
_SCRIPTS = (
    "Noto Naskh Arabic",
    "Noto Serif Hebrew",
    "Noto Serif Devanagari",
    "Noto Serif Bengali",
    "Noto Serif Gurmukhi",
    "Noto Serif Gujarati",
    "Noto Serif Tamil",
    "Noto Serif Telugu",
    "Noto Serif Kannada",
    "Noto Serif Malayalam",
    "Noto Serif Sinhala",
    "Noto Serif Thai",
    "Noto Serif Lao",
    "Noto Serif Khmer",
    "Noto Sans Myanmar",
    "Noto Serif Georgian",
    "Noto Serif Armenian",
    "Noto Serif Ethiopic",
    "Noto Sans Symbols",
    "Noto Sans Symbols2",
    "Noto Sans Math",
)


def families(han: str = "sc") -> tuple[str, ...]:
    """The families in order of preference; ``han`` says whose Han characters come first."""
    others = tuple(family for shape, family in _HAN.items() if shape != han)
    return (BUNDLED_FAMILY, "Noto Serif", _HAN[han], *_SCRIPTS, *others)


def font_rules() -> str:
    """The style rules that name the families, one for the page (its margins too) and one for each shape of Han."""
    rules = [("@page, html", "sc")]
    sheet = []
    for selector, han in rules + [(f".han-{han}", han) for han in _HAN]:
        listed = ", ".join(f'"{family}"' for family in families(han))
        sheet += [f"{part} {{ font-family: {listed}; }}\n" for part in selector.split(", ")]
    return "".join(sheet)
