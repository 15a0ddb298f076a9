from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from registry.access import ANONYMOUS, Viewer
from registry.models import Indicator


def indicator_choices() -> list[tuple[str, str]]:
    """The indicators everybody may know of. A page may be public, so the others cannot be chosen."""
    return [(indicator.code, str(indicator)) for indicator in Indicator.objects.visible_to(ANONYMOUS)]


class IndicatorLinkValue(blocks.StructValue):
    def indicator(self, viewer: Viewer) -> Indicator | None:
        """The chosen indicator, or None where it does not exist (any more) for this viewer."""
        return Indicator.objects.visible_to(viewer).filter(code=self["indicator"]).first()


class IndicatorLinkBlock(blocks.StructBlock):
    """A link to the table and chart of an indicator. Figures are never copied into pages."""

    indicator = blocks.ChoiceBlock(label=_("Indicator"), choices=indicator_choices, search_index=False)
    caption = blocks.TextBlock(label=_("Why to look at it"), required=False, max_length=300)

    class Meta:
        label = _("Indicator")
        help_text = _("A link to the page of the indicator, with its table and chart.")
        icon = "table"
        template = "cms/blocks/indicator.html"
        value_class = IndicatorLinkValue
