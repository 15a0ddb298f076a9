"""Between rows of a cube and the text in which the database keeps them.

A stored series is a start period and a JSON list; nulls at both ends are cut off unless they carry a
status or a note. The form is canonical: equal figures give equal text, so changes are found by comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from operator import itemgetter
from typing import NamedTuple

import orjson

from registry.cube import Cube, Row, Texts, Value


class StoredSeries(NamedTuple):
    """One series as it is written. Texts are JSON, see `SeriesRevision`; ``""`` stands for nothing."""

    key: str
    start: str
    values_json: str
    statuses_json: str
    notes_json: str
    value_count: int


def stored_series(cube: Cube) -> Iterator[StoredSeries]:
    """The rows of a cube that have anything, in stored form. Values are rounded to the cube's decimals.

    In the order of their keys, in which indexes grow at one end and later reading finds neighbours together.
    """
    periods = cube.time.codes
    for key, row in sorted([(row.key, row) for row in cube.rows], key=itemgetter(0)):
        values, first, statuses, notes = row.values, 0, "", ""
        if row.statuses or row.notes:
            first, last = _span(row)
            values = values[first : last + 1]
            statuses, notes = _by_position(row.statuses, first), _by_position(row.notes, first)
        elif not values or values[0] is None or values[-1] is None:
            first, last = _value_span(values)
            values = values[first : last + 1]
        if not values:
            continue
        text = orjson.dumps(values).decode()
        if "." in text or "e" in text:  # whole numbers, the usual case, pass as they are
            text = orjson.dumps(_kept(values, cube.decimals)).decode()
        count = len(values) - text.count("null")
        yield StoredSeries(key, periods[first], text, statuses, notes, count)


def read_values(text: str) -> list[Value]:
    values: list[Value] = orjson.loads(text)
    return values


def read_by_position(text: str) -> dict[int, str]:
    return {int(at): code for at, code in orjson.loads(text).items()} if text else {}


def read_notes(text: str) -> dict[int, Texts]:
    return {int(at): note for at, note in orjson.loads(text).items()} if text else {}


def _kept(values: Sequence[Value], decimals: int) -> list[Value]:
    """Values with the decimals that are kept.

    What is no finite number becomes nothing: a draft with such a cell is shown, never released.
    """
    if decimals == 0:
        return [None if value is None or not isfinite(value) else round(value) for value in values]
    return [
        None if value is None or not isfinite(value) else round(float(value), decimals) for value in values
    ]


def _value_span(cells: Sequence[Value]) -> tuple[int, int]:
    first, last = 0, len(cells) - 1
    while first <= last and cells[first] is None:
        first += 1
    while last > first and cells[last] is None:
        last -= 1
    return first, last


def _span(row: Row) -> tuple[int, int]:
    first, last = _value_span(row.values)
    places = [*row.statuses, *row.notes]
    if last < first:
        return min(places), max(places)
    return min(first, *places), max(last, *places)


def _by_position(items: Mapping[int, object], first: int) -> str:
    if not items:
        return ""
    shifted = {str(at - first): item for at, item in sorted(items.items())}
    return orjson.dumps(shifted, option=orjson.OPT_SORT_KEYS).decode()
