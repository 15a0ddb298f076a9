"""Totals that add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from registry.cube import Cube, Row
from registry.rules.base import Finding, Terms


def totals_add_up(cube: Cube, previous: Cube | None, terms: Terms) -> Iterator[Finding]:
    """Along each axis with a total, the parts do not exceed it; with all parts given they equal it.

    Parts are the members given beside the total that lie in no other of them, whatever the level. More than
    the total is an error, less is a warning: a member may be left out or withheld. Balances are not checked:
    parts of either sign say nothing of the whole while some are left out.
    """
    if terms.can_be_negative:
        return
    for position, total in enumerate(terms.totals):
        if total is not None and any(row.codes[position] == total for row in cube.rows):
            yield from _along(cube, position, total, terms.parents[position])


def _along(cube: Cube, position: int, total: str, parents: Mapping[str, str | None]) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    totals: dict[tuple[str, ...], Row] = {}
    for row in cube.rows:
        rest = row.codes[:position] + row.codes[position + 1 :]
        if row.codes[position] == total:
            totals[rest] = row
        else:
            groups[rest].append(row)
    for rest, whole in totals.items():
        members = groups.get(rest, [])
        given = {row.codes[position] for row in members}
        parts = [row for row in members if not _lies_in(row.codes[position], given, parents)]
        yield from _compare(cube, whole, parts, position)


def _lies_in(code: str, given: Collection[str], parents: Mapping[str, str | None]) -> bool:
    """Whether one of the given members is above the code, however far."""
    above, passed = parents.get(code), {code}
    while above is not None and above not in passed:
        if above in given:
            return True
        passed.add(above)
        above = parents.get(above)
    return False


def _compare(cube: Cube, whole: Row, parts: list[Row], position: int) -> Iterator[Finding]:
    if not parts:
        return
    tolerance = 0.5 * 10**-cube.decimals * (len(parts) + 1) if cube.decimals else 0
    for at, period in enumerate(cube.time.codes):
        value = whole.values[at]
        given = [row.values[at] for row in parts]
        known = [part for part in given if part is not None]
        if value is None or not known:
            continue
        total = sum(known)
        place = {"dimension": cube.axes[position].code, "value": value, "sum": total}
        if total > value + tolerance:
            yield Finding("parts_exceed_total", "error", whole.key, period, place)
        elif total < value - tolerance and len(known) == len(given):
            yield Finding("parts_below_total", "warning", whole.key, period, place)
