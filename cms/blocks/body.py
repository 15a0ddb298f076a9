from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.data import IndicatorLinkBlock
from cms.blocks.documents import DocumentListBlock
from cms.blocks.figures import ChartBlock, FigureTableBlock, KeyFigureBlock
from cms.blocks.glossary import GlossaryTermsBlock
from cms.blocks.institutions import InstitutionCardBlock
from cms.blocks.media import CaptionedImageBlock
from cms.blocks.navigation import LinkListBlock, PageTreeBlock
from cms.blocks.steps import StepsBlock
from cms.blocks.text import CalloutBlock, DefinitionListBlock, HeadingBlock, ParagraphBlock, QuoteBlock


class BodyBlock(blocks.StreamBlock):
    """All that an article or a section may be made of."""

    heading = HeadingBlock(group=_("Text"))
    paragraph = ParagraphBlock(group=_("Text"))
    quote = QuoteBlock(group=_("Text"))
    callout = CalloutBlock(group=_("Text"))
    steps = StepsBlock(group=_("Text"))
    definitions = DefinitionListBlock(group=_("Text"))
    glossary_terms = GlossaryTermsBlock(group=_("Text"))
    image = CaptionedImageBlock(group=_("Media"))
    indicator = IndicatorLinkBlock(group=_("Statistics"))
    key_figure = KeyFigureBlock(group=_("Statistics"))
    chart = ChartBlock(group=_("Statistics"))
    figure_table = FigureTableBlock(group=_("Statistics"))
    links = LinkListBlock(group=_("Navigation"))
    documents = DocumentListBlock(group=_("Navigation"))
    institutions = InstitutionCardBlock(group=_("Navigation"))
    page_tree = PageTreeBlock(group=_("Navigation"))
