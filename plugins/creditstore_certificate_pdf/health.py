"""Can this machine print every common script? Asked of the very engine that prints, with fonts as installed now."""

from __future__ import annotations

from html import escape

from creditstore_certificate_pdf.render import Engine
from creditstore_plugins import RenderFailed

#: A sample of each script and the Debian package that has it.
SAMPLES = (
    ("Chinese", "中国碳减排", "fonts-noto-cjk"),
    ("Japanese", "排出削減かな", "fonts-noto-cjk"),
    ("Korean", "배출 감축", "fonts-noto-cjk"),
    ("Arabic", "شهادة", "fonts-noto-core"),
    ("Hebrew", "תעודה", "fonts-noto-core"),
    ("Devanagari", "प्रमाणपत्र", "fonts-noto-core"),
    ("Thai", "ใบรับรอง", "fonts-noto-core"),
)


def missing_fonts() -> list[str]:
    """One plain sentence for each script that cannot be printed; empty when all can."""
    paragraphs = "".join(f"<p>{escape(sample)}</p>" for _script, sample, _package in SAMPLES)
    page = (
        f'<!DOCTYPE html><html lang="en"><head><title>Fonts</title></head><body><p>Fonts</p>{paragraphs}</body></html>'
    )
    try:
        _content, missing = Engine().pdf(page, identifier=b"fonts", attachments=[])
    except RenderFailed as error:
        return [f"Certificates cannot be rendered: {error}."]
    return [
        f"Certificates with {script} text cannot be rendered: no installed font has its letters. "
        f"On Debian install {package}."
        for script, sample, package in SAMPLES
        if missing & set(sample)
    ]
