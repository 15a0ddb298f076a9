"""Tidy CSV: one line per cell, SDMX concepts as column names, readable labels beside the codes.

REF_AREA,Country,SEX,Sex,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_COMMENT[,COMMENT_DSET][,SOURCE]

COMMENT_DSET repeats the notes to the table on every line, so that a cut-out keeps them. Written as UTF-8 with
byte order mark (Excel needs it). Text cells that a spreadsheet would take for a formula begin with an
apostrophe, which reading removes. Source: SDMX cross-domain concepts; RFC 4180; OWASP ASVS 1.2.10.
"""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from operator import itemgetter
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from registry.cube import Cube, Dimension, Member, Role, Row, Texts, Value
from registry.formats.base import (
    TIME_CODE,
    Carries,
    Format,
    Limits,
    Source,
    guessed_role,
    source_line,
)
from registry.formats.periods import normal_period
from registry.formats.problems import Problems
from registry.formats.statuses import KNOWN_LIST, NORMAL, contradicts, known_status
from registry.formats.text import open_rows, parse_number
from registry.languages import served
from registry.periods import BadPeriod, Frequency, frequency_of, ordinal, period_at

VALUE, STATUS, COMMENT, TABLE_COMMENT, SOURCE = (
    "OBS_VALUE",
    "OBS_STATUS",
    "OBS_COMMENT",
    "COMMENT_DSET",
    "SOURCE",
)
_MEASURES = frozenset({TIME_CODE, VALUE, STATUS, COMMENT, TABLE_COMMENT, SOURCE})
_REQUIRED = (TIME_CODE, VALUE)
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
_CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_LONGEST_NUMBER = 25
_LINES_AT_ONCE = 2000


# ---- writing


def write(cube: Cube, *, language: str) -> Iterator[bytes]:
    """The file in parts of some thousand lines."""
    yield BOM_UTF8 + text_line(_header(cube, language)).encode()
    tail = _tail(cube, language)
    axes = [
        {member.code: _cells((member.code, served(member.labels, language))) for member in axis.members}
        for axis in cube.axes
    ]
    periods = [f"{code}," for code in cube.time.codes]
    lines: list[str] = []
    for row in cube.rows:
        prefix = "".join(f"{cells[code]}," for cells, code in zip(axes, row.codes, strict=True))
        lines.extend(_row_lines(row, prefix, periods, tail, language))
        if len(lines) >= _LINES_AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _row_lines(row: Row, prefix: str, periods: list[str], tail: str, language: str) -> Iterator[str]:
    statuses, notes = row.statuses, row.notes
    for at, value in enumerate(row.values):
        status = statuses.get(at) if statuses else None
        note = _cells((served(notes[at], language),)) if at in notes else ""
        if value is not None:
            yield f"{prefix}{periods[at]}{_number(value)},{status or NORMAL},{note}{tail}"
        elif status or note:
            yield f"{prefix}{periods[at]},{status or ''},{note}{tail}"


def _number(value: float | int) -> str:
    """The shortest exact notation, without an exponent unless it would be very long: 5, -0.25."""
    text = repr(value)
    if text.endswith(".0"):
        return text[:-2]
    plain = format(Decimal(text), "f") if "e" in text else text
    return plain if len(plain) <= _LONGEST_NUMBER else text


def _header(cube: Cube, language: str) -> list[str]:
    names: list[str] = []
    taken = {axis.code for axis in cube.axes} | _MEASURES
    for axis in cube.axes:
        label = _label_name(axis, language, taken)
        taken.add(label)
        names += [axis.code, label]
    names += [TIME_CODE, VALUE, STATUS, COMMENT]
    return names + [name for name, text in _table_texts(cube, language) if text]


def _label_name(axis: Dimension, language: str, taken: set[str]) -> str:
    """The name of a label column: unique, and impossible to take for a code column."""
    label = " ".join(str(served(axis.labels, language)).split())
    while not label or label in taken or _is_code(label):
        label = f"{label} ({axis.code})".strip()
    return label


def _is_code(name: str) -> bool:
    """Whether a header looks like an SDMX id and not like a word: SEX, ref_area, Ref_Area, not Sex."""
    return bool(_CODE.fullmatch(name)) and ("_" in name or name.isupper() or name.islower())


def _table_texts(cube: Cube, language: str) -> list[tuple[str, str]]:
    notes = "\n".join(text for text in (str(served(note, language)) for note in cube.notes) if text)
    return [(TABLE_COMMENT, notes), (SOURCE, source_line(cube, language))]


def _tail(cube: Cube, language: str) -> str:
    texts = [text for _, text in _table_texts(cube, language) if text]
    return f",{_cells(texts)}\r\n" if texts else "\r\n"


def _cells(texts: Iterable[str]) -> str:
    return text_line(texts).removesuffix("\r\n")


def safe_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else str(text)


def text_line(texts: Iterable[str]) -> str:
    """One line of cells, safe to open in a spreadsheet."""
    buffer = StringIO()
    cells = list(map(safe_text, texts))
    # An only, empty field would be written as "", which differs from an empty cell for no one.
    if any(cells) or len(cells) > 1:
        csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


# ---- reading


def read(source: Source, limits: Limits, *, language: str, dimensions: Collection[str]) -> Cube:
    """The cube in a CSV file; names and roles of dimensions are not in it. Raises BadFile."""
    problems = Problems(limits.problems)
    rows = open_rows(source, limits=limits, problems=problems)
    return read_lines(rows, limits, problems, language=language, dimensions=dimensions)


class Lines(Protocol):
    """A table as lines of texts: the header, and iterated once, ``(row number, fields)``."""

    header: list[str]
    delimiter: str

    def __iter__(self) -> Iterator[tuple[int, list[str]]]: ...


def read_lines(
    rows: Lines, limits: Limits, problems: Problems, *, language: str, dimensions: Collection[str]
) -> Cube:
    """The cube in lines of texts, one per cell, wherever they come from. Raises BadFile."""
    columns = _columns(rows.header, dimensions, problems)
    table = _Table(columns, rows.delimiter == ";", problems, language)
    table.fill(rows)
    problems.raise_any()
    return table.cube(limits)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things are in a line: axes in order, and the other columns by name."""

    axes: tuple[tuple[str, int], ...]
    places: Mapping[str, int]


def _columns(header: list[str], dimensions: Collection[str], problems: Problems) -> _Columns:
    """Tells codes, labels and measures apart. A label column stands right after its code column."""
    expected = {code.upper(): code for code in dimensions}
    axes: dict[str, int] = {}
    places: dict[str, int] = {}
    after_axis = False
    for at, raw in enumerate(header):
        name = raw.strip()
        upper = name.upper()
        is_measure = upper in _MEASURES and upper not in expected
        if upper == SOURCE and TIME_CODE not in places and SOURCE not in expected:
            is_measure = False  # before the period it is a dimension, after it a text
        is_axis = not is_measure and (upper in expected if expected else _is_code(name))
        known = places if is_measure else axes
        code = upper if is_measure else expected.get(upper, upper)
        if after_axis and not is_measure and (not is_axis or (code in axes and not _is_code(name))):
            after_axis = False
            continue
        after_axis = is_axis
        if not name:
            problems.add("unnamed_column", 1, position=at + 1)
        elif not (is_measure or is_axis):
            problems.add("unknown_column", 1, name, name=name, expected=_expected_names(dimensions))
        elif code in known:
            problems.add("duplicate_column", 1, code, name=code)
        else:
            known[code] = at
    for name in (*dimensions, *_REQUIRED):
        if name not in axes and name not in places:
            problems.add("missing_column", 1, name, name=name)
    problems.raise_any()
    return _Columns(tuple(axes.items()), places)


def _expected_names(dimensions: Collection[str]) -> str:
    return ", ".join((*dimensions, TIME_CODE, VALUE, STATUS, COMMENT, TABLE_COMMENT, SOURCE))


@dataclass(slots=True)
class _Series:
    """What lines say of one series: by period number, the number of the cell; and its texts."""

    codes: tuple[str, ...]
    cells: dict[int, int] = field(default_factory=dict)
    statuses: dict[int, str] = field(default_factory=dict)
    notes: dict[int, Texts] = field(default_factory=dict)


class _Table:
    """Gathers lines into series."""

    def __init__(self, columns: _Columns, decimal_comma: bool, problems: Problems, language: str) -> None:
        self.columns = columns
        self.decimal_comma = decimal_comma
        self.problems = problems
        self.language = language
        self.values: list[Value] = []
        self.lines: list[int] = []
        self.series: dict[tuple[str, ...], _Series] = {}
        self.table_notes: dict[str, None] = {}
        self.frequency: tuple[Frequency, str] | None = None
        self._found: dict[tuple[str, ...], _Series] = {}
        self._periods: dict[str, int] = {}
        self._key_of = _fields_at([at for _, at in columns.axes])
        self._period = columns.places[TIME_CODE]
        self._value = columns.places[VALUE]
        self._texts = tuple(map(columns.places.get, (STATUS, COMMENT, TABLE_COMMENT)))
        self._last_table_comment = ""

    def fill(self, rows: Lines) -> None:
        """All lines. What is wrong with a line becomes a problem and the line is left out."""
        # A million lines go through this loop, so everything it needs is a local name.
        key_of, period, value_at = self._key_of, self._period, self._value
        found, periods, values, lines = self._found, self._periods, self.values, self.lines
        has_texts = any(place is not None for place in self._texts)
        for number, fields in rows:
            key = key_of(fields)
            series = found.get(key) or self._new_series(key, number)
            at = periods.get(fields[period])
            if at is None:
                at = self._new_period(fields[period], number)
            text = fields[value_at]
            value = self._number(text, number) if text else None
            if series is None or at is None:
                continue
            if at in series.cells:
                self._duplicate(series, fields[period], lines[series.cells[at]], number)
                continue
            series.cells[at] = len(values)
            values.append(value)
            lines.append(number)
            if has_texts:
                self._add_texts(series, at, fields, number)

    def _add_texts(self, series: _Series, at: int, fields: list[str], number: int) -> None:
        """Status and comments of the line that has just been taken in."""
        status, comment, table_comment = self._texts
        if status is not None and (text := fields[status]) and text != NORMAL:
            self._add_status(series, at, text, fields[self._value], number)
        if comment is not None and (text := fields[comment]):
            series.notes[at] = {self.language: _plain(text)}
        if table_comment is not None and (text := fields[table_comment]) != self._last_table_comment:
            self._last_table_comment = text
            if text:
                self.table_notes[text] = None

    def _new_series(self, key: tuple[str, ...], number: int) -> _Series | None:
        codes = tuple(_plain(code.strip()) for code in key)
        if not all(codes):
            for (name, _), code in zip(self.columns.axes, codes, strict=True):
                if not code:
                    self.problems.add("empty_code", number, name)
            return None
        series = self.series.setdefault(codes, _Series(codes))
        self._found[key] = series
        return series

    def _new_period(self, text: str, number: int) -> int | None:
        try:
            period = normal_period(text)
        except BadPeriod:
            self.problems.add("bad_period", number, TIME_CODE, found=text)
            return None
        frequency = frequency_of(period)
        if self.frequency is None:
            self.frequency = frequency, period
        if frequency is not self.frequency[0]:
            self.problems.add("mixed_frequencies", number, TIME_CODE, found=period, first=self.frequency[1])
            return None
        self._periods[text] = ordinal(period)
        return self._periods[text]

    def _number(self, text: str, number: int) -> Value:
        try:
            return parse_number(text, decimal_comma=self.decimal_comma) if text.strip() else None
        except ValueError:
            self.problems.add("bad_number", number, VALUE, found=text)
            return None

    def _duplicate(self, series: _Series, period: str, first: int, number: int) -> None:
        key = ".".join(series.codes)
        self.problems.add("duplicate_cell", number, key=key, period=period, first=first)

    def _add_status(self, series: _Series, at: int, text: str, value: str, number: int) -> None:
        status = known_status(text)
        if status is None:
            self.problems.add("unknown_status", number, STATUS, found=text, known=KNOWN_LIST)
        elif contradicts(status, self.values[-1]):
            self.problems.add("value_with_status", number, STATUS, status=status, found=value)
        elif status:
            series.statuses[at] = status

    def cube(self, limits: Limits) -> Cube:
        """The table as a cube; members are in the order in which they first appear."""
        numbers = self._periods.values()
        first, length = (min(numbers), max(numbers) - min(numbers) + 1) if numbers else (0, 0)
        if len(self.series) * length > limits.cells:
            self.problems.fatal("too_many_cells", cells=len(self.series) * length, limit=limits.cells)
        rows = tuple(row for row in self._rows(first, length) if row.has_anything())
        frequency = self.frequency[0].value if self.frequency else Frequency.ANNUAL.value
        return Cube(
            code="",
            labels={},
            axes=tuple(
                Dimension(code, {}, guessed_role(code), _members(row.codes[at] for row in rows))
                for at, (code, _) in enumerate(self.columns.axes)
            ),
            time=Dimension(
                TIME_CODE,
                {},
                Role.TIME,
                tuple(Member(period_at(frequency, first + step), {}) for step in range(length)),
            ),
            rows=rows,
            frequency=frequency,
            notes=tuple({self.language: _plain(text)} for text in self.table_notes),
        )

    def _rows(self, first: int, length: int) -> Iterator[Row]:
        for series in self.series.values():
            values: list[Value] = [None] * length
            for at, cell in series.cells.items():
                values[at - first] = self.values[cell]
            statuses = {at - first: status for at, status in series.statuses.items()}
            yield Row(series.codes, values, statuses, {at - first: note for at, note in series.notes.items()})


def _fields_at(places: list[int]) -> Callable[[list[str]], tuple[str, ...]]:
    """Takes the fields at these places out of a line."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda fields: tuple([fields[at] for at in places])


def _members(codes: Iterable[str]) -> tuple[Member, ...]:
    return tuple(Member(code, {}) for code in dict.fromkeys(codes))


def _plain(text: str) -> str:
    """A text without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


FORMAT = Format(
    name="csv",
    media_type="text/csv",
    extension="csv",
    label=_("CSV (spreadsheets, statistics programs)"),
    carries=Carries(table_notes=True, one_note=True, cell_notes=True, statuses=True, row_order=True),
    reader=read,
    writer=write,
)
