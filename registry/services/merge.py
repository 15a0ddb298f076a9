from __future__ import annotations

from dataclasses import replace

from registry.cube import Cube, Dimension, Member, Row
from registry.periods import ordinal, period_range


def merged(previous: Cube, change: Cube) -> Cube:
    """The last release with the cells of ``change`` put over it (SDMX action merge).

    A cell of ``change`` that has a value or a status replaces the whole cell; all others stay. A series that
    ``change`` has twice stays twice, for validation to find.
    """
    if not change.time.members:
        return previous
    if not previous.time.members:
        return change
    first = min(previous.time.codes[0], change.time.codes[0], key=ordinal)
    last = max(previous.time.codes[-1], change.time.codes[-1], key=ordinal)
    periods = period_range(first, last)
    rows = {row.codes: _stretched(row, previous, periods) for row in previous.rows}
    repeated = []
    seen = set()
    for row in change.rows:
        new = _stretched(row, change, periods)
        if row.codes in seen:
            repeated.append(new)
        else:
            rows[row.codes] = _over(rows[row.codes], new) if row.codes in rows else new
        seen.add(row.codes)
    axes = tuple(_joined(old, new) for old, new in zip(previous.axes, change.axes, strict=True))
    time = replace(change.time, members=tuple(Member(period, {}) for period in periods))
    return replace(change, axes=axes, time=time, rows=(*rows.values(), *repeated))


def _stretched(row: Row, cube: Cube, periods: tuple[str, ...]) -> Row:
    shift = periods.index(cube.time.codes[0])
    values = [None] * shift + list(row.values)
    values += [None] * (len(periods) - len(values))
    return Row(
        row.codes,
        values,
        {at + shift: status for at, status in row.statuses.items()},
        {at + shift: note for at, note in row.notes.items()},
    )


def _over(old: Row, new: Row) -> Row:
    touched = {at for at, value in enumerate(new.values) if value is not None} | set(new.statuses)
    values = [new.values[at] if at in touched else value for at, value in enumerate(old.values)]
    statuses = {at: status for at, status in old.statuses.items() if at not in touched} | dict(new.statuses)
    notes = {at: note for at, note in old.notes.items() if at not in touched} | dict(new.notes)
    return Row(old.codes, values, statuses, notes)


def _joined(old: Dimension, new: Dimension) -> Dimension:
    known = {member.code for member in new.members}
    return replace(
        new, members=(*new.members, *(member for member in old.members if member.code not in known))
    )
