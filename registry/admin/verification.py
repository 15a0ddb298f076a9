"""Verification: the figures as they would appear, what is said of them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from registry import authority
from registry.admin.base import DataMixin
from registry.admin.menu import DataMenuItem
from registry.admin.verification_forms import RemarkForm, ReturnForm, ScheduleForm
from registry.errors import RegistryError
from registry.languages import current_language
from registry.models import Submission
from registry.models.submission import SubmissionState
from registry.presentation.comparison import comparison_of
from registry.presentation.documentation import answers_of
from registry.presentation.grid import Show, grid_of
from registry.selectors.cube import released_cube
from registry.selectors.documentation import documentation_current
from registry.selectors.submission import marks_of, staged_cube
from registry.selectors.verification import (
    Waiting,
    as_released,
    dimensions_of,
    remark_list,
    submission_waiting,
    submissions_waiting,
)
from registry.services.release import submission_compare, submission_release
from registry.services.remark import remark_add
from registry.services.schedule import submission_schedule, submission_unschedule
from registry.services.submission import is_same_person, submission_return, submission_validate
from registry.views.documentation import Documented
from registry.views.figures import figures_context
from registry.views.selection import asked_from
from registry.views.table import MOST_SERIES, table_of

Act = Callable[["VerificationView", Any], None]


class VerificationListView(DataMixin, BaseListingView):
    """Everything that waits for verification or release. Constant number of queries."""

    page_title = _("Verification")
    header_icon = "check"
    model = Submission
    paginate_by = 50
    index_url_name = "data:verifications"
    default_ordering = "submitted_at"
    columns = (
        TitleColumn(
            "dataset",
            label=_("Dataset"),
            accessor="dataset.code",
            get_url=lambda row: reverse("data:verification", args=[row.pk]),
        ),
        Column("indicator", label=_("Indicator"), accessor="dataset.indicator.name"),
        Column("owner", label=_("Owner"), accessor="dataset.owner.name"),
        Column("state", label=pgettext_lazy("submission", "State"), accessor="get_state_display"),
        Column("submitted_by", label=_("Submitted by"), accessor="submitted_by"),
        DateColumn("submitted_at", label=_("Submitted at")),
        DateColumn("release_at", label=_("To be released at")),
    )

    def get_base_queryset(self) -> QuerySet[Submission]:
        return submissions_waiting(viewer=self.viewer)


class VerificationView(DataMixin, TemplateView):
    """One submission before whoever decides on it. Acts are sent to the same address, named by ``act``.

    The secretariat sees who, when and how much, and no figure (D091, X6). 404 for everybody else.
    """

    kwargs: dict[str, Any]
    header_icon = "check"

    @cached_property
    def waiting(self) -> Waiting:
        found = submission_waiting(viewer=self.viewer, pk=self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def submission(self) -> Submission:
        return self.waiting.submission

    def get_page_title(self) -> str:
        return str(_("Verification of %(code)s")) % {"code": self.submission.dataset.code}

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:verifications"), "label": _("Verification")}]

    def get_template_names(self) -> list[str]:
        name = "verification" if self.waiting.has_figures else "verification_workflow"
        return [f"registry/admin/{name}.html"]

    def may(self) -> dict[str, bool]:
        """Which acts are offered; the services ask the same functions."""
        submission, dataset = self.submission, self.submission.dataset
        is_own = is_same_person(submission=submission, actor=self.actor)
        is_validated = submission.state == SubmissionState.VALIDATED
        is_scheduled = is_validated and submission.release_at is not None
        verifies = authority.may_verify(self.actor, dataset)
        releases = is_validated and not is_own and authority.may_release(self.actor, dataset)
        return {
            "is_own": is_own,
            "accept": verifies and not is_own and submission.state == SubmissionState.SUBMITTED,
            "return": verifies and not is_scheduled,
            "remark": self.waiting.has_figures and authority.may_remark(self.actor, dataset),
            "release": releases and not is_scheduled,
            "unschedule": is_scheduled and authority.may_unschedule(self.actor, dataset),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        bound: Mapping[str, forms.Form] = kwargs.pop("bound", {})
        may = self.may()
        place = {"key": self.request.GET.get("series", ""), "period": self.request.GET.get("period", "")}
        offered: Mapping[str, tuple[bool, Callable[[], forms.Form]]] = {
            "remark": (may["remark"], lambda: RemarkForm(initial=place, prefix="remark")),
            "return": (may["return"], lambda: ReturnForm(prefix="return")),
            "schedule": (may["release"], lambda: ScheduleForm(prefix="schedule")),
        }
        shown = {
            f"{name}_form": bound.get(name) or make()
            for name, (is_offered, make) in offered.items()
            if is_offered
        }
        context = {"waiting": self.waiting, "submission": self.submission, "may": may, **shown}
        if self.waiting.has_figures:
            context |= self.figures()
        else:
            context["difference"] = submission_compare(submission=self.submission)
        return super().get_context_data(**context, **kwargs)

    def figures(self) -> dict[str, Any]:
        """The figures as they would appear, beside what is known and said of them."""
        submission, language = self.submission, current_language()
        dataset, indicator = submission.dataset, submission.dataset.indicator
        marks = marks_of(submission)
        is_large = submission.series_count > MOST_SERIES
        keys = sorted({mark.key for mark in marks if mark.key})[:MOST_SERIES] if is_large else None
        cube = staged_cube(submission, keys=keys)
        described, cube = as_released(submission, cube)
        previous = None if is_large else released_cube(dataset)
        asked = asked_from(self.request.GET, indicator, viewer=self.viewer, frequency=dataset.frequency)
        dimensions = dimensions_of(cube, list(indicator.dimensions.all()))
        table = table_of(cube=cube, dimensions=dimensions, asked=asked, language=language)
        tables = documentation_current(viewer=self.viewer, datasets=[dataset])
        documentation = tables.get(dataset.pk)
        return {
            "dataset": described,
            "indicator": indicator,
            "is_large": is_large,
            "problems": asked.problems,
            **figures_context(None if is_large else table, [described], indicator, language),
            "documented": Documented(described, documentation, answers_of(documentation), None),
            "comparison": None if is_large else comparison_of(cube, previous, language=language),
            "difference": submission_compare(submission=submission) if is_large else None,
            "grid": grid_of(
                cube,
                previous=previous,
                marks=marks,
                language=language,
                show=_show(self.request),
                page=_page(self.request),
            ),
            "shows": [(show.value, label) for show, label in _SHOWS.items()],
            "remark_url": self.request.path,
            "remarks": remark_list(viewer=self.viewer, submission=submission),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = request.POST.get("act", "")
        form_class, act, done = _ACTS.get(name) or _unknown()
        form = form_class(request.POST, prefix=name)
        assert self.waiting  # 404 before anything is read of what was sent
        if form.is_valid():
            try:
                act(self, form)
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, str(done))
                return redirect(self.next_url(name))
        else:
            messages.error(request, _("Not done: see what is said at the fields."))
        if form.non_field_errors():
            messages.error(request, " ".join(map(str, form.non_field_errors())))
        return self.render_to_response(self.get_context_data(bound={name: form}), status=422)

    def next_url(self, act: str) -> str:
        if act in ("release", "return"):
            return reverse("data:verifications")
        return f"{self.request.path}#remark" if act == "remark" else self.request.path


def _unknown() -> Any:
    raise Http404


def _show(request: HttpRequest) -> str:
    asked = request.GET.get("show", Show.ALL)
    return asked if asked in list(Show) else Show.ALL


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("p", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1


_SHOWS: dict[Show, Promise] = {
    Show.ALL: _("All series"),
    Show.PROBLEMS: _("With warnings or remarks"),
    Show.CHANGES: _("Changed"),
}


def _accept(view: VerificationView, _form: forms.Form) -> None:
    submission_validate(submission=view.submission, actor=view.actor)


def _return(view: VerificationView, form: ReturnForm) -> None:
    comment = form.cleaned_data["comment"]
    submission_return(submission=view.submission, actor=view.actor, comment=comment)


def _remark(view: VerificationView, form: RemarkForm) -> None:
    remark_add(submission=view.submission, actor=view.actor, **form.cleaned_data)


def _release(view: VerificationView, _form: forms.Form) -> None:
    submission_release(submission=view.submission, actor=view.actor)


def _schedule(view: VerificationView, form: ScheduleForm) -> None:
    submission_schedule(submission=view.submission, actor=view.actor, release_at=form.release_at())


def _unschedule(view: VerificationView, _form: forms.Form) -> None:
    submission_unschedule(submission=view.submission, actor=view.actor)


#: What may be sent to the page: its form, its service, and what is told when it is done.
_ACTS: dict[str, tuple[type[forms.Form], Act, Promise]] = {
    "accept": (forms.Form, _accept, _("Accepted: the figures may be released.")),
    "return": (ReturnForm, _return, _("Returned to be corrected.")),
    "remark": (RemarkForm, _remark, _("The remark is kept.")),
    "release": (forms.Form, _release, _("Released: the figures are in force now.")),
    "schedule": (ScheduleForm, _schedule, _("The time of release is set.")),
    "unschedule": (forms.Form, _unschedule, _("The time of release is taken away.")),
}

urlpatterns = [
    path("verification/", VerificationListView.as_view(), name="verifications"),
    path("submissions/<int:pk>/verify/", VerificationView.as_view(), name="verification"),
]
MENU = [
    DataMenuItem(
        _("Verification"),
        "verifications",
        icon="check",
        order=120,
        shown=lambda viewer: viewer.handles_figures or viewer.administers_system,
    )
]
