"""Figures out: from series revisions to a cube, with the viewer applied in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import Viewer, participant_token
from registry.cube import (
    Cube,
    CubeTooLarge,
    Dimension,
    Member,
    Role,
    Row,
    Source,
    Texts,
    Value,
    datasets_of,
    distinct_notes,
    shifted,
)
from registry.languages import LANGUAGE_CODES, in_every_language, texts
from registry.models import (
    Dataset,
    Indicator,
    IndicatorDimension,
    SeriesRevision,
)
from registry.periods import ordinal, period_at
from registry.row_security import for_viewer
from registry.selectors.availability import AvailableDimension
from registry.selectors.code import by_list, codes_by_list
from registry.selectors.selection import Selection, selected_datasets, selected_revisions, selected_window
from registry.stored import read_by_position, read_notes, read_values

TIME_PERIOD = "TIME_PERIOD"
SOURCE = "SOURCE"
_NO_VALUE: list[Value] = [None]


@dataclass(slots=True)
class StoredRow:
    dataset_id: int
    key: str
    start: int
    values: list[Value]
    statuses: str
    notes: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of an indicator for the same viewer a moment ago, so that `cube_get` does without.

    ``datasets`` are those of `datasets_documented` that have figures; ``dimensions`` are those of
    `members_available` for the same selection or a wider one.
    """

    datasets: Sequence[Dataset]
    dimensions: Sequence[AvailableDimension]


@cache
def time_labels() -> Texts:
    return in_every_language(_("Period"))


@cache
def source_labels() -> Texts:
    return in_every_language(pgettext_lazy("figures", "Source"))


@for_viewer
def cube_get(
    *,
    viewer: Viewer,
    indicator: Indicator,
    selection: Selection | None = None,
    limit: int | None = None,
    known: Known | None = None,
) -> Cube:
    """The figures of an indicator that the viewer may see: the union of the visible datasets.

    Three queries, or one with what is ``known``; and one for the dimensions unless the indicator has them at
    hand. Figures are the visible ones whatever is known. Where several sources
    give the same cell, the official national one comes first. Nothing visible gives a cube without rows.
    Invalid when the selection names an unknown dimension or a bad period. CubeTooLarge where the rows
    together have more than ``limit`` cells, noticed before they are all held.
    """
    selection = selection or Selection()
    dimensions = list(indicator.dimensions.all())
    frequency, datasets = _datasets(viewer, indicator, selection, known)
    window = selected_window(selection, frequency)
    revisions = selected_revisions(viewer, datasets, dimensions, selection)
    stored = _read(revisions, window, limit) if datasets else []
    first, last = _extent(stored, window)
    if limit is not None and len(stored) * (last - first + 1) > limit:
        raise CubeTooLarge(len(stored) * (last - first + 1), limit)
    rows = united_rows(placed_rows(stored, datasets, first, last, selection.by_source))
    used = datasets_of(rows)
    sources = [dataset for dataset in datasets.values() if dataset.code in used]
    axes = _axes(viewer, dimensions, rows, known)
    if selection.by_source:
        axes = (source_axis(sources), *axes)
    positions = [axis.positions() for axis in axes]
    rows.sort(key=lambda row: [place[code] for place, code in zip(positions, row.codes, strict=True)])
    return Cube(
        code=indicator.code,
        labels=texts(indicator, "name"),
        axes=axes,
        time=time_dimension(frequency, first, last),
        rows=tuple(rows),
        frequency=frequency,
        unit=texts(indicator, "unit"),
        decimals=indicator.decimals,
        notes=distinct_notes(note for dataset in sources for note in dataset.notes()),
        sources=tuple(map(source_of, sources)),
    )


def released_cube(dataset: Dataset) -> Cube | None:
    """The current figures of a dataset as its owner sees them, or None before the first release."""
    if dataset.current_release_id is None:
        return None
    owner = Viewer(tokens=frozenset({participant_token(dataset.owner.code)}), participant=dataset.owner.code)
    selection = Selection(frequency=dataset.frequency, datasets=[dataset.code])
    return cube_get(viewer=owner, indicator=dataset.indicator, selection=selection)


def time_dimension(frequency: str, first: int, last: int) -> Dimension:
    """The time axis between two period numbers, both included; empty when last < first."""
    periods = [period_at(frequency, number) for number in range(first, last + 1)]
    members = tuple(Member(period, dict.fromkeys(LANGUAGE_CODES, period)) for period in periods)
    return Dimension(TIME_PERIOD, time_labels(), Role.TIME, members)


def source_of(dataset: Dataset) -> Source:
    """How a dataset is named as a source. Needs the owner at hand, and is made for `selected_datasets`.

    ``released_at`` is that of the release in force as the viewer knows it.
    """
    owner, source = texts(dataset.owner, "name"), texts(dataset, "source")
    return Source(
        dataset=dataset.code,
        owner=dataset.owner.code,
        labels={code: " · ".join(filter(None, (owner[code], source[code]))) for code in owner},
        is_official=dataset.is_official,
        licence=dataset.licence,
        released_at=vars(dataset).get("seen_released_at"),
        notes=dataset.notes(),
    )


def _read(
    revisions: QuerySet[SeriesRevision], window: tuple[int | None, int | None], limit: int | None
) -> list[StoredRow]:
    cells = 0
    numbers: dict[str, int] = {}
    rows = []
    columns = ("dataset_id", "key", "start", "values_json", "statuses_json", "notes_json")
    for dataset_id, key, start, values, statuses, notes in revisions.values_list(*columns).iterator(5_000):
        if start not in numbers:
            numbers[start] = ordinal(start)
        row = StoredRow(dataset_id, key, numbers[start], read_values(values), statuses, notes)
        rows.append(row)
        if limit is not None:
            first, last = _extent([row], window)
            cells += max(last - first + 1, 0)
            if cells > limit:
                raise CubeTooLarge(cells, limit)
    return rows


def _extent(stored: Collection[StoredRow], window: tuple[int | None, int | None]) -> tuple[int, int]:
    """The first and last period number of the time axis; (0, -1) when there is nothing."""
    if not stored:
        return 0, -1
    first = min(row.start for row in stored)
    last = max(row.start + len(row.values) for row in stored) - 1
    start, end = window
    return max(first, start if start is not None else first), min(last, end if end is not None else last)


def placed_rows(
    stored: Iterable[StoredRow], datasets: Mapping[int, Dataset], first: int, last: int, by_source: bool
) -> list[Row]:
    """Rows along the common time axis, by dataset in their order; those with nothing in it are left out."""
    length = last - first + 1
    if length < 1:
        return []
    rank = {dataset.code: number for number, dataset in enumerate(datasets.values())}
    placed = []
    for row in stored:
        shift = row.start - first
        values = row.values
        if shift > 0:
            values = _NO_VALUE * shift + values
        elif shift < 0:
            values = values[-shift:]
        if len(values) < length:
            values = values + _NO_VALUE * (length - len(values))
        elif len(values) > length:
            values = values[:length]
        codes = tuple(row.key.split("."))
        dataset = datasets[row.dataset_id].code
        if by_source:
            codes = (dataset, *codes)
        statuses = shifted(read_by_position(row.statuses), shift, length)
        made = Row(codes, values, statuses, shifted(read_notes(row.notes), shift, length), dataset)
        if made.has_anything():
            placed.append(made)
    if len(rank) > 1:
        placed.sort(key=lambda made: rank[made.dataset])
    return placed


def united_rows(rows: Iterable[Row]) -> list[Row]:
    """One row per combination of codes: earlier rows win cell by cell."""
    united: dict[tuple[str, ...], Row] = {}
    for row in rows:
        first = united.setdefault(row.codes, row)
        if first is not row:
            united[row.codes] = _filled(first, row)
    return list(united.values())


def _filled(first: Row, second: Row) -> Row:
    """The first row with its gaps filled. A cell is taken whole: a note stays with the figure it is about."""
    taken = {
        at
        for at, value in enumerate(first.values)
        if value is None and at not in first.statuses and second.has_cell(at)
        if at not in first.notes or second.values[at] is not None or at in second.statuses
    }
    notes = {at: note for at, note in first.notes.items() if at not in taken}
    return replace(
        first,
        values=[second.values[at] if at in taken else value for at, value in enumerate(first.values)],
        statuses={**first.statuses, **{at: code for at, code in second.statuses.items() if at in taken}},
        notes={**notes, **{at: note for at, note in second.notes.items() if at in taken}},
        filled={**first.filled, **dict.fromkeys(taken, second.dataset)},
    )


def _datasets(
    viewer: Viewer, indicator: Indicator, selection: Selection, known: Known | None
) -> tuple[str, dict[int, Dataset]]:
    """As `selected_datasets`, which is asked where a vintage is read or no frequency is named."""
    if known is None or selection.frequency is None or selection.as_of is not None:
        return selected_datasets(viewer, indicator, selection)
    named = selection.datasets
    return selection.frequency, {
        dataset.pk: dataset
        for dataset in known.datasets
        if dataset.frequency == selection.frequency and (named is None or dataset.code in named)
    }


def _axes(
    viewer: Viewer, dimensions: Sequence[IndicatorDimension], rows: Collection[Row], known: Known | None
) -> tuple[Dimension, ...]:
    offset = -len(dimensions)
    used = [{row.codes[offset + at] for row in rows} for at in range(len(dimensions))]
    # A release between the two reads may bring codes that were not there.
    if known and all(map(set.issubset, used, (dimension.codes for dimension in known.dimensions))):
        return _known_axes(known.dimensions, used)
    return axes_of(viewer, dimensions, used)


def _known_axes(
    dimensions: Sequence[AvailableDimension], used: Sequence[Collection[str]]
) -> tuple[Dimension, ...]:
    """As `axes_of`, of members at hand. No queries."""
    return tuple(
        Dimension(
            dimension.code,
            dimension.labels,
            Role(dimension.role),
            tuple(
                Member(member.code, member.labels, member.parent if member.parent in codes else None)
                for member in dimension.members
                if member.code in codes
            ),
        )
        for dimension, codes in zip(dimensions, used, strict=True)
    )


def axes_of(
    viewer: Viewer, dimensions: Sequence[IndicatorDimension], used: Sequence[Collection[str]]
) -> tuple[Dimension, ...]:
    """The axes with the members that occur, in the order of their code lists. One query.

    ``used`` are the codes that occur, by dimension.
    """
    codes = by_list(dimensions, used)
    found = codes_by_list(viewer=viewer, codelists=codes, codes=codes)
    return tuple(
        Dimension(
            dimension.code,
            texts(dimension, "name"),
            Role(dimension.role),
            tuple(
                Member(row.code, row.labels, row.parent if row.parent in used[at] else None)
                for row in found.get(dimension.codelist_id, ())
                if row.code in used[at]
            ),
        )
        for at, dimension in enumerate(dimensions)
    )


def source_axis(datasets: Iterable[Dataset]) -> Dimension:
    members = tuple(Member(dataset.code, source_of(dataset).labels) for dataset in datasets)
    return Dimension(SOURCE, source_labels(), Role.CLASSIFICATION, members)
