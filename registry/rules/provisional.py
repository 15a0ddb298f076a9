"""Figures of the running calendar year are provisional (D055): they carry SDMX status P by themselves."""

from __future__ import annotations

from dataclasses import replace

from registry.cube import Cube, Row, Status


def provisional(cube: Cube, year: int) -> Cube:
    """The cube with status P at every value of that year which has no status of its own."""
    places = _places(cube, year)
    if not places:
        return cube
    return replace(cube, rows=tuple(_marked(row, places) for row in cube.rows))


def without_provisional(cube: Cube, year: int) -> Cube:
    """The cube without status P in that year: what was given by itself is not taken over into new figures."""
    places = _places(cube, year)
    if not places:
        return cube
    gone = Status.PROVISIONAL.value
    return replace(
        cube,
        rows=tuple(
            replace(
                row,
                statuses={
                    at: status for at, status in row.statuses.items() if at not in places or status != gone
                },
            )
            for row in cube.rows
        ),
    )


def provisional_count(cube: Cube, year: int) -> int:
    """How many figures of that year carry status P."""
    places = _places(cube, year)
    return sum(
        status == Status.PROVISIONAL and at in places
        for row in (cube.rows if places else ())
        for at, status in row.statuses.items()
    )


def _places(cube: Cube, year: int) -> frozenset[int]:
    return frozenset(at for at, period in enumerate(cube.time.codes) if int(period[:4]) == year)


def _marked(row: Row, places: frozenset[int]) -> Row:
    given = {
        at: Status.PROVISIONAL.value for at in places if row.values[at] is not None and at not in row.statuses
    }
    return replace(row, statuses={**row.statuses, **given}) if given else row
