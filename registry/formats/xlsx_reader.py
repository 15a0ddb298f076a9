"""Workbooks in: the child process takes them apart (xlsx_child.py), this makes a cube of what it tells.

Layout: the first row names the dimensions and the periods, a row per series, a column per period. A sheet
“Notes” has a line per cell with a status or a note. A table of one line per cell, as in our CSV, is read too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, NoReturn

from registry.cube import Cube, Dimension, Member, Role, Row, Texts, Value
from registry.formats import csv
from registry.formats.base import TIME_CODE, CellProblem, Limits, Reading, Source, guessed_role
from registry.formats.cells import BadCell, WrongCells, parse_cell
from registry.formats.periods import normal_period
from registry.formats.problems import Problems
from registry.formats.statuses import KNOWN_LIST, contradicts, known_status
from registry.formats.xlsx_process import taken_apart
from registry.periods import BadPeriod, Frequency, frequency_of, ordinal, period_at

STATUS, COMMENT = "OBS_STATUS", "OBS_COMMENT"
#: Between a code and its label in one cell.
DASHES = (" – ", " — ", " - ")

_LONGEST_CODE = 250


def read(source: Source, limits: Limits, *, language: str, dimensions: Collection[str]) -> Cube:
    """The cube in a workbook. Raises BadFile, for wrong cells too."""
    problems = Problems(limits.problems)
    reading = inspect(source, limits, language=language, dimensions=dimensions)
    for found in (found for found in reading.problems if found.severity == "error"):
        problems.add(found.code, found.row, found.column, **found.arguments)
    problems.raise_any()
    return reading.cube


def inspect(source: Source, limits: Limits, *, language: str, dimensions: Collection[str]) -> Reading:
    """The cube with the wrong cells left empty, and those cells. Raises BadFile where there is no table."""
    problems = Problems(limits.problems)
    with taken_apart(source, limits, problems) as answer:
        sheets = _Sheets(answer, problems)
        header = sheets.header()
        if {TIME_CODE, csv.VALUE} <= {str(cell).strip().upper() for cell in header.cells if cell}:
            lines = _Lines(header, sheets)
            return Reading(csv.read_lines(lines, limits, problems, language=language, dimensions=dimensions))
        table = _Table(header, dimensions, problems, language, limits)
        table.fill(sheets)
        if sheets.move_to_notes():
            table.add_notes(sheets)
        problems.raise_any()
        return table.reading()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet: its number as Excel shows it, and its cells as the child tells them."""

    number: int
    cells: list[Any]


class _Sheets:
    """The lines of the sheet with the figures, then those of the notes."""

    def __init__(self, answer: IO[str], problems: Problems) -> None:
        self._answer = answer
        self._problems = problems
        self._has_notes = False
        self._next()

    def _next(self) -> Any:
        line = self._answer.readline()
        found = json.loads(line) if line else None
        if isinstance(found, dict) and "refused" in found:
            self._problems.fatal(found["refused"], **found["arguments"])
        return found

    def header(self) -> _Line:
        """The first row with anything in it."""
        line = self._next()
        if not isinstance(line, list):
            self._problems.fatal("empty")
        return _Line(*line)

    def __iter__(self) -> Iterator[_Line]:
        """The rows up to the end of the sheet."""
        while isinstance(line := self._next(), list):
            yield _Line(*line)
        self._has_notes = isinstance(line, dict)

    def move_to_notes(self) -> bool:
        return self._has_notes


class _Lines:
    """A sheet in the layout of our CSV, as lines of texts."""

    delimiter = ","

    def __init__(self, header: _Line, sheets: _Sheets) -> None:
        self.header = [_text(cell) for cell in header.cells]
        self._sheets = sheets

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self.header)
        for line in self._sheets:
            fields = [_text(cell) for cell in line.cells[:width]]
            yield line.number, fields + [""] * (width - len(fields))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dict):
        ((kind, told),) = cell.items()
        return str(told) if kind in ("date", "bool") else "#"
    return unescaped(str(cell))


def unescaped(text: str) -> str:
    """Two signs that no XML holds and calamine leaves written out."""
    return text.replace("_xFFFE_", "\ufffe").replace("_xFFFF_", "\uffff") if "_xFFF" in text else text


def code_in(text: str) -> str:
    """The code in a cell: “UKR – Ukraine”, or the code alone."""
    found = text.strip()
    for dash in DASHES:
        if dash in found:
            return found.partition(dash)[0].strip()
    return found


def column_name(at: int) -> str:
    """What Excel calls a column, from 0: A, Z, AA."""
    name = ""
    at += 1
    while at:
        at, letter = divmod(at - 1, 26)
        name = chr(65 + letter) + name
    return name


@dataclass(slots=True)
class _Series:
    codes: tuple[str, ...]
    row: int
    values: list[Value]
    statuses: dict[int, str] = field(default_factory=dict)
    notes: dict[int, Texts] = field(default_factory=dict)
    is_given: bool = False


class _Table:
    """Rows of series, as they are read. Columns are told apart by the header."""

    def __init__(
        self,
        header: _Line,
        dimensions: Collection[str],
        problems: Problems,
        language: str,
        limits: Limits,
    ) -> None:
        self.problems = problems
        self.language = language
        self.limits = limits
        self.axes: list[tuple[str, int]] = []
        self.periods: list[tuple[str, int]] = []
        self.series: dict[tuple[str, ...], _Series] = {}
        self.wrong = WrongCells(limits.findings)
        self._read_header(header, {code.upper(): code for code in dimensions})
        self.problems.raise_any()

    def _read_header(self, header: _Line, expected: Mapping[str, str]) -> None:
        frequency: tuple[Frequency, str] | None = None
        seen: set[str] = set()
        for at, cell in enumerate(header.cells):
            text = _header_text(cell)
            if not text:
                continue
            period = _period(text)
            code = expected.get(text.upper(), "" if expected else text)
            if period is None and not code:
                names = ", ".join((*expected.values(), "2020"))
                self.problems.add("unknown_column", header.number, text, name=text, expected=names)
            elif (period or code) in seen:
                self.problems.add("duplicate_column", header.number, text, name=text)
            elif period is None:
                self.axes.append((code, at))
            else:
                frequency = frequency or (frequency_of(period), period)
                if frequency_of(period) is not frequency[0]:
                    self.problems.add(
                        "mixed_frequencies", header.number, text, found=period, first=frequency[1]
                    )
                self.periods.append((period, at))
            seen.add(period or code)
        self._check_header(header, expected)

    def _check_header(self, header: _Line, expected: Mapping[str, str]) -> None:
        given = {code for code, _at in self.axes}
        for code in expected.values():
            if code not in given:
                self.problems.add("missing_column", header.number, code, name=code)
        if not self.periods and any(header.cells):
            self.problems.add("no_header", header.number)

    def fill(self, lines: Iterable[_Line]) -> None:
        """All rows. Those without a single figure are passed over, whatever their codes say."""
        for line in lines:
            codes = tuple(code_in(_text(_at(line.cells, at))) for _code, at in self.axes)
            cells = [_at(line.cells, at) for _period, at in self.periods]
            is_given = any(cell is not None for cell in cells)
            known = self.series.get(codes)
            if known is not None and not is_given:
                continue
            if known is not None and known.is_given:
                again = CellProblem("repeated_series", codes, "", line.number, "", {"first": known.row})
                self.wrong.add(again)
                continue
            if is_given and not self._are_codes(codes, line.number):
                continue
            made = self.series[codes] = self._series(codes, line.number, is_given=is_given)
            for place, cell in enumerate(cells):
                if cell is not None:
                    self._read_cell(made, place, cell)

    def _series(self, codes: tuple[str, ...], row: int, *, is_given: bool = False) -> _Series:
        """A place for a series' figures; refused before there are more places than a table may have."""
        cells = (len(self.series) + (codes not in self.series)) * len(self.periods)
        if cells > self.limits.cells:
            self._refuse_cells(cells)
        return _Series(codes, row, [None] * len(self.periods), is_given=is_given)

    def _refuse_cells(self, cells: int) -> NoReturn:
        self.problems.fatal("too_many_cells", cells=cells, limit=self.limits.cells)

    def _are_codes(self, codes: tuple[str, ...], row: int) -> bool:
        is_good = True
        for (name, _at), code in zip(self.axes, codes, strict=True):
            if not code:
                self.problems.add("empty_code", row, name)
                is_good = False
            elif len(code) > _LONGEST_CODE:
                self.problems.add("code_too_long", row, name, found=code)
                is_good = False
        return is_good

    def _read_cell(self, series: _Series, place: int, cell: Any) -> None:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            series.values[place] = cell
            return
        code, arguments = "bad_cell", {"found": _text(cell)}
        if isinstance(cell, dict):
            ((kind, told),) = cell.items()
            if kind == "error":
                code, arguments = "excel_error", {}
            elif kind == "formula":
                code, arguments = "formula", {}
                series.values[place] = told if isinstance(told, int | float) else None
        else:
            try:
                series.values[place], status = parse_cell(_text(cell))
            except BadCell as error:
                code, arguments = error.code, error.arguments
            else:
                if status:
                    series.statuses[place] = status
                return
        period, at = self.periods[place]
        self.wrong.add(CellProblem(code, series.codes, period, series.row, column_name(at), arguments))

    def add_notes(self, lines: Iterable[_Line]) -> None:
        """Statuses and notes, a line per cell: the dimensions, the period, status, note."""
        rest = iter(lines)
        header = next(rest, None)
        if header is None:
            return
        columns = {_header_text(cell).upper(): at for at, cell in enumerate(header.cells)}
        if TIME_CODE not in columns or any(code.upper() not in columns for code, _at in self.axes):
            return
        places = {period: at for at, (period, _column) in enumerate(self.periods)}
        for line in rest:
            status = _text(_at(line.cells, columns.get(STATUS, -1))).strip()
            note = _text(_raw(line.cells, columns.get(COMMENT, -1)))
            if status or note:
                self._add_note(line, columns, places, status, note)

    def _add_note(
        self, line: _Line, columns: Mapping[str, int], places: Mapping[str, int], status: str, note: str
    ) -> None:
        codes = tuple(code_in(_text(_at(line.cells, columns[code.upper()]))) for code, _ in self.axes)
        text = _header_text(_at(line.cells, columns[TIME_CODE]))
        period = _period(text) or text
        series = self.series.get(codes)
        if series is None and not codes:  # the only series there can be, in an empty row
            series = self.series[codes] = self._series(codes, line.number)
        if series is None or period not in places:
            self._lost_note(line, ".".join(codes), period, is_period=series is not None)
            return
        place = places[period]
        code = known_status(status)
        if code is None:
            self._wrong_status("unknown_status", series, period, line, found=status, known=KNOWN_LIST)
        elif contradicts(code, series.values[place]):
            self._wrong_status(
                "value_with_status", series, period, line, status=code, found=str(series.values[place])
            )
        elif code:
            series.statuses[place] = code
        if note:
            series.notes[place] = {self.language: note}

    def _lost_note(self, line: _Line, key: str, period: str, *, is_period: bool) -> None:
        """A note on a series or period that is no longer there is told, and stands against nothing."""
        code, arguments = (
            ("unknown_period", {"period": period}) if is_period else ("unknown_series", {"key": key})
        )
        self.wrong.add(CellProblem(code, (), "", line.number, "", arguments, severity="warning"))

    def _wrong_status(self, code: str, series: _Series, period: str, line: _Line, **arguments: str) -> None:
        self.wrong.add(CellProblem(code, series.codes, period, line.number, STATUS, arguments))

    def reading(self) -> Reading:
        """The table as a cube, its time axis without gaps and without empty ends."""
        kept = [made for made in self.series.values() if _places(made) or made.codes in self.wrong.codes]
        used = sorted({at for made in kept for at in _places(made)} | self._wrong_places(kept))
        numbers = [ordinal(self.periods[at][0]) for at in used]
        first, length = (min(numbers), max(numbers) - min(numbers) + 1) if numbers else (0, 0)
        if len(kept) * length > self.limits.cells:
            self._refuse_cells(len(kept) * length)
        frequency = frequency_of(self.periods[0][0]).value if numbers else Frequency.ANNUAL.value
        steps = {at: number - first for at, number in zip(used, numbers, strict=True)}
        rows = tuple(_row(made, steps, length) for made in kept)
        members = tuple(Member(period_at(frequency, first + step), {}) for step in range(length))
        cube = Cube(
            code="",
            labels={},
            axes=tuple(
                Dimension(code, {}, guessed_role(code), _members(row.codes[at] for row in rows))
                for at, (code, _column) in enumerate(self.axes)
            ),
            time=Dimension(TIME_CODE, {}, Role.TIME, members),
            rows=rows,
            frequency=frequency,
        )
        return Reading(cube, tuple(self.wrong.all()), {made.codes: made.row for made in kept})

    def _wrong_places(self, kept: Iterable[_Series]) -> set[int]:
        """The columns of wrong cells, which are to be shown although they are empty."""
        places = {period: at for at, (period, _column) in enumerate(self.periods)}
        return {places[period] for period in self.wrong.periods if period in places}


def _row(made: _Series, steps: Mapping[int, int], length: int) -> Row:
    values: list[Value] = [None] * length
    for at, step in steps.items():
        values[step] = made.values[at]
    return Row(
        made.codes,
        values,
        {steps[at]: status for at, status in made.statuses.items()},
        {steps[at]: note for at, note in made.notes.items()},
    )


def _places(made: _Series) -> set[int]:
    given = {at for at, value in enumerate(made.values) if value is not None}
    return given | made.statuses.keys() | made.notes.keys()


def _members(codes: Iterable[str]) -> tuple[Member, ...]:
    return tuple(Member(code, {}) for code in dict.fromkeys(codes))


def _raw(cells: list[Any], place: int) -> Any:
    return cells[place] if 0 <= place < len(cells) else None


def _at(cells: list[Any], place: int) -> Any:
    cell = _raw(cells, place)
    return None if isinstance(cell, str) and not cell.strip() else cell


def _header_text(cell: Any) -> str:
    """The text of a heading. Excel makes a date of 2020-01 and a number of 2020."""
    if isinstance(cell, dict) and "date" in cell:
        day = date.fromisoformat(cell["date"])
        return f"{day.year:04d}-{day.month:02d}"
    return _text(cell).strip()


def _period(text: str) -> str | None:
    try:
        return normal_period(text)
    except BadPeriod:
        return None
