"""The onboarding checklist: one's own for an administrator, all of them for the secretariat (D021–D026)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from registry import authority
from registry.access import Viewer
from registry.admin.base import DataMixin
from registry.admin.contact_forms import ShownForm
from registry.admin.menu import DataMenuItem
from registry.admin.service_form import ActView, ServiceFormView
from registry.languages import columns
from registry.models import Participant, PlanTask
from registry.selectors.contact import contact_list
from registry.selectors.onboarding import STEPS, onboarding_list, onboarding_participants, task_list
from registry.services import onboarding as plan

PER_PAGE = 50
#: Where each step is worked on; by the names of addresses.
PLACES = {
    "documentation": "data:datasets",
    "focal_point": "data:contacts",
    "administrator": "data:people",
    "legal": "data:legal",
}


def keeps_checklist(viewer: Viewer) -> bool:
    return viewer.administers_participant or viewer.administers_system


class OnboardingListView(DataMixin, TemplateView):
    """Participants by steps, for the secretariat. Constant number of queries."""

    page_title = gettext_lazy("Onboarding")
    header_icon = "list-ul"
    template_name = "registry/admin/onboarding_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.viewer.administers_participant:
            return redirect("data:onboarding_of", self.viewer.participant)
        if not self.viewer.administers_system:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(onboarding_participants(viewer=self.viewer), PER_PAGE)
        page = pages.get_page(self.request.GET.get("p"))
        rows = onboarding_list(viewer=self.viewer, participants=page.object_list)
        return super().get_context_data(rows=rows, page_obj=page, steps=STEPS.values(), **kwargs)


class ChecklistMixin(DataMixin):
    """A page about the checklist of a participant that the viewer keeps or reads; else 404."""

    kwargs: dict[str, Any]
    header_icon = "list-ul"

    @cached_property
    def participant(self) -> Participant:
        return get_object_or_404(onboarding_participants(viewer=self.viewer), code=self.kwargs["code"])

    @cached_property
    def task(self) -> PlanTask:
        tasks = task_list(viewer=self.viewer, participant=self.participant)
        return get_object_or_404(tasks, pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("data:onboarding_of", args=[self.participant.code])

    def trail(self) -> list[dict[str, Any]]:
        if not self.viewer.administers_system:
            return []
        return [{"url": reverse("data:onboarding"), "label": _("Onboarding")}]


class OnboardingView(ChecklistMixin, TemplateView):
    template_name = "registry/admin/onboarding.html"

    def get_page_title(self) -> str:
        return _("Onboarding")

    def get_page_subtitle(self) -> str:
        return str(self.participant.name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.participant.code == self.viewer.participant
        (checklist,) = onboarding_list(viewer=self.viewer, participants=[self.participant])
        steps = [(step, PLACES.get(step.name, "") if own else "") for step in checklist.steps]
        return super().get_context_data(
            participant=self.participant,
            checklist=checklist,
            steps=steps,
            tasks=task_list(viewer=self.viewer, participant=self.participant),
            today=timezone.localdate(),
            may_plan=authority.may_administer_people(self.actor, self.participant),
            **kwargs,
        )


class TaskForm(ShownForm):
    class Meta:
        model = PlanTask
        fields = (*columns("title"), "due_on", "contact")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, viewer: Viewer, participant: Participant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = contact_list(viewer=viewer).filter(agency__participant=participant)
        self.fields["contact"].queryset = own  # type: ignore[attr-defined]


class TaskFormView(ChecklistMixin, ServiceFormView):
    """For the participant's administrator; the secretariat reads the plan and writes none."""

    form_class = TaskForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not authority.may_administer_people(self.actor, self.participant):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> list[dict[str, Any]]:
        return [*super().trail(), {"url": self.back(), "label": str(self.participant.name)}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "viewer": self.viewer, "participant": self.participant}


class TaskAddView(TaskFormView):
    page_title = gettext_lazy("Add a task")
    submit_label = gettext_lazy("Add")

    def act(self, form: Any) -> object:
        return plan.task_create(participant=self.participant, actor=self.actor, **form.cleaned_data)


class TaskView(TaskFormView):
    page_title = gettext_lazy("Change the task")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.task}

    def act(self, form: Any) -> object:
        return plan.task_change(task=self.task, actor=self.actor, **form.cleaned_data)


class TaskDoneView(ChecklistMixin, ActView):
    done = gettext_lazy("The task is done.")

    def act(self) -> object:
        return plan.task_done(task=self.task, actor=self.actor, today=timezone.localdate())


class TaskReopenView(ChecklistMixin, ActView):
    done = gettext_lazy("The task is open again.")

    def act(self) -> object:
        return plan.task_reopen(task=self.task, actor=self.actor)


class TaskDeleteView(ChecklistMixin, ActView):
    done = gettext_lazy("The task was deleted.")

    def act(self) -> object:
        return plan.task_delete(task=self.task, actor=self.actor)


urlpatterns = [
    path("onboarding/", OnboardingListView.as_view(), name="onboarding"),
    path("onboarding/<str:code>/", OnboardingView.as_view(), name="onboarding_of"),
    path("onboarding/<str:code>/tasks/add/", TaskAddView.as_view(), name="task_add"),
    path("onboarding/<str:code>/tasks/<int:pk>/", TaskView.as_view(), name="task"),
    path("onboarding/<str:code>/tasks/<int:pk>/done/", TaskDoneView.as_view(), name="task_done"),
    path("onboarding/<str:code>/tasks/<int:pk>/reopen/", TaskReopenView.as_view(), name="task_reopen"),
    path("onboarding/<str:code>/tasks/<int:pk>/delete/", TaskDeleteView.as_view(), name="task_delete"),
]
MENU = [
    DataMenuItem(gettext_lazy("Onboarding"), "onboarding", icon="list-ul", order=580, shown=keeps_checklist)
]
