"""Single figures out, page by page: unrolled from the few series a page needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet
from django.db.models import Value as Literal

from registry.access import Viewer
from registry.cube import Texts, Value
from registry.models import Dataset, Indicator, IndicatorDimension, Observation, SeriesRevision
from registry.periods import ordinal, period_at
from registry.row_security import for_viewer
from registry.selectors.code import by_list, codes_by_list
from registry.selectors.selection import (
    Selection,
    dataset_rank,
    selected_datasets,
    selected_revisions,
    selected_window,
)
from registry.stored import read_by_position, read_notes, read_values

#: Branches of one statement; more datasets than this for one indicator take a second statement.
_BRANCHES = 300


class Place(NamedTuple):
    """Where a cell stands in the order of observations: rank of its dataset, series key, period."""

    rank: tuple[Any, ...]
    key: str
    period: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its dataset, its codes in the order of the indicator's dimensions, its period."""

    dataset: Dataset
    key: str
    period: str
    value: Value
    status: str | None
    note: Texts

    @property
    def codes(self) -> list[str]:
        return self.key.split(".")

    @property
    def place(self) -> Place:
        return Place(dataset_rank(self.dataset), self.key, self.period)


@dataclass(frozen=True, slots=True)
class CellPage:
    """Cells in order, and whether more follow. ``labels`` are by dimension and code."""

    cells: list[Cell]
    has_next: bool
    labels: Mapping[tuple[str, str], Texts]


@for_viewer
def observation_page(
    *, viewer: Viewer, indicator: Indicator, selection: Selection, first: int, after: Place | None = None
) -> CellPage:
    """The next ``first`` cells the viewer may see, by rank of the dataset, series key and period.

    A cell is what has a value or a status. Three queries, whatever the size of the indicator, and one for
    the dimensions unless the indicator has them at hand. Invalid as for `cube_get`.
    """
    dimensions = list(indicator.dimensions.all())
    frequency, found = selected_datasets(viewer, indicator, selection)
    window = selected_window(selection, frequency)
    ranked = [(dataset_rank(dataset), dataset) for dataset in found.values()]
    ranked = [(rank, dataset) for rank, dataset in ranked if after is None or rank >= after.rank]
    cells: list[Cell] = []
    for at in range(0, len(ranked), _BRANCHES):
        branch = ranked[at : at + _BRANCHES]
        parts = [
            _series(viewer, dataset, dimensions, selection, frequency, window, _after_key(rank, after))
            for rank, dataset in branch
        ]
        # The series of the cursor may have nothing left; every other one has at least one cell.
        rows = _first_series(parts, first + 2)
        unrolled = _cells(rows, [dataset for _rank, dataset in branch], frequency, window, after)
        cells += islice(unrolled, first + 1 - len(cells))
        if len(cells) > first:
            break
    page = cells[:first]
    return CellPage(page, len(cells) > first, _labels(viewer, dimensions, page))


def _after_key(rank: tuple[Any, ...], after: Place | None) -> str | None:
    return after.key if after is not None and rank == after.rank else None


def _series(
    viewer: Viewer,
    dataset: Dataset,
    dimensions: Sequence[IndicatorDimension],
    selection: Selection,
    frequency: str,
    window: tuple[int | None, int | None],
    key: str | None,
) -> QuerySet[SeriesRevision]:
    """The series of one dataset, from ``key`` on, that have a cell between the periods."""
    revisions = selected_revisions(viewer, {dataset.pk: dataset}, dimensions, selection)
    start, end = window
    if start is None and end is None:
        revisions = revisions.filter(Q(value_count__gt=0) | ~Q(statuses_json=""))
    else:
        cells = Observation.objects.filter(series=OuterRef("series_id"))
        cells = cells.filter(period__gte=period_at(frequency, start)) if start is not None else cells
        cells = cells.filter(period__lte=period_at(frequency, end)) if end is not None else cells
        revisions = revisions.filter(Exists(cells))
    return revisions.filter(key__gte=key) if key is not None else revisions


def _first_series(parts: Sequence[QuerySet[SeriesRevision]], count: int) -> list[tuple[Any, ...]]:
    """The first series of several querysets in turn, in one statement that reads at most ``count`` of each.

    Django's own union refuses limits within its parts on SQLite, which has no objection to subqueries.
    """
    columns = ("rank", "key", "start", "values_json", "statuses_json", "notes_json")
    statements: list[str] = []
    arguments: list[Any] = []
    for rank, part in enumerate(parts):
        ranked = part.annotate(rank=Literal(rank, output_field=IntegerField()))
        limited = ranked.order_by("key").values_list(*columns)[:count]
        sql, values = limited.query.sql_with_params()
        statements.append(f"SELECT * FROM ({sql}) AS part{rank}")  # noqa: S608 - compiled by Django
        arguments += values
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(statements)} ORDER BY 1, 2 LIMIT %s", [*arguments, count])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _cells(
    rows: Sequence[tuple[Any, ...]],
    datasets: Sequence[Dataset],
    frequency: str,
    window: tuple[int | None, int | None],
    after: Place | None,
) -> Iterator[Cell]:
    low, high = window
    for at, key, start, values_json, statuses_json, notes_json in rows:
        dataset = datasets[at]
        number = ordinal(start)
        lowest = low
        if after is not None and key == after.key and dataset_rank(dataset) == after.rank:
            lowest = max(ordinal(after.period) + 1, low or 0)
        values = read_values(values_json)
        statuses, notes = read_by_position(statuses_json), read_notes(notes_json)
        begin = 0 if lowest is None else max(lowest - number, 0)
        end = len(values) if high is None else min(high - number + 1, len(values))
        for place in range(begin, end):
            if values[place] is not None or place in statuses:
                period = period_at(frequency, number + place)
                yield Cell(dataset, key, period, values[place], statuses.get(place), notes.get(place, {}))


def _labels(
    viewer: Viewer, dimensions: Sequence[IndicatorDimension], cells: Sequence[Cell]
) -> dict[tuple[str, str], Texts]:
    """The labels of the codes on a page. One query, none for an empty page."""
    used = by_list(dimensions, zip(*(cell.codes for cell in cells), strict=True)) if cells else {}
    codes = codes_by_list(viewer=viewer, codelists=used, codes=used)
    return {
        (dimension.code, row.code): row.labels
        for dimension in dimensions
        for row in codes.get(dimension.codelist_id, ())
    }
