"""What can be wrong with a file, said in the reader's language.

A problem keeps a message code and arguments, so that it can be stored and shown later in either language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

#: Message code -> text with named arguments.
MESSAGES = {
    # The file as a whole
    "empty": _("The file is empty."),
    "unreadable": _("The file could not be read. The mistake is on our side and has been noted."),
    "too_large": _("The file is larger than %(limit)s MB, the most that is read."),
    "too_many_lines": _("The file has more than %(limit)s lines, the most that is read."),
    "too_many_cells": _("The table would have %(cells)s cells; at most %(limit)s are read."),
    "line_too_long": _("The line is longer than %(limit)s characters. Is this a text table?"),
    "nul": _("The file contains NUL bytes, so it is not text. Save it as CSV UTF-8."),
    "encoding": _(
        "Byte %(byte)s is not valid %(encoding)s. Save the file as CSV UTF-8 (in Excel: “CSV UTF-8”); "
        "windows-1251 and other encodings are not read."
    ),
    # Lines and columns
    "missing_column": _("The column %(name)s is missing."),
    "unknown_column": _("The column “%(name)s” is not known here. Expected: %(expected)s."),
    "unnamed_column": _("Column number %(position)s has no name."),
    "duplicate_column": _("The column %(name)s appears more than once."),
    "too_few_fields": _("%(expected)s fields expected, %(found)s found. Is the file cut off?"),
    "too_many_fields": _("%(expected)s fields expected, %(found)s found."),
    "unfinished_quote": _("A quotation mark is opened and never closed. Is the file cut off?"),
    "bad_quotes": _("A quotation mark stands in a wrong place."),
    # Cells
    "code_not_listed": _("The code “%(found)s” is not in the code list of %(dimension)s."),
    "empty_code": _("A code is expected, the cell is empty."),
    "bad_number": _("A number such as 1234.5 is expected, without spaces; found “%(found)s”."),
    "bad_period": _("A period such as 2020, 2020-S1, 2020-Q1 or 2020-01 is expected; found “%(found)s”."),
    "mixed_frequencies": _(
        "The period %(found)s has another frequency than %(first)s; a table has one frequency."
    ),
    "duplicate_cell": _("The same cell (%(key)s, %(period)s) was already given in row %(first)s."),
    "duplicate_period": _("The period %(period)s appears more than once on the time axis."),
    "unknown_status": _("“%(found)s” is not an observation status. Known: %(known)s."),
    "value_with_status": _(
        "The status %(status)s means that there is no value, but there is one: %(found)s."
    ),
    # Excel workbooks
    "not_xlsx": _("This is not an Excel workbook (.xlsx). Save the table as “Excel workbook (.xlsx)”."),
    "old_excel": _("This is an old Excel file (.xls). Save it as “Excel workbook (.xlsx)”."),
    "encrypted": _("The workbook is protected by a password. Save it without one."),
    "workbook_damaged": _("The workbook is damaged and cannot be read. Save it anew."),
    "workbook_unpacks": _("The workbook unpacks to more than %(limit)s MB, the most that is read."),
    "workbook_too_demanding": _(
        "Reading the workbook takes more memory or time than a table of figures may."
    ),
    "workbook_doctype": _("The workbook has parts that no table of figures needs (DOCTYPE). Save it anew."),
    "far_cell": _(
        "There is a cell %(cell)s, far from any table. Delete the columns and rows beside the table."
    ),
    "sheet_too_large": _("A sheet may have %(rows)s rows and %(columns)s columns at most."),
    "text_too_long": _("A cell has a text of more than %(limit)s characters."),
    "no_header": _("The first row names the dimensions and the periods; no period was found in it."),
    "code_too_long": _("The code “%(found)s” is too long."),
    "formula": _("The cell holds a formula. Put its value there instead (copy, paste special: values)."),
    "excel_error": _("The cell holds an error of Excel, such as #REF!."),
    "bad_cell": _(
        "A number is expected, such as 1234.5, or the letter of a status, or both (125 E); found “%(found)s”."
    ),
    "repeated_series": _("The series was already given in row %(first)s."),
    "unknown_series": _("The sheet of notes names the series %(key)s, which is not among the figures."),
    "unknown_period": _("The sheet of notes names the period %(period)s, which is not among the figures."),
    "more": _("There are %(count)s more findings."),
    # JSON-stat
    "not_json": _("This is not valid JSON: %(reason)s."),
    "not_jsonstat": _("This is not a JSON-stat 2 dataset: “class” must be “dataset”, found “%(found)s”."),
    "jsonstat_v1": _(
        "This is JSON-stat version 1. Only version 2 is read; ask the source for JSON-stat 2.0."
    ),
    "too_complex": _("The document has more parts than are read."),
    "expected_object": _("An object is expected here."),
    "expected_list": _("A list is expected here."),
    "expected_text": _("A text is expected here."),
    "expected_size": _("%(expected)s entries expected, %(found)s found."),
    "expected_positions": _("Positions from 0 to %(last)s are expected, each once."),
    "repeated_code": _("The code %(found)s appears more than once."),
    "no_index": _("The list of categories (category.index) is missing."),
    "unknown_code": _("%(found)s is not a category of this dimension."),
    "circular_parents": _("The hierarchy is circular at %(found)s."),
    "no_time": _("No time dimension is named (role.time), and none can be recognised."),
    "several_times": _("More than one time dimension: %(found)s. One is expected."),
    "no_values": _("The dataset has no values."),
    "bad_position": _("“%(found)s” is not the number of a cell."),
}


@dataclass(frozen=True, slots=True)
class FormatProblem:
    """One thing wrong in a file.

    ``row`` counts as a spreadsheet does (the header is 1), None for the file as a whole; ``column`` is the
    name of a column, or the path of a JSON member.
    """

    code: str
    row: int | None = None
    column: str = ""
    arguments: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong, in the active language, without the place."""
        return str(MESSAGES[self.code]) % self.arguments

    def __str__(self) -> str:
        place = {"row": self.row, "column": self.column, "message": self.message}
        if self.row is not None and self.column:
            return gettext("Row %(row)s, column %(column)s: %(message)s") % place
        if self.row is not None:
            return gettext("Row %(row)s: %(message)s") % place
        return f"{self.column}: {self.message}" if self.column else self.message


class BadFile(Exception):
    """The file cannot be read. ``problems`` says why; ``has_more`` that counting stopped at the cap."""

    def __init__(self, problems: tuple[FormatProblem, ...], *, has_more: bool = False) -> None:
        super().__init__(problems)
        self.problems = problems
        self.has_more = has_more

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.has_more:
            lines.append(
                ngettext(
                    "Only the first problem is shown.",
                    "Only the first %(count)s problems are shown.",
                    len(self.problems),
                )
                % {"count": len(self.problems)}
            )
        return "\n".join(lines)


class Problems:
    """Collects problems and raises BadFile with all of them, at the latest when ``limit`` is reached."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found: list[FormatProblem] = []

    def add(self, code: str, row: int | None = None, column: str = "", **arguments: str | int) -> None:
        shown = {name: _shortened(it) if isinstance(it, str) else it for name, it in arguments.items()}
        self._found.append(FormatProblem(code, row, _shortened(column), shown))
        if len(self._found) >= self._limit:
            raise BadFile(tuple(self._found), has_more=True)

    def fatal(self, code: str, row: int | None = None, column: str = "", **arguments: str | int) -> NoReturn:
        """For problems after which reading on makes no sense."""
        self.add(code, row, column, **arguments)
        raise BadFile(tuple(self._found))

    def raise_any(self) -> None:
        if self._found:
            raise BadFile(tuple(self._found))


def _shortened(text: str, limit: int = 200) -> str:
    """Foreign text as it is quoted in a message: hostile files must not make huge messages."""
    return text if len(text) <= limit else f"{text[:limit]}…"
