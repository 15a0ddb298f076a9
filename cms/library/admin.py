"""The e-library in the admin: everybody finds there the documents they keep, and no others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters.filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from cms.authority import may_keep_documents
from cms.library.forms import SLOTS, DocumentForm
from cms.library.lacks import lack_labels
from cms.library.views import handed_out
from cms.models import LibraryDocument
from cms.selectors.documents import kept_documents, of_words
from cms.selectors.work import lacking
from cms.services.documents import document_delete
from registry.errors import NotAllowed, RegistryError
from registry.languages import columns
from registry.models import User


class LibraryPolicy(BasePermissionPolicy):
    """Wagtail's questions, answered by `cms.authority` alone."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return isinstance(user, User) and may_keep_documents(user, user.participant)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return isinstance(user, User) and may_keep_documents(user, instance.participant)

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[LibraryDocument]:
        return kept_documents(actor=user)

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return User.objects.none()  # asked only where Wagtail notifies people, which it does not here


class KeptMixin:
    """Documents that somebody else keeps are as good as absent."""

    request: HttpRequest

    def get_queryset(self) -> QuerySet[LibraryDocument]:
        assert isinstance(self.request.user, User)
        return kept_documents(actor=self.request.user)


class DocumentFilterSet(WagtailFilterSet):
    """By what a document is, and by what it lacks."""

    lacks = ChoiceFilter(
        label=_("What is missing"), choices=lambda: list(lack_labels().items()), method="lacking_what"
    )

    class Meta:
        model = LibraryDocument
        fields = ["kind", "audience", "year", "topics"]

    def lacking_what(
        self, rows: QuerySet[LibraryDocument], name: str, value: str
    ) -> QuerySet[LibraryDocument]:
        return lacking(rows, value)


class AskedOnce:
    """A list whose rows are all kept by the same people asks once for their rights, not for each button."""

    permission_policy: Any
    request: HttpRequest

    @cached_property
    def _may_keep(self) -> bool:
        return bool(self.permission_policy.user_has_permission(self.request.user, "change"))

    def user_has_permission(self, permission: str) -> bool:
        return self._may_keep

    def user_has_permission_for_instance(self, permission: str, instance: models.Model) -> bool:
        return self._may_keep


class IndexView(AskedOnce, KeptMixin, generic.IndexView):
    def get_base_queryset(self) -> QuerySet[LibraryDocument]:
        return KeptMixin.get_queryset(self).annotate(file_count=models.Count("files"))

    def get_queryset(self) -> QuerySet[LibraryDocument]:
        rows: QuerySet[LibraryDocument] = generic.IndexView.get_queryset(self)
        return rows

    def search_queryset(self, queryset: QuerySet[LibraryDocument]) -> QuerySet[LibraryDocument]:
        return of_words(queryset, self.search_query or "")


class ToldMixin:
    """What the services refuse is told above the form, with all that was filled in."""

    def form_valid(self, form: DocumentForm) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc,no-any-return]
        except RegistryError as error:
            form.add_error(None, str(error))
        except ValidationError as error:
            form.add_error(None, error.messages)
        self.produced_error_code = "validation_error"
        self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
        return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]


class CreateView(ToldMixin, generic.CreateView):
    def save_instance(self) -> LibraryDocument:
        return _saved(self.form)


class EditView(ToldMixin, KeptMixin, generic.EditView):
    def save_instance(self) -> LibraryDocument:
        return _saved(self.form)


class DeleteView(KeptMixin, generic.DeleteView):
    def delete_action(self) -> None:
        assert isinstance(self.request.user, User)
        document_delete(document=self.object, actor=self.request.user)


def _saved(form: DocumentForm) -> LibraryDocument:
    try:
        return form.save()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal


def kept_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """A file of a document one keeps, also while nobody else may read it."""
    assert isinstance(request.user, User)
    document = kept_documents(actor=request.user).filter(files__key=key).first()
    if document is None:
        raise Http404
    return handed_out(request, document.files.get(key=key))


class LibraryViewSet(ModelViewSet):
    """Documents in the menu "E-library". Their history is the audit trail, so Wagtail's is left out."""

    model = LibraryDocument
    name = "library_documents"
    url_prefix = "library"
    menu_label = _("Documents")
    icon = "doc-full-inverse"
    copy_view_enabled = False
    add_to_reference_index = False
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    edit_template_name = "cms/documents/admin_edit.html"
    list_per_page = 50
    filterset_class = DocumentFilterSet
    search_fields = ("folded",)
    search_backend_name = None
    list_display = (
        "__str__",
        Column("kind_label", label=_("Type"), accessor="kind_label"),
        Column("year", label=_("Year"), accessor="year", sort_key="year"),
        Column("audience", label=_("Who may read it"), accessor="get_audience_display"),
        Column("file_count", label=_("Files"), accessor="file_count"),
        Column("updated_at", label=_("Updated at"), accessor="updated_at", sort_key="updated_at"),
    )
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel(name) for name in columns("title")],
                heading=pgettext_lazy("document", "Title"),
                help_text=_("As on the document; in a language it is not written in, translated."),
            ),
            MultiFieldPanel(
                [FieldPanel(name) for name in columns("summary")],
                heading=_("What the document says"),
                help_text=_("One to three sentences in each language, whatever language the text is in."),
            ),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("year"), FieldPanel("audience")]),
            MultiFieldPanel(
                [FieldPanel("topics")],
                heading=_("Topics"),
                help_text=_("The chapters and sections of the library where readers find it; at least one."),
            ),
            MultiFieldPanel(
                [
                    *(FieldPanel(f"file_{slot}") for slot in SLOTS),
                    FieldPanel("other_language"),
                    FieldPanel("removed"),
                ],
                heading=_("Files"),
                help_text=_(
                    "PDF, DOCX, XLSX, PPTX, ODT, HTML, plain text or CSV, without macros and scripts."
                ),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("url"),
                    *(FieldPanel(name) for name in (*columns("place"), *columns("publisher"))),
                ],
                heading=_("Publication"),
                help_text=_("Where the text can be read if there is no file, and who published it."),
            ),
            MultiFieldPanel(
                [FieldPanel("languages")],
                heading=_("Languages of the text"),
                help_text=_("With or without a file here. A file adds its language by itself."),
                classname="collapsed",
            ),
            MultiFieldPanel(
                [FieldPanel("related"), FieldPanel("indicators")],
                heading=_("Related documents and indicators"),
                help_text=_("Shown on the page of the document. Related documents show this one too."),
                classname="collapsed",
            ),
        ],
        base_form_class=DocumentForm,
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        return {**given, "history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self) -> list[URLPattern]:
        left_out = {"history", "history_results", "usage"}
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name not in left_out]
        return [*kept, path("files/<slug:key>/", kept_file, name="file")]


register_permission_policy(LibraryDocument, LibraryPolicy(LibraryDocument))
library_viewset = LibraryViewSet()
