"""A page's own picture: what it shows in words, whose it is."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.images import get_image_model_string
from wagtail.images.models import SourceImageIOError

from creditstore_content.blocks.pictures import image_representation
from creditstore_content.pages.structured_data import absolute

#: The size in which other sites are told of a picture.
_TOLD: Final = "width-1200"


class WithPicture(models.Model):
    """Comes before ``StorePage`` among a page's bases. Without rights in the library a picture is not taken."""

    picture = models.ForeignKey(
        get_image_model_string(),
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Whose it is stands in the library, under Rights, and is printed below it."),
    )
    picture_text = models.CharField(
        _("what the picture shows"),
        max_length=250,
        blank=True,
        help_text=_("In one sentence, for readers who do not see it."),
    )
    picture_caption = models.CharField(_("caption"), max_length=250, blank=True)

    class Meta:
        abstract = True

    @property
    def own_picture(self) -> Any:
        """The one that the editor chose, else that of the page's head."""
        return self.picture or super().own_picture  # type: ignore[misc]

    @property
    def picture_for_api(self) -> dict[str, Any] | None:
        """The picture's address, size, words and rights, or null."""
        return image_representation(self.picture, alt=self.picture_text)

    @property
    def picture_url(self) -> str:
        """The whole address of the picture, for other sites; empty without one, or when its file is gone."""
        try:
            return absolute(self.picture.get_rendition(_TOLD).url) if self.picture else ""
        except SourceImageIOError:
            return ""

    def told(self, data: dict[str, Any]) -> dict[str, Any]:
        """What search engines read of the page or its subject (``data``), with the picture if there is one."""
        url = self.picture_url
        return {**data, "image": url} if url else data

    def clean(self) -> None:
        """A picture says what it shows, and whose it is."""
        super().clean()
        if self.picture is not None and not self.picture_text:
            raise ValidationError({"picture_text": _("Say what the picture shows.")})
        check_rights(self.picture, field="picture")


def picture_panel() -> MultiFieldPanel:
    """The picture's fields, for the editor's form."""
    return MultiFieldPanel(
        [FieldPanel("picture"), FieldPanel("picture_text"), FieldPanel("picture_caption")], heading=_("Picture")
    )


def check_rights(picture: Any, *, field: str) -> None:
    """Refuse a picture of which the library does not say whose it is.

    Parameters: ``picture``, or ``None``; ``field``, at which the form says so. Errors: ``ValidationError``.
    """
    if picture is not None and not picture.rights:
        message = _("Nobody knows whose this picture is. Fill in “Rights” in the library, then choose it again.")
        raise ValidationError({field: message})
