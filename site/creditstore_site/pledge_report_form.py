"""The form of a yearly report. What is valid is decided by the service; the form carries its words to the fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creditstore.core.errors import StoreError
from creditstore_content.pledge.models import Kind, Pledge, Step, YearReport
from creditstore_content.pledge.report_requests import OtherContribution, OwnContribution, ReportRequest
from creditstore_content.pledge.report_rules import AMOUNTS
from creditstore_site.amounts import TonnesField
from creditstore_site.forms import show_store_error

_CERTIFICATE = re.compile(r"(?P<number>\S+)(?:\s+(?P<units>[0-9]{1,12}))?")
_TEXTS: Final = (
    "boundary", "method", "exclusions", "verified_by", "verification_url", "plan", "plan_url", "statement",
)  # fmt: skip
_YEARS: Final = ("base_year", "target_year")
_LINK = {"inputmode": "url", "spellcheck": "false", "placeholder": "https://"}


def _text(label: Any, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, **kwargs)


def _area(label: Any, rows: int, **kwargs: Any) -> forms.CharField:
    return _text(label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ReportForm(forms.Form):
    """A year of a pledge. No field but the day is required by itself."""

    ended_on = forms.DateField(
        label=_("Last day of the twelve months"),
        help_text=_("For most this is 31 December. Organisations may report their business year."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": _("Enter a day."), "invalid": _("Enter a day, like 2026-12-31.")},
    )
    measured_kg = TonnesField(label=_("Emissions of the year, in tonnes of CO₂ equivalent"))
    scope1_kg = TonnesField(
        label=_("Scope 1, in tonnes of CO₂ equivalent"), help_text=_("What you burn or let out yourselves.")
    )
    scope2_kg = TonnesField(label=_("Scope 2, in tonnes"), help_text=_("Electricity, heat and cold that you buy."))
    scope3_kg = TonnesField(
        label=_("Scope 3, in tonnes"), help_text=_("Everything else: what you buy, travel, use of what you sell.")
    )
    boundary = _text(
        _("What the figure includes"), help_text=_("For instance: our two offices and all business travel.")
    )
    method = _text(
        _("How it was worked out"),
        help_text=_("Method and year of the factors. For instance: GHG Protocol, factors of DESNZ 2025."),
    )
    complete = forms.BooleanField(
        label=_("Nothing that matters is left out, but for what is named below"), required=False
    )
    exclusions = _area(_("What is left out, and why"), 2)
    verified_by = _text(_("Checked by"), help_text=_("Somebody independent who checked the figures, if there was one."))
    verification_url = _text(_("Where everybody can read the result of the check"), widget=forms.URLInput(attrs=_LINK))
    base_year = forms.IntegerField(label=_("Base year"), required=False)
    base_kg = TonnesField(label=_("Emissions of the base year, in tonnes"))
    target_year = forms.IntegerField(label=_("Year of the target"), required=False)
    target_kg = TonnesField(label=_("Emissions that shall be left then, in tonnes"))
    plan = _area(_("What you do to get there"), 4)
    plan_url = _text(_("Where your plan can be read"), widget=forms.URLInput(attrs=_LINK))
    certificates = _area(
        _("Certificates of this store"),
        3,
        help_text=_("One number in a line. To count only some of its units, write how many behind it."),
    )
    statement = _area(
        _("In your own words"), 5, help_text=_("What went well, what did not, what comes next. Everybody can read it.")
    )

    def __init__(self, data: QueryDict | None = None, *, pledge: Pledge, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.pledge = pledge
        dropped = ["measured_kg"] if pledge.kind == Kind.ORGANISATION else ["scope1_kg", "scope2_kg", "scope3_kg"]
        if Step.REDUCE not in pledge.steps:
            dropped += [*_YEARS, "base_kg", "target_kg", "plan", "plan_url"]
        if Step.CONTRIBUTE not in pledge.steps:
            dropped.append("certificates")
        for name in dropped:
            del self.fields[name]
        if pledge.kind == Kind.EVENT:
            self.fields["ended_on"].label = _("Last day of the event")
            self.fields["ended_on"].help_text = ""
        for name, field in self.fields.items():
            if isinstance(field, forms.IntegerField):
                field.widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
                field.error_messages["invalid"] = gettext("Enter a year, like 2030.")
            if name in _TEXTS and isinstance(field, forms.CharField):
                # Longer ones are refused by the service, in words, and nothing that was typed is cut off.
                field.widget.attrs.pop("maxlength", None)

    def clean_certificates(self) -> tuple[OwnContribution, ...]:
        """Numbers, with or without units behind them."""
        found = []
        for line in self.cleaned_data["certificates"].splitlines():
            if not line.strip():
                continue
            parts = _CERTIFICATE.fullmatch(line.strip())
            if parts is None:
                message = gettext("Write one number in a line, and units behind it if you like: “%(line)s”.")
                raise ValidationError(message % {"line": line.strip()[:60]})
            found.append(OwnContribution(number=parts["number"], units=int(parts["units"]) if parts["units"] else None))
        return tuple(found)

    def report_request(self, elsewhere: tuple[OtherContribution, ...]) -> ReportRequest:
        """The report as it was filled in."""
        values = self.cleaned_data
        texts: dict[str, Any] = {name: values.get(name, "") for name in _TEXTS}
        numbers: dict[str, Any] = {name: values.get(name) for name in (*AMOUNTS, *_YEARS)}
        return ReportRequest(
            ended_on=values["ended_on"],
            complete=values["complete"],
            certificates=values.get("certificates", ()),
            elsewhere=elsewhere,
            **texts,
            **numbers,
        )

    def add_store_error(self, error: StoreError) -> None:
        """A service's error, at its fields; what belongs to a field that this form has not stands above it."""
        show_store_error(self, error, {name: name for name in self.fields})


class ElsewhereForm(forms.Form):
    """Units cancelled elsewhere."""

    registry = _text(_("Registry"), help_text=_("For instance: Gold Standard Impact Registry."))
    reference = _text(_("Serial numbers or reference"))
    units = forms.IntegerField(
        label=_("Units (tonnes)"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Enter a whole number of units.")},
    )
    url = _text(_("Where it can be read"), widget=forms.URLInput(attrs=_LINK))

    def clean(self) -> dict[str, Any]:
        """A row with anything in it needs its units."""
        values = super().clean() or {}
        somewhere = any(values.get(name) for name in ("registry", "reference", "url"))
        if somewhere and values.get("units") is None and "units" not in self.errors:
            self.add_error("units", gettext("Enter how many units."))
        return values


ElsewhereFormSet = forms.formset_factory(ElsewhereForm, extra=2, max_num=40, absolute_max=40)


def other_contributions(formset: Any) -> Iterator[OtherContribution]:
    """The rows that something was typed into."""
    for form in formset:
        values = form.cleaned_data
        if form.has_changed() and values.get("units") is not None:
            yield OtherContribution(
                registry=values["registry"], reference=values["reference"], units=values["units"], url=values["url"]
            )


def add_row_errors(formset: Any, error: StoreError) -> None:
    """The service's errors of rows, at their fields: it counts only rows with something in them."""
    rows = [form for form in formset if form.has_changed()]
    for item in error.errors:
        kind, _dot, path = item.field.partition(".")
        place, _dot, field = path.partition(".")
        if kind == "elsewhere" and place.isdigit() and int(place) < len(rows):
            rows[int(place)].add_error(field, item.message)


def initial_of(report: YearReport | None, *, earlier: YearReport | None, day: date | None) -> dict[str, Any]:
    """What a new form shows: the report itself, or what stays from year to year of an earlier one."""
    if report is not None:
        values = {name: getattr(report, name) for name in (*AMOUNTS, *_YEARS, *_TEXTS, "ended_on", "complete")}
        own = [one for one in report.contributions.all() if one.certificate is not None]
        values["certificates"] = "\n".join(f"{one.certificate} {one.units}" for one in own)
        return values
    if earlier is not None:
        kept = (*_YEARS, "base_kg", "target_kg", "boundary", "method", "exclusions", "complete", "plan", "plan_url")
        return {name: getattr(earlier, name) for name in kept} | {"ended_on": day}
    return {"ended_on": day}


def initial_rows(report: YearReport | None) -> list[dict[str, Any]]:
    """The cancellations elsewhere that the report names."""
    if report is None:
        return []
    return [
        {"registry": one.registry, "reference": one.reference, "units": one.units, "url": one.url}
        for one in report.contributions.all()
        if one.certificate is None
    ]
