"""The glossary in the admin: kept by the secretariat's content managers (D063–D065)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn, UpdatedAtColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.admin.widgets.button import HeaderButton

from registry import authority
from registry.admin.base import DataMixin, attempt
from registry.admin.service_form import ServiceFormView
from registry.languages import columns as columns_of
from registry.languages import current_language
from registry.models import Term, User
from registry.selectors.glossary import term_list, terms_by_name
from registry.services.term import term_change, term_create, term_delete


def _text(language: str, rows: int) -> AdminAutoHeightTextInput:
    return AdminAutoHeightTextInput(attrs={"rows": rows, "lang": language})


class TermForm(forms.ModelForm[Term]):
    class Meta:
        model = Term
        fields = (
            "code",
            "topic",
            *columns_of("name"),
            *columns_of("definition"),
            *columns_of("other_forms"),
            *columns_of("source"),
            "related",
            "is_marked",
        )
        widgets = {
            **{name: _text(name[-2:], 3) for name in columns_of("definition")},
            **{name: _text(name[-2:], 2) for name in columns_of("other_forms")},
            "related": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [term for term in terms_by_name(Term.objects.all()) if term.pk != self.instance.pk]
        self.fields["related"].choices = [(term.pk, str(term)) for term in others]  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["code"]  # it is an address


class TermMixin(DataMixin):
    """Pages of the glossary's keepers; others are refused, for they read it on the portal."""

    header_icon = "openquote"
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not authority.may_keep_glossary(self.actor):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def back(self) -> str:
        return reverse("data:terms")

    @cached_property
    def term(self) -> Term:
        return get_object_or_404(term_list(viewer=self.viewer), pk=self.kwargs["pk"])


class TermListView(TermMixin, BaseListingView):
    """The list. Constant number of queries."""

    page_title = gettext_lazy("Glossary")
    model = Term
    paginate_by = 50
    is_searchable = True
    search_fields = (*columns_of("name"), *columns_of("other_forms"), "code")
    search_backend_name = None
    index_url_name = "data:terms"

    @property
    def default_ordering(self) -> str:
        return f"name_{current_language()}"

    @cached_property
    def columns(self) -> list[Column]:
        language = current_language()
        names = [name for name in columns_of("name") if name != f"name_{language}"]
        return [
            TitleColumn(
                f"name_{language}",
                label=_("Term"),
                accessor="name",
                get_url=lambda row: reverse("data:term-change", args=[row.pk]),
                sort_key=f"name_{language}",
            ),
            *(Column(name, label=_("In the other language"), sort_key=name) for name in names),
            Column("topic", label=_("Topic"), accessor="get_topic_display", sort_key="topic"),
            BooleanColumn("is_marked", label=_("Marked in texts")),
            UpdatedAtColumn(),
        ]

    def get_base_queryset(self) -> QuerySet[Term]:
        return term_list(viewer=self.viewer)

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(_("Add a term"), reverse("data:term-add"), icon_name="plus")]


class TermAddView(TermMixin, ServiceFormView):
    page_title = gettext_lazy("Add a term")
    form_class = TermForm

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:terms"), "label": _("Glossary")}]

    def act(self, form: Any) -> object:
        return term_create(actor=self.actor, **form.cleaned_data)


class TermChangeView(TermAddView):
    template_name = "registry/admin/term_form.html"

    def get_page_title(self) -> str:
        return str(self.term.name)

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: the form writes what was typed into its instance, valid or not.
        return {**super().get_form_kwargs(), "instance": Term.objects.get(pk=self.term.pk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(term=self.term, **kwargs)

    def act(self, form: Any) -> object:
        return term_change(term=self.term, actor=self.actor, **form.cleaned_data)


class TermDeleteView(TermMixin, TemplateView):
    """Asks once more, then deletes."""

    page_title = gettext_lazy("Delete")
    template_name = "registry/admin/term_delete.html"

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:terms"), "label": _("Glossary")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(term=self.term, **kwargs)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with attempt(request, _("Deleted.")):
            term_delete(term=self.term, actor=self.actor)
        return redirect(self.back())


class GlossaryMenuItem(MenuItem):
    """In the main menu, because the glossary is no State's own data."""

    def is_shown(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and authority.may_keep_glossary(request.user)


urlpatterns = [
    path("glossary/", TermListView.as_view(), name="terms"),
    path("glossary/add/", TermAddView.as_view(), name="term-add"),
    path("glossary/<int:pk>/", TermChangeView.as_view(), name="term-change"),
    path("glossary/<int:pk>/delete/", TermDeleteView.as_view(), name="term-delete"),
]
MENU: list[MenuItem] = []
