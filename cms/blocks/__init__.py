"""Typed blocks, one family per file. `BodyBlock` joins them for articles and sections."""

from cms.blocks.body import BodyBlock
from cms.blocks.boxes import BoxesBlock
from cms.blocks.data import IndicatorLinkBlock, IndicatorLinkValue
from cms.blocks.documents import DocumentListBlock, LibraryDocumentChooserBlock
from cms.blocks.figures import (
    ChartBlock,
    ChartValue,
    FigureTableBlock,
    KeyFigureBlock,
    KeyFigureValue,
    TableValue,
)
from cms.blocks.glossary import GlossaryTermsBlock
from cms.blocks.institutions import (
    InstitutionCardBlock,
    InstitutionCardValue,
    InstitutionChooserBlock,
)
from cms.blocks.media import CaptionedImageBlock
from cms.blocks.navigation import (
    HighlightsBlock,
    LinkBlock,
    LinkListBlock,
    LinkTarget,
    LinkValue,
    PageTreeBlock,
)
from cms.blocks.sites import LinkGroupsBlock, SiteValue
from cms.blocks.steps import StepsBlock
from cms.blocks.text import (
    CalloutBlock,
    DefinitionListBlock,
    HeadingBlock,
    HeadingValue,
    ParagraphBlock,
    QuoteBlock,
)

__all__ = [
    "BodyBlock",
    "BoxesBlock",
    "CalloutBlock",
    "CaptionedImageBlock",
    "ChartBlock",
    "ChartValue",
    "DefinitionListBlock",
    "DocumentListBlock",
    "FigureTableBlock",
    "GlossaryTermsBlock",
    "HeadingBlock",
    "HeadingValue",
    "HighlightsBlock",
    "IndicatorLinkBlock",
    "IndicatorLinkValue",
    "InstitutionCardBlock",
    "InstitutionCardValue",
    "InstitutionChooserBlock",
    "KeyFigureBlock",
    "KeyFigureValue",
    "LibraryDocumentChooserBlock",
    "LinkBlock",
    "LinkGroupsBlock",
    "LinkListBlock",
    "LinkTarget",
    "LinkValue",
    "PageTreeBlock",
    "ParagraphBlock",
    "QuoteBlock",
    "SiteValue",
    "StepsBlock",
    "TableValue",
]
