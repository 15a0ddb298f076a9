"""The inventory of institutions in the admin: all of it for the secretariat, a participant's own bodies for
its people (M1–M11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.admin.widgets.button import HeaderButton

from registry.access import Viewer
from registry.admin.base import DataMixin, attempt
from registry.admin.menu import DataMenuItem
from registry.admin.service_form import ServiceFormView
from registry.languages import columns as columns_of
from registry.languages import current_language
from registry.models import Institution, InstitutionCategory
from registry.selectors.code import countries
from registry.selectors.institution import institution_choices, institution_kept, institution_list
from registry.selectors.participant import participant_list
from registry.services.institution import institution_change, institution_create, institution_delete
from registry.words import stems


class InstitutionForm(forms.ModelForm[Institution]):
    """Only cleans and shows: the service writes. ``participant`` is asked for in the secretariat alone."""

    parent = forms.ModelChoiceField[Institution](
        queryset=None,  # set for the viewer
        to_field_name="code",
        required=False,
        widget=forms.TextInput,
        label=pgettext_lazy("institution", "Part of"),
        help_text=gettext_lazy(
            "The code of the body it belongs to, as it stands in the address of its entry."
        ),
        error_messages={"invalid_choice": gettext_lazy("There is no entry with this code.")},
    )

    class Meta:
        model = Institution
        fields = (
            "code",
            "kind",
            "category",
            *columns_of("name"),
            *columns_of("acronym"),
            "area",
            *columns_of("location"),
            *columns_of("summary"),
            "url",
            "email",
            "phone",
            "contact_url",
            "parent",
            "participant",
            *columns_of("source"),
            "source_url",
            "checked_on",
            "is_listed",
        )
        widgets = {
            **{
                name: AdminAutoHeightTextInput(attrs={"rows": 3, "lang": name[-2:]})
                for name in columns_of("summary")
            },
            "checked_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        }

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["area"].queryset = countries(viewer=viewer)
        fields["area"].label_from_instance = lambda area: str(area.name)
        fields["area"].empty_label = _("of no single country")
        fields["parent"].queryset = institution_list(viewer=viewer)
        if viewer.participant is None:
            fields["participant"].queryset = participant_list(viewer=viewer)
        else:
            del fields["participant"]
        if self.instance.pk:
            del fields["code"]  # it is an address
            self.initial["parent"] = self.instance.parent.code if self.instance.parent else ""

    def _post_clean(self) -> None:
        """Nothing is written into the entry shown; its rules are the service's."""


class InstitutionFilterSet(WagtailFilterSet):
    category = django_filters.ChoiceFilter(
        label=gettext_lazy("Category"), choices=InstitutionCategory.choices
    )
    area = django_filters.ChoiceFilter(
        field_name="area__code", label=gettext_lazy("Reference area"), null_value="none"
    )
    is_listed = django_filters.BooleanFilter(label=gettext_lazy("Listed"))

    class Meta:
        model = Institution
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = institution_choices(viewer=self.request.viewer)
        self.filters["area"].extra["choices"] = list(found.areas.items())
        self.filters["area"].extra["null_label"] = _("of no single country")


class InstitutionMixin(DataMixin):
    """Pages of those who keep the inventory or a part of it; others read it on the portal."""

    header_icon = "home"
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.viewer.keeps_institutions:
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def back(self) -> str:
        return reverse("data:institutions")

    @cached_property
    def institution(self) -> Institution:
        kept = institution_kept(viewer=self.viewer).select_related("parent", "participant")
        return get_object_or_404(kept, pk=self.kwargs["pk"])


class InstitutionListView(InstitutionMixin, BaseListingView):
    """The list. Constant number of queries."""

    page_title = gettext_lazy("Institutions")
    model = Institution
    paginate_by = 50
    is_searchable = True
    index_url_name = "data:institutions"
    index_results_url_name = "data:institutions_results"
    filterset_class = InstitutionFilterSet

    @property
    def default_ordering(self) -> str:
        return f"name_{current_language()}"

    @cached_property
    def columns(self) -> list[Column]:
        name = self.default_ordering
        return [
            TitleColumn(
                name,
                label=_("Institution"),
                accessor=str,
                width="45%",
                get_url=lambda row: reverse("data:institution-change", args=[row.pk]),
                sort_key=name,
            ),
            Column("category", label=_("Category"), accessor="get_category_display", sort_key="category"),
            Column("area", label=_("Reference area"), accessor=lambda row: row.area.name if row.area else ""),
            BooleanColumn("is_listed", label=_("Listed")),
            DateColumn("checked_on", label=_("Checked on"), sort_key="checked_on"),
        ]

    def get_base_queryset(self) -> QuerySet[Institution]:
        return institution_kept(viewer=self.viewer).select_related("area")

    def search_queryset(self, queryset: QuerySet[Institution]) -> QuerySet[Institution]:
        for stem in stems(self.search_query or ""):
            queryset = queryset.filter(folded__contains=stem)
        return queryset

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Add an institution"), reverse("data:institution-add"), icon_name="plus")]


class InstitutionAddView(InstitutionMixin, ServiceFormView):
    page_title = gettext_lazy("Add an institution")
    form_class = InstitutionForm

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:institutions"), "label": _("Institutions")}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "viewer": self.viewer}

    def act(self, form: Any) -> object:
        given = dict(form.cleaned_data)
        own = self.actor.participant
        if own is not None:
            given["participant"] = own
        return institution_create(actor=self.actor, **given)


class InstitutionChangeView(InstitutionAddView):
    template_name = "registry/admin/institution_form.html"

    def get_page_title(self) -> str:
        return str(self.institution.name)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.institution}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(institution=self.institution, **kwargs)

    def act(self, form: Any) -> object:
        return institution_change(institution=self.institution, actor=self.actor, **form.cleaned_data)


class InstitutionDeleteView(InstitutionMixin, TemplateView):
    """Asks once more, then deletes."""

    page_title = gettext_lazy("Delete")
    template_name = "registry/admin/institution_delete.html"

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:institutions"), "label": _("Institutions")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(institution=self.institution, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with attempt(request, _("Deleted.")) as act:
            institution_delete(institution=self.institution, actor=self.actor)
        return redirect(self.back() if act.succeeded else reverse("data:institution-change", args=[pk]))


urlpatterns = [
    path("institutions/", InstitutionListView.as_view(), name="institutions"),
    path(
        "institutions/results/", InstitutionListView.as_view(results_only=True), name="institutions_results"
    ),
    path("institutions/add/", InstitutionAddView.as_view(), name="institution-add"),
    path("institutions/<int:pk>/", InstitutionChangeView.as_view(), name="institution-change"),
    path("institutions/<int:pk>/delete/", InstitutionDeleteView.as_view(), name="institution-delete"),
]
MENU = [
    DataMenuItem(
        gettext_lazy("Institutions"),
        "institutions",
        icon="home",
        order=620,
        shown=lambda viewer: viewer.keeps_institutions,
    )
]
