"""Rules on single series and cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from math import isfinite

from registry.cube import WITHOUT_VALUE, Cube, Row, Status, Value
from registry.periods import ordinal
from registry.rules.base import Finding, Terms

#: Changes from fewer than this are too small to be worth a look.
_WORTH_A_LOOK = 100
#: Censuses of the nineteenth century are history; a year before is a slip of the keyboard.
FIRST_YEAR = 1800
#: Whole numbers beyond this are not exact in JSON and in most programs that read it.
_LARGEST = 2**53


def nothing(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """A submission has figures."""
    if not any(row.has_anything() for row in cube.rows):
        yield Finding("nothing", "error")


def unknown_code(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Every code is in the code list of its dimension."""
    for position, (axis, allowed) in enumerate(zip(cube.axes, terms.parents, strict=True)):
        unknown = {row.codes[position] for row in cube.rows} - allowed.keys()
        for row in cube.rows if unknown else ():
            if row.codes[position] in unknown:
                place = {"dimension": axis.code, "code": row.codes[position]}
                yield Finding("unknown_code", "error", row.key, arguments=place)


def duplicate_series(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """A combination of codes occurs once."""
    if len({row.codes for row in cube.rows}) == len(cube.rows):
        return
    seen: set[tuple[str, ...]] = set()
    for row in cube.rows:
        if row.codes in seen:
            yield Finding("duplicate_series", "error", row.key)
        seen.add(row.codes)


def bad_value(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Values are finite, not negative unless the indicator is a balance, and keep its decimals."""
    periods = cube.time.codes
    if _plainly_good(chain.from_iterable(row.values for row in cube.rows), terms):
        return
    for row in cube.rows:
        if _plainly_good(row.values, terms):
            continue
        for at, value in enumerate(row.values):
            if value is None:
                continue
            if not isfinite(value):
                yield Finding("not_a_number", "error", row.key, periods[at])
            elif abs(value) > _LARGEST:
                yield Finding("too_large", "error", row.key, periods[at], {"value": value})
            elif value < 0 and not terms.can_be_negative:
                yield Finding("negative", "error", row.key, periods[at], {"value": value})
            elif round(value, terms.decimals) != value:
                place = {"value": value, "decimals": terms.decimals}
                yield Finding("decimals", "error", row.key, periods[at], place)


def _plainly_good(values: Iterable[Value], terms: Terms) -> bool:
    """Whether all values are whole and not negative: the usual case, told without a look at each."""
    numbers = list(filter(None, values))  # zeros are always good
    if not numbers:
        return True
    if set(map(type, numbers)) != {int} or max(numbers) > _LARGEST:
        return False
    return min(numbers) >= (-_LARGEST if terms.can_be_negative else 0)


def status_without_value(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Statuses are of SDMX CL_OBS_STATUS; a missing or withheld cell has no value, any other has one."""
    known = {status.value for status in Status}
    periods = cube.time.codes
    for row in cube.rows:
        for at, status in row.statuses.items():
            has_value = row.values[at] is not None
            if status not in known:
                yield Finding("unknown_status", "error", row.key, periods[at], {"status": status})
            elif has_value is (status in WITHOUT_VALUE):
                rule = "value_with_status" if has_value else "status_without_value"
                yield Finding(rule, "error", row.key, periods[at], {"status": status})


def early_period(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Nothing is reported for times long before such statistics: a slip of the keyboard."""
    early = [(at, period) for at, period in enumerate(cube.time.codes) if int(period[:4]) < FIRST_YEAR]
    for row in cube.rows if early else ():
        for at, period in early:
            if row.values[at] is not None or at in row.statuses:
                yield Finding("early_period", "error", row.key, period, {"year": FIRST_YEAR})


def future_period(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Nothing is reported for a period that has not begun, unless it is marked as a forecast."""
    last = ordinal(terms.last_period)
    late = [(at, period) for at, period in enumerate(cube.time.codes) if ordinal(period) > last]
    for row in cube.rows if late else ():
        for at, period in late:
            if row.values[at] is not None and row.statuses.get(at) != Status.FORECAST:
                yield Finding("future_period", "error", row.key, period)


def foreign_area(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """A State reports of itself: its figures for another area would stand in for that State's own (D113)."""
    if terms.own_area is None:
        return
    position, area = terms.own_area
    for row in cube.rows:
        if row.codes[position] != area:
            yield Finding(
                "foreign_area", "error", row.key, arguments={"code": row.codes[position], "area": area}
            )


def small_count(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Counts so small that they may tell of single persons are warned about (D070)."""
    if terms.smallest_count is None:
        return
    for row in cube.rows:
        for at, value in enumerate(row.values):
            if value is not None and 0 < value < terms.smallest_count:
                place = {"value": value, "threshold": terms.smallest_count}
                yield Finding("small_count", "warning", row.key, cube.time.codes[at], place)


def jump(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """A cell that changed very much against the last release is warned about."""
    if previous is None:
        return
    released = {row.codes: row for row in previous.rows}
    same_time = previous.time.codes == cube.time.codes
    places = previous.time.positions()
    shared = [(at, places[period]) for at, period in enumerate(cube.time.codes) if period in places]
    for row in cube.rows:
        before = released.get(row.codes)
        if before is None or (same_time and list(before.values) == list(row.values)):
            continue
        for at, then in shared:
            if _jumped(before.values[then], row.values[at], terms.largest_change):
                change = {"before": before.values[then], "value": row.values[at]}
                yield Finding("jump", "warning", row.key, cube.time.codes[at], change)


def _jumped(before: Value, value: Value, times: float) -> bool:
    if before is None or value is None or before == value:
        return False
    low, high = sorted((abs(before), abs(value)))
    return high >= _WORTH_A_LOOK and high > low * times


def missing_total(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """A breakdown is given with its total, along each axis that has one in its code list (completeness).

    Where the last release had none either, that is the agreed breakdown.
    """
    for position, (axis, total) in enumerate(zip(cube.axes, terms.totals, strict=True)):
        given = {row.codes[position] for row in cube.rows}
        if total is None or len(given) < 2 or total in given:
            continue
        if previous is None or any(row.codes[position] == total for row in previous.rows):
            yield Finding("missing_total", "warning", arguments={"dimension": axis.code})


def missing_series(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """A series of the last release that is no longer there is warned about (completeness)."""
    if previous is None:
        return
    here = {row.codes for row in cube.rows}
    for row in previous.rows:
        if row.codes not in here and Row.has_anything(row):
            yield Finding("missing_series", "warning", row.key)
