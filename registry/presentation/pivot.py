"""A cube laid out as a table: any dimensions in rows, any in columns.

Only combinations that have anything get a row or column, so a sparse cube gives a short table. Zero,
withheld, missing and never reported stay different things.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from registry.cube import Cube, Dimension, Member, Row, Status, Texts, Value
from registry.languages import ServedText, served
from registry.presentation.numbers import number_text

#: Shown where a figure was never reported.
NOTHING_REPORTED = ".."

Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A heading over ``span`` lines or columns. ``level`` is the depth of its member below a parent shown."""

    id: str
    label: ServedText
    span: int = 1
    level: int = 0
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as text; ``status`` is a code or empty, ``note`` the number of a footnote or 0.

    ``headers`` are the ids of the headings it stands under, given where there is more than one level.
    """

    text: str = NOTHING_REPORTED
    status: str = ""
    note: int = 0
    has_value: bool = False
    is_total: bool = False
    headers: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """``headers`` are those that begin at this line, outermost first."""

    headers: tuple[Header, ...]
    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Pivot:
    """A table. ``fixed`` are the dimensions with one member, which stand in its caption.

    ``statuses`` are the codes that occur, ``notes`` the footnotes in order. ``line_count`` and
    ``column_count`` count what there is; lines and columns beyond the limit are left out. ``name`` begins
    the ids of everything in the table.
    """

    fixed: tuple[tuple[ServedText, ServedText], ...]
    row_dimensions: tuple[ServedText, ...]
    column_dimensions: tuple[ServedText, ...]
    column_levels: tuple[tuple[Header, ...], ...]
    lines: tuple[Line, ...]
    statuses: tuple[str, ...] = ()
    notes: tuple[ServedText, ...] = ()
    has_gaps: bool = False
    line_count: int = 0
    column_count: int = 0
    name: str = ""

    @property
    def is_cut(self) -> bool:
        return len(self.lines) < self.line_count or self.shown_columns < self.column_count

    @property
    def shown_columns(self) -> int:
        return len(self.lines[0].cells) if self.lines else 0


def pivot_table(
    cube: Cube,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    language: str,
    totals: Mapping[str, Collection[str]] | None = None,
    limit: int = 5_000,
    name: str = "",
) -> Pivot:
    """Lay out a cube. ``rows`` and ``columns`` together name every dimension of the cube once.

    ``totals`` are the codes of each dimension that are totals; ``limit`` is in cells. ``name`` begins the
    ids, so that several tables may stand on one page.
    """
    return _Layout(cube, rows, columns, language, totals or {}, name).table(limit)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where figures stand along some axes: positions of their members, the period's put in at ``time_at``."""

    axes: tuple[tuple[int, Mapping[str, int]], ...]
    time_at: int | None

    @classmethod
    def of(cls, cube: Cube, axes: Sequence[Dimension]) -> _Place:
        places = {axis.code: (at, axis.positions()) for at, axis in enumerate(cube.axes)}
        codes = [axis.code for axis in axes]
        time_at = codes.index(cube.time.code) if cube.time.code in codes else None
        return cls(tuple(places[code] for code in codes if code in places), time_at)

    def key(self, row: Row, at: int) -> Key:
        key = tuple(positions[row.codes[place]] for place, positions in self.axes)
        return key if self.time_at is None else (*key[: self.time_at], at, *key[self.time_at :])


@dataclass(slots=True)
class _Layout:
    cube: Cube
    rows: Sequence[str]
    columns: Sequence[str]
    language: str
    totals: Mapping[str, Collection[str]]
    name: str
    notes: list[Texts] = field(default_factory=list)
    statuses: set[str] = field(default_factory=set)
    has_gaps: bool = False

    def table(self, limit: int) -> Pivot:
        dimensions = {dimension.code: dimension for dimension in self.cube.dimensions}
        row_axes = [dimensions[code] for code in self.rows if len(dimensions[code]) != 1]
        column_axes = [dimensions[code] for code in self.columns if len(dimensions[code]) != 1]
        if not row_axes and self.rows:
            row_axes = [dimensions[self.rows[0]]]
        if not column_axes and self.columns:
            column_axes = [dimensions[self.columns[0]]]
        shown = {axis.code for axis in (*row_axes, *column_axes)}
        down, across = _Place.of(self.cube, row_axes), _Place.of(self.cube, column_axes)
        row_keys = sorted(self._row_keys(down))
        column_keys = sorted(self._column_keys(across))
        kept_columns = column_keys[:limit]
        kept_rows = row_keys[: max(1, limit // max(1, len(kept_columns)))]
        cells = self._cells(down, frozenset(kept_rows), across, frozenset(kept_columns))
        row_levels = self._levels(row_axes, kept_rows, f"{self.name}r")
        column_levels = self._levels(column_axes, kept_columns, f"{self.name}c")
        lines = self._lines(
            cells, (row_axes, kept_rows, row_levels), (column_axes, kept_columns, column_levels)
        )
        return Pivot(
            fixed=tuple(
                (served(axis.labels, self.language), served(axis.members[0].labels, self.language))
                for axis in self.cube.dimensions
                if axis.code not in shown and len(axis) == 1
            ),
            row_dimensions=tuple(served(axis.labels, self.language) for axis in row_axes),
            column_dimensions=tuple(served(axis.labels, self.language) for axis in column_axes),
            column_levels=tuple(tuple(header for _at, header in level) for level in column_levels),
            lines=lines,
            statuses=tuple(status for status in _order_of_statuses() if status in self.statuses),
            notes=tuple(served(note, self.language) for note in self.notes),
            has_gaps=self.has_gaps,
            line_count=len(row_keys),
            column_count=len(column_keys),
            name=self.name,
        )

    def _row_keys(self, place: _Place) -> set[Key]:
        if place.time_at is None:
            return {place.key(row, 0) for row in self.cube.rows}
        return {
            place.key(row, at)
            for row in self.cube.rows
            for at, value in enumerate(row.values)
            if value is not None or at in row.statuses or at in row.notes
        }

    def _column_keys(self, place: _Place) -> set[Key]:
        """Along time there are no holes: every period has its column, with a figure or without."""
        times = range(len(self.cube.time)) if place.time_at is not None else (0,)
        distinct = {place.key(row, 0): row for row in self.cube.rows}
        return {place.key(row, at) for row in distinct.values() for at in times}

    def _cells(
        self, down: _Place, rows: Collection[Key], across: _Place, columns: Collection[Key]
    ) -> dict[tuple[Key, Key], tuple[Row, int]]:
        """Where each figure of the lines and columns shown stands."""
        cells = {}
        for row in self.cube.rows:
            if down.time_at is None and down.key(row, 0) not in rows:
                continue
            for at in range(len(self.cube.time)):
                key = down.key(row, at), across.key(row, at)
                if key[0] in rows and key[1] in columns:
                    cells[key] = (row, at)
        return cells

    def _levels(
        self, axes: Sequence[Dimension], keys: Sequence[Key], prefix: str
    ) -> list[list[tuple[int, Header]]]:
        """The headings of each level with the place where they begin."""
        levels = []
        for depth, axis in enumerate(axes):
            depths = _depths(axis)
            level = []
            start = 0
            for key, group in groupby(keys, key=lambda key: key[: depth + 1]):
                span = len(list(group))
                member = axis.members[key[depth]]
                level.append((start, self._header(axis, member, f"{prefix}{depth}-{start}", span, depths)))
                start += span
            levels.append(level)
        return levels

    def _header(
        self, axis: Dimension, member: Member, place: str, span: int, depths: Mapping[str, int]
    ) -> Header:
        label = served(member.labels, self.language) or ServedText(member.code, self.language, False)
        is_total = member.code in self.totals.get(axis.code, ())
        return Header(place, label, span, depths[member.code], is_total)

    def _lines(
        self,
        cells: Mapping[tuple[Key, Key], tuple[Row, int]],
        down: tuple[Sequence[Dimension], Sequence[Key], list[list[tuple[int, Header]]]],
        across: tuple[Sequence[Dimension], Sequence[Key], list[list[tuple[int, Header]]]],
    ) -> tuple[Line, ...]:
        row_axes, row_keys, row_levels = down
        column_axes, column_keys, column_levels = across
        is_nested = len(row_axes) > 1 or len(column_axes) > 1
        begins = [dict(level) for level in row_levels]
        column_ids = _ids(column_levels, len(column_keys))
        row_ids = _ids(row_levels, len(row_keys))
        column_totals = [self._is_total(column_axes, key) for key in column_keys]
        lines = []
        for at, row_key in enumerate(row_keys):
            line_total = self._is_total(row_axes, row_key)
            made = tuple(
                self._cell(
                    cells.get((row_key, column_key)),
                    line_total or column_totals[place],
                    f"{row_ids[at]} {column_ids[place]}".strip() if is_nested else "",
                )
                for place, column_key in enumerate(column_keys)
            )
            lines.append(Line(tuple(level[at] for level in begins if at in level), made, line_total))
        return tuple(lines)

    def _is_total(self, axes: Sequence[Dimension], key: Key) -> bool:
        """Whether a heading stands for a total of something that the table also shows in parts."""
        return any(
            axis.members[place].code in self.totals.get(axis.code, ())
            for axis, place in zip(axes, key, strict=True)
            if len(axis) > 1
        )

    def _cell(self, found: tuple[Row, int] | None, is_total: bool, headers: str) -> Cell:
        if found is None:
            self.has_gaps = True
            return Cell(is_total=is_total, headers=headers)
        row, at = found
        value, status = row.values[at], row.statuses.get(at, "")
        if status:
            self.statuses.add(status)
        elif value is None:
            self.has_gaps = True
        return Cell(
            text=self._text(value, status),
            status=status,
            note=self._note(row.notes.get(at)),
            has_value=value is not None,
            is_total=is_total,
            headers=headers,
        )

    def _text(self, value: Value, status: str) -> str:
        if value is not None:
            return number_text(value, self.language, self.cube.decimals)
        return status or NOTHING_REPORTED

    def _note(self, note: Texts | None) -> int:
        if not note:
            return 0
        if note not in self.notes:
            self.notes.append(note)
        return self.notes.index(note) + 1


def _depths(axis: Dimension) -> dict[str, int]:
    """How many parents of each member are members too; a circle of parents ends the count."""
    parents = {member.code: member.parent for member in axis.members}
    depths = {}
    for code in parents:
        depth, above, seen = 0, parents[code], {code}
        while above in parents and above not in seen:
            seen.add(above)
            depth, above = depth + 1, parents[above]
        depths[code] = depth
    return depths


def _ids(levels: Sequence[Sequence[tuple[int, Header]]], count: int) -> list[str]:
    """The ids of all headings over each place."""
    ids: list[list[str]] = [[] for _place in range(count)]
    for level in levels:
        for start, header in level:
            for place in range(start, start + header.span):
                ids[place].append(header.id)
    return [" ".join(place) for place in ids]


def _order_of_statuses() -> list[str]:
    return [status.value for status in Status]
