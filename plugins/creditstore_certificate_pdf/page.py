"""The certificate as HTML: what it says and in which order. How it looks is in ``style.css``."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC
from html import escape
from io import BytesIO

import segno

from creditstore_certificate_pdf.display import direction, han_shape, lines, one_line, spelled_out
from creditstore_certificate_pdf.texts import Texts
from creditstore_plugins import CertificateDocument, CertificateRange

#: From this many characters on a name is set smaller, so that 257 of them leave room for the rest of the page.
LONG_NAME = 60
#: Serials up to this length are never broken, so that they can be copied whole.
UNBROKEN_SERIAL = 48
#: Two facts side by side: label, value, label, value.
COLUMNS = "<colgroup><col><col><col><col></colgroup>"


class Page:
    """Composes one certificate. ``unprintable`` are characters that no font has: they are shown by their numbers."""

    def __init__(
        self, document: CertificateDocument, *, texts: Texts, digest: str, unprintable: frozenset[str]
    ) -> None:
        self.document = document
        self.texts = texts
        self.digest = digest
        self.unprintable = unprintable

    def html(self) -> str:
        """The whole page."""
        document, _ = self.document, self.texts.gettext
        number = one_line(document.number)
        title = _("Certificate {number}, revision {revision}").format(number=number, revision=document.revision)
        # One range: the page ends with the code. A long schedule: the code stays on the first page.
        units = (self._ranges(), self._verification())
        body = (
            f'<p class="issuer">{self._plain(document.issuer)}</p>',
            _element("h1", self._kind_title()),
            self._identity(),
            self._statement(),
            self._meaning(),
            *(units if len(document.ranges) == 1 else reversed(units)),
            self._unprintable_note(),
        )
        issued = document.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'<!DOCTYPE html><html lang="{escape(self.texts.language)}" dir="{self.texts.direction}"><head>'
            f'<meta charset="utf-8"><title>{escape(title)}</title>'
            f'<meta name="author" content="{escape(one_line(document.issuer))}">'
            f'<meta name="generator" content="Climate Credit Store">'
            f'<meta name="dcterms.created" content="{issued}"><meta name="dcterms.modified" content="{issued}">'
            f"</head><body{self._running(title)}>{''.join(body)}</body></html>"
        )

    def _spelled(self, text: str) -> str:
        return spelled_out(text, self.unprintable)

    def _shape(self, text: str) -> str:
        country = self.document.beneficiary_country
        return "han-" + han_shape(text, language=self.document.language, country=country)

    def _plain(self, text: str) -> str:
        """Somebody's text on one line, shut off from its surroundings: it cannot add markup or turn them round."""
        shown = one_line(text)
        return f'<bdi class="{self._shape(shown)}" dir="{direction(shown)}">{escape(self._spelled(shown))}</bdi>'

    def _running(self, foot: str) -> str:
        """Attributes with the texts that the style sheet prints at the head and foot of each page."""
        kind = "simulated" if self.document.simulated else "real"
        mark = self.texts.gettext("SIMULATED: no real unit was cancelled")
        return f' class="{kind}" data-foot="{escape(self._spelled(foot))}" data-mark="{escape(mark)}"'

    def _kind_title(self) -> str:
        _ = self.texts.gettext
        if self.document.kind == "voluntary_cancellation":
            return _("Certificate of voluntary cancellation")
        return _("Certificate of cancellation")

    def _identity(self) -> str:
        document, texts, _ = self.document, self.texts, self.texts.gettext
        facts = [
            (_("Certificate number"), self._plain(document.number)),
            (_("Revision"), escape(texts.number(document.revision))),
            (_("Issued"), escape(texts.moment(document.issued_at))),
            (_("Order"), self._plain(document.order_number)),
            (_("Ordered"), escape(texts.day(document.ordered_at.astimezone(UTC).date()))),
        ]
        if document.kind != "voluntary_cancellation":
            facts.append((_("Kind of cancellation"), self._plain(document.kind)))
        head = "".join(f'<th scope="col">{escape(label)}</th>' for label, _value in facts)
        values = "".join(f"<td>{value}</td>" for _label, value in facts)
        return f'<table class="identity"><thead><tr>{head}</tr></thead><tbody><tr>{values}</tr></tbody></table>'

    def _quantity(self) -> str:
        """ "12 Certified Emission Reductions (CER), twelve": digits, the unit's name, and the digits again in words."""
        document, texts = self.document, self.texts
        name, count = f"{one_line(document.unit_name)} ({one_line(document.unit_type)})", document.quantity
        if document.unit_type == "CER":
            name = texts.ngettext("Certified Emission Reduction (CER)", "Certified Emission Reductions (CER)", count)
        elif document.unit_type == "tCER":
            name = texts.ngettext(
                "temporary Certified Emission Reduction (tCER)", "temporary Certified Emission Reductions (tCER)", count
            )
        elif document.unit_type == "lCER":
            name = texts.ngettext(
                "long-term Certified Emission Reduction (lCER)", "long-term Certified Emission Reductions (lCER)", count
            )
        words = texts.number_in_words(count)
        return escape(self._spelled(f"{texts.number(count)} {name}" + (f", {words}" if words else "")))

    def _statement(self) -> str:
        document, texts, _ = self.document, self.texts, self.texts.gettext
        name, reason = one_line(document.beneficiary), lines(document.reason)
        size = "name long" if len(name) > LONG_NAME else "name"
        tonnes = texts.ngettext(
            "One unit stands for one tonne of CO2 equivalent: {count} tonne in all.",
            "One unit stands for one tonne of CO2 equivalent: {count} tonnes in all.",
            document.quantity,
        ).format(count=texts.number(document.quantity))
        if name:
            shown = f'<p class="{size} {self._shape(name)}" dir="{direction(name)}">{escape(self._spelled(name))}</p>'
            if document.beneficiary_country:
                shown += f'<p class="country">{self._plain(document.beneficiary_country)}</p>'
        else:
            shown = _element("p", _("No beneficiary was named."), css="none")
        if reason:
            paragraphs = "".join(
                f'<p class="{self._shape(reason)}" dir="{direction(line)}">{escape(self._spelled(line)) or "<br>"}</p>'
                for line in reason.split("\n")
            )
            quoted = f'<blockquote dir="{direction(reason)}">{paragraphs}</blockquote>'
        else:
            quoted = _element("p", _("No reason was given."), css="none")
        parts = (
            f'<div class="statement"><p class="quantity">{self._quantity()}</p>',
            _element("p", tonnes, css="tonnes"),
            _element("h2", _("Cancelled on behalf of")),
            shown,
            _element("h2", _("Reason, in the buyer's own words")),
            quoted,
            _element("p", _("Name and reason are printed as the buyer wrote them."), css="note"),
            "</div>",
        )
        return "".join(parts)

    def _meaning(self) -> str:
        document, _ = self.document, self.texts.gettext
        sentences = []
        if document.simulated:
            sentences.append(_("The registry is a simulator: no real unit was cancelled, and nothing is proved."))
        sentences.append(
            _("The cancellation is final: these units cannot be used again, neither sold nor transferred nor counted.")
        )
        if document.corresponding_adjustment:
            sentences.append(
                _("A corresponding adjustment applies: the host country does not count this reduction as its own.")
            )
        else:
            sentences.append(
                _("There is no corresponding adjustment: the host country still counts this reduction as its own.")
            )
        items = "".join(_element("li", sentence) for sentence in sentences)
        parties = _rows([((_("Seller"), self._plain(document.seller)), (_("Issuer"), self._plain(document.issuer)))])
        return (
            _element("h2", _("What this certificate says"))
            + f'<ul class="meaning">{items}</ul><table class="facts parties">{COLUMNS}<tbody>{parties}</tbody></table>'
        )

    def _ranges(self) -> str:
        parts, texts, _ = self.document.ranges, self.texts, self.texts.gettext
        blocks = []
        for position, part in enumerate(parts, start=1):
            heading = ""
            if len(parts) > 1:
                label = _("Range {position} of {count}").format(position=position, count=texts.number(len(parts)))
                heading = _element("h3", label)
            table = f'<table class="facts">{COLUMNS}<tbody>{self._range(part)}</tbody></table>'
            blocks.append(f'<div class="range">{heading}{table}</div>')
        return _element("h2", _("Cancelled units")) + "".join(blocks)

    def _range(self, part: CertificateRange) -> str:
        texts, _ = self.texts, self.texts.gettext
        if part.monitoring_start and part.monitoring_end:
            period = _("{start} to {end}").format(
                start=texts.day(part.monitoring_start), end=texts.day(part.monitoring_end)
            )
        else:
            known = part.monitoring_start or part.monitoring_end
            period = texts.day(known) if known else _("not stated")
        project = f"{self._plain(part.project_ref)}<br>{self._plain(part.project_title)}"
        country = f"{self._plain(part.host_country)} ({escape(self._spelled(one_line(part.host_country_code)))})"
        return _rows(
            [
                ((_("First serial"), self._serial(part.serial_start)),),
                ((_("Last serial"), self._serial(part.serial_end)),),
                ((_("Units in this range"), escape(texts.number(part.quantity))), (_("Host country"), country)),
                ((_("Project"), project),),
                ((_("Sectoral scope"), self._list(part.scopes)),),
                ((_("Methodology"), self._list(part.methodologies)), (_("Monitoring period"), escape(period))),
                (
                    (_("Registry"), self._plain(part.registry)),
                    (_("Commitment period"), escape(str(part.commitment_period))),
                ),
                (
                    (_("Transaction"), self._plain(part.transaction)),
                    (_("Completed"), escape(texts.moment(part.completed_at))),
                ),
            ]
        )

    def _serial(self, serial: str) -> str:
        shown = one_line(serial)
        kind = "serial whole" if len(shown) <= UNBROKEN_SERIAL else "serial"
        return f'<span class="{kind}" dir="ltr">{escape(self._spelled(shown))}</span>'

    def _list(self, items: tuple[str, ...]) -> str:
        return "<br>".join(self._plain(item) for item in items) or escape(self.texts.gettext("not stated"))

    def _verification(self) -> str:
        url, _ = self.document.verification_url, self.texts.gettext
        alternative = _("QR code with the verification address")
        parts = (
            '<div class="verification">',
            _element("h2", _("How to check this certificate")),
            f'<table><tbody><tr><td class="qr"><img src="{qr_code(url)}" alt="{escape(alternative)}"></td><td>',
            _element("p", _("Open this address, or scan the code. The page shows the same facts.")),
            f'<p class="address" dir="ltr"><a href="{escape(url)}">{escape(one_line(url))}</a></p>',
            _element("p", _("SHA-256 of the facts, which are attached to this file as certificate.json:")),
            f'<p class="digest" dir="ltr">{escape(self.digest)}</p></td></tr></tbody></table></div>',
        )
        return "".join(parts)

    def _unprintable_note(self) -> str:
        if not self.unprintable:
            return ""
        _ = self.texts.gettext
        note = _("Characters that no font can print are shown by their Unicode number, as [U+0000].")
        return _element("p", note, css="note")


def _element(name: str, text: str, *, css: str = "") -> str:
    """An element with this text in it; the text is escaped."""
    opening = f'{name} class="{css}"' if css else name
    return f"<{opening}>{escape(text)}</{name}>"


def _rows(facts: Iterable[tuple[tuple[str, str], ...]]) -> str:
    """Table rows of one fact, or of two side by side; a fact is a label and a value that is HTML already."""
    rows = []
    for row in facts:
        if len(row) == 1:
            label, value = row[0]
            cells = f'<th scope="row">{escape(label)}</th><td colspan="3">{value}</td>'
        else:
            # Not ``th``: a reading aid would tell both labels for each of the two values.
            cells = "".join(f'<td class="label">{escape(label)}</td><td>{value}</td>' for label, value in row)
        rows.append(f"<tr>{cells}</tr>")
    return "".join(rows)


def qr_code(text: str) -> str:
    """A QR code as a ``data:`` address of an SVG picture, with the quiet zone of four modules that readers need.

    Error correction M (15 %) bears a fold or a stain and keeps the modules large. Errors: ``ValueError`` when the
    text is longer than a QR code can hold (2,331 bytes).
    """
    picture = BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(
        picture, kind="svg", border=4, scale=1, xmldecl=False, svgns=True, nl=False, omitsize=True
    )
    return "data:image/svg+xml;base64," + b64encode(picture.getvalue()).decode("ascii")
