"""Figures out: from series revisions to a cube, with the viewer applied in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import QuerySet

from registry.access import Viewer, participant_token
from registry.cube import Cube, Dimension, Member, Role, Row, Source, Texts, Value
from registry.languages import LANGUAGE_CODES, columns, texts
from registry.models import (
    Code,
    Dataset,
    Indicator,
    IndicatorDimension,
    SeriesRevision,
)
from registry.periods import ordinal, period_at
from registry.selectors.selection import Selection, selected_datasets, selected_revisions, selected_window
from registry.stored import read_by_position, read_notes, read_values

AnyT = TypeVar("AnyT")
TIME_PERIOD = "TIME_PERIOD"
SOURCE = "SOURCE"
TIME_LABELS: Texts = {"en": "Period", "ru": "Период"}
SOURCE_LABELS: Texts = {"en": "Source", "ru": "Источник"}
_NO_VALUE: list[Value] = [None]


@dataclass(slots=True)
class StoredRow:
    dataset_id: int
    key: str
    start: int
    values: list[Value]
    statuses: str
    notes: str


def cube_get(*, viewer: Viewer, indicator: Indicator, selection: Selection | None = None) -> Cube:
    """The figures of an indicator that the viewer may see: the union of the visible datasets.

    Three queries, and one for the dimensions unless the indicator has them at hand. Where several sources
    give the same cell, the official national one comes first. Nothing visible gives a cube without rows.
    Invalid when the selection names an unknown dimension or a bad period.
    """
    selection = selection or Selection()
    dimensions = list(indicator.dimensions.all())
    frequency = selection.frequency or str(indicator.frequency)
    window = selected_window(selection, frequency)
    datasets = selected_datasets(viewer, indicator, selection, frequency)
    stored = _read(selected_revisions(viewer, datasets, dimensions, selection)) if datasets else []
    first, last = _extent(stored, window)
    placed = placed_rows(stored, datasets, first, last, selection.by_source)
    used = {dataset_id for dataset_id, _row in placed}
    axes = _axes(dimensions, [row for _id, row in placed])
    sources = [dataset for dataset in datasets.values() if dataset.pk in used]
    if selection.by_source:
        axes = (source_axis(sources), *axes)
    positions = [axis.positions() for axis in axes]
    rows = united_rows([row for _id, row in placed])
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
    members = tuple(Member(period, {"en": period, "ru": period}) for period in periods)
    return Dimension(TIME_PERIOD, TIME_LABELS, Role.TIME, members)


def source_of(dataset: Dataset) -> Source:
    """How a dataset is named as a source. Needs owner and current release at hand."""
    owner, source = texts(dataset.owner, "name"), texts(dataset, "source")
    return Source(
        dataset=dataset.code,
        owner=dataset.owner.code,
        labels={code: " · ".join(filter(None, (owner[code], source[code]))) for code in owner},
        is_official=dataset.is_official,
        licence=dataset.licence,
        released_at=dataset.current_release.released_at if dataset.current_release else None,
    )


def _read(revisions: QuerySet[SeriesRevision]) -> list[StoredRow]:
    numbers: dict[str, int] = {}
    rows = []
    columns = ("dataset_id", "key", "start", "values_json", "statuses_json", "notes_json")
    for dataset_id, key, start, values, statuses, notes in revisions.values_list(*columns).iterator(5_000):
        if start not in numbers:
            numbers[start] = ordinal(start)
        rows.append(StoredRow(dataset_id, key, numbers[start], read_values(values), statuses, notes))
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
) -> list[tuple[int, Row]]:
    """Rows along the common time axis, by dataset in their order; those with nothing in it are left out."""
    length = last - first + 1
    if length < 1:
        return []
    rank = {dataset_id: number for number, dataset_id in enumerate(datasets)}
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
        if by_source:
            codes = (datasets[row.dataset_id].code, *codes)
        statuses = shifted(read_by_position(row.statuses), shift, length)
        made = Row(codes, values, statuses, shifted(read_notes(row.notes), shift, length))
        if made.has_anything():
            placed.append((row.dataset_id, made))
    if len(rank) > 1:
        placed.sort(key=lambda item: rank[item[0]])
    return placed


def shifted(items: Mapping[int, AnyT], shift: int, length: int) -> dict[int, AnyT]:
    return {at + shift: item for at, item in items.items() if 0 <= at + shift < length}


def united_rows(rows: Iterable[Row]) -> list[Row]:
    """One row per combination of codes: earlier rows win cell by cell."""
    united: dict[tuple[str, ...], Row] = {}
    for row in rows:
        first = united.setdefault(row.codes, row)
        if first is not row:
            united[row.codes] = _filled(first, row)
    return list(united.values())


def _filled(first: Row, second: Row) -> Row:
    gaps = {at for at, value in enumerate(first.values) if value is None and at not in first.statuses}
    values = [second.values[at] if at in gaps else value for at, value in enumerate(first.values)]
    statuses = {at: status for at, status in second.statuses.items() if at in gaps}
    notes = {at: note for at, note in second.notes.items() if at in gaps}
    return replace(
        first, values=values, statuses={**statuses, **first.statuses}, notes={**notes, **first.notes}
    )


def _axes(dimensions: Sequence[IndicatorDimension], rows: Collection[Row]) -> tuple[Dimension, ...]:
    offset = -len(dimensions)
    return axes_of(dimensions, [{row.codes[offset + at] for row in rows} for at in range(len(dimensions))])


def axes_of(
    dimensions: Sequence[IndicatorDimension], used: Sequence[Collection[str]]
) -> tuple[Dimension, ...]:
    """The axes with the members that occur, in the order of their code lists. One query.

    ``used`` are the codes that occur, by dimension.
    """
    found = _members(dimensions, {code for codes in used for code in codes})
    return tuple(
        Dimension(
            dimension.code,
            texts(dimension, "name"),
            Role(dimension.role),
            tuple(
                member if member.parent is None or member.parent in used[at] else replace(member, parent=None)
                for member in found.get(dimension.codelist_id, ())
                if member.code in used[at]
            ),
        )
        for at, dimension in enumerate(dimensions)
    )


def _members(dimensions: Sequence[IndicatorDimension], wanted: Collection[str]) -> dict[int, list[Member]]:
    """The members with these codes by code list, in its order. Plain rows: objects cost more."""
    found: dict[int, list[Member]] = {}
    if wanted:
        lists = {dimension.codelist_id for dimension in dimensions}
        rows = (
            Code.objects.filter(codelist__in=lists, code__in=wanted)
            .order_by("order", "code")
            .values_list("codelist_id", "code", "parent__code", *columns("name"))
        )
        for codelist_id, code, parent, *names in rows:
            labels = dict(zip(LANGUAGE_CODES, names, strict=True))
            found.setdefault(codelist_id, []).append(Member(code, labels, parent))
    return found


def source_axis(datasets: Iterable[Dataset]) -> Dimension:
    members = tuple(Member(dataset.code, source_of(dataset).labels) for dataset in datasets)
    return Dimension(SOURCE, SOURCE_LABELS, Role.CLASSIFICATION, members)


def distinct_notes(notes: Iterable[Texts]) -> tuple[Texts, ...]:
    kept: list[Texts] = []
    for note in notes:
        if note not in kept:
            kept.append(note)
    return tuple(kept)
