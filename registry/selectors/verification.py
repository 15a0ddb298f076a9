"""Submissions that wait for somebody to verify or release them."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

from django.db.models import QuerySet

from registry.access import Viewer
from registry.cube import Cube, distinct_notes
from registry.languages import texts
from registry.models import Dataset, IndicatorDimension, Remark, Submission
from registry.models.submission import SubmissionState
from registry.selectors.availability import AvailableDimension, AvailableMember
from registry.selectors.code import by_list, codes_by_list

WAITING = (SubmissionState.SUBMITTED, SubmissionState.VALIDATED)
_PEOPLE = ("created_by", "submitted_by", "validated_by", "scheduled_by")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission as the viewer may look into it: with its figures, or people, times and counts alone."""

    submission: Submission
    has_figures: bool


def submissions_waiting(*, viewer: Viewer) -> QuerySet[Submission]:
    """What waits for verification or release, as far as the viewer has a part in it; the oldest first.

    The secretariat gets those that it is to release, and may show nothing of them but the workflow (X6).
    """
    level = "workflow" if viewer.administers_system else "figures"
    found = Submission.objects.visible_to(viewer, level=level).filter(state__in=WAITING)
    return found.select_related("dataset__indicator", "dataset__owner", *_PEOPLE).order_by(
        "submitted_at", "pk"
    )


def submission_waiting(*, viewer: Viewer, pk: int) -> Waiting | None:
    """One of them. None where the viewer has no part in it: hidden and absent are the same."""
    submission = submissions_waiting(viewer=viewer).filter(pk=pk).first()
    return None if submission is None else Waiting(submission, not viewer.administers_system)


def remark_list(*, viewer: Viewer, submission: Submission) -> Sequence[Remark]:
    """What was said of a submission, in order; nothing to those who may not see its figures. One query."""
    seen = Submission.objects.visible_to(viewer).filter(pk=submission.pk)
    return list(submission.remarks.filter(submission__in=seen).select_related("author"))


def as_released(submission: Submission, cube: Cube) -> tuple[Dataset, Cube]:
    """Dataset and cube as they will be described once the submission is released. Nothing is saved."""
    described = copy(submission.dataset)
    for name, value in submission.description.items():
        setattr(described, name, value)
    owner, source = texts(described.owner, "name"), texts(described, "source")
    labels = {code: " · ".join(filter(None, (owner[code], source[code]))) for code in owner}
    sources = tuple(
        replace(found, labels=labels, is_official=described.is_official, licence=described.licence)
        for found in cube.sources
    )
    return described, replace(cube, notes=distinct_notes(described.notes()), sources=sources)


def dimensions_of(cube: Cube, dimensions: Sequence[IndicatorDimension]) -> tuple[AvailableDimension, ...]:
    """The dimensions of figures at hand, as `members_available` gives those of released ones. One query."""
    codes = by_list(dimensions, [axis.codes for axis in cube.axes])
    found = codes_by_list(viewer=Viewer(), codelists=codes, codes=codes)
    totals = {pk: {row.code for row in rows if row.is_total} for pk, rows in found.items()}
    counts = [_counted(cube, at) for at in range(len(cube.axes))]
    return tuple(
        AvailableDimension(
            dimension.code,
            axis.labels,
            dimension.role,
            dimension.default_member.code if dimension.default_member else None,
            tuple(
                AvailableMember(
                    member.code,
                    member.labels,
                    count[member.code],
                    member.code in totals.get(dimension.codelist_id, ()),
                )
                for member in axis.members
            ),
        )
        for dimension, axis, count in zip(dimensions, cube.axes, counts, strict=True)
    )


def _counted(cube: Cube, at: int) -> dict[str, int]:
    counted = dict.fromkeys(cube.axes[at].codes, 0)
    for row in cube.rows:
        counted[row.codes[at]] += 1
    return counted
