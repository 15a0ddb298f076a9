"""Participants, kept by the secretariat, and the appointment of their first administrator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from registry.admin.base import DataMixin
from registry.admin.menu import DataMenuItem
from registry.admin.person_forms import NewPersonForm
from registry.admin.service_form import ServiceFormView
from registry.languages import columns
from registry.models import Code, Participant
from registry.models.base import validate_identifier
from registry.services.participant import CHANGEABLE, participant_change, participant_create
from registry.services.person import administrator_appoint, has_administrator

AREAS = "CL_AREA"


class ParticipantForm(forms.ModelForm):  # type: ignore[type-arg]
    """Only cleans and shows: the service writes. The code stands apart, since it never changes."""

    class Meta:
        model = Participant
        fields = (*columns("name"), "kind", "area", "is_observer", "release_authority", "order", "is_active")

    def __init__(self, *args: Any, viewer: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = Code.objects.visible_to(viewer).filter(codelist__code=AREAS).order_by("order", "code")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Nothing is written into the participant shown; its rules are the service's."""


class NewParticipantForm(ParticipantForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        validators=[validate_identifier],
        help_text=gettext_lazy("ISO 3166 alpha-3 for a State. It never changes."),
    )
    field_order = ("code",)


class SecretariatMixin(DataMixin):
    """For the secretariat alone; to everybody else the page does not exist."""

    header_icon = "globe"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.viewer.administers_system:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("data:participants"), "label": _("Participants")}]

    def participants(self) -> QuerySet[Participant]:
        return Participant.objects.visible_to(self.viewer).select_related("area")

    def back(self) -> str:
        return reverse("data:participants")


class ParticipantListView(SecretariatMixin, BaseListingView):
    page_title = gettext_lazy("Participants")
    model = Participant
    paginate_by = 50
    is_searchable = True
    search_fields = ("code", *columns("name"))
    search_backend_name = None
    index_url_name = "data:participants"
    index_results_url_name = "data:participants_results"
    columns = (
        TitleColumn(
            "name",
            label=pgettext_lazy("of a thing", "Name"),
            get_url=lambda row: reverse("data:participant", args=[row.code]),
        ),
        Column("code", label=gettext_lazy("Code")),
        Column("kind", label=gettext_lazy("Kind"), accessor="get_kind_display"),
        BooleanColumn("is_observer", label=gettext_lazy("Observer")),
        Column(
            "authority",
            label=gettext_lazy("Figures are released by"),
            accessor="get_release_authority_display",
        ),
        BooleanColumn("is_active", label=pgettext_lazy("participant", "Active")),
    )

    def trail(self) -> list[dict[str, Any]]:
        return []

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("data:participant_add")
        return [HeaderButton(_("Add a participant"), url=url, icon_name="plus", classname="button")]

    def get_base_queryset(self) -> QuerySet[Participant]:
        return self.participants().order_by("order", "code")


class ParticipantAddView(SecretariatMixin, ServiceFormView):
    page_title = gettext_lazy("Add a participant")
    form_class = NewParticipantForm
    submit_label = gettext_lazy("Add")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "viewer": self.viewer}

    def get_initial(self) -> dict[str, Any]:
        return {"is_active": True}

    def act(self, form: Any) -> object:
        return participant_create(actor=self.actor, **form.cleaned_data)


class OneParticipantMixin(SecretariatMixin):
    kwargs: dict[str, Any]

    @cached_property
    def participant(self) -> Participant:
        return get_object_or_404(self.participants(), code=self.kwargs["code"])


class ParticipantView(OneParticipantMixin, ServiceFormView):
    template_name = "registry/admin/participant.html"
    form_class = ParticipantForm

    def get_page_title(self) -> str:
        return str(self.participant.name)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "viewer": self.viewer}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.participant, name) for name in CHANGEABLE}

    def act(self, form: Any) -> object:
        return participant_change(participant=self.participant, actor=self.actor, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has_one = has_administrator(self.participant)
        return super().get_context_data(participant=self.participant, has_administrator=has_one, **kwargs)


class AppointView(OneParticipantMixin, ServiceFormView):
    """The first Country Administrator; the service refuses it while there is one."""

    page_title = gettext_lazy("Appoint an administrator")
    form_class = NewPersonForm
    done = gettext_lazy(
        "The administrator was appointed and gets an e-mail with a link to choose the password."
    )
    submit_label = gettext_lazy("Appoint")

    def trail(self) -> list[dict[str, Any]]:
        return [*super().trail(), {"url": self.back(), "label": str(self.participant.name)}]

    def back(self) -> str:
        return reverse("data:participant", args=[self.participant.code])

    def act(self, form: Any) -> object:
        return administrator_appoint(actor=self.actor, participant=self.participant, **form.cleaned_data)


urlpatterns = [
    path("participants/", ParticipantListView.as_view(), name="participants"),
    path(
        "participants/-/results/", ParticipantListView.as_view(results_only=True), name="participants_results"
    ),
    path("participants/add/", ParticipantAddView.as_view(), name="participant_add"),
    path("participants/<str:code>/", ParticipantView.as_view(), name="participant"),
    path("participants/<str:code>/administrator/", AppointView.as_view(), name="administrator_appoint"),
]
MENU = [
    DataMenuItem(
        gettext_lazy("Participants"),
        "participants",
        icon="globe",
        order=590,
        shown=lambda viewer: viewer.administers_system,
    )
]
