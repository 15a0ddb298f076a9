from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from registry.access import ANONYMOUS


class LibraryDocumentChooserBlock(blocks.ChooserBlock):
    """A public document of the e-library. Everything is looked up late: models load the blocks."""

    class Meta:
        icon = "doc-full"

    @cached_property
    def target_model(self) -> Any:
        from cms.models import LibraryDocument

        return LibraryDocument

    @cached_property
    def widget(self) -> Any:
        from cms.library.chooser import library_chooser

        return library_chooser.widget_class()

    @cached_property
    def field(self) -> forms.ModelChoiceField[Any]:
        from cms.library.chooser import public_documents

        return forms.ModelChoiceField(
            queryset=public_documents(),
            widget=self.widget,
            required=self._required,
            help_text=self._help_text,
        )


class DocumentListBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=150, help_text=_("Heading above the list. Empty: none.")
    )
    documents = blocks.ListBlock(LibraryDocumentChooserBlock(), label=_("Documents"), min_num=1)

    class Meta:
        label = _("Documents")
        help_text = _("Public documents of the e-library; readers get title and summary in their language.")
        icon = "doc-full"
        template = "cms/blocks/documents.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the documents that this viewer may see, in the editor's order. Three queries."""
        from cms.selectors.documents import document_list, for_list

        context: dict[str, Any] = super().get_context(value, parent_context)
        viewer = getattr(context.get("request"), "viewer", ANONYMOUS)
        keys = [document.pk for document in value["documents"] if document]
        rows = for_list(document_list(viewer=viewer).filter(pk__in=keys))
        found = {row.pk: row for row in rows}
        context["documents"] = [found[key] for key in keys if key in found]
        return context
