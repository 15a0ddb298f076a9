from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from registry.access import ANONYMOUS
from registry.presentation.glossary import glossary_address
from registry.selectors.glossary import term_list, terms_by_name


def term_choices() -> list[tuple[str, str]]:
    """The terms of the glossary by name, in the editor's language."""
    return [(term.code, str(term.name)) for term in terms_by_name(term_list(viewer=ANONYMOUS))]


class GlossaryTermsBlock(blocks.StructBlock):
    """Terms with their meaning, as the glossary has them now. Definitions are never copied into pages."""

    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=150, help_text=_("Heading above the list. Empty: none.")
    )
    terms = blocks.ListBlock(
        blocks.ChoiceBlock(label=_("Term"), choices=term_choices, search_index=False),
        label=_("Terms"),
        min_num=1,
    )

    class Meta:
        label = _("Terms of the glossary")
        help_text = _("Shown as the glossary has them now, in the language of the reader.")
        icon = "openquote"
        template = "cms/blocks/glossary_terms.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the terms that still exist, in the editor's order. One query."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        viewer = getattr(context.get("request"), "viewer", ANONYMOUS)
        found = {term.code: term for term in term_list(viewer=viewer).filter(code__in=list(value["terms"]))}
        context["terms"] = [found[code] for code in value["terms"] if code in found]
        context["address"] = glossary_address()
        return context
