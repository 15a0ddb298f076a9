"""The chapters of the e-library and their sections in the admin, kept by the secretariat."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from cms.authority import may_keep_documents
from cms.library.admin import AskedOnce
from cms.models import LibraryTopic
from cms.selectors.documents import topics_kept
from cms.services.topics import (
    TEXTS,
    place_check,
    topic_change,
    topic_create,
    topic_delete,
    topic_move,
    why_kept,
)
from registry.errors import Invalid, RegistryError
from registry.languages import columns, current_language, texts
from registry.models import User
from registry.selectors.viewer import viewer_for


class TopicPolicy(BasePermissionPolicy):
    """Wagtail's questions, answered by `cms.authority` alone."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return isinstance(user, User) and may_keep_documents(user, None)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action)

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet[LibraryTopic]:
        rows = LibraryTopic.objects.all()
        return rows if self.user_has_permission(user, "change") else rows.none()

    def users_with_any_permission(self, actions: Any) -> QuerySet[User]:
        return User.objects.none()  # asked only where Wagtail notifies people, which it does not here


class TopicForm(WagtailAdminModelForm):
    """It checks; the services write."""

    instance: LibraryTopic

    class Meta:
        model = LibraryTopic
        fields = ("parent", "code", *TEXTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chapters = LibraryTopic.objects.visible_to(viewer_for(self.for_user)).filter(parent=None)
        parent = self.fields["parent"]
        parent.queryset = chapters.exclude(pk=self.instance.pk)
        parent.label = _("Stands below")
        parent.empty_label = _("— it is a chapter itself —")
        if self.instance.pk:
            del self.fields["code"]  # it is an address
        else:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("Part of the address. Empty: made from the English name.")

    def clean_parent(self) -> LibraryTopic | None:
        parent: LibraryTopic | None = self.cleaned_data["parent"]
        try:
            place_check(self.instance if self.instance.pk else None, parent)
        except Invalid as refusal:
            raise ValidationError(str(refusal)) from refusal
        return parent

    def save(self, commit: bool = True) -> LibraryTopic:
        if self.instance.pk is None:
            return topic_create(actor=self.for_user, **self.cleaned_data)
        return topic_change(topic=self.instance, actor=self.for_user, **self.cleaned_data)


class NameColumn(TitleColumn):
    """Sections stand under their chapter."""

    def get_value(self, instance: LibraryTopic) -> str:
        return f"— {instance.name}" if instance.parent_id else str(instance.name)


def _other_names(topic: LibraryTopic) -> str:
    return ", ".join(text for code, text in texts(topic, "name").items() if code != current_language())


class MoveColumn(Column):
    cell_template_name = "cms/documents/topic_move.html"

    def get_cell_context_data(self, instance: LibraryTopic, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        # Cells are not given the request, and a form needs its token.
        return {**context, "csrf_token": get_token(parent_context["request"])}


class IndexView(AskedOnce, generic.IndexView):
    """The whole tree on one page, as readers see it. Constant number of queries."""

    def get_base_queryset(self) -> QuerySet[LibraryTopic]:
        assert isinstance(self.request.user, User)
        return topics_kept(viewer=viewer_for(self.request.user))

    def order_queryset(self, queryset: QuerySet[LibraryTopic]) -> QuerySet[LibraryTopic]:
        return queryset

    def _get_title_column(self, field_name: str, column_class: Any = NameColumn, **kwargs: Any) -> Column:
        column: Column = super()._get_title_column(field_name, column_class, **kwargs)
        return column


class CreateView(generic.CreateView):
    def save_instance(self) -> Model:
        return _saved(self.form)


class EditView(generic.EditView):
    def save_instance(self) -> Model:
        return _saved(self.form)


class DeleteView(generic.DeleteView):
    template_name = "cms/documents/topic_delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "why_kept": why_kept(self.object)}

    def form_valid(self, form: Any) -> HttpResponse:
        assert isinstance(self.request.user, User)
        try:
            topic_delete(topic=self.object, actor=self.request.user)
        except Invalid as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, self.get_success_message())
        return redirect("library_topics:index")


def _saved(form: TopicForm) -> Model:
    try:
        return form.save()
    except RegistryError as refusal:
        raise PermissionDenied(str(refusal)) from refusal


@require_POST
def move(request: HttpRequest, pk: int, direction: str) -> HttpResponse:
    """One place up or down."""
    user = request.user
    if not (isinstance(user, User) and may_keep_documents(user, None)):
        raise PermissionDenied
    topic = get_object_or_404(LibraryTopic.objects.visible_to(viewer_for(user)), pk=pk)
    topic_move(topic=topic, actor=user, up=direction == "up")
    return redirect(f"{reverse('library_topics:index')}#topic-{topic.code}")


class TopicViewSet(ModelViewSet):
    """The menu entry "Chapters and sections". Its history is the audit trail, so Wagtail's is left out."""

    model = LibraryTopic
    name = "library_topics"
    url_prefix = "library-topics"
    menu_label = gettext_lazy("Chapters and sections")
    icon = "list-ul"
    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    sort_order_field = None
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    list_per_page = 500
    list_filter = ()
    search_fields = ()
    list_export = ()
    list_display = (
        "__str__",
        Column("other_names", label=gettext_lazy("In the other language"), accessor=_other_names),
        Column("document_count", label=gettext_lazy("Documents that you see"), accessor="document_count"),
        MoveColumn("move", label=gettext_lazy("Order")),
    )
    edit_handler = ObjectList(
        [
            FieldPanel("parent"),
            MultiFieldPanel(
                [FieldPanel(name) for name in columns("name")], heading=pgettext_lazy("of a thing", "Name")
            ),
            MultiFieldPanel(
                [FieldPanel(name) for name in columns("description")],
                heading=gettext_lazy("Description"),
                help_text=gettext_lazy("What stands here, in a sentence; readers see it under the name."),
            ),
            FieldPanel("code"),
        ],
        base_form_class=TopicForm,
    )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_common_view_kwargs(**kwargs)
        return {**given, "history_url_name": None, "usage_url_name": None}

    def get_urlpatterns(self) -> list[URLPattern]:
        left_out = {"history", "history_results", "usage"}
        kept = [pattern for pattern in super().get_urlpatterns() if pattern.name not in left_out]
        return [
            *kept,
            path("move/<int:pk>/up/", move, {"direction": "up"}, name="up"),
            path("move/<int:pk>/down/", move, {"direction": "down"}, name="down"),
        ]


register_permission_policy(LibraryTopic, TopicPolicy(LibraryTopic))
topic_viewset = TopicViewSet()
