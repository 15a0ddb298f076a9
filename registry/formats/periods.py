"""Periods as files write them, and time axes without gaps."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from registry.cube import Cube, Member, Row
from registry.periods import BadPeriod, frequency_of, ordinal, period_at

_KINDS = {"K": "Q", "H": "S"}
#: 2003M04 (PC-Axis, Eurostat), 2003Q2, 2003K2 (Nordic quarters), 2003H1, 2003S1 (half-years), 2010A1 (SDMX).
_FOREIGN = re.compile(r"(?P<year>\d{4})-?(?P<kind>[AMQKHS])(?P<part>\d{1,2})", re.ASCII | re.IGNORECASE)


def normal_period(text: str) -> str:
    """A period in SDMX notation from any of the usual ways to write one. BadPeriod if it is none."""
    text = text.strip()
    if not text.isascii():
        raise BadPeriod(text)
    if match := _FOREIGN.fullmatch(text):
        kind, part = match["kind"].upper(), int(match["part"])
        if kind == "M":
            text = f"{match['year']}-{part:02d}"
        elif kind == "A" and part == 1:
            text = match["year"]
        else:
            text = f"{match['year']}-{_KINDS.get(kind, kind)}{part}"
    frequency_of(text)
    return text


def unbroken(cube: Cube, written: Sequence[str] | None = None) -> Cube:
    """The same cube with its periods in order and none left out between the first and the last.

    Series are stored as a start and a list, so that a left out year would move all later figures. ``written``
    are the periods which the rows have values for, if these are not those of the time axis.
    """
    codes = cube.time.codes
    written = codes if written is None else written
    if not codes:
        return replace(cube, frequency="A", rows=tuple(replace(row, values=[]) for row in cube.rows))
    frequency = frequency_of(codes[0])
    members = {ordinal(member.code): member for member in cube.time.members}
    first, last = min(members), max(members)
    time = replace(
        cube.time,
        members=tuple(
            members.get(number) or Member(period_at(frequency, number), {})
            for number in range(first, last + 1)
        ),
    )
    places = [ordinal(code) - first for code in written]
    if places == list(range(len(time))):
        return replace(cube, frequency=frequency.value, time=time)
    rows = tuple(_moved(row, places, len(time)) for row in cube.rows)
    return replace(cube, frequency=frequency.value, time=time, rows=rows)


def _moved(row: Row, places: list[int], length: int) -> Row:
    values: list[float | int | None] = [None] * length
    for place, value in zip(places, row.values, strict=True):
        if value is not None:
            values[place] = value
    statuses = {places[at]: status for at, status in row.statuses.items()}
    return Row(row.codes, values, statuses, {places[at]: note for at, note in row.notes.items()})
