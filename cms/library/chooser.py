"""Choosing a document of the library for a page. Pages link public documents only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from cms.models import LibraryDocument
from cms.selectors.documents import document_list
from registry.access import ANONYMOUS


def public_documents(words: str = "") -> QuerySet[LibraryDocument]:
    return document_list(viewer=ANONYMOUS, words=words).order_by("-updated_at", "pk")


class _ListMixin:
    """What the list of the chooser holds; searched by words as on the portal."""

    def get_object_list(self) -> QuerySet[LibraryDocument]:
        return public_documents()

    def filter_object_list(self, objects: QuerySet[LibraryDocument]) -> QuerySet[LibraryDocument]:
        form: Any = self.filter_form  # type: ignore[attr-defined]
        words = form.cleaned_data.get("q", "") if form.is_valid() else ""
        return public_documents(words) if words else objects

    @property
    def columns(self) -> list[Column]:
        return [self.title_column, Column("kind_label", label=_("Type")), Column("year", label=_("Year"))]  # type: ignore[attr-defined]


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
