"""Typed blocks, one family per file. `BodyBlock` joins them for articles and sections."""

from cms.blocks.body import BodyBlock
from cms.blocks.data import IndicatorLinkBlock, IndicatorLinkValue
from cms.blocks.media import CaptionedImageBlock
from cms.blocks.navigation import (
    DocumentListBlock,
    HighlightsBlock,
    LinkBlock,
    LinkListBlock,
    LinkTarget,
    LinkValue,
    PageTreeBlock,
)
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
    "CalloutBlock",
    "CaptionedImageBlock",
    "DefinitionListBlock",
    "DocumentListBlock",
    "HeadingBlock",
    "HeadingValue",
    "HighlightsBlock",
    "IndicatorLinkBlock",
    "IndicatorLinkValue",
    "LinkBlock",
    "LinkListBlock",
    "LinkTarget",
    "LinkValue",
    "PageTreeBlock",
    "ParagraphBlock",
    "QuoteBlock",
]
