"""Choosing a document of the library for a page. Pages link public documents only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from cms.explorer.chooser import edited_language
from cms.models import LibraryDocument, TextLanguage
from cms.models.documents import language_choices
from cms.selectors.documents import document_list, of_words
from registry.access import ANONYMOUS


def public_documents() -> QuerySet[LibraryDocument]:
    return document_list(viewer=ANONYMOUS).order_by("-updated_at", "pk")


class DocumentFilter(SearchFilterMixin, BaseFilterForm):
    """Words as on the portal, and the language of the text."""

    text_language = forms.ChoiceField(
        label=_("Language of the text"),
        required=False,
        choices=lambda: [("", gettext("All languages")), *language_choices()],
        widget=forms.Select(attrs={"data-chooser-modal-search-filter": True}),
    )

    def filter(self, objects: QuerySet[LibraryDocument]) -> QuerySet[LibraryDocument]:
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        found = of_words(objects, self.search_query)
        language = self.cleaned_data["text_language"]
        return found.filter(_written_in(language)) if language else found


def _written_in(language: str) -> Exists:
    return Exists(TextLanguage.objects.filter(document=OuterRef("pk"), code=language))


class _ListMixin:
    """What the list of the chooser holds: first what can be read in the language of the edited page."""

    request: HttpRequest
    filter_form_class = DocumentFilter

    def get_object_list(self) -> QuerySet[LibraryDocument]:
        rows = public_documents().annotate(is_of_page=_written_in(edited_language(self.request)))
        return rows.order_by("-is_of_page", "-updated_at", "pk").prefetch_related("text_languages")

    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column,  # type: ignore[attr-defined]
            Column("languages", label=_("Language"), accessor=lambda row: ", ".join(row.language_names)),
            Column("kind_label", label=_("Type")),
            Column("year", label=_("Year")),
        ]


class ChooseView(_ListMixin, chooser.ChooseView):
    pass


class ChooseResultsView(_ListMixin, chooser.ChooseResultsView):
    pass


class ChosenView(chooser.ChosenView):
    def get_object(self, pk: Any) -> LibraryDocument:
        return public_documents().get(pk=pk)


class ChosenMultipleView(chooser.ChosenMultipleView):
    def get_objects(self, pks: Collection[Any]) -> QuerySet[LibraryDocument]:
        return public_documents().filter(pk__in=pks)


class DocumentChooser(BaseChooser):
    """Shows the title of a public document only, whatever key it is given."""

    def get_instance(self, value: Any) -> LibraryDocument | None:
        key = value.pk if isinstance(value, LibraryDocument) else value
        return public_documents().filter(pk=key).first() if key else None


class LibraryChooserViewSet(ChooserViewSet):
    model = LibraryDocument
    icon = "doc-full"
    choose_one_text = _("Choose a document")
    choose_another_text = _("Choose another document")
    edit_item_text = _("Edit this document")
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    base_widget_class = DocumentChooser
    register_widget = False


library_chooser = LibraryChooserViewSet("library_chooser", url_prefix="library/chooser")
LibraryDocumentChooserBlock = library_chooser.get_block_class(
    name="LibraryDocumentChooserBlock", module_path="cms.library.chooser"
)
