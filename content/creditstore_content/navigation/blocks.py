"""What editors fill the settings of a site with: columns of links, banners, offices, profiles."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.base import LINE_FEATURES
from creditstore_content.blocks.links import LinkBlock

DAYS = [
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
]
BANNER_KINDS = [("info", _("Information")), ("caution", _("Caution")), ("success", _("Good news"))]
#: Where a banner is shown; see ``frame.place_of``.
PLACES = [
    ("everywhere", _("On every page")),
    ("home", _("On the home page")),
    ("pages", _("On editors' pages, the home page included")),
    ("store", _("In the store: projects, basket, checkout, orders")),
]
_telephone = RegexValidator(
    r"^\+[0-9][0-9 ().-]{5,28}$", _("Begin with + and the country's code, for example +49 228 815 1000.")
)


def language_choices() -> list[tuple[str, Any]]:
    """The languages that pages can be written in."""
    return list(settings.WAGTAIL_CONTENT_LANGUAGES)


def time_zones() -> list[tuple[str, str]]:
    """Time zones by the names of the tz database: those of places, and UTC."""
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"]


def language_block() -> Any:
    """In which language something is shown; empty for all."""
    return blocks.ChoiceBlock(
        label=_("Language"), choices=language_choices, required=False, help_text=_("Leave empty for all languages.")
    )


class FooterLinkBlock(blocks.StructBlock):  # type: ignore[misc]
    """One link of a column."""

    text = blocks.CharBlock(label=_("Text"), max_length=60)
    link = LinkBlock(label=_("Leads to"))

    class Meta:
        icon = "link"
        label = _("Link")


class FooterColumnBlock(blocks.StructBlock):  # type: ignore[misc]
    """A heading with links below it."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=40)
    links = blocks.ListBlock(FooterLinkBlock(), label=_("Links"), min_num=1, max_num=8)
    language = language_block()

    class Meta:
        icon = "list-ul"
        label = _("Column")
        description = _("A heading with up to eight links.")


class BannerBlock(blocks.StructBlock):  # type: ignore[misc]
    """A short notice above the content of pages."""

    text = blocks.RichTextBlock(label=_("Text"), features=LINE_FEATURES, max_length=300)
    kind = blocks.ChoiceBlock(label=_("Kind"), choices=BANNER_KINDS, default="info")
    where = blocks.ChoiceBlock(label=_("Where"), choices=PLACES, default="everywhere")
    shown_from = blocks.DateTimeBlock(
        label=_("Shown from"), required=False, help_text=_("In your own time zone. Leave empty to show it at once.")
    )
    shown_until = blocks.DateTimeBlock(
        label=_("Shown until"), required=False, help_text=_("Leave empty to show it until you remove it.")
    )
    language = language_block()

    def clean(self, value: Any) -> Any:
        """Refuse a banner that would end before it begins."""
        cleaned = super().clean(value)
        begins, ends = cleaned.get("shown_from"), cleaned.get("shown_until")
        if begins and ends and ends <= begins:
            message = _("This is not after “Shown from”. Choose a later time.")
            raise StructBlockValidationError({"shown_until": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "warning"
        label = _("Banner")
        description = _("A short notice above the content, for as long as you say.")


class HoursBlock(blocks.StructBlock):  # type: ignore[misc]
    """Opening hours of one run of days."""

    first_day = blocks.ChoiceBlock(label=_("From"), choices=DAYS, default="1")
    last_day = blocks.ChoiceBlock(label=_("To"), choices=DAYS, default="5")
    opens = blocks.TimeBlock(label=_("Opens"))
    closes = blocks.TimeBlock(label=_("Closes"))

    def clean(self, value: Any) -> Any:
        """Refuse hours that end before they begin."""
        cleaned = super().clean(value)
        errors = {}
        if cleaned.get("first_day") and cleaned.get("last_day") and cleaned["last_day"] < cleaned["first_day"]:
            errors["last_day"] = ValidationError(_("This day comes before the first one. Choose a later day."))
        if cleaned.get("opens") and cleaned.get("closes") and cleaned["closes"] <= cleaned["opens"]:
            errors["closes"] = ValidationError(_("This is not after the opening time. Choose a later time."))
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned

    class Meta:
        icon = "time"
        label = _("Opening hours")


class OfficeBlock(blocks.StructBlock):  # type: ignore[misc]
    """One office: where it is, when somebody is there, and how to reach them."""

    name = blocks.CharBlock(label=_("Name"), max_length=80, help_text=_("For example “Office for Africa”."))
    responsible_for = blocks.CharBlock(
        label=_("Responsible for"), max_length=160, required=False, help_text=_("Countries or subjects.")
    )
    address = blocks.TextBlock(label=_("Address"), max_length=300, required=False, help_text=_("A line each."))
    time_zone = blocks.ChoiceBlock(label=_("Time zone"), choices=time_zones, default="UTC")
    hours = blocks.ListBlock(HoursBlock(), label=_("Opening hours"), max_num=7, default=[])
    telephone = blocks.CharBlock(label=_("Telephone"), max_length=30, required=False, validators=[_telephone])
    email = blocks.EmailBlock(label=_("E-mail"), required=False)

    def clean(self, value: Any) -> Any:
        """Refuse an office that nobody could reach."""
        cleaned = super().clean(value)
        if not any(cleaned.get(name) for name in ("address", "telephone", "email")):
            message = _("Give an address, a telephone number or an e-mail address.")
            raise StructBlockValidationError({"address": ValidationError(message)})
        return cleaned

    class Meta:
        icon = "site"
        label = _("Office")
        description = _("A regional office with its address, hours, telephone and e-mail.")


class ProfileBlock(blocks.StructBlock):  # type: ignore[misc]
    """The operator's own page on another site."""

    name = blocks.CharBlock(label=_("Name of the site"), max_length=40)
    address = blocks.URLBlock(label=_("Address"), max_length=300, validators=[URLValidator(schemes=["https"])])

    class Meta:
        icon = "group"
        label = _("Profile")


class FooterColumnsBlock(blocks.StreamBlock):  # type: ignore[misc]
    """The editors' columns of the footer."""

    column = FooterColumnBlock()

    class Meta:
        max_num = 12
        required = False


class BannersBlock(blocks.StreamBlock):  # type: ignore[misc]
    """Banners; several may be shown at once, in this order."""

    banner = BannerBlock()

    class Meta:
        max_num = 10
        required = False


class OfficesBlock(blocks.StreamBlock):  # type: ignore[misc]
    """Regional offices."""

    office = OfficeBlock()

    class Meta:
        max_num = 20
        required = False


class ProfilesBlock(blocks.StreamBlock):  # type: ignore[misc]
    """Pages of the operator elsewhere."""

    profile = ProfileBlock()

    class Meta:
        max_num = 10
        required = False
