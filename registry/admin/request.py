"""Requests for access: what others ask of one's own participant, and what it asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets import AdminAutoHeightTextInput

from registry import authority
from registry.admin.access_form import TermsForm
from registry.admin.base import DataMixin
from registry.admin.menu import CountingMenuItem
from registry.errors import RegistryError
from registry.models import AccessRequest, AccessRequestState, Dataset, Indicator, Participant
from registry.selectors.access import OpenTo, open_to_viewer
from registry.selectors.availability import datasets_documented
from registry.selectors.dataset import dataset_list
from registry.selectors.indicator import indicator_list, indicator_with_dimensions
from registry.selectors.participant import participant_list
from registry.selectors.request import request_list, requests_made, requests_open, requests_received
from registry.services.request import request_create, request_decline, request_grant


class RequestMixin(DataMixin):
    header_icon = "key"

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:requests"), "label": _("Requests for access")}]

    @cached_property
    def may_ask(self) -> bool:
        return authority.may_ask(self.actor)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(may_ask=self.may_ask, **kwargs)
        return context


class RequestListView(RequestMixin, BaseListingView):
    """Received or made. Constant number of queries."""

    page_title = gettext_lazy("Requests for access")
    template_name = "registry/admin/requests.html"
    model = AccessRequest
    paginate_by = 50
    index_url_name = "data:requests"
    default_ordering = "-created_at"
    is_received = True

    def trail(self) -> Sequence[dict[str, Any]]:
        return ()

    @property
    def columns(self) -> list[Column]:
        other = "participant" if self.is_received else "owner"
        label = _("Asked by") if self.is_received else _("Owner")
        return [
            TitleColumn(
                "indicator",
                label=_("Indicator"),
                accessor="indicator.name",
                get_url=lambda row: reverse("data:request", args=[row.pk]),
            ),
            Column(other, label=label, accessor=f"{other}.name"),
            Column("created_at", label=_("Asked on")),
            Column("state", label=_("Status"), accessor="get_state_display"),
            Column("answered_at", label=_("Answered on")),
        ]

    def get_base_queryset(self) -> QuerySet[AccessRequest]:
        listed = requests_received if self.is_received else requests_made
        return listed(viewer=self.viewer)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_received=self.is_received, **kwargs)


class IndicatorChoiceView(RequestMixin, TemplateView):
    """Where asking begins: the indicators one may know of."""

    page_title = gettext_lazy("Ask for access")
    template_name = "registry/admin/request_indicators.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(indicators=list(indicator_list(viewer=self.viewer)), **kwargs)


class AskForm(forms.Form):
    owner: forms.ModelChoiceField[Participant] = forms.ModelChoiceField(
        label=gettext_lazy("Owner"), queryset=None, to_field_name="code"
    )
    message = forms.CharField(
        label=gettext_lazy("What you ask for, and why"),
        max_length=2000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 4}),
        help_text=gettext_lazy("Offer what you give in return. The administrators of the owner read this."),
    )

    def __init__(self, *args: Any, owners: QuerySet[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]


class AskView(RequestMixin, FormView[AskForm]):
    """What of an indicator is open to one's own participant, and the form to ask for more."""

    template_name = "registry/admin/request_new.html"
    form_class = AskForm

    @cached_property
    def indicator(self) -> Indicator:
        found = indicator_with_dimensions(viewer=self.viewer, code=self.kwargs["code"])
        if found is None or self.viewer.participant is None:
            raise Http404
        return found

    @cached_property
    def open_to(self) -> OpenTo:
        rows = datasets_documented(viewer=self.viewer, indicator=self.indicator)
        found = open_to_viewer(viewer=self.viewer, indicator=self.indicator, documented=rows)
        assert found is not None, "the viewer represents a participant"
        return found

    def get_page_title(self) -> str:
        return str(self.indicator.name)

    def get_form_kwargs(self) -> dict[str, Any]:
        owners = [row.owner.pk for row in self.open_to.owners]
        return {
            **super().get_form_kwargs(),
            "owners": participant_list(viewer=self.viewer).filter(pk__in=owners),
            "initial": {"owner": self.request.GET.get("owner")},
        }

    def form_valid(self, form: AskForm) -> HttpResponse:
        try:
            request_create(indicator=self.indicator, actor=self.actor, **form.cleaned_data)
        except (RegistryError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Asked. The answer comes by e-mail and is shown here."))
        return redirect("data:requests_made")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(indicator=self.indicator, open_to=self.open_to, **kwargs)


class AnswerForm(TermsForm):
    """Either answer in one form: what is opened and how, or why not."""

    datasets: forms.ModelMultipleChoiceField[Dataset] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Datasets to open"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=2000,
        required=False,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=gettext_lazy("Sent to those who asked. Needed for declining."),
    )
    field_order = ("datasets", "level", "is_reciprocal", "starts_at", "ends_at", "answer")

    def __init__(self, *args: Any, datasets: QuerySet[Dataset], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["datasets"].queryset = datasets  # type: ignore[attr-defined]


class RequestView(RequestMixin, FormView[AnswerForm]):
    """One request with its answer; the owner's administrator answers here."""

    template_name = "registry/admin/request.html"
    form_class = AnswerForm

    @cached_property
    def asked(self) -> AccessRequest:
        return get_object_or_404(request_list(viewer=self.viewer), pk=self.kwargs["pk"])

    @cached_property
    def may_answer(self) -> bool:
        is_open = self.asked.state == AccessRequestState.OPEN
        return is_open and authority.may_open(self.actor, self.asked.owner)

    def get_page_title(self) -> str:
        return str(self.asked.indicator.name)

    def get_form_kwargs(self) -> dict[str, Any]:
        own = dataset_list(
            viewer=self.viewer, indicator=self.asked.indicator.code, owner=self.viewer.participant or ""
        )
        return {**super().get_form_kwargs(), "datasets": own}

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        answer = form.cleaned_data["answer"]
        is_declined = "decline" in self.request.POST
        try:
            if is_declined:
                request_decline(request=self.asked, actor=self.actor, answer=answer)
            else:
                chosen = list(form.cleaned_data["datasets"].select_related("owner", "indicator"))
                request_grant(
                    request=self.asked, actor=self.actor, datasets=chosen, answer=answer, **form.terms()
                )
        except (RegistryError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Declined.") if is_declined else _("Opened."))
        return redirect("data:request", self.asked.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _asked = self.asked  # 404 before anything of the form is read
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asked=self.asked, may_answer=self.may_answer, **kwargs)


urlpatterns = [
    path("requests/", RequestListView.as_view(), name="requests"),
    path("requests/made/", RequestListView.as_view(is_received=False), name="requests_made"),
    path("requests/new/", IndicatorChoiceView.as_view(), name="request_choice"),
    path("requests/new/<str:code>/", AskView.as_view(), name="request_new"),
    path("requests/<int:pk>/", RequestView.as_view(), name="request"),
]
MENU = [
    CountingMenuItem(
        gettext_lazy("Requests for access"),
        "requests",
        icon="key",
        order=300,
        count=lambda viewer: requests_open(viewer=viewer).count(),
    )
]
