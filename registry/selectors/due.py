"""Which figures are due when: periodicity and timeliness against what was released (D036, D099–D101)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from registry.access import Viewer
from registry.models import Dataset
from registry.periods import last_day, ordinal, period_at, period_of
from registry.selectors.dataset import dataset_list

#: How long before its day a release is called due.
AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Due:
    """A release that is awaited: the dataset, the period it should bring, and until when."""

    dataset: Dataset
    period: str
    until: date
    is_overdue: bool


def releases_due(*, viewer: Viewer, today: date) -> list[Due]:
    """What the viewer's own participant should release soon, or should have released; the oldest first.

    One query. Datasets without an agreed timeliness are never due. A release since the end of a period
    counts as bringing that period: which periods it has is not looked up.
    """
    own = dataset_list(viewer=viewer, owner=viewer.participant or "").filter(timeliness_days__isnull=False)
    return _due(own.select_related("indicator", "current_release"), today)


def _due(datasets: Iterable[Dataset], today: date) -> list[Due]:
    found = (due_of(dataset, today) for dataset in datasets)
    return sorted((due for due in found if due is not None), key=lambda due: (due.until, due.dataset.code))


def due_of(dataset: Dataset, today: date) -> Due | None:
    """The earliest of the two last periods that a dataset should have by now, or soon, and lacks."""
    days = timedelta(days=dataset.timeliness_days or 0)
    released = dataset.current_release.released_at if dataset.current_release else None
    running = ordinal(period_of(dataset.frequency, today - days))
    for number in (running - 1, running):
        period = period_at(dataset.frequency, number)
        until = last_day(period) + days
        if until - AHEAD <= today and not _was_released_since(released, last_day(period)):
            return Due(dataset, period, until, until < today)
    return None


def _was_released_since(released: datetime | None, day: date) -> bool:
    return released is not None and released.astimezone(UTC).date() > day
