"""Submissions of a dataset, their staged figures as a cube, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db.models import Count, Q, QuerySet

from registry.access import Viewer
from registry.cube import Cube, Dimension, Member, Row
from registry.languages import texts
from registry.models import Dataset, IndicatorDimension, Submission, User
from registry.models.submission import Severity, SubmissionState
from registry.periods import ordinal
from registry.presentation.grid import REMARK, Mark
from registry.selectors.cube import StoredRow, axes_of, placed_rows, source_of, time_dimension
from registry.stored import read_values

#: States in which a submission still waits for somebody.
OPEN = (
    SubmissionState.DRAFT,
    SubmissionState.SUBMITTED,
    SubmissionState.VALIDATED,
    SubmissionState.RETURNED,
)


def submission_list(*, viewer: Viewer, dataset: Dataset) -> QuerySet[Submission]:
    """The submissions of a dataset, newest first, each with ``error_count`` and ``warning_count``."""
    found = Submission.objects.visible_to(viewer).filter(dataset=dataset)
    return found.select_related("created_by", "release").annotate(
        error_count=Count("problems", filter=Q(problems__severity=Severity.ERROR)),
        warning_count=Count("problems", filter=Q(problems__severity=Severity.WARNING)),
    )


def submission_detail(*, viewer: Viewer) -> QuerySet[Submission]:
    """Submissions with what their page needs at hand."""
    return Submission.objects.visible_to(viewer).select_related(
        "dataset__indicator", "dataset__owner__area", "dataset__current_release", "created_by", "submitted_by"
    )


def own_draft(*, viewer: Viewer, dataset: Dataset, person: User) -> Submission | None:
    """The draft a person has of a dataset: there is one at most (see services/draft.py)."""
    drafts = Submission.objects.visible_to(viewer).filter(dataset=dataset, created_by=person)
    found = drafts.filter(state=SubmissionState.DRAFT).select_related("dataset__indicator", "dataset__owner")
    return found.first()


def returned_submission(*, viewer: Viewer, dataset: Dataset) -> Submission | None:
    """The last submission of a dataset that was returned and not corrected yet."""
    found = Submission.objects.visible_to(viewer).filter(dataset=dataset, state=SubmissionState.RETURNED)
    return found.select_related("dataset__indicator", "dataset__owner").order_by("-pk").first()


def release_count(dataset: Dataset) -> int:
    """How often a dataset was released or withdrawn: what figures begun now are based on.

    Only for datasets whose figures the viewer handles.
    """
    return dataset.releases.count()


def staged_cube(submission: Submission, *, keys: Sequence[str] | None = None) -> Cube:
    """The figures of a submission exactly as they would be released, read from what is staged.

    Only for submissions that the viewer sees. Two queries, and one for the dimensions. Codes that are in no
    code list stay, after those that are. ``keys``: only these series.
    """
    dataset = submission.dataset
    indicator = dataset.indicator
    dimensions = list(indicator.dimensions.all())
    staged = submission.staged_series.order_by("key")
    if keys is not None:
        staged = staged.filter(key__in=keys)
    stored = [
        StoredRow(dataset.pk, key, ordinal(start), read_values(values), statuses, notes)
        for key, start, values, statuses, notes in staged.values_list(
            "key", "start", "values_json", "statuses_json", "notes_json"
        ).iterator(5_000)
    ]
    first = min((row.start for row in stored), default=0)
    last = max((row.start + len(row.values) for row in stored), default=0) - 1
    rows = placed_rows(stored, {dataset.pk: dataset}, first, last, False)
    axes = _with_unknown(_axes(dimensions, rows), rows)
    positions = [axis.positions() for axis in axes]
    rows.sort(key=lambda row: [place[code] for place, code in zip(positions, row.codes, strict=True)])
    return Cube(
        code=indicator.code,
        labels=texts(indicator, "name"),
        axes=axes,
        time=time_dimension(dataset.frequency, first, last),
        rows=tuple(rows),
        frequency=dataset.frequency,
        unit=texts(indicator, "unit"),
        decimals=indicator.decimals,
        notes=dataset.notes(),
        sources=(source_of(dataset),),
    )


def marks_of(submission: Submission) -> list[Mark]:
    """What validation found and what people remarked, as marks of cells. Two queries."""
    found = [
        Mark(problem.key, problem.period, problem.severity, problem.told, problem.row)
        for problem in submission.problems.all()
    ]
    remarks = submission.remarks.exclude(key="").select_related("author")
    return found + [
        Mark(
            remark.key,
            remark.period,
            REMARK,
            f"{remark.author_name}: {remark.text}" if remark.author else remark.text,
        )
        for remark in remarks
    ]


def _axes(dimensions: Sequence[IndicatorDimension], rows: Iterable[Row]) -> tuple[Dimension, ...]:
    used = [{row.codes[at] for row in rows} for at in range(len(dimensions))]
    return axes_of(Viewer(), dimensions, used)


def _with_unknown(axes: tuple[Dimension, ...], rows: Sequence[Row]) -> tuple[Dimension, ...]:
    whole = []
    for at, axis in enumerate(axes):
        known = axis.positions()
        unknown = sorted({row.codes[at] for row in rows} - known.keys())
        whole.append(replace(axis, members=(*axis.members, *(Member(code, {}) for code in unknown))))
    return tuple(whole)
