"""Choosing institutions of the inventory for a page. Pages show listed ones only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from registry.access import ANONYMOUS
from registry.models import Institution
from registry.selectors.institution import institution_listed, with_area


def listed_institutions(words: str = "") -> QuerySet[Institution]:
    return with_area(institution_listed(viewer=ANONYMOUS, words=words))


class WordsForm(SearchFilterMixin, BaseFilterForm):
    """Words in names, acronyms and summaries of both languages."""

    def filter(self, objects: QuerySet[Institution]) -> QuerySet[Institution]:
        words = self.cleaned_data.get("q", "")
        self.is_searching, self.search_query = bool(words), words
        return listed_institutions(words) if words else objects


class _ListMixin:
    """What the list of the chooser holds."""

    filter_form_class = WordsForm

    def get_object_list(self) -> QuerySet[Institution]:
        return listed_institutions()

    @property
    def columns(self) -> list[Column]:
        area = Column(
            "area", label=_("Reference area"), accessor=lambda row: row.area.name if row.area else ""
        )
        category = Column("category", label=_("Category"), accessor="get_category_display")
        return [self.title_column, category, area]  # type: ignore[attr-defined]


class ChooseView(_ListMixin, chooser.ChooseView):
    pass


class ChooseResultsView(_ListMixin, chooser.ChooseResultsView):
    pass


class ChosenView(chooser.ChosenView):
    def get_object(self, pk: Any) -> Institution:
        return listed_institutions().get(pk=pk)


class ChosenMultipleView(chooser.ChosenMultipleView):
    def get_objects(self, pks: Collection[Any]) -> QuerySet[Institution]:
        return listed_institutions().filter(pk__in=pks)


class InstitutionChooser(BaseChooser):
    """Names a listed institution only, whatever key it is given."""

    def get_instance(self, value: Any) -> Institution | None:
        key = value.pk if isinstance(value, Institution) else value
        return listed_institutions().filter(pk=key).first() if key else None


class InstitutionChooserViewSet(ChooserViewSet):
    model = Institution
    icon = "home"
    choose_one_text = _("Choose an institution")
    choose_another_text = _("Choose another institution")
    edit_item_text = _("Edit this institution")
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    base_widget_class = InstitutionChooser
    register_widget = False


institution_chooser = InstitutionChooserViewSet("institution_chooser", url_prefix="institutions/chooser")
