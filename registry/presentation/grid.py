"""Figures as a grid of series and periods, with what is to be said of them at their cells.

Shown to who submits and to who verifies, by the same template ``registry/admin/_grid.html``:

    grid = grid_of(cube, previous=last_release, marks=marks, language=current_language())
    {% include "registry/admin/_grid.html" with grid=grid %}

Marks are made of problems and remarks by `registry.selectors.submission.marks_of`. For cells that can be
chosen, give the template ``remark_url`` as well: every cell then links to it with ``series`` and ``period``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import ceil

from django.utils.functional import Promise

from registry.cube import Cube, Dimension, Row, Status, Value
from registry.formats.statuses import STATUS_LABELS
from registry.languages import ServedText, served
from registry.presentation.numbers import number_text

#: A page of a grid holds about so many cells, whatever the number of periods.
CELLS_PER_PAGE = 4_000
MOST_LINES = 100

ERROR, WARNING, REMARK = "error", "warning", "remark"
_GRAVITY = {ERROR: 0, WARNING: 1, REMARK: 2, "": 3}


class Show(StrEnum):
    """Which series a grid holds."""

    ALL = "all"
    PROBLEMS = "problems"  # those with a mark
    CHANGES = "changes"  # those that differ from the last release


@dataclass(frozen=True, slots=True)
class Mark:
    """Something said of a cell, or of a whole series (no period), or of everything (no key).

    ``severity`` is error, warning or remark; ``row`` the row of the file it came in, 0 where none is known.
    """

    key: str
    period: str
    severity: str
    text: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class GridCell:
    """One figure as text. ``kind`` is the gravest of its marks, ``reasons`` are all of them.

    ``change`` is "", new, changed or removed against the last release, and ``before`` what stood there.
    """

    period: str
    anchor: str
    text: str = ""
    status: str = ""
    status_label: str | Promise = ""
    note: str = ""
    kind: str = ""
    reasons: tuple[Mark, ...] = ()
    change: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class GridLine:
    """One series. ``headers`` are the labels of its codes along the axes that vary."""

    key: str
    anchor: str
    headers: tuple[str, ...]
    cells: tuple[GridCell, ...]
    kind: str = ""
    reasons: tuple[Mark, ...] = ()
    change: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mark in the list beside the grid: where it is, in words, and where the link to it leads."""

    mark: Mark
    place: str
    query: str  # of the page of the grid that holds the cell
    anchor: str


@dataclass(frozen=True, slots=True)
class Grid:
    """``fixed`` are dimensions with one member, said once above the table; ``pages`` counts from 1.

    ``general`` are marks of everything; ``errors`` and ``warnings`` the lists with links into the grid.
    """

    axes: tuple[str, ...]
    fixed: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]
    lines: tuple[GridLine, ...]
    statuses: tuple[tuple[str, str | Promise], ...] = ()
    general: tuple[Mark, ...] = ()
    errors: tuple[Listed, ...] = ()
    warnings: tuple[Listed, ...] = ()
    remarks: tuple[Listed, ...] = ()
    show: str = Show.ALL
    page: int = 1
    pages: int = 1
    line_count: int = 0
    all_count: int = 0

    @property
    def page_queries(self) -> tuple[tuple[int, str], ...]:
        """The query strings of the pages."""
        return tuple((page, f"show={self.show}&p={page}") for page in range(1, self.pages + 1))


def grid_of(
    cube: Cube,
    *,
    previous: Cube | None = None,
    marks: Iterable[Mark] = (),
    language: str,
    show: str = Show.ALL,
    page: int = 1,
    most_lines: int = MOST_LINES,
) -> Grid:
    """Lay out a cube: one line per series, those with marks first, one column per period.

    ``previous`` is the last release; its series that the cube no longer has are not lines (see
    `registry.presentation.comparison`). A page beyond the last one is the last one.
    """
    return _Layout(cube, previous, list(marks), language).grid(show, page, most_lines)


@dataclass(slots=True)
class _Layout:
    cube: Cube
    previous: Cube | None
    marks: list[Mark]
    language: str
    released: dict[tuple[str, ...], Row] = field(init=False)
    places: dict[str, int] = field(init=False)
    by_key: dict[str, list[Mark]] = field(init=False)

    def __post_init__(self) -> None:
        self.released = {row.codes: row for row in self.previous.rows} if self.previous else {}
        self.places = self.previous.time.positions() if self.previous else {}
        self.by_key = defaultdict(list)
        for mark in self.marks:
            self.by_key[mark.key].append(mark)

    def grid(self, show: str, page: int, most_lines: int) -> Grid:
        rows = self._ordered()
        shown = [row for row in rows if self._is_shown(row, show)]
        size = max(10, min(most_lines, CELLS_PER_PAGE // max(1, len(self.cube.time))))
        pages = max(1, ceil(len(shown) / size))
        page = min(max(1, page), pages)
        varying = [at for at, axis in enumerate(self.cube.axes) if len(axis) != 1]
        labels = [member_labels(axis, self.language) for axis in self.cube.axes]
        lines = tuple(
            self._line(row, tuple(labels[at].get(row.codes[at], row.codes[at]) for at in varying))
            for row in shown[(page - 1) * size : page * size]
        )
        where = {row.key: (at // size + 1, f"s{_anchor(row.key)}") for at, row in enumerate(rows)}
        listed = self._listed(where, labels, varying)
        used = {cell.status for line in lines for cell in line.cells if cell.status}
        return Grid(
            axes=tuple(served(self.cube.axes[at].labels, self.language) for at in varying),
            fixed=fixed_members(self.cube, self.language),
            periods=self.cube.time.codes,
            lines=lines,
            statuses=tuple((status.value, STATUS_LABELS[status]) for status in Status if status in used),
            general=tuple(mark for mark in self.marks if not mark.key),
            errors=tuple(item for item in listed if item.mark.severity == ERROR),
            warnings=tuple(item for item in listed if item.mark.severity == WARNING),
            remarks=tuple(item for item in listed if item.mark.severity == REMARK),
            show=show,
            page=page,
            pages=pages,
            line_count=len(shown),
            all_count=len(rows),
        )

    def _ordered(self) -> list[Row]:
        """The rows with the gravest marks first, otherwise in the order of the members."""
        positions = [axis.positions() for axis in self.cube.axes]

        def order(row: Row) -> tuple[int, list[int]]:
            kind = _gravest(self.by_key.get(row.key, ()))
            return _GRAVITY[kind], [
                place.get(code, 0) for place, code in zip(positions, row.codes, strict=True)
            ]

        return sorted(self.cube.rows, key=order)

    def _is_shown(self, row: Row, show: str) -> bool:
        if show == Show.PROBLEMS:
            return row.key in self.by_key
        if show == Show.CHANGES:
            return self._differs(row)
        return True

    def _differs(self, row: Row) -> bool:
        return any(self._change(row, at)[0] for at in range(len(row.values)))

    def _change(self, row: Row, at: int) -> tuple[str, str]:
        """What changed in a cell against the last release, and what stood there."""
        if self.previous is None:
            return "", ""
        old = self.released.get(row.codes)
        then = self.places.get(self.cube.time.codes[at]) if old is not None else None
        before = cell_of(old, then)
        now = (row.values[at], row.statuses.get(at, ""))
        return change_between(before, now), cell_text(*before, self.language, self.cube.decimals)

    def _line(self, row: Row, headers: tuple[str, ...]) -> GridLine:
        marks = self.by_key.get(row.key, ())
        anchor = _anchor(row.key)
        is_new = self.previous is not None and row.codes not in self.released
        by_period: dict[str, list[Mark]] = defaultdict(list)
        for mark in marks:
            by_period[mark.period].append(mark)
        own = tuple(by_period.pop("", ()))
        return GridLine(
            key=row.key,
            anchor=f"s{anchor}",
            headers=headers,
            cells=tuple(
                self._cell(row, at, period, f"c{anchor}-{period}", tuple(by_period.get(period, ())))
                for at, period in enumerate(self.cube.time.codes)
            ),
            kind=_gravest(own),
            reasons=own,
            change="new" if is_new else "",
        )

    def _cell(self, row: Row, at: int, period: str, anchor: str, marks: tuple[Mark, ...]) -> GridCell:
        value, status = row.values[at], row.statuses.get(at, "")
        change, before = self._change(row, at)
        return GridCell(
            period=period,
            anchor=anchor,
            text="" if value is None else number_text(value, self.language, self.cube.decimals),
            status=status,
            status_label=_LABELS.get(status, status),
            note=served(row.notes[at], self.language) if at in row.notes else "",
            kind=_gravest(marks),
            reasons=marks,
            change=change,
            before=before,
        )

    def _listed(
        self,
        where: Mapping[str, tuple[int, str]],
        labels: Sequence[Mapping[str, str]],
        varying: Sequence[int],
    ) -> list[Listed]:
        found = []
        for mark in self.marks:
            if not mark.key:
                continue
            codes = mark.key.split(".")
            if len(codes) == len(labels):
                named = [labels[at].get(codes[at], codes[at]) for at in varying] or [mark.key]
            else:
                named = [mark.key]
            place = " · ".join([*named, mark.period] if mark.period else named)
            page, anchor = where.get(mark.key, (0, ""))
            if anchor and mark.period:
                anchor = f"c{anchor[1:]}-{mark.period}"
            found.append(Listed(mark, place, f"p={page}" if page > 1 else "", anchor))
        return found


_LABELS: dict[str, str | Promise] = {status.value: label for status, label in STATUS_LABELS.items()}


def member_labels(axis: Dimension, language: str) -> dict[str, str]:
    """What the members of an axis are called, by code; a member without a label is called by its code."""
    return {member.code: served(member.labels, language) or member.code for member in axis.members}


def fixed_members(cube: Cube, language: str) -> tuple[tuple[str, str], ...]:
    """The dimensions with one member only, as label and member, to be said once."""
    return tuple(
        (served(axis.labels, language) or ServedText(axis.code, language, False), label)
        for axis in cube.axes
        if len(axis) == 1
        for label in member_labels(axis, language).values()
    )


def cell_of(row: Row | None, at: int | None) -> tuple[Value, str]:
    """Value and status of a cell, of one that is not there too."""
    return (None, "") if row is None or at is None else (row.values[at], row.statuses.get(at, ""))


def cell_text(value: Value, status: str, language: str, decimals: int) -> str:
    """A figure with its status in one line: 1,250 P."""
    number = "" if value is None else number_text(value, language, decimals)
    return " ".join(filter(None, (number, status)))


def change_between(before: tuple[Value, str], now: tuple[Value, str]) -> str:
    """new, changed, removed, or "" where a cell stayed what it was."""
    if before == now:
        return ""
    if before == (None, ""):
        return "new"
    return "removed" if now == (None, "") else "changed"


def as_remark(mark: Mark) -> Mark:
    return replace(mark, severity=REMARK)


def _gravest(marks: Sequence[Mark]) -> str:
    return min((mark.severity for mark in marks), key=_GRAVITY.__getitem__, default="")


def _anchor(key: str) -> str:
    """The key as part of an HTML id: no spaces, and no two alike."""
    return "".join(sign if sign.isalnum() or sign in "_-" else f"~{ord(sign):x}" for sign in key)
