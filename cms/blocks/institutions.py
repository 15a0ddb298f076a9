"""Cards of institutions from the inventory: name, what it does, where it is and how to reach it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from registry.access import ANONYMOUS, Viewer
from registry.models import Institution


class InstitutionChooserBlock(blocks.ChooserBlock):
    """A listed institution. Everything is looked up late: models load the blocks."""

    class Meta:
        icon = "home"

    @cached_property
    def target_model(self) -> Any:
        return Institution

    @cached_property
    def widget(self) -> Any:
        from cms.institution_chooser import institution_chooser

        return institution_chooser.widget_class()

    @cached_property
    def field(self) -> forms.ModelChoiceField[Any]:
        from cms.institution_chooser import listed_institutions

        return forms.ModelChoiceField(
            queryset=listed_institutions(),
            widget=self.widget,
            required=self._required,
            help_text=self._help_text,
        )


class InstitutionCardValue(blocks.StructValue):
    """Cards as stored: which institutions, in the editor's order."""

    def institutions(self, viewer: Viewer) -> list[Institution]:
        """Those that the viewer may see and that are still listed, each once. One query."""
        from registry.selectors.institution import institution_listed, with_area

        keys = [chosen.pk for chosen in self["institutions"] if chosen]
        rows = with_area(institution_listed(viewer=viewer)).filter(pk__in=keys) if keys else ()
        found = {row.pk: row for row in rows}
        return [found[key] for key in dict.fromkeys(keys) if key in found]


class InstitutionCardBlock(blocks.StructBlock):
    """Institutions as the inventory has them now. Nothing is copied into pages."""

    title = blocks.CharBlock(label=_("Title"), required=False, max_length=150)
    institutions = blocks.ListBlock(InstitutionChooserBlock(), label=_("Institutions"), min_num=1)

    class Meta:
        label = _("Institutions")
        icon = "home"
        template = "cms/blocks/institutions.html"
        value_class = InstitutionCardValue

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        viewer = getattr(context.get("request"), "viewer", ANONYMOUS)
        context["institutions"] = value.institutions(viewer)
        return context
