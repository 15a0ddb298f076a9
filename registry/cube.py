"""The cube: the one shape in which figures pass in and out.

Dense along time, sparse across: exactly how figures are stored, so nothing is reshaped on the way.
Every output is a pure function of a cube and every file input produces one. Source: docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import prod

Texts = Mapping[str, str]  # language code -> text
Value = float | int | None
NOTHING: Mapping[int, str] = {}


class Role(StrEnum):
    """What a dimension stands for (JSON-stat and SDMX roles)."""

    TIME = "time"
    GEO = "geo"
    METRIC = "metric"
    CLASSIFICATION = "classification"


class Status(StrEnum):
    """Observation status, SDMX CL_OBS_STATUS. A value without a status is normal (A).

    A cell with no value and no status was never reported; zero is a value; Q is a figure withheld.
    """

    BREAK = "B"
    DEFINITION_DIFFERS = "D"
    ESTIMATED = "E"
    FORECAST = "F"
    IMPUTED = "I"
    NOT_COLLECTED = "L"
    NOT_APPLICABLE = "M"
    MISSING = "O"
    PROVISIONAL = "P"
    WITHHELD = "Q"
    LOW_RELIABILITY = "U"


#: Statuses of cells that have no value.
WITHOUT_VALUE = frozenset({Status.NOT_COLLECTED, Status.NOT_APPLICABLE, Status.MISSING, Status.WITHHELD})


class CubeTooLarge(Exception):
    """The dense form would have more cells than allowed. ``cells`` and ``limit`` are counts."""

    def __init__(self, cells: int, limit: int) -> None:
        super().__init__(f"{cells} cells, at most {limit}")
        self.cells = cells
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Member:
    """One code of a dimension: its labels per language, its parent's code, its notes."""

    code: str
    labels: Texts
    parent: str | None = None
    notes: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """An axis: SDMX concept id, labels per language, role, ordered members."""

    code: str
    labels: Texts
    role: Role
    members: tuple[Member, ...]
    notes: tuple[Texts, ...] = ()

    def __len__(self) -> int:
        return len(self.members)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(member.code for member in self.members)

    def positions(self) -> dict[str, int]:
        return {member.code: position for position, member in enumerate(self.members)}


@dataclass(frozen=True, slots=True)
class Row:
    """One series: codes of every axis in order, and what it has along the time axis.

    ``values`` is as long as the time axis; ``statuses`` and ``notes`` are by time position.
    """

    codes: tuple[str, ...]
    values: Sequence[Value]
    statuses: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[int, Texts] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The series key in SDMX notation: codes joined by dots."""
        return ".".join(self.codes)

    def has_anything(self) -> bool:
        return bool(self.statuses or self.notes) or any(value is not None for value in self.values)


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures of the cube come from: a dataset, its owner, and the documentation beside it."""

    dataset: str
    owner: str
    labels: Texts
    is_official: bool = False
    licence: str = ""
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cube:
    """Figures of one indicator: axes without time, the time axis, and the rows that have anything.

    ``decimals`` is how many decimals values keep. ``notes`` are notes to the whole table.
    """

    code: str
    labels: Texts
    axes: tuple[Dimension, ...]
    time: Dimension
    rows: tuple[Row, ...]
    frequency: str = "A"
    unit: Texts = field(default_factory=dict)
    decimals: int = 0
    notes: tuple[Texts, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """All dimensions, time last."""
        return (*self.axes, self.time)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(dimension) for dimension in self.dimensions)

    @property
    def cell_count(self) -> int:
        """Cells of the dense form."""
        return prod(self.sizes)

    def offsets(self) -> Iterator[tuple[int, Row]]:
        """Each row with the place of its first cell in the dense, row-major form."""
        places = []
        stride = len(self.time)
        for axis in reversed(self.axes):
            places.append({code: position * stride for code, position in axis.positions().items()})
            stride *= len(axis)
        places.reverse()
        for row in self.rows:
            yield sum(place[code] for place, code in zip(places, row.codes, strict=True)), row

    def dense(self, limit: int | None = None) -> list[Value]:
        """All values row-major, time fastest; None where none is. CubeTooLarge above ``limit`` cells."""
        self._check(limit)
        values: list[Value] = [None] * self.cell_count
        length = len(self.time)
        for offset, row in self.offsets():
            values[offset : offset + length] = row.values
        return values

    def dense_statuses(self) -> dict[int, str]:
        """Status codes by place in the dense form."""
        return {offset + at: code for offset, row in self.offsets() for at, code in row.statuses.items()}

    def dense_notes(self) -> dict[int, Texts]:
        """Cell notes by place in the dense form."""
        return {offset + at: note for offset, row in self.offsets() for at, note in row.notes.items()}

    def _check(self, limit: int | None) -> None:
        if limit is not None and self.cell_count > limit:
            raise CubeTooLarge(self.cell_count, limit)
