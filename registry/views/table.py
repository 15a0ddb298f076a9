"""From what is asked for to the table shown: the effective choice of members, periods and layout."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from registry.access import Viewer
from registry.cube import Cube
from registry.models import Dataset, Indicator
from registry.presentation.defaults import (
    Members,
    commonest_members,
    cut,
    first_members,
    largest_members,
    latest_periods,
    narrowed,
)
from registry.presentation.pivot import Pivot, pivot_table
from registry.selectors.availability import AvailableDimension, members_available
from registry.selectors.cube import SOURCE, TIME_PERIOD, Known, cube_get
from registry.views.selection import ALL, Asked, query_of

#: The most series read for one page, and the most cells drawn on it. Downloads have no such limit.
MOST_SERIES = 30_000
MOST_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """What the page shows. ``asked`` is the effective choice in full, ready for a link or a form.

    ``periods`` are all there are for these members. Without a cube, too much was asked for at once.
    """

    asked: Asked
    frequency: str
    dimensions: tuple[AvailableDimension, ...]
    cube: Cube | None = None
    pivot: Pivot | None = None
    periods: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        return query_of(self.asked).urlencode()

    @property
    def start_query(self) -> str:
        """The same figures with nothing chosen."""
        return query_of(Asked(as_of=self.asked.as_of)).urlencode()

    @property
    def everything_query(self) -> str:
        """All figures of this frequency, with the question mark if there is anything to say."""
        query = query_of(Asked(frequency=self.asked.frequency, as_of=self.asked.as_of)).urlencode()
        return f"?{query}" if query else ""

    @property
    def swapped_query(self) -> str:
        """The same table with rows and columns exchanged."""
        return query_of(replace(self.asked, rows=self.asked.columns, columns=self.asked.rows)).urlencode()


def table_for(
    *,
    viewer: Viewer,
    indicator: Indicator,
    asked: Asked,
    datasets: Sequence[Dataset],
    usual: str,
    language: str,
    most_cells: int = MOST_CELLS,
    name: str = "",
) -> Table:
    """The table of an indicator over the datasets of which the viewer sees figures. Three queries, and one
    more for a vintage.

    ``datasets`` are those of `datasets_documented`, but for a vintage.
    ``usual`` is the frequency shown where none is asked for. Where there are no figures of the one asked for,
    the cube is empty. ``name`` begins the ids in the table, as there may be several on a page.
    """
    frequency = asked.frequency or usual
    dimensions = members_available(
        viewer=viewer,
        dimensions=list(indicator.dimensions.all()),
        datasets=[dataset for dataset in datasets if dataset.frequency == frequency],
        as_of=asked.as_of,
    )
    known = Known(datasets, dimensions)
    is_told = frequency == usual == indicator.frequency

    def read(asked: Asked) -> Cube:
        chosen = asked.selection(frequency)
        return cube_get(viewer=viewer, indicator=indicator, selection=chosen, known=known)

    asked = replace(asked, frequency=None if is_told else frequency)
    lay_out = partial(_pivot, dimensions=dimensions, language=language, limit=most_cells, name=name)
    return _table(asked, frequency, dimensions, read, lay_out)


def table_of(*, cube: Cube, dimensions: tuple[AvailableDimension, ...], asked: Asked, language: str) -> Table:
    """The table of figures at hand, laid out as `table_for` would once they are released. No queries."""

    def read(asked: Asked) -> Cube:
        return narrowed(cube, asked.selection().filters)

    lay_out = partial(_pivot, dimensions=dimensions, language=language)
    return _table(asked, cube.frequency, dimensions, read, lay_out)


def _table(
    asked: Asked,
    frequency: str,
    dimensions: tuple[AvailableDimension, ...],
    read: Callable[[Asked], Cube],
    lay_out: Callable[[Cube, Asked], Pivot],
) -> Table:
    members, largest = _choice(asked, dimensions)
    members = {dimension.code: members.get(dimension.code, (ALL,)) for dimension in dimensions}
    asked = replace(asked, members=members)
    if _most_series(dimensions, members) > MOST_SERIES:
        return Table(_laid_out(asked, dimensions), frequency, dimensions)
    cube = read(replace(asked, start=None, end=None))
    if largest and cube.rows:
        found = largest_members(cube, largest)
        cube = narrowed(cube, found)
        asked = replace(asked, members={**members, **found})
    periods = cube.time.codes
    if not (asked.start or asked.end) and (span := latest_periods(cube)):
        asked = replace(asked, start=span[0], end=span[1])
    cube = cut(cube, asked.start, asked.end)
    asked = _laid_out(asked, dimensions)
    pivot = lay_out(cube, asked) if cube.rows else None
    return Table(asked, frequency, dimensions, cube, pivot, periods)


def _choice(asked: Asked, dimensions: Sequence[AvailableDimension]) -> tuple[Members, dict[str, int]]:
    """The members to read, and of which dimensions only the largest are to be kept then.

    Where there are too many series to find the largest, those with the most series stand for them.
    """
    members, largest = first_members(dimensions)
    members = {code: chosen for code, chosen in members.items() if chosen} | dict(asked.members)
    largest = {code: limit for code, limit in largest.items() if code not in asked.members}
    everything = {**members, **dict.fromkeys(largest, (ALL,))}
    if largest and _most_series(dimensions, everything) > MOST_SERIES:
        by_code = {dimension.code: dimension for dimension in dimensions}
        return members | {
            code: commonest_members(by_code[code], limit) for code, limit in largest.items()
        }, {}
    return everything, largest


def _most_series(dimensions: Sequence[AvailableDimension], members: Mapping[str, Collection[str]]) -> int:
    """An upper bound of the series with these members, from what is known of each dimension alone."""
    counts = []
    for dimension in dimensions:
        chosen = members.get(dimension.code, (ALL,))
        counts.append(
            sum(member.series for member in dimension.members if ALL in chosen or member.code in chosen)
        )
    return min(counts, default=0)


def _laid_out(asked: Asked, dimensions: Sequence[AvailableDimension]) -> Asked:
    """With every dimension in rows or in columns: periods in columns unless asked otherwise."""
    known = [dimension.code for dimension in dimensions] + [TIME_PERIOD]
    if asked.by_source:
        known.insert(0, SOURCE)
    columns = asked.columns or (() if asked.rows else (TIME_PERIOD,))
    rest = tuple(code for code in known if code not in columns and code not in asked.rows)
    if asked.rows and not asked.columns:
        return replace(asked, columns=rest)
    return replace(asked, rows=(*asked.rows, *rest), columns=columns)


def _pivot(
    cube: Cube,
    asked: Asked,
    *,
    dimensions: Sequence[AvailableDimension],
    language: str,
    limit: int = MOST_CELLS,
    name: str = "",
) -> Pivot:
    totals = {
        dimension.code: {member.code for member in dimension.members if member.is_total}
        for dimension in dimensions
    }
    return pivot_table(
        cube,
        rows=asked.rows,
        columns=asked.columns,
        language=language,
        totals=totals,
        limit=limit,
        name=name,
    )
