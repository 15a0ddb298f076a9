"""Workbooks: a row per series, a column per period, as officials keep their tables.

Sheets: the figures; a line for every cell with a status beside its value or with a note; what the table is.
Cells of dimensions say “UKR – Ukraine”, of which only the code is read back. A cell without a value says the
letter of its status. All texts are written as texts, never as formulas (OWASP ASVS 1.2.10).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from registry.cube import Cube, Dimension, Row, Value
from registry.formats import xlsx_reader
from registry.formats.base import TIME_CODE, Carries, Format, source_line
from registry.formats.xlsx_reader import COMMENT, DASHES, STATUS
from registry.languages import LANGUAGE_CODES, served

DATA_SHEET = "Data – Данные"
NOTES_SHEET = "Notes – Примечания"
ABOUT_SHEET = "About – О таблице"
MOST_CELLS = 500_000

_BLOCK = 64 * 1024
_LONGEST_TEXT = 4_900  # in a cell; the reader takes a little more
_BOLD = Font(bold=True)
_MUTED = Font(italic=True, color="FF666666")
_HEADING = PatternFill("solid", fgColor="FFE8EEF4")
WRAPPED = Alignment(wrap_text=True, vertical="top")


def write(cube: Cube, *, language: str) -> Iterator[bytes]:
    """The file in parts. Texts stand in ``language``."""
    book = Workbook(write_only=True)
    labels = [
        {member.code: told(member.code, served(member.labels, language)) for member in axis.members}
        for axis in cube.axes
    ]
    write_figures(book, cube, labels, [str(served(axis.labels, language)) for axis in cube.axes])
    write_notes(book, cube, labels, language)
    _write_about(book, cube, language)
    yield from saved(book)


def saved(book: Workbook) -> Iterator[bytes]:
    """The file of a workbook, in parts."""
    buffer = BytesIO()
    book.save(buffer)
    buffer.seek(0)
    while block := buffer.read(_BLOCK):
        yield block


def told(code: str, label: str) -> str:
    """What a cell of a dimension says: the code, and its label."""
    flat = " ".join(label.split())
    return f"{code}{DASHES[0]}{flat}"[:_LONGEST_TEXT] if flat else code


def bilingual(texts: dict[str, str] | Any) -> str:
    """A text in all languages in one cell: “Ukraine · Украина”."""
    return " · ".join(dict.fromkeys(filter(None, (texts.get(code, "") for code in LANGUAGE_CODES))))


def write_figures(
    book: Workbook,
    cube: Cube,
    labels: Sequence[dict[str, str]],
    axis_labels: Sequence[str],
    *,
    blank_rows: int = 0,
) -> WriteOnlyWorksheet:
    """The sheet with the figures. ``labels`` say how each axis's codes are written, ``blank_rows`` follow."""
    sheet = book.create_sheet(DATA_SHEET)
    width = len(cube.axes)
    for at in range(width):
        sheet.column_dimensions[get_column_letter(at + 1)].width = 34
    for at in range(len(cube.time)):
        sheet.column_dimensions[get_column_letter(width + at + 1)].width = 12
    sheet.freeze_panes = f"{get_column_letter(width + 1)}3"
    sheet.append([heading(sheet, code) for code in (*(axis.code for axis in cube.axes), *cube.time.codes)])
    sheet.append([muted(sheet, label) for label in axis_labels])
    number_format = "#,##0" + (f".{'0' * cube.decimals}" if cube.decimals else "")
    for row in cube.rows:
        sheet.append(_line(sheet, row, labels, number_format))
    return sheet


def write_notes(book: Workbook, cube: Cube, labels: Sequence[dict[str, str]], language: str) -> None:
    """The sheet with statuses of values and with notes, a line per cell."""
    sheet = book.create_sheet(NOTES_SHEET)
    for at, axis in enumerate((*cube.axes, None, None, None)):
        sheet.column_dimensions[get_column_letter(at + 1)].width = 34 if axis else 14
    sheet.column_dimensions[get_column_letter(len(cube.axes) + 3)].width = 60
    names = (*(axis.code for axis in cube.axes), TIME_CODE, STATUS, COMMENT)
    sheet.append([heading(sheet, name) for name in names])
    periods = cube.time.codes
    for row in cube.rows:
        for at in sorted(row.statuses.keys() | row.notes.keys()):
            status = row.statuses.get(at, "") if row.values[at] is not None else ""
            note = served(row.notes[at], language) if at in row.notes else ""
            if status or note:
                codes = [label.get(code, code) for label, code in zip(labels, row.codes, strict=True)]
                sheet.append([text(sheet, cell) for cell in (*codes, periods[at], status, note)])


def _write_about(book: Workbook, cube: Cube, language: str) -> None:
    sheet = book.create_sheet(ABOUT_SHEET)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 90
    with override(language):
        facts = [
            (gettext("Indicator"), f"{cube.code} {served(cube.labels, language)}".strip()),
            (gettext("Unit of measure"), str(served(cube.unit, language))),
            *((gettext("Note to the table"), str(served(note, language))) for note in cube.notes),
            (pgettext("figures", "Source"), source_line(cube, language)),
        ]
    for name, fact in facts:
        if fact:
            cells = [heading(sheet, name), text(sheet, fact)]
            cells[1].alignment = WRAPPED
            sheet.append(cells)


def _line(
    sheet: WriteOnlyWorksheet, row: Row, labels: Sequence[dict[str, str]], number_format: str
) -> list[Any]:
    cells: list[Any] = [
        text(sheet, label.get(code, code)) for label, code in zip(labels, row.codes, strict=True)
    ]
    for at, value in enumerate(row.values):
        if value is not None:
            cells.append(_number(sheet, value, number_format))
        else:
            status = row.statuses.get(at)
            cells.append(text(sheet, status) if status else None)
    return cells


def _number(sheet: WriteOnlyWorksheet, value: Value, number_format: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    # As text of the number: openpyxl writes 16 digits, of which one more may be needed.
    cell._value = repr(value)
    cell.data_type = "n"
    cell.number_format = number_format
    return cell


def text(sheet: WriteOnlyWorksheet, content: str) -> WriteOnlyCell:
    """A cell with a text, whatever sign it begins with."""
    cell = WriteOnlyCell(sheet, escaped(content[:_LONGEST_TEXT]))
    cell.data_type = "s"
    return cell


def heading(sheet: WriteOnlyWorksheet, content: str) -> WriteOnlyCell:
    cell = text(sheet, content)
    cell.font = _BOLD
    cell.fill = _HEADING
    return cell


def muted(sheet: WriteOnlyWorksheet, content: str) -> WriteOnlyCell:
    cell = text(sheet, content)
    cell.font = _MUTED
    return cell


def escaped(content: str) -> str:
    """Signs that XML cannot hold, and what looks like their escape: ECMA-376 22.9.2.19."""
    if content.isprintable() and "_x" not in content:
        return content
    parts = []
    for at, sign in enumerate(content):
        number = ord(sign)
        if (number < 32 and sign not in "\t\n") or number in (0xFFFE, 0xFFFF):
            parts.append(f"_x{number:04X}_")
        elif sign == "_" and content[at + 1 : at + 2] == "x":
            parts.append("_x005F_")
        else:
            parts.append(sign)
    return "".join(parts)


def axis_name(axis: Dimension) -> str:
    return bilingual(axis.labels)


FORMAT = Format(
    name="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    extension="xlsx",
    label=_("Excel workbook"),
    carries=Carries(cell_notes=True, statuses=True, row_order=True),
    reader=xlsx_reader.read,
    writer=write,
    most_cells=MOST_CELLS,
    inspector=xlsx_reader.inspect,
)
