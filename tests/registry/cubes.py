"""Small cubes made by hand, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.cube import Cube, Dimension, Member, Role, Row, Value
from registry.periods import period_at
from registry.selectors.cube import time_dimension

AXES = ("REF_AREA", "SEX")


def axis(code: str, members: Sequence[str]) -> Dimension:
    role = Role.GEO if code == "REF_AREA" else Role.CLASSIFICATION
    return Dimension(code, {"en": code}, role, tuple(Member(member, {"en": member}) for member in members))


def cube_of(
    figures: Mapping[str, Sequence[Value]] | Sequence[tuple[str, Sequence[Value]]],
    *,
    start: int = 2010,
    statuses: Mapping[str, Mapping[int, str]] | None = None,
    notes: Mapping[str, Mapping[int, Any]] | None = None,
    length: int | None = None,
    frequency: str = "A",
    decimals: int = 0,
) -> Cube:
    """A cube by REF_AREA and SEX; ``figures`` by key, or as pairs where a key comes twice."""
    pairs = list(figures.items()) if isinstance(figures, Mapping) else list(figures)
    if length is None:
        length = max((len(values) for _key, values in pairs), default=0)
    keys = [tuple(key.split(".")) for key, _values in pairs]
    axes = tuple(axis(code, list(dict.fromkeys(key[at] for key in keys))) for at, code in enumerate(AXES))
    rows = tuple(
        Row(
            tuple(key.split(".")),
            [*values, *[None] * (length - len(values))],
            dict((statuses or {}).get(key, {})),
            dict((notes or {}).get(key, {})),
        )
        for key, values in pairs
    )
    time = time_dimension(frequency, start, start + length - 1)
    assert not length or time.codes[0] == period_at(frequency, start)
    return Cube("X", {"en": "X"}, axes, time, rows, frequency=frequency, decimals=decimals)


def figures(cube: Cube) -> dict[str, list[Value]]:
    assert len({row.key for row in cube.rows}) == len(cube.rows)
    return {row.key: list(row.values) for row in cube.rows}
