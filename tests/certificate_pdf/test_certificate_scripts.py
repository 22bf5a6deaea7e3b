"""Any script prints: every glyph that the pages show is in the embedded font, and none is the empty box."""

from __future__ import annotations

import builtins
import os
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import ContentStream

from creditstore_certificate_pdf import health
from creditstore_certificate_pdf import render as rendering
from creditstore_certificate_pdf.display import direction, han_shape, lines, one_line
from creditstore_plugins import RenderFailed, Severity

SCRIPTS = {
    "latin": "Zoë Ångström, Nguyễn Văn Ước, Łódź, İstanbul, Þórður",
    "greek": "Πράσινη Ενέργεια Α.Ε.",  # noqa: RUF001
    "cyrillic": "Общество «Зелёная энергия», Ґанок, Ђорђе",
    "chinese": "北京绿色能源有限公司，感谢所有同事。",  # noqa: RUF001
    "chinese-traditional": "台灣綠能股份有限公司",
    "japanese": "株式会社みどり電力サービス",
    "hangul": "초록 에너지 주식회사 韓國",
    "arabic": "شركة الطاقة الخضراء (ش.م.م)",
    "hebrew": "אנרגיה ירוקה בע״מ",
    "devanagari": "हरित ऊर्जा प्राइवेट लिमिटेड क्षत्रिय ज्ञान",
    "bengali-tamil-telugu": "সবুজ শক্তি பசுமை ஆற்றல் గ్రీన్ ఎనర్జీ",
    "thai-lao-khmer": "บริษัท พลังงานสีเขียว ພະລັງງານ ថាមពល",
    "georgian-armenian-ethiopic": "მწვანე ენერგია Կանաչ էներգիա አረንጓዴ",
    "emoji": "Bakery 🌍🥐 👩‍🌾 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇰 ❤️ 1️⃣ 👍🏽 👨‍👩‍👧‍👦 ✅",
    "symbols": "½ → × ≤ ∑ ♻ ⚡ © ™ € ₹ №",  # noqa: RUF001
}


def shown_glyphs(page):
    """The glyph ids that a page shows, by the name of their font in the page's resources."""
    font, glyphs = "", {}
    for operands, operator in ContentStream(page["/Contents"].get_object(), page.pdf).operations:
        if operator == b"Tf":
            font = operands[0]
        elif operator in (b"TJ", b"Tj"):
            for part in operands[0] if operator == b"TJ" else operands:
                if not isinstance(part, int | float):
                    codes = part.original_bytes
                    found = {int.from_bytes(codes[at : at + 2], "big") for at in range(0, len(codes), 2)}
                    glyphs.setdefault(font, set()).update(found)
    return glyphs


def assert_no_missing_glyph(content):
    for page in PdfReader(BytesIO(content)).pages:
        for name, glyphs in shown_glyphs(page).items():
            descendant = page["/Resources"]["/Font"].get_object()[name].get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            program = descriptor.get("/FontFile2") or descriptor.get("/FontFile3")
            font = TTFont(BytesIO(program.get_object().get_data()))
            assert 0 not in glyphs
            assert max(glyphs) < font["maxp"].numGlyphs


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_no_glyph_is_missing(make_document, make_range, render, text):
    part = make_range(project_title=text, host_country=text, registry=text)
    assert_no_missing_glyph(
        render(make_document(beneficiary=text, reason=f"{text}\n{text}", seller=text, ranges=(part,)))
    )


def test_a_missing_glyph_would_be_seen():
    page = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><p>a \ue000</p></body></html>'
    content, missing = rendering.Engine().pdf(page, identifier=b"x", attachments=[])
    assert missing == {"\ue000"}
    with pytest.raises(AssertionError):
        assert_no_missing_glyph(content)


@pytest.mark.parametrize("script", ["chinese", "arabic", "hangul", "emoji"])
def test_a_long_name_in_any_script_fits(make_document, render, script):
    name = (SCRIPTS[script] * 257)[:257]
    content = render(make_document(beneficiary=name, reason=(SCRIPTS[script] * 875)[:875]))
    assert_no_missing_glyph(content)
    assert len(PdfReader(BytesIO(content)).pages) <= 3


def test_texts_of_simple_scripts_come_out_of_the_file_again(make_document, render):
    for script in ("latin", "greek", "cyrillic", "chinese", "japanese", "hangul"):
        text = PdfReader(BytesIO(render(make_document(beneficiary=SCRIPTS[script])))).pages[0].extract_text()
        assert SCRIPTS[script].replace(" ", "") in text.replace(" ", "").replace("\n", "")


def test_emoji_are_outlines_and_no_bitmaps(make_document, render):
    page = PdfReader(BytesIO(render(make_document(beneficiary=SCRIPTS["emoji"])))).pages[0]
    names = {font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].get_object().values()}
    assert any("Certificate-Emoji" in name for name in names)
    assert not [image for image in page.images if image.name]


def test_a_character_that_no_font_can_have_is_shown_by_its_number(make_document, render):
    content = render(make_document(beneficiary="Apple \uf8ff Shop"))
    text = PdfReader(BytesIO(content)).pages[0].extract_text()
    assert "Apple [U+F8FF] Shop" in text
    assert "Unicode number" in text
    assert_no_missing_glyph(content)


@pytest.mark.usefixtures("bare_machine")
def test_an_ideograph_beyond_the_first_plane_never_stops_a_certificate(make_document, render):
    content = render(make_document(beneficiary="\U00020000 School"))
    assert "[U+20000] School" in PdfReader(BytesIO(content)).pages[0].extract_text()


@pytest.fixture
def bare_machine(tmp_path, monkeypatch):
    """A machine on which no font is installed."""
    (tmp_path / "fonts").mkdir()
    rules = rendering.FONT_RULES.read_text(encoding="utf-8")
    for folder in ("/usr/share/fonts", "/usr/local/share/fonts"):
        rules = rules.replace(folder, str(tmp_path / "fonts"))
    bare = tmp_path / "fonts.conf"
    bare.write_text(rules.replace('<dir prefix="xdg">fonts</dir>', ""), encoding="utf-8")
    monkeypatch.setattr(rendering, "FONT_RULES", bare)
    rendering._engine.cache_clear()
    yield
    rendering._engine.cache_clear()


@pytest.mark.usefixtures("bare_machine")
def test_latin_greek_cyrillic_and_emoji_need_no_font_of_the_machine(make_document, render):
    name = " ".join(SCRIPTS[script] for script in ("latin", "greek", "cyrillic", "emoji"))
    assert_no_missing_glyph(render(make_document(beneficiary=name)))


@pytest.mark.usefixtures("bare_machine")
def test_an_assigned_letter_without_a_font_is_an_error_not_a_box(make_document, render):
    with pytest.raises(RenderFailed, match=r"U\+4EAC, U\+5317$"):
        render(make_document(beneficiary="北京"))


@pytest.mark.usefixtures("bare_machine")
def test_check_names_what_to_install(pdf_format):
    findings = list(pdf_format.check())
    assert {finding.severity for finding in findings} == {Severity.ERROR}
    assert any("Chinese" in finding.message and "fonts-noto-cjk" in finding.message for finding in findings)
    assert any("Devanagari" in finding.message and "fonts-noto-core" in finding.message for finding in findings)


def test_check_is_content_with_this_machine(pdf_format):
    assert list(pdf_format.check()) == []


def test_check_says_that_pango_is_missing(pdf_format, monkeypatch):
    original = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name == "creditstore_certificate_pdf.health":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    (finding,) = pdf_format.check()
    assert finding.severity is Severity.ERROR
    assert "libpango-1.0-0" in finding.message


def test_health_samples_each_name_a_package():
    assert {package for _script, _sample, package in health.SAMPLES} == {"fonts-noto-cjk", "fonts-noto-core"}


def test_font_loading_leaves_the_environment_as_it_was(monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/somewhere/else.conf")
    rendering.Engine()
    assert os.environ["FONTCONFIG_FILE"] == "/somewhere/else.conf"


@pytest.mark.parametrize(
    ("text", "country", "language", "shape"),
    [
        ("みどり電力", "DE", "zh", "jp"),
        ("초록 韓國", "", "en", "kr"),
        ("台灣", "TW", "en", "tc"),
        ("港", "HK", "zh-Hans", "hk"),
        ("北京", "", "zh-Hant-TW", "tc"),
        ("北京", "", "zh-Hans", "sc"),
        ("北京", "DK", "en", "sc"),
    ],
)
def test_han_characters_take_the_shape_of_their_writer(text, country, language, shape):
    assert han_shape(text, language=language, country=country) == shape


def test_unseen_characters_are_taken_out_and_needed_ones_stay():
    assert one_line("a\u202eb\u2066c\u2069\ufeff\x00\x07\x1b\x9fd\ud800 \t\r\n e") == "abcd e"
    assert one_line("می\u200cخواهم\u200f") == "می\u200cخواهم\u200f"  # noqa: RUF001
    assert lines("a\r\nb\u2028c\n\n\n\nd\x85e") == "a\nb\nc\n\nd\ne"


@pytest.mark.parametrize(
    ("text", "expected"), [("ABC شركة", "ltr"), ("12 (شركة) ABC", "rtl"), ("אב", "rtl"), ("123", "ltr"), ("", "ltr")]
)
def test_direction_is_that_of_the_first_letter(text, expected):
    assert direction(text) == expected
