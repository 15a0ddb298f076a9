"""The cube: the one shape in which figures pass in and out.

Dense along time, sparse across: exactly how figures are stored, so nothing is reshaped on the way.
Every output is a pure function of a cube and every file input produces one. Source: docs/architecture.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from math import prod
from typing import TypeVar

AnyT = TypeVar("AnyT")
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


# Nobody changes a row, but tens of thousands are made at once, and a frozen one takes four times as long.
@dataclass(slots=True)
class Row:
    """One series: codes of every axis in order, and what it has along the time axis.

    ``values`` is as long as the time axis; ``statuses`` and ``notes`` are by time position. ``dataset`` is
    the code of the dataset it comes from, empty where nobody tells, and ``filled`` the datasets of the cells
    that came from others, by time position. Neither is part of what rows are compared by.
    """

    codes: tuple[str, ...]
    values: Sequence[Value]
    statuses: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[int, Texts] = field(default_factory=dict)
    dataset: str = field(default="", compare=False)
    filled: Mapping[int, str] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> str:
        """The series key in SDMX notation: codes joined by dots."""
        return ".".join(self.codes)

    def has_anything(self) -> bool:
        return bool(self.statuses or self.notes) or any(value is not None for value in self.values)

    def has_cell(self, at: int) -> bool:
        """Whether there is anything at a time position."""
        return self.values[at] is not None or at in self.statuses or at in self.notes

    @property
    def latest(self) -> Value:
        """The latest figure there is."""
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def datasets(self) -> frozenset[str]:
        """The datasets that at least one cell comes from."""
        if not self.filled:
            return frozenset([self.dataset])
        others = {code for at, code in self.filled.items() if self.has_cell(at)}
        has_own = any(at not in self.filled and self.has_cell(at) for at in range(len(self.values)))
        return frozenset(others | {self.dataset} if has_own else others)


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures of the cube come from: a dataset, its owner, and the documentation beside it.

    ``notes`` are those that the dataset brings to the whole table; no file keeps them by source.
    """

    dataset: str
    owner: str
    labels: Texts
    is_official: bool = False
    licence: str = ""
    released_at: datetime | None = None
    notes: tuple[Texts, ...] = field(default=(), compare=False)


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

    def with_rows(self, rows: tuple[Row, ...]) -> Cube:
        """The cube with some of its rows, or parts of them: sources that gave nothing to these are left out.

        So are the notes that only those brought. Rows of unknown datasets keep all of them.
        """
        used = datasets_of(rows)
        if "" in used:
            return replace(self, rows=rows)
        sources = tuple(source for source in self.sources if source.dataset in used)
        brought = distinct_notes(note for source in self.sources for note in source.notes)
        kept = distinct_notes(note for source in sources for note in source.notes)
        notes = tuple(note for note in self.notes if note in kept or note not in brought)
        return replace(self, rows=rows, sources=sources, notes=notes)

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
        self.check(limit)
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

    def check(self, limit: int | None) -> None:
        """CubeTooLarge if the dense form has more than ``limit`` cells."""
        if limit is not None and self.cell_count > limit:
            raise CubeTooLarge(self.cell_count, limit)


def datasets_of(rows: Iterable[Row]) -> set[str]:
    """The datasets that at least one cell comes from; "" stands for rows that do not tell."""
    used: set[str] = set()
    for row in rows:
        if row.filled:
            used |= row.datasets
        else:
            used.add(row.dataset)
    return used


def distinct_notes(notes: Iterable[Texts]) -> tuple[Texts, ...]:
    """The notes in their order, each once."""
    kept: list[Texts] = []
    for note in notes:
        if note not in kept:
            kept.append(note)
    return tuple(kept)


def shifted(items: Mapping[int, AnyT], shift: int, length: int) -> dict[int, AnyT]:
    """What is by position, so many positions later; what falls out of ``length`` is left out."""
    return {at + shift: item for at, item in items.items() if 0 <= at + shift < length}
