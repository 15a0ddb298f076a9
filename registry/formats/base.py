"""What a format is: how it reads and writes cubes, and what it can carry.

Source: docs/architecture.md (the cube is the only shape in which figures pass in and out).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Protocol

from django.utils.functional import Promise

from registry.cube import Cube, CubeTooLarge, Dimension, Member, Role, Row, Texts
from registry.formats.periods import unbroken
from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES, served

Source = BinaryIO | bytes
GEO_CODES = frozenset({"REF_AREA", "COUNTERPART_AREA"})
TIME_CODE = "TIME_PERIOD"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused.

    ``bytes`` for files read line by line, ``document_bytes`` for those held in memory whole (JSON),
    ``line_length`` in characters, ``problems`` how many are collected, ``findings`` how many wrong cells are
    told of a file that can be read all the same.
    """

    bytes: int = 256 * 1024 * 1024
    document_bytes: int = 64 * 1024 * 1024
    lines: int = 2_000_000
    line_length: int = 64 * 1024
    cells: int = 5_000_000
    problems: int = 100
    findings: int = 1_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Carries:
    """What of a cube survives writing and reading back. Values, codes and periods always do.

    ``labels``: titles and labels of the cube, dimensions and members. ``languages``: every language at once;
    without it, texts come back in the language asked for. ``one_note``: notes to the table come back as one
    text, and only beside figures. ``unused_members``: members and periods without any figure. ``row_order``:
    rows come back as they were given, else in the order of the members.
    """

    code: bool = False
    labels: bool = False
    languages: bool = False
    roles: bool = False
    parents: bool = False
    table_notes: bool = False
    one_note: bool = False
    dimension_notes: bool = False
    member_notes: bool = False
    cell_notes: bool = False
    statuses: bool = False
    sources: bool = False
    unit: bool = False
    decimals: bool = False
    unused_members: bool = False
    row_order: bool = False


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One wrong cell of a file that can be read all the same: ``code`` as in formats.problems.

    ``codes`` and ``period`` say which figure it is, ``row`` and ``column`` where it stands in the file.
    With the ``severity`` warning it loses no figure, and does not stand against reading the file. The code
    “more” counts those that are not told.
    """

    code: str
    codes: tuple[str, ...]
    period: str
    row: int
    column: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Reading:
    """What is in a file, with its wrong cells left empty and told apart. ``rows`` are by codes."""

    cube: Cube
    problems: tuple[CellProblem, ...] = ()
    rows: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    def in_order(self, dimensions: Sequence[str]) -> Reading:
        """The same with the axes in this order; as it is where the axes are others."""
        given = [axis.code for axis in self.cube.axes]
        if given == list(dimensions) or sorted(given) != sorted(dimensions):
            return self
        places = [given.index(code) for code in dimensions]

        def moved(codes: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(codes[at] for at in places)

        cube = replace(
            self.cube,
            axes=tuple(self.cube.axes[at] for at in places),
            rows=tuple(replace(row, codes=moved(row.codes)) for row in self.cube.rows),
        )
        problems = tuple(
            replace(found, codes=moved(found.codes) if found.codes else ()) for found in self.problems
        )
        return Reading(cube, problems, {moved(codes): row for codes, row in self.rows.items()})


class Inspector(Protocol):
    def __call__(
        self, source: Source, limits: Limits, *, language: str, dimensions: Collection[str]
    ) -> Reading: ...


class Reader(Protocol):
    def __call__(
        self, source: Source, limits: Limits, *, language: str, dimensions: Collection[str]
    ) -> Cube: ...


class Writer(Protocol):
    def __call__(self, cube: Cube, *, language: str) -> Iterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A file format for cubes. ``label`` names it for people, lazily; ``extension`` is without the dot.

    ``is_dense``: files have a place for every combination of members, with a figure or without.
    ``most_cells``: more than these, rows by periods, are not written. ``inspector``: reads past wrong cells.
    """

    name: str
    media_type: str
    extension: str
    label: str | Promise
    carries: Carries
    reader: Reader
    writer: Writer
    is_dense: bool = False
    most_cells: int = LIMITS.cells
    inspector: Inspector | None = None

    def read(
        self,
        source: Source,
        limits: Limits = LIMITS,
        *,
        language: str = DEFAULT_LANGUAGE,
        dimensions: Collection[str] = (),
    ) -> Cube:
        """The cube in a file. Its time axis is without gaps, as series are stored.

        ``language`` is that of texts where the file does not tell; ``dimensions`` are the codes of the axes
        expected, where known: columns of other names are then refused. Raises BadFile.
        """
        return self.reader(source, limits, language=language, dimensions=dimensions)

    def inspect(
        self,
        source: Source,
        limits: Limits = LIMITS,
        *,
        language: str = DEFAULT_LANGUAGE,
        dimensions: Collection[str] = (),
    ) -> Reading:
        """As `read`, but wrong cells are told with the rest. Raises BadFile for what cannot be read."""
        if self.inspector is None:
            return Reading(self.read(source, limits, language=language, dimensions=dimensions))
        return self.inspector(source, limits, language=language, dimensions=dimensions)

    def check(self, cube: Cube) -> None:
        """CubeTooLarge if such a file would have more cells than files may, before anything is written."""
        if self.is_dense:
            cube.check(LIMITS.cells)
        cells = len(cube.rows) * len(cube.time)
        if cells > self.most_cells:
            raise CubeTooLarge(cells, self.most_cells)

    def write(self, cube: Cube, *, language: str) -> Iterator[bytes]:
        """The file in parts, for streaming. Texts in ``language``, or in another where it is missing."""
        return self.writer(cube, language=language)

    def dump(self, cube: Cube, *, language: str) -> bytes:
        """The whole file."""
        return b"".join(self.writer(cube, language=language))


def guessed_role(code: str) -> Role:
    """The role of an axis in formats that do not tell it."""
    return Role.GEO if code.upper() in GEO_CODES else Role.CLASSIFICATION


def source_line(cube: Cube, language: str) -> str:
    """Where the figures come from, in one line: “UNHCR: Population statistics (CC BY 4.0); …”."""
    parts = []
    for source in cube.sources:
        label = served(source.labels, language) or source.dataset
        name = ": ".join(part for part in (source.owner, label) if part)
        parts.append(f"{name} ({source.licence})" if source.licence else name)
    return "; ".join(parts)


def reduced(cube: Cube, carries: Carries, language: str) -> Cube:
    """The cube as it comes back from such a format: ``read(write(cube)) == reduced(cube)``.

    Rows without anything and empty texts are never carried; the time axis comes back without gaps.
    """
    return _Reduction(carries, language).of(cube)


class _Reduction:
    def __init__(self, carries: Carries, language: str) -> None:
        self.carries = carries
        self.language = language

    def of(self, cube: Cube) -> Cube:
        carries = self.carries
        rows = tuple(row for row in map(self.row, cube.rows) if row.has_anything())
        axes = tuple(self.axis(axis, at, rows) for at, axis in enumerate(cube.axes))
        whole = Cube(
            code=cube.code if carries.code else "",
            labels=self.labels(cube.labels),
            axes=axes,
            time=self.time(cube.time, rows),
            rows=rows,
            frequency=cube.frequency,
            unit=self.texts(cube.unit) if carries.unit else {},
            decimals=cube.decimals if carries.decimals else 0,
            notes=self.table_notes(cube.notes, rows),
            sources=tuple(replace(source, labels=self.texts(source.labels)) for source in cube.sources)
            if carries.sources
            else (),
        )
        whole = unbroken(whole, cube.time.codes)
        return whole if carries.row_order else in_order(whole)

    def texts(self, texts: Texts) -> dict[str, str]:
        if self.carries.languages:
            return {code: texts[code] for code in LANGUAGE_CODES if texts.get(code)}
        text = str(served(texts, self.language))
        return {self.language: text} if text else {}

    def labels(self, texts: Texts) -> dict[str, str]:
        return self.texts(texts) if self.carries.labels else {}

    def notes(self, notes: tuple[Texts, ...]) -> tuple[Texts, ...]:
        return tuple(note for note in map(self.texts, notes) if note)

    def table_notes(self, notes: tuple[Texts, ...], rows: tuple[Row, ...]) -> tuple[Texts, ...]:
        kept = self.notes(notes) if self.carries.table_notes else ()
        if not (kept and self.carries.one_note):
            return kept
        return ({self.language: "\n".join(note[self.language] for note in kept)},) if rows else ()

    def row(self, row: Row) -> Row:
        notes: Mapping[int, Texts] = {}
        if self.carries.cell_notes:
            notes = {at: kept for at, note in row.notes.items() if (kept := self.texts(note))}
        return Row(row.codes, list(row.values), dict(row.statuses) if self.carries.statuses else {}, notes)

    def axis(self, axis: Dimension, at: int, rows: tuple[Row, ...]) -> Dimension:
        members = {member.code: member for member in axis.members}
        used = members if self.carries.unused_members else dict.fromkeys(row.codes[at] for row in rows)
        role = axis.role if self.carries.roles else guessed_role(axis.code)
        return self.dimension(axis, role, tuple(members[code] for code in used))

    def time(self, time: Dimension, rows: tuple[Row, ...]) -> Dimension:
        members = time.members
        if not self.carries.unused_members:
            used = {
                at
                for row in rows
                for at, value in enumerate(row.values)
                if value is not None or at in row.statuses or at in row.notes
            }
            members = tuple(member for at, member in enumerate(members) if at in used)
        return self.dimension(time, Role.TIME, members)

    def dimension(self, dimension: Dimension, role: Role, members: tuple[Member, ...]) -> Dimension:
        return Dimension(
            dimension.code,
            self.labels(dimension.labels),
            role,
            tuple(map(self.member, members)),
            self.notes(dimension.notes) if self.carries.dimension_notes else (),
        )

    def member(self, member: Member) -> Member:
        return Member(
            member.code,
            self.labels(member.labels),
            member.parent if self.carries.parents else None,
            self.notes(member.notes) if self.carries.member_notes else (),
        )


def in_order(cube: Cube) -> Cube:
    """The same cube with its rows in the order of the members, first axis slowest."""
    return replace(cube, rows=tuple(row for _, row in sorted(cube.offsets(), key=lambda pair: pair[0])))
