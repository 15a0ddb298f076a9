"""Templates to be filled in: a workbook with drop-downs, and a CSV with a line for every cell (D086, D098).

Both languages stand in each of them. What is filled in is read back by the formats themselves.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from io import StringIO

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation

from registry.cube import Cube, Dimension
from registry.formats.base import TIME_CODE
from registry.formats.csv import COMMENT, STATUS, VALUE, safe_text
from registry.formats.statuses import STATUS_LABELS
from registry.formats.xlsx import (
    DATA_SHEET,
    NOTES_SHEET,
    WRAPPED,
    bilingual,
    heading,
    saved,
    text,
    told,
    write_figures,
    write_notes,
)
from registry.languages import LANGUAGE_CODES, in_every_language, served

README_SHEET = "Read me – Прочтите"
CODES_SHEET = "Codes – Коды"
_STEPS = (
    _("Write the figures into the sheet “%(sheet)s”: a row per series, a column per period."),
    _("Choose the codes from the lists. A code, “code – label”, or a label in either language will do."),
    _("An empty cell means that nothing is reported. Zero is a figure: write 0."),
    _("Where there is no figure, the letter of a status may say why: see the list below."),
    _("A figure may have a status too: write 125 E. Notes to figures go into the sheet “%(notes)s”."),
    _("New periods are new columns: 2026, 2026-S1, 2026-Q1 or 2026-01. Rows and columns not needed may go."),
    _("Write values, not formulas. Only totals and groups, never single persons."),
    _("Figures of the running year are marked as provisional by themselves (P)."),
)


def write_workbook(cube: Cube, *, name: str, language: str, blank_rows: int) -> Iterator[bytes]:
    """The workbook in parts. The members of the cube's axes are the codes offered."""
    book = Workbook(write_only=True)
    labels = [
        {member.code: told(member.code, bilingual(member.labels)) for member in axis.members}
        for axis in cube.axes
    ]
    _write_readme(book, cube, name, {"sheet": DATA_SHEET, "notes": NOTES_SHEET})
    sheet = write_figures(book, cube, labels, [bilingual(axis.labels) for axis in cube.axes])
    _offer_codes(sheet, cube.axes, len(cube.rows) + blank_rows + 2)
    write_notes(book, cube, labels, language)
    _write_codes(book, cube.axes, labels)
    book.active = book.index(sheet)
    yield from saved(book)


def _write_readme(book: Workbook, cube: Cube, name: str, places: dict[str, str]) -> None:
    sheet = book.create_sheet(README_SHEET)
    for column in "AB":
        sheet.column_dimensions[column].width = 70
    sheet.append([heading(sheet, f"{name} – {served(cube.labels, code)}") for code in LANGUAGE_CODES])
    sheet.append([text(sheet, str(served(cube.unit, code))) for code in LANGUAGE_CODES])
    for note in cube.notes:
        _append(sheet, [str(served(note, code)) for code in LANGUAGE_CODES])
    sheet.append([])
    for number, step in enumerate(_STEPS, start=1):
        texts = in_every_language(step)
        _append(sheet, [f"{number}. {texts[code] % places}" for code in LANGUAGE_CODES])
    sheet.append([])
    for status, label in STATUS_LABELS.items():
        texts = in_every_language(label)
        _append(sheet, [f"{status.value} – {texts[code]}" for code in LANGUAGE_CODES])


def _append(sheet: WriteOnlyWorksheet, texts: Sequence[str]) -> None:
    cells = [text(sheet, content) for content in texts]
    for cell in cells:
        cell.alignment = WRAPPED
    sheet.append(cells)


def _offer_codes(sheet: WriteOnlyWorksheet, axes: Sequence[Dimension], last_row: int) -> None:
    """Drop-downs. They only warn: a label typed in one language is read too."""
    for at, axis in enumerate(axes):
        if not len(axis):
            continue
        column, source = get_column_letter(at + 1), get_column_letter(at + 1)
        formula = f"{quote_sheetname(CODES_SHEET)}!${source}$3:${source}${len(axis) + 2}"
        offered = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
        offered.add(f"{column}3:{column}{last_row}")
        sheet.data_validations.append(offered)


def _write_codes(book: Workbook, axes: Sequence[Dimension], labels: Sequence[dict[str, str]]) -> None:
    sheet = book.create_sheet(CODES_SHEET)
    for at in range(len(axes)):
        sheet.column_dimensions[get_column_letter(at + 1)].width = 46
    sheet.append([heading(sheet, axis.code) for axis in axes])
    sheet.append([text(sheet, bilingual(axis.labels)) for axis in axes])
    columns = [list(label.values()) for label in labels]
    for at in range(max((len(column) for column in columns), default=0)):
        sheet.append([text(sheet, column[at]) if at < len(column) else None for column in columns])


def write_csv(cube: Cube, *, language: str, delimiter: str = ",") -> Iterator[bytes]:
    """The lines of the CSV format with empty cells too. A semicolon goes with decimal commas."""
    names = [name for axis in cube.axes for name in (axis.code, _label_name(axis, language))]
    yield BOM_UTF8 + _csv_line([*map(safe_text, names), TIME_CODE, VALUE, STATUS, COMMENT], delimiter)
    labels = [
        {member.code: str(served(member.labels, language)) for member in axis.members} for axis in cube.axes
    ]
    for row in cube.rows:
        codes = [
            part
            for label, code in zip(labels, row.codes, strict=True)
            for part in (code, label.get(code, ""))
        ]
        lines = []
        for at, period in enumerate(cube.time.codes):
            value = row.values[at]
            number = "" if value is None else repr(value).removesuffix(".0")
            if delimiter == ";":
                number = number.replace(".", ",")
            note = served(row.notes[at], language) if at in row.notes else ""
            cells = [*map(safe_text, codes), period, number, row.statuses.get(at, ""), safe_text(str(note))]
            lines.append(_csv_line(cells, delimiter))
        yield b"".join(lines)


def _label_name(axis: Dimension, language: str) -> str:
    """Never to be taken for a column of codes: it holds two languages or a bracket."""
    label = bilingual(axis.labels)
    return label if " " in label else f"{label} ({axis.code})".strip()


def _csv_line(cells: Sequence[str], delimiter: str) -> bytes:
    buffer = StringIO()
    csv.writer(buffer, delimiter=delimiter).writerow(cells)
    return buffer.getvalue().encode()
