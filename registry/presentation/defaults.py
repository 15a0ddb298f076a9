"""Which part of an indicator a reader sees first, and how a cube is narrowed to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from registry.cube import Cube, Role, Row, shifted
from registry.periods import Frequency, frequency_of, ordinal
from registry.selectors.availability import AvailableDimension

#: How many members a dimension without a total shows at first, and how many areas and periods at most.
MOST_MEMBERS = 12
MOST_AREAS = 60
MOST_PERIODS = 15
FEW_MEMBERS = 4

Members = dict[str, tuple[str, ...]]


def first_members(dimensions: Collection[AvailableDimension]) -> tuple[Members, dict[str, int]]:
    """The members shown at first where the reader chose none, and the dimensions left to their largest.

    All areas by time, everything else at its total; with a single area the first classification is
    spread instead. A dimension without a total shows all members if they are few; else the second
    result says how many of the largest ones to keep (`largest_members`).
    """
    spread = _spread(dimensions)
    chosen: Members = {}
    largest: dict[str, int] = {}
    for dimension in dimensions:
        codes = dimension.codes
        if dimension is spread:
            limit = MOST_AREAS if dimension.role == Role.GEO else MOST_MEMBERS
            if len(codes) <= limit:
                chosen[dimension.code] = codes
            else:
                largest[dimension.code] = MOST_MEMBERS
        elif dimension.default in codes:
            chosen[dimension.code] = (dimension.default,) if dimension.default else ()
        elif len(codes) <= FEW_MEMBERS:
            chosen[dimension.code] = codes
        else:
            largest[dimension.code] = 1
    return chosen, largest


def _spread(dimensions: Collection[AvailableDimension]) -> AvailableDimension | None:
    several = [dimension for dimension in dimensions if len(dimension.codes) > 1]
    areas = [dimension for dimension in several if dimension.role == Role.GEO]
    return next(iter(areas or several), None)


def commonest_members(dimension: AvailableDimension, limit: int) -> tuple[str, ...]:
    """The members with the most series: what stands for the largest ones where all cannot be read."""
    ranked = sorted(dimension.members, key=lambda member: -member.series)[:limit]
    kept = {member.code for member in ranked}
    return tuple(code for code in dimension.codes if code in kept)


def largest_members(cube: Cube, largest: Mapping[str, int]) -> Members:
    """The members with the largest latest figures, so many per dimension, in the order of the cube.

    Those kept to one member are settled first, so that the others are ranked within it.
    """
    chosen: Members = {}
    rows = cube.rows
    places = {axis.code: at for at, axis in enumerate(cube.axes)}
    for code in sorted(largest, key=lambda code: largest[code]):
        weights: dict[str, float] = {}
        for row in rows:
            member = row.codes[places[code]]
            weights[member] = weights.get(member, 0) + abs(row.latest or 0)
        kept = set(sorted(weights, key=lambda member: -weights[member])[: largest[code]])
        chosen[code] = tuple(member for member in cube.axes[places[code]].codes if member in kept)
        rows = tuple(row for row in rows if row.codes[places[code]] in kept)
    return chosen


def narrowed(cube: Cube, members: Mapping[str, Collection[str]]) -> Cube:
    """The cube with these members only; dimensions not named stay as they are."""
    kept = [(at, frozenset(members[axis.code])) for at, axis in enumerate(cube.axes) if axis.code in members]
    rows = tuple(row for row in cube.rows if all(row.codes[at] in codes for at, codes in kept))
    return _with_used_members(cube, rows)


def cut(cube: Cube, start: str | None, end: str | None) -> Cube:
    """The cube between two periods, both included; a year stands for all its periods."""
    codes = cube.time.codes
    if not codes:
        return cube
    first = next(
        (at for at, code in enumerate(codes) if start is None or not _before(code, start)), len(codes)
    )
    last = next(
        (at for at, code in reversed(list(enumerate(codes))) if end is None or not _after(code, end)), -1
    )
    time = replace(cube.time, members=cube.time.members[first : last + 1])
    rows = (_cut_row(row, first, last) for row in cube.rows)
    return _with_used_members(replace(cube, time=time), tuple(row for row in rows if row.has_anything()))


def latest_periods(cube: Cube, limit: int = MOST_PERIODS) -> tuple[str, str] | None:
    """The first and last of the latest periods; None where there is no time at all."""
    codes = cube.time.codes[-limit:]
    return (codes[0], codes[-1]) if codes else None


def _cut_row(row: Row, first: int, last: int) -> Row:
    length = max(last - first + 1, 0)
    return replace(
        row,
        values=row.values[first : first + length],
        statuses=shifted(row.statuses, -first, length),
        notes=shifted(row.notes, -first, length),
        filled=shifted(row.filled, -first, length),
    )


def _before(period: str, start: str) -> bool:
    return _comparable(period, start) < ordinal(start)


def _after(period: str, end: str) -> bool:
    return _comparable(period, end) > ordinal(end)


def _comparable(period: str, bound: str) -> int:
    return ordinal(period[:4]) if frequency_of(bound) is Frequency.ANNUAL else ordinal(period)


def _with_used_members(cube: Cube, rows: tuple[Row, ...]) -> Cube:
    axes = []
    for at, axis in enumerate(cube.axes):
        used = {row.codes[at] for row in rows}
        members = tuple(
            replace(member, parent=member.parent if member.parent in used else None)
            for member in axis.members
            if member.code in used
        )
        axes.append(replace(axis, members=members))
    return replace(cube.with_rows(rows), axes=tuple(axes))
