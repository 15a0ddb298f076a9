from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.cube import Cube, Dimension, Member, Row
from registry.errors import Invalid
from registry.formats.base import LIMITS
from registry.formats.problems import MESSAGES
from registry.periods import ordinal, period_range
from registry.rules.figures import FIRST_YEAR

#: A forecast may look so many years ahead.
_YEARS_AHEAD = 50


def merged(previous: Cube, change: Cube) -> Cube:
    """The last release with the cells of ``change`` put over it (SDMX action merge).

    A cell of ``change`` that has a value or a status replaces the whole cell; all others stay. A series that
    ``change`` has twice stays twice, for validation to find.

    Every series is stretched to all the periods of both: Invalid, before that is done, for a year that lies
    far from any statistics, and for a table larger than one that is read (`registry.formats.base.LIMITS`).
    """
    if not change.time.members:
        return previous
    if not previous.time.members:
        return change
    first = min(previous.time.codes[0], change.time.codes[0], key=ordinal)
    last = max(previous.time.codes[-1], change.time.codes[-1], key=ordinal)
    _check_years(change.time.codes)
    periods = period_range(first, last)
    _check_size(previous, change, len(periods))
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


def _check_years(periods: Sequence[str]) -> None:
    """Of one cell in the year 9024 would otherwise come seven thousand years of nothing."""
    years = {"first": FIRST_YEAR, "last": timezone.now().year + _YEARS_AHEAD}
    for period in (periods[0], periods[-1]):
        if not years["first"] <= int(period[:4]) <= years["last"]:
            raise Invalid(
                _("The period %(period)s lies outside the years %(first)s to %(last)s."),
                period=period,
                **years,
            )


def _check_size(previous: Cube, change: Cube, length: int) -> None:
    cells = len({row.codes for cube in (previous, change) for row in cube.rows}) * length
    if cells > LIMITS.cells:
        raise Invalid(MESSAGES["too_many_cells"], cells=cells, limit=LIMITS.cells)


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
