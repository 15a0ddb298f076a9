"""From a table in a foreign layout to one cube per measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from operator import itemgetter
from typing import BinaryIO, TypeAlias

from importers.profile import Measure, Profile
from registry.cube import NOTHING, WITHOUT_VALUE, Cube, Dimension, Member, Role, Row, Texts, Value
from registry.formats.base import LIMITS, Limits
from registry.formats.problems import Problems
from registry.formats.statuses import KNOWN_LIST, known_status
from registry.formats.text import Rows, open_rows, parse_number
from registry.models import Indicator
from registry.periods import BadPeriod, frequency_of, ordinal
from registry.selectors.cube import time_dimension

_Marks: TypeAlias = tuple[dict[int, str], dict[int, Texts]]


@dataclass(frozen=True, slots=True)
class Table:
    """What was read: a cube per measure, in their order, and how many rows the file had."""

    cubes: tuple[Cube, ...]
    row_count: int


@dataclass(frozen=True, slots=True)
class Target:
    """Where a measure goes: its indicator, and the codes each of its dimensions allows."""

    measure: Measure
    indicator: Indicator
    codes: Mapping[str, frozenset[str]]


class _Line:
    """A series as it is read: by period its values of all measures, status and note."""

    __slots__ = ("is_good", "key", "marks", "rows", "values")

    def __init__(self, key: str, is_good: bool = True) -> None:
        self.key = key
        self.is_good = is_good
        self.values: dict[str, Sequence[Value]] = {}
        self.rows: list[int] = []  # in the order of values
        self.marks: dict[str, tuple[str, Texts | None]] = {}


def read_table(
    stream: BinaryIO, profile: Profile, targets: Sequence[Target], *, limits: Limits = LIMITS
) -> Table:
    """Reads the whole file. BadFile with every row and column that is wrong, so that nothing is half read."""
    problems = Problems(limits.problems)
    reader, row_count = _read(stream, profile, targets, limits, problems)
    if not reader.series:
        problems.fatal("empty")
    reader.check_size(len(targets), limits.cells)
    return Table(reader.cubes(targets), row_count)


def rows_of(
    stream: BinaryIO, profile: Profile, targets: Sequence[Target], target: Target, *, limits: Limits = LIMITS
) -> Callable[[str, str], int]:
    """Where the figures of one measure stand in a file: by series key and period its row.

    Without a period that is where the series begins; 0 for what is not in the file. Errors as `read_table`.
    """
    reader, _count = _read(stream, profile, targets, limits, Problems(limits.problems))
    dimensions = [dimension.code for dimension in target.indicator.dimensions.all()]
    order = [dimensions.index(name) for name in profile.dimensions]

    def row_of(key: str, period: str) -> int:
        codes = key.split(".")
        line = reader.series.get(".".join(codes[at] for at in order)) if len(codes) == len(order) else None
        if line is None or (period and period not in line.values):
            return 0
        return line.rows[list(line.values).index(period) if period else 0]

    return row_of


def _read(
    stream: BinaryIO, profile: Profile, targets: Sequence[Target], limits: Limits, problems: Problems
) -> tuple[_Reader, int]:
    """The file as it was read, and how many rows it has."""
    rows = open_rows(stream, delimiter=profile.delimiter, limits=limits, problems=problems)
    reader = _Reader(profile, targets, problems, rows)
    row_count = reader.read(rows)
    problems.raise_any()
    return reader, row_count


class _Numbers(dict[str, Value]):
    """What texts of cells mean, each read when it is first met. ValueError if it is no number."""

    def __init__(self, missing: Sequence[str], decimal_comma: bool) -> None:
        super().__init__(dict.fromkeys(missing))
        self._missing = frozenset(missing)
        self._decimal_comma = decimal_comma

    def __missing__(self, text: str) -> Value:
        if text.strip() in self._missing:
            return None
        value = self[text] = parse_number(text, decimal_comma=self._decimal_comma)
        return value


def _picker(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """A function that takes the fields at these places out of a row, as a tuple."""
    if len(places) == 1:
        only = places[0]
        return lambda fields: (fields[only],)
    return itemgetter(*places) if places else lambda fields: ()


class _Reader:
    """One pass over the rows. Translated codes, numbers and periods are remembered: most of them recur."""

    def __init__(self, profile: Profile, targets: Sequence[Target], problems: Problems, rows: Rows) -> None:
        self.profile = profile
        self.problems = problems
        self.series: dict[str, _Line] = {}
        self._places = self._columns(rows.header)
        self._numbers = _Numbers(profile.missing, rows.delimiter == ";")
        self._periods: dict[str, str] = {}
        self._allowed = {
            name: frozenset.intersection(*(target.codes[name] for target in targets))
            for name in profile.dimensions
        }

    def _columns(self, header: Sequence[str]) -> dict[str, int]:
        """The place of every column of the profile. Missing, repeated and unknown ones are problems."""
        names = [name.strip() for name in header]
        profile = self.profile
        needed = [dimension.column for dimension in profile.dimensions.values() if dimension.column]
        needed += [profile.time.column, *(measure.column for measure in profile.measures)]
        needed += [name for name in (profile.status, *profile.notes.values()) if name]
        for name in needed:
            if name not in names:
                self.problems.add("missing_column", 1, name, name=name)
            elif names.count(name) > 1:
                self.problems.add("duplicate_column", 1, name, name=name)
        expected = ", ".join(needed)
        for name in names:
            if name not in needed and name not in profile.ignore:
                self.problems.add("unknown_column", 1, name, name=name, expected=expected)
        self.problems.raise_any()
        return {name: names.index(name) for name in needed}

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> int:
        """Every row once. The series of a row is found by its texts as they stand, codes only once each."""
        places, numbers, periods = self._places, self._numbers, self._periods
        time = places[self.profile.time.column]
        key_of = _picker([places[it.column] for it in self.profile.dimensions.values() if it.column])
        values_of = _picker([places[measure.column] for measure in self.profile.measures])
        number_of = numbers.__getitem__
        extras = bool(self.profile.status or self.profile.notes)
        lines: dict[tuple[str, ...], _Line] = {}
        count = 0
        for row, fields in rows:
            count += 1
            period = periods.get(fields[time]) or self._period(row, fields[time])
            texts = key_of(fields)
            line = lines.get(texts)
            if line is None:
                line = self._line(row, texts)
                if line.is_good:
                    lines[texts] = line
            try:
                values = tuple(map(number_of, values_of(fields)))
            except ValueError:
                values = self._numbers_of(row, fields)
            if not period:
                continue
            if line.values.setdefault(period, values) is not values:
                self._duplicate(row, line, period)
                continue
            line.rows.append(row)
            if extras:
                self._mark(row, line, period, fields)
        return count

    def _line(self, row: int, texts: Sequence[str]) -> _Line:
        """The series with these texts as codes; one of its own, not kept, when a code is wrong."""
        given = iter(texts)
        codes = [
            self._code(row, name, next(given) if column.column else "")
            for name, column in self.profile.dimensions.items()
        ]
        if not all(codes):
            return _Line("", is_good=False)
        key = ".".join(codes)
        return self.series.setdefault(key, _Line(key))

    def _duplicate(self, row: int, line: _Line, period: str) -> None:
        first = line.rows[list(line.values).index(period)]
        column = self.profile.time.column
        self.problems.add("duplicate_cell", row, column, key=line.key, period=period, first=first)

    def _period(self, row: int, text: str) -> str:
        period = text.strip()
        try:
            if frequency_of(period) == self.profile.time.frequency:
                self._periods[text] = period
                return period
        except BadPeriod:
            pass
        self.problems.add("bad_period", row, self.profile.time.column, found=text)
        return ""

    def _code(self, row: int, dimension: str, text: str) -> str:
        column = self.profile.dimensions[dimension]
        code = column.code or column.translate.get(text.strip(), text.strip())
        name = column.column or dimension
        if not code:
            self.problems.add("empty_code", row, name)
        elif code not in self._allowed[dimension]:
            self.problems.add("code_not_listed", row, name, found=code, dimension=dimension)
        else:
            return code
        return ""

    def _numbers_of(self, row: int, fields: Sequence[str]) -> tuple[Value, ...]:
        columns = [measure.column for measure in self.profile.measures]
        return tuple(self._number(row, column, fields[self._places[column]]) for column in columns)

    def _number(self, row: int, column: str, text: str) -> Value:
        try:
            return self._numbers[text]
        except ValueError:
            self.problems.add("bad_number", row, column, found=text)
            return None

    def _mark(self, row: int, line: _Line, period: str, fields: Sequence[str]) -> None:
        status = self._status(row, fields) if self.profile.status else ""
        note = {
            language: text
            for language, column in self.profile.notes.items()
            if (text := fields[self._places[column]].strip())
        }
        if status or note:
            line.marks[period] = (status, note or None)

    def _status(self, row: int, fields: Sequence[str]) -> str:
        column = self.profile.status or ""
        text = fields[self._places[column]]
        status = known_status(text)
        if status is None:
            self.problems.add("unknown_status", row, column, found=text, known=KNOWN_LIST)
        return status or ""

    def check_size(self, measures: int, limit: int) -> None:
        """BadFile when the cubes, dense along time, would be larger: two far periods are enough for that."""
        numbers = [ordinal(period) for period in self._periods.values()]
        cells = len(self.series) * (max(numbers) - min(numbers) + 1) * measures
        if cells > limit:
            self.problems.fatal("too_many_cells", cells=cells, limit=limit)

    def cubes(self, targets: Sequence[Target]) -> tuple[Cube, ...]:
        """One cube per measure, all with the time axis of the file, from its first to its last period."""
        numbers = {period: ordinal(period) for period in self._periods.values()}
        first, last = min(numbers.values()), max(numbers.values())
        frequency = self.profile.time.frequency
        time = time_dimension(frequency, first, last)
        named = list(self.profile.dimensions)
        rows = self._rows(time.codes, len(targets))
        cubes = []
        for target, own in zip(targets, rows, strict=True):
            dimensions = list(target.indicator.dimensions.all())
            order = [named.index(dimension.code) for dimension in dimensions]
            if order != sorted(order):
                own = [replace(row, codes=tuple(row.codes[at] for at in order)) for row in own]
            axes = tuple(
                Dimension(
                    dimension.code,
                    {},
                    Role(dimension.role),
                    tuple(Member(code, {}) for code in sorted({row.codes[at] for row in own})),
                )
                for at, dimension in enumerate(dimensions)
            )
            decimals = target.indicator.decimals
            cubes.append(
                Cube(target.indicator.code, {}, axes, time, tuple(own), frequency, decimals=decimals)
            )
        return tuple(cubes)

    def _rows(self, periods: Sequence[str], measures: int) -> list[list[Row]]:
        """The rows of every measure: each series is turned from lines of measures to lists along time."""
        nothing = (None,) * measures
        unmarked: list[_Marks] = [({}, {})] * measures
        found: list[list[Row]] = [[] for _measure in range(measures)]
        for key, line in self.series.items():
            codes = tuple(key.split("."))
            marks = self._marks(line, periods, measures) if line.marks else unmarked
            lists = zip(*map(line.values.get, periods, repeat(nothing)), strict=True)
            for rows, values, (statuses, notes) in zip(found, lists, marks, strict=True):
                rows.append(Row(codes, values, statuses, notes, "", NOTHING))
        return found

    def _marks(self, line: _Line, periods: Sequence[str], measures: int) -> list[_Marks]:
        """Statuses and notes by place, for each measure.

        A row may have a figure for one measure and none for another: its status and note go to those they can
        be true of. Where there is none such, to all, for validation to refuse.
        """
        marks: list[_Marks] = [({}, {}) for _measure in range(measures)]
        for at, period in enumerate(periods):
            if period not in line.marks:
                continue
            status, note = line.marks[period]
            fitting = [(value is None) is (status in WITHOUT_VALUE) for value in line.values[period]]
            for (statuses, notes), fits in zip(marks, fitting, strict=True):
                if fits or not any(fitting):
                    if status:
                        statuses[at] = status
                    if note:
                        notes[at] = note
        return marks
