"""The text of office files: Word, Excel, PowerPoint, OpenDocument, paragraph by paragraph.

Used by the reader in its own process (cms/library/reader.py), which has checked the archive before.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD_SPACES = {f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "-"}
#: What is deleted or moved away, properties, and what stands there for programs that know less.
_WORD_ASIDE = frozenset(
    (
        *(f"{_WORD}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "tblPr", "tcPr", "sectPr")),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    )
)
_ASIDE = frozenset((f"{_OFFICE}annotation", f"{_TEXT}tracked-changes"))
_MOST_SPACES = 1_000


def docx_parts(path: Path) -> Iterator[str]:
    import docx

    yield from _docx_blocks(docx.Document(str(path)).element.body)


def _docx_blocks(element: Any) -> Iterator[str]:
    """Paragraphs and tables, also those in content controls (forms, tables of contents) and insertions."""
    for child in element:
        if child.tag == f"{_WORD}p":
            yield "".join(_docx_texts(child))
        elif child.tag == f"{_WORD}tbl":
            yield "\n".join(_docx_rows(child))
        elif child.tag not in _WORD_ASIDE:
            yield from _docx_blocks(child)


def _docx_rows(table: Any) -> Iterator[str]:
    """A line for a row; a cell merged over columns is there once, a table within a cell in its place."""
    for row in table.iter(f"{_WORD}tr"):
        if next(row.iterancestors(f"{_WORD}tbl")) is table:
            cells = [cell for cell in row.iter(f"{_WORD}tc") if next(cell.iterancestors(f"{_WORD}tr")) is row]
            yield "\t".join(" ".join(filter(None, _docx_blocks(cell))) for cell in cells)


def _docx_texts(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in _WORD_SPACES:
            yield _WORD_SPACES[child.tag]
        elif child.tag == f"{_WORD}txbxContent":  # a text box
            yield "\n" + "\n".join(_docx_blocks(child))
        elif child.tag not in _WORD_ASIDE:
            yield from _docx_texts(child)


def pptx_parts(path: Path) -> Iterator[str]:
    from pptx import Presentation

    for slide in Presentation(str(path)).slides:
        yield "\n".join(_shape_texts(slide.shapes))
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            yield slide.notes_slide.notes_text_frame.text


def _shape_texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        elif getattr(shape, "has_table", False):
            yield from ("\t".join(cell.text for cell in row.cells) for row in shape.table.rows)
        elif hasattr(shape, "shapes"):
            yield from _shape_texts(shape.shapes)


def xlsx_parts(path: Path) -> Iterator[str]:
    import openpyxl

    # By its content: the library takes no path without an extension.
    with path.open("rb") as content:
        for sheet in openpyxl.load_workbook(content, read_only=True, data_only=True).worksheets:
            yield sheet.title
            for row in sheet.iter_rows(values_only=True):
                values = [_cell(value) for value in row if value is not None]
                if values:
                    yield "\t".join(values)


def _cell(value: object) -> str:
    """A date that has no time is shown without one."""
    if isinstance(value, datetime):
        time = value.time()
        if not any((time.hour, time.minute, time.second, time.microsecond)):
            return value.date().isoformat()
        return value.isoformat(" ", "seconds" if time.second else "minutes")
    return str(value)


def odt_parts(path: Path) -> Iterator[str]:
    from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

    aside = 0  # how deep within notes of those who work on the text
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        for event, element in iterparse(content, events=("start", "end"), forbid_dtd=True):
            if element.tag in _ASIDE:
                aside += 1 if event == "start" else -1
            elif event == "end" and element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                if not aside:
                    yield re.sub(r" +(?=\n)|(?<=\n) +", "", "".join(_odt_texts(element)))
                element.clear()


def _odt_texts(element: Any) -> Iterator[str]:
    """Tabs, spaces and line breaks are elements there; white space between words counts as one space."""
    yield _one_space(element.text)
    for child in element:
        if child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * (min(int(count), _MOST_SPACES) if count.isascii() and count.isdigit() else 1)
        elif child.tag not in _ASIDE:
            yield from _odt_texts(child)
        yield _one_space(child.tail)


def _one_space(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


PARTS = {
    "docx": docx_parts,
    "pptx": pptx_parts,
    "xlsx": xlsx_parts,
    "odt": odt_parts,
}
