"""Wagtail's lists of pages, with the language and the participant of each and filters by both."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Left
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from django_filters.filters import ModelMultipleChoiceFilter, MultipleChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, LocaleColumn
from wagtail.admin.ui.tables.pages import NavigateToChildrenColumn
from wagtail.admin.views.pages.listing import (
    ExplorableIndexView,
    GenericPageFilterSet,
    PageListingMixin,
)
from wagtail.admin.views.pages.search import SearchView
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Locale, Page

from cms.country.permissions import closed_paths
from cms.explorer.buttons import with_translations
from cms.models import CountryPage
from cms.models.visibility import COUNTRY_PATH
from cms.selectors.country import parts_of

#: In place of the code of a participant: the pages that belong to none.
PORTAL = "-"


class ParticipantColumn(Column):
    """Whose page it is; empty for those of the portal. `with_participants` reads it for all rows at once."""

    def get_value(self, instance: Page) -> str:
        return str(getattr(instance, "of_participant", ""))


def with_participants(pages: Iterable[Page]) -> None:
    """Note on every page of a list whose it is. One query, none where no page belongs to a country."""
    listed = list(pages)
    parts = parts_of([page.path for page in listed])
    for page in listed:
        part = parts.get(page.path)
        page.of_participant = part.participant.name if part else ""


def _with_ours(columns: list[BaseColumn]) -> list[BaseColumn]:
    """Wagtail's columns and, before the date, the language and the participant.

    Only the titles have a width: those that Wagtail gives the others would leave too little to them.
    """
    columns = [copy(column) for column in columns]
    for column in columns:
        column.width = "36%" if column.name == "title" else None
    at = next(place for place, column in enumerate(columns) if column.name == "latest_revision_created_at")
    ours = [
        LocaleColumn(label=_("Language"), sort_key=None, classname=None),
        ParticipantColumn("participant", label=_("Participant")),
    ]
    return [*columns[:at], *ours, *columns[at:]]


COLUMNS = _with_ours(PageListingMixin.base_columns)


def participant_choices(user: Any) -> list[tuple[str, str]]:
    """The participants whose pages a person may know of in the admin, and the portal's own. One query."""
    pages = CountryPage.objects.exclude(path__in=closed_paths(user)).select_related("part__participant")
    found = {page.part.participant for page in pages.defer_streamfields()}
    ordered = sorted(found, key=lambda one: (one.order, one.code))
    return [(PORTAL, str(_("Pages of the portal"))), *((one.code, str(one.name)) for one in ordered)]


def of_participants(pages: Any, codes: Iterable[str]) -> Any:
    """Those of the pages that belong to one of the participants; Wagtail can search through them."""
    wanted = set(codes)
    inside = Page.objects.alias(country_path=Left("path", COUNTRY_PATH)).order_by()
    roots = CountryPage.objects.order_by()
    of_countries = inside.filter(
        country_path__in=roots.filter(part__participant__code__in=wanted).values("path")
    )
    condition = Q(pk__in=of_countries.values("pk"))
    if PORTAL in wanted:
        condition |= ~Q(pk__in=inside.filter(country_path__in=roots.values("path")).values("pk"))
    return pages.filter(condition)


class _Locale(ModelMultipleChoiceFilter):
    def __init__(self) -> None:
        super().__init__(label=_("Language"), queryset=Locale.objects.all(), widget=CheckboxSelectMultiple)


class _Participant(MultipleChoiceFilter):
    def __init__(self) -> None:
        super().__init__(label=_("Participant"), choices=(), widget=CheckboxSelectMultiple)

    def filter(self, qs: Any, value: list[str]) -> Any:
        return of_participants(qs, value) if value else qs


class _OursMixin(WagtailFilterSet):
    """Offers the participants whose pages the person may know of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None:
            self.filters["participant"].extra["choices"] = participant_choices(self.request.user)


class PortalFilterSet(_OursMixin, GenericPageFilterSet):
    locale = _Locale()
    participant = _Participant()


class PortalSearchFilterSet(_OursMixin, WagtailFilterSet):
    """For the search, which has a choice of types of its own."""

    locale = _Locale()
    participant = _Participant()

    class Meta:
        model = Page
        fields: list[str] = []


class _Listing:
    """The language has a column in every list, so the title needs no label of it."""

    show_locale_labels = False
    verbose_name = Page._meta.verbose_name
    verbose_name_plural = Page._meta.verbose_name_plural

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        with_participants(context["object_list"])
        with_translations(context["object_list"])
        return context


class PortalIndexView(_Listing, ExplorableIndexView):
    base_columns = COLUMNS


class PortalTypeView(_Listing, ContentTypeUseView):
    base_columns = COLUMNS


class PortalSearchView(_Listing, SearchView):
    columns = [
        *(column for column in COLUMNS if column.name != "parent"),
        NavigateToChildrenColumn("navigate"),
    ]
    filterset_class = PortalSearchFilterSet

    def annotate_queryset(self, pages: Any) -> Any:
        """Wagtail's search knows no filters: what it looks through is narrowed, and what it counts."""
        self.all_pages: Any = self.filter_queryset(self.all_pages)
        narrowed: QuerySet[Page] = self.filter_queryset(pages)
        return super().annotate_queryset(narrowed)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page above stands beside the title, as in the explorer, and takes no column."""
        context = super().get_context_data(**kwargs)
        Page.objects.annotate_parent_page(context["object_list"])
        for page in context["object_list"]:
            page.annotated_parent_page = page._parent_page
        return context


class PortalPageViewSet(PageViewSet):
    model = Page
    filterset_class = PortalFilterSet
    index_view_class = PortalIndexView
    content_type_use_view_class = PortalTypeView
    search_view_class = PortalSearchView


page_viewset = PortalPageViewSet()
