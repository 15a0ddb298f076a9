"""The laws, forms and policies of one's own participant, which documentation tables name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.admin.widgets.button import HeaderButton

from registry import authority
from registry.admin.base import DataMixin, attempt
from registry.admin.menu import DataMenuItem
from registry.errors import RegistryError
from registry.models import LegalReference, Participant
from registry.selectors.legal import legal_list
from registry.selectors.participant import participant_list
from registry.services.legal import legal_change, legal_create, legal_delete


class LegalForm(ModelForm[LegalReference]):
    class Meta:
        model = LegalReference
        fields = (
            "kind",
            "title_en",
            "title_ru",
            "number",
            "adopted_on",
            "url",
            "summary_en",
            "summary_ru",
            "audience",
        )
        widgets = {
            "adopted_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "summary_en": AdminAutoHeightTextInput(attrs={"rows": 2, "lang": "en"}),
            "summary_ru": AdminAutoHeightTextInput(attrs={"rows": 2, "lang": "ru"}),
        }


class LegalMixin(DataMixin):
    """Pages about the documents of the viewer's own participant; 404 without one."""

    header_icon = "doc-full"

    @cached_property
    def participant(self) -> Participant:
        return get_object_or_404(participant_list(viewer=self.viewer), code=self.viewer.participant)

    @cached_property
    def may_keep(self) -> bool:
        return authority.may_keep_legal(self.actor, self.participant)

    def references(self) -> QuerySet[LegalReference]:
        return legal_list(viewer=self.viewer, participant=self.participant.code)


class LegalListView(LegalMixin, BaseListingView):
    """The list. Constant number of queries."""

    page_title = gettext_lazy("Legal documents")
    model = LegalReference
    paginate_by = 50
    is_searchable = True
    search_fields = ("title_en", "title_ru", "number")
    search_backend_name = None
    index_url_name = "data:legal"
    default_ordering = (F("adopted_on").desc(nulls_last=True), "title_en", "pk")
    columns = (
        TitleColumn("title", label=pgettext_lazy("document", "Title"), get_url=lambda row: _address(row)),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        Column("number", label=pgettext_lazy("legal document", "Number")),
        Column("adopted_on", label=gettext_lazy("Adopted on")),
        Column("audience", label=gettext_lazy("Who may read of it"), accessor="get_audience_display"),
    )

    def get_base_queryset(self) -> QuerySet[LegalReference]:
        return self.references()

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_keep:
            return []
        return [HeaderButton(_("Add a legal document"), reverse("data:legal-add"), icon_name="plus")]


def _address(reference: LegalReference) -> str:
    return reverse("data:legal-change", args=[reference.pk])


class LegalPageMixin(LegalMixin):
    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:legal"), "label": _("Legal documents")}]

    @cached_property
    def reference(self) -> LegalReference:
        return get_object_or_404(self.references(), pk=self.kwargs["pk"])


class LegalAddView(LegalPageMixin, FormView[LegalForm]):
    page_title = gettext_lazy("Add a legal document")
    template_name = "registry/admin/legal_form.html"
    form_class = LegalForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_keep:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: LegalForm) -> HttpResponse:
        try:
            self.write(form)
        except (RegistryError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self.render_to_response(self.get_context_data(form=form))
        messages.success(self.request, _("Saved."))
        return redirect("data:legal")

    def write(self, form: LegalForm) -> None:
        legal_create(participant=self.participant, actor=self.actor, **form.cleaned_data)


class LegalChangeView(LegalAddView):
    """The form of an entry; those who do not keep the list read it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not self.may_keep:
            raise PermissionDenied
        return FormView.dispatch(self, request, *args, **kwargs)

    def get_page_title(self) -> str:
        return str(self.reference.title)

    def get_template_names(self) -> list[str]:
        return ["registry/admin/legal_form.html" if self.may_keep else "registry/admin/legal.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: the form writes what was typed into its instance, valid or not.
        instance = LegalReference.objects.visible_to(self.viewer).get(pk=self.reference.pk)
        return {**super().get_form_kwargs(), "instance": instance}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reference=self.reference, **kwargs)

    def write(self, form: LegalForm) -> None:
        legal_change(reference=self.reference, actor=self.actor, **form.cleaned_data)


class LegalDeleteView(LegalPageMixin, TemplateView):
    """Asks once more, then deletes."""

    page_title = gettext_lazy("Delete")
    template_name = "registry/admin/legal_delete.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_keep:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reference=self.reference, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with attempt(request, _("Deleted.")) as act:
            legal_delete(reference=self.reference, actor=self.actor)
        return redirect("data:legal") if act.succeeded else redirect(_address(self.reference))


urlpatterns = [
    path("legal/", LegalListView.as_view(), name="legal"),
    path("legal/add/", LegalAddView.as_view(), name="legal-add"),
    path("legal/<int:pk>/", LegalChangeView.as_view(), name="legal-change"),
    path("legal/<int:pk>/delete/", LegalDeleteView.as_view(), name="legal-delete"),
]
MENU = [DataMenuItem(gettext_lazy("Legal documents"), "legal", icon="doc-full", order=400)]
