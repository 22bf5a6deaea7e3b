"""Languages, numbers, dates, and the plugin's place among plugins."""

from __future__ import annotations

import ast
import struct
from base64 import b64decode
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
import segno

import creditstore_certificate_pdf
from creditstore_certificate_pdf import plugin
from creditstore_certificate_pdf.page import Page, qr_code
from creditstore_certificate_pdf.render import PACKAGE, PackageFetcher
from creditstore_certificate_pdf.texts import LOCALE_DIR, texts_for
from creditstore_certificate_pdf.words import english_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"),
        (1, "one"),
        (12, "twelve"),
        (21, "twenty-one"),
        (40, "forty"),
        (100, "one hundred"),
        (115, "one hundred and fifteen"),
        (1000, "one thousand"),
        (1001, "one thousand and one"),
        (1100, "one thousand one hundred"),
        (450_000, "four hundred and fifty thousand"),
        (1_194_692_701, "one billion one hundred and ninety-four million six hundred and ninety-two thousand "
                        "seven hundred and one"),
    ],
)  # fmt: skip
def test_numbers_in_words(number, words):
    assert english_words(number) == words


@pytest.mark.parametrize("number", [-1, 10**15])
def test_numbers_that_are_not_spelled(number):
    with pytest.raises(ValueError, match="10"):
        english_words(number)


def write_catalogue(folder: Path, language: str, messages: dict[str, str]) -> None:
    """A compiled gettext catalogue, as msgfmt makes it."""
    messages = {"": f"Content-Type: text/plain; charset=UTF-8\nLanguage: {language}\n"} | messages
    pairs = [(key.encode(), value.encode()) for key, value in sorted(messages.items())]
    position, tables, strings = 28 + 16 * len(pairs), [], b""
    for texts in ([key for key, _ in pairs], [value for _, value in pairs]):
        for text in texts:
            tables.append(struct.pack("<2I", len(text), position + len(strings)))
            strings += text + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, position)
    target = folder / language / "LC_MESSAGES" / "certificate_pdf.mo"
    target.parent.mkdir(parents=True)
    target.write_bytes(header + b"".join(tables) + strings)


def test_a_catalogue_translates_the_page_and_turns_it_round(make_document, tmp_path):
    write_catalogue(
        tmp_path,
        "ar",
        {"Cancelled on behalf of": "ألغيت نيابة عن", "November": "نوفمبر", "thousands separator\x04,": "٬"},
    )
    texts = texts_for("ar-EG", locale_dir=tmp_path)
    assert (texts.language, texts.direction) == ("ar", "rtl")
    assert texts.number(1_234_567) == "1٬234٬567"
    html = Page(make_document(language="ar-EG"), texts=texts, digest="0" * 64, unprintable=frozenset()).html()
    assert '<html lang="ar" dir="rtl">' in html
    assert "<h2>ألغيت نيابة عن</h2>" in html
    assert "23 نوفمبر 2026" in html
    assert "twelve" not in html


@pytest.mark.parametrize(
    ("asked", "given"),
    [("en", "en"), ("en-GB", "en-GB"), ("xx", "en"), ("", "en"), ("../../etc", "en"), ("a\x00", "en")],
)
def test_a_language_without_a_catalogue_is_english_and_says_so(asked, given):
    texts = texts_for(asked)
    assert (texts.language, texts.direction, texts.gettext("Seller")) == (given, "ltr", "Seller")


def test_dates_name_the_month_and_times_are_utc():
    texts = texts_for("en")
    assert texts.day(date(2026, 4, 3)) == "3 April 2026"
    assert texts.moment(datetime(2026, 4, 3, 9, 5, 7, tzinfo=UTC)) == "3 April 2026, 09:05:07 UTC"


def test_translators_have_every_text():
    """The template in ``locale/`` has each text that the code marks."""
    template = (LOCALE_DIR / "certificate_pdf.pot").read_text(encoding="utf-8")
    marked = set()
    for source in Path(creditstore_certificate_pdf.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
                if name in ("_", "_mark", "gettext", "ngettext", "pgettext"):
                    marked |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    assert len(marked) > 50
    assert [text for text in sorted(marked) if f'"{text.replace(chr(34), chr(92) + chr(34))}"' not in template] == []


def test_the_code_holds_the_address_within_its_quiet_zone(make_document):
    address = make_document().verification_url
    picture = b64decode(unquote(qr_code(address)).split(",", 1)[1]).decode()
    code = segno.make_qr(address, error="m", boost_error=False)
    size = code.symbol_size(border=0)[0]
    assert f'viewBox="0 0 {size + 8} {size + 8}"' in picture
    assert code.svg_inline(border=4, omitsize=True).split(' d="')[1] == picture.split(' d="')[1]
    assert size <= 45


@pytest.mark.parametrize(
    "address",
    [
        "https://store.example/x.png",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        f"file://{PACKAGE}/../creditstore_plugins/__init__.py",
        "ftp://store.example/",
        "file://host/etc/passwd",
    ],
)
def test_nothing_outside_the_package_is_ever_opened(address):
    with pytest.raises(ValueError, match="outside"):
        PackageFetcher().fetch(address)


def test_the_package_and_data_are_opened():
    assert b"Certificate Serif" in PackageFetcher().fetch((PACKAGE / "style.css").as_uri()).read()
    assert PackageFetcher().fetch("data:text/plain,x").read() == b"x"


def test_the_style_sheet_is_understood_whole(caplog, make_document, render):
    from creditstore_certificate_pdf import render as rendering

    rendering._engine.cache_clear()
    render(make_document())
    assert [record.getMessage() for record in caplog.records if record.name == "weasyprint"] == []


def test_offers_one_format_of_pdf():
    (offered,) = plugin.certificate_formats()
    assert (offered.info.name, offered.info.extension, offered.info.media_type) == ("pdf", "pdf", "application/pdf")


def test_fonts_come_with_their_licences():
    fonts = {path.name for path in (PACKAGE / "fonts").iterdir()}
    assert {"SourceSerif4-LICENSE.md", "NotoEmoji-LICENSE.txt"} <= fonts
    assert sum(path.stat().st_size for path in (PACKAGE / "fonts").iterdir()) < 3_000_000
