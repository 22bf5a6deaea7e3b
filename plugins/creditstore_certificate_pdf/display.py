"""Texts that other people wrote, made fit for paper: what cannot be seen but moves what can is taken out."""

from __future__ import annotations

import re
import unicodedata

#: Controls (tab and line feed are handled before), bidi embeddings, overrides and isolates, the byte order mark,
#: interlinear annotations and lone surrogates. U+200E, U+200F and U+061C stay: right-to-left texts need them, and
#: they cannot turn letters round.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")

_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_BOPOMOFO = re.compile("[\u3105-\u312f\u31a0-\u31bf]")
#: Regions and scripts of a language tag that say how a Han character is drawn there.
_HAN_SHAPES = {"jp": "jp", "kr": "kr", "kp": "kr", "tw": "tc", "mo": "tc", "hk": "hk", "cn": "sc", "sg": "sc"}
_HAN_LANGUAGES = {"ja": "jp", "ko": "kr", "hant": "tc", "hans": "sc"} | _HAN_SHAPES


def one_line(text: str) -> str:
    """The text on one line, without unseen characters; white space at its ends goes, runs of it become one space."""
    return " ".join(lines(text).split())


def lines(text: str) -> str:
    """The text without unseen characters. Its line breaks stay; more than one empty line in a row becomes one."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return re.sub(r"\n{3,}", "\n\n", _UNSEEN.sub("", text)).strip()


def direction(text: str) -> str:
    """``rtl`` or ``ltr``: that of the first letter that has one, as HTML's ``dir=auto`` decides it."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def han_shape(text: str, *, language: str = "", country: str = "") -> str:
    """Whose Han characters the text wants: ``sc``, ``tc``, ``hk``, ``jp`` or ``kr``.

    One code point has different shapes in China, Taiwan, Japan and Korea. The text's own letters decide, then the
    country (ISO 3166-1 alpha-2) of its writer, then the language (BCP 47); mainland Chinese when nothing tells.
    """
    if _KANA.search(text):
        return "jp"
    if _HANGUL.search(text):
        return "kr"
    if _BOPOMOFO.search(text):
        return "tc"
    if shape := _HAN_SHAPES.get(country.lower()):
        return shape
    for part in reversed(language.lower().split("-")):
        if shape := _HAN_LANGUAGES.get(part):
            return shape
    return "sc"


def spelled_out(text: str, characters: frozenset[str]) -> str:
    """The text with each of these characters written as its number, such as ``[U+E000]``."""
    return "".join(f"[U+{ord(character):04X}]" if character in characters else character for character in text)
