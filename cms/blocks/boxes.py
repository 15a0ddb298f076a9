"""What stands in boxes beside the text of a country page (D156)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.documents import DocumentListBlock
from cms.blocks.figures import KeyFigureBlock
from cms.blocks.institutions import InstitutionCardBlock
from cms.blocks.navigation import LinkListBlock
from cms.blocks.text import RICH_TEXT_FEATURES


class TextBoxBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=150)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "cms/blocks/text_box.html"


class BoxesBlock(blocks.StreamBlock):
    text = TextBoxBlock()
    key_figure = KeyFigureBlock()
    links = LinkListBlock()
    documents = DocumentListBlock()
    institutions = InstitutionCardBlock()
