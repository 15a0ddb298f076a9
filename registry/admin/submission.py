"""The submissions of a dataset, and the page of each as its submitter sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from registry import authority
from registry.admin import entry
from registry.admin.base import attempt
from registry.admin.entry import MOST_CELLS
from registry.admin.figures import FiguresMixin
from registry.admin.menu import DataMenuItem
from registry.cube import Cube
from registry.languages import LANGUAGES, current_language
from registry.models import Dataset, Submission
from registry.models.submission import SubmissionState
from registry.presentation.comparison import comparison_of
from registry.presentation.grid import Mark, Show, grid_of
from registry.rules.provisional import provisional_count
from registry.selectors.cube import released_cube
from registry.selectors.submission import (
    marks_of,
    own_draft,
    staged_cube,
    submission_detail,
    submission_list,
)
from registry.selectors.upload import unfinished, upload_list
from registry.selectors.verification import remark_list
from registry.services.draft import draft_describe
from registry.services.submission import submission_discard, submission_submit, submission_withdraw

#: Submissions with more figures are shown by their problems alone.
MOST_WHOLE = 200_000
_OPEN = (SubmissionState.DRAFT, SubmissionState.RETURNED)
_WITH_OTHERS = (SubmissionState.SUBMITTED, SubmissionState.VALIDATED, SubmissionState.RETURNED)


class SubmissionListView(FiguresMixin, BaseListingView):
    """What was sent in of a dataset, newest first, and where to begin. Constant number of queries."""

    template_name = "registry/admin/submissions.html"
    model = Submission
    paginate_by = 50
    is_searchable = False
    default_ordering = "-created_at"
    columns: Sequence[Column] = (
        TitleColumn(
            "number",
            label=gettext_lazy("Submission"),
            accessor=lambda row: gettext("No. %(number)s") % {"number": row.pk},
            get_url=lambda row: reverse("data:submission", args=[row.pk]),
        ),
        DateColumn("created_at", label=gettext_lazy("Begun")),
        StatusTagColumn(
            "state", label=pgettext_lazy("of a submission", "State"), accessor="get_state_display"
        ),
        Column("created_by", label=gettext_lazy("Prepared by"), accessor="created_by"),
        Column("value_count", label=gettext_lazy("Figures"), accessor="value_count"),
        Column("error_count", label=gettext_lazy("Errors"), accessor="error_count"),
        Column("warning_count", label=gettext_lazy("Warnings"), accessor="warning_count"),
    )

    def get_base_queryset(self) -> QuerySet[Submission]:
        return submission_list(viewer=self.viewer, dataset=self.dataset)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_submit=self.may_submit,
            draft=own_draft(viewer=self.viewer, dataset=self.dataset, person=self.actor),
            uploads=unfinished(upload_list(viewer=self.viewer, dataset=self.dataset))[:20],
            **kwargs,
        )


class WordsForm(forms.Form):
    """The comment, and the reason of a correction in every language."""

    comment = forms.CharField(
        label=gettext_lazy("Comment for those who verify"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, has_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES if has_reason else ():
            self.fields[f"reason_{language.code}"] = forms.CharField(
                label=gettext("Reason of the correction (%(language)s)") % {"language": language.name},
                help_text=gettext("Told to those who see the figures, and kept with the release."),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2, "lang": language.code}),
            )

    def reason(self) -> dict[str, str]:
        return {language.code: self.cleaned_data.get(f"reason_{language.code}", "") for language in LANGUAGES}


class TakeBackForm(forms.Form):
    """Why a submission is not to be judged after all, in the language of who says it."""

    prefix = "take-back"
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class SubmissionView(FiguresMixin, TemplateView):
    """Everything about one submission: what was found, each figure, what changed, and the way on."""

    template_name = "registry/admin/submission.html"

    @cached_property
    def submission(self) -> Submission:
        return get_object_or_404(submission_detail(viewer=self.viewer), pk=self.kwargs["pk"])

    @cached_property
    def dataset(self) -> Dataset:
        return self.submission.dataset

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return gettext("Submission No. %(number)s") % {"number": self.submission.pk}

    @cached_property
    def is_editable(self) -> bool:
        return self.submission.state in _OPEN and authority.may_submit(self.actor, self.dataset)

    @cached_property
    def may_take_back(self) -> bool:
        waits = self.submission.state in _WITH_OTHERS and self.submission.release_at is None
        return waits and authority.may_submit(self.actor, self.dataset)

    @cached_property
    def is_correction(self) -> bool:
        return self.dataset.current_release_id is not None

    def form(self, data: Any = None) -> WordsForm:
        initial = {"comment": self.submission.comment}
        for language in LANGUAGES:
            initial[f"reason_{language.code}"] = getattr(self.submission, f"reason_{language.code}")
        return WordsForm(data, initial=initial, has_reason=self.is_correction)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """``act`` is save, submit, discard or take-back; the services decide who may."""
        act = request.POST.get("act", "")
        if act == "discard":
            with attempt(request, gettext("The draft is discarded.")) as attempted:
                submission_discard(submission=self.submission, actor=self.actor)
            return redirect("data:submissions", self.dataset.code) if attempted.succeeded else self._again()
        if act == "take-back":
            return self._take_back(TakeBackForm(request.POST))
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        done = gettext("Submitted for verification.") if act == "submit" else gettext("Saved.")
        with attempt(request, done):
            draft_describe(
                submission=self.submission,
                actor=self.actor,
                comment=form.cleaned_data["comment"],
                reason=form.reason(),
            )
            if act == "submit":
                submission_submit(submission=self.submission, actor=self.actor)
        return self._again()

    def _take_back(self, form: TakeBackForm) -> HttpResponse:
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(take_back=form), status=422)
        with attempt(self.request, gettext("The submission is taken back.")):
            submission_withdraw(
                submission=self.submission,
                actor=self.actor,
                reason={current_language(): form.cleaned_data["reason"]},
            )
        return self._again()

    def _again(self) -> HttpResponse:
        return redirect("data:submission", self.submission.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.submission
        marks = marks_of(submission)
        is_large = submission.value_count > MOST_WHOLE
        keys = list(dict.fromkeys(mark.key for mark in marks if mark.key)) if is_large else None
        cube = staged_cube(submission, keys=keys)
        has_figures = bool(submission.series_count) and submission.state not in (
            SubmissionState.RELEASED,
            SubmissionState.WITHDRAWN,
        )
        previous = released_cube(self.dataset) if has_figures and not is_large else None
        figures = self._figures(cube, previous, marks) if has_figures else {}
        year = timezone.now().year
        return super().get_context_data(
            **{
                "submission": submission,
                "marks": marks,
                "is_large": is_large,
                "has_errors": any(mark.severity == "error" for mark in marks),
                "is_editable": self.is_editable,
                "is_correction": self.is_correction,
                "may_verify": authority.may_verify(self.actor, self.dataset),
                "provisional": {"year": year, "count": provisional_count(cube, year)},
                "remarks": remark_list(viewer=self.viewer, submission=submission),
                "returned": self._returned(),
                "form": self.form(),
                "take_back": TakeBackForm() if self.may_take_back else None,
                **figures,
                **kwargs,
            }
        )

    def _figures(self, cube: Cube, previous: Cube | None, marks: list[Mark]) -> dict[str, Any]:
        language = current_language()
        show = self.request.GET.get("show", Show.ALL)
        page = self.request.GET.get("p", "1")
        return {
            "grid": grid_of(
                cube,
                previous=previous,
                marks=marks,
                language=language,
                show=show if show in list(Show) else Show.ALL,
                page=int(page) if page.isdecimal() and len(page) < 6 else 1,
            ),
            "can_type": len(cube.rows) * len(cube.time) <= MOST_CELLS,
            "comparison": comparison_of(cube, previous, language=language),
            "has_release": previous is not None,
            "shows": (
                (Show.ALL, gettext("All series")),
                (Show.PROBLEMS, gettext("Only with problems or remarks")),
                (Show.CHANGES, gettext("Only what changed")),
            ),
        }

    def _returned(self) -> dict[str, Any] | None:
        """The submission that these figures correct, with what was said of it."""
        if self.submission.follows_id is None:
            return None
        found = submission_detail(viewer=self.viewer).filter(pk=self.submission.follows_id).first()
        if found is None:
            return None
        return {"submission": found, "remarks": remark_list(viewer=self.viewer, submission=found)}


urlpatterns = [
    *entry.urlpatterns,
    path("datasets/<str:code>/submissions/", SubmissionListView.as_view(), name="submissions"),
    path("submissions/<int:pk>/", SubmissionView.as_view(), name="submission"),
]
MENU: list[DataMenuItem] = []
