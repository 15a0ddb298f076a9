from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

#: What an editor may do inside running text. Headings, images and documents are blocks of their own.
RICH_TEXT_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class HeadingValue(blocks.StructValue):
    @property
    def tag(self) -> str:
        return f"h{self['level']}"


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Heading"), max_length=200)
    level = blocks.ChoiceBlock(
        label=_("Level"),
        choices=[("2", _("Main heading")), ("3", _("Subheading"))],
        default="2",
        help_text=_("Main headings make the list of contents of the page."),
        search_index=False,
    )

    class Meta:
        label = _("Heading")
        icon = "title"
        template = "cms/blocks/heading.html"
        value_class = HeadingValue


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": RICH_TEXT_FEATURES, **kwargs})

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "cms/blocks/paragraph.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Quotation"))
    attribution = blocks.CharBlock(label=_("Who said or wrote it"), required=False, max_length=200)

    class Meta:
        label = _("Quotation")
        icon = "openquote"
        template = "cms/blocks/quote.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[("note", _("Note")), ("important", _("Important"))],
        default="note",
        search_index=False,
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=150)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES)

    class Meta:
        label = _("Callout")
        help_text = _("What must not be overlooked. One or two on a page are enough.")
        icon = "info-circle"
        template = "cms/blocks/callout.html"


class DefinitionBlock(blocks.StructBlock):
    term = blocks.CharBlock(label=_("Term"), max_length=150)
    text = blocks.TextBlock(label=_("Explanation"))

    class Meta:
        label = _("Definition")


class DefinitionListBlock(blocks.StructBlock):
    definitions = blocks.ListBlock(DefinitionBlock(), label=_("Definitions"), min_num=1)

    class Meta:
        label = _("List of definitions")
        help_text = _("Terms of this page alone. Those of the whole portal are kept in the glossary.")
        icon = "list-ul"
        template = "cms/blocks/definitions.html"
