from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class CaptionedImageBlock(blocks.StructBlock):
    """An image that says what it shows: without an alternative text it cannot be saved."""

    image = ImageChooserBlock(label=_("Image"))
    alt_text = blocks.CharBlock(
        label=_("Alternative text"),
        max_length=300,
        help_text=_("What the image shows, for people who cannot see it."),
    )
    caption = blocks.CharBlock(
        label=_("Caption"), required=False, max_length=300, help_text=_("Shown below the image.")
    )
    credit = blocks.CharBlock(label=_("Author or source"), required=False, max_length=200)

    class Meta:
        label = _("Image")
        icon = "image"
        template = "cms/blocks/image.html"
