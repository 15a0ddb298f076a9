from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.blocks.text import RICH_TEXT_FEATURES


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=150)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT_FEATURES, required=False)

    class Meta:
        label = _("Step")


class StepsBlock(blocks.StructBlock):
    """What is done one after the other."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2)

    class Meta:
        label = _("Steps")
        help_text = _("What is done one after the other. The numbers come by themselves.")
        icon = "list-ol"
        template = "cms/blocks/steps.html"
