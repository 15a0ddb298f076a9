"""Takes a workbook apart in a process of its own, with little memory and time: what it dies of harms nobody.

Run as a program with the file as standard input (a real file, so that it can be read at any place). Writes
JSON lines: for each sheet asked for one ``{"sheet": name}`` and then ``[row number, [cells…]]``; or, as the
last line, ``{"refused": code, "arguments": {…}}``. A cell is null, a number, a text, or an object with one
member: ``date``, ``formula`` (its last value), ``error`` (of Excel's), ``bool``.
Uses nothing of Django, which would take longer to start than most files to read.
Source: OWASP ASVS 5.2.3; docs/adr on hostile files.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

MOST_ENTRIES = 200
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
RATIO_FROM = 1024 * 1024
MOST_COLUMNS = 702  # the last one is ZZ
MOST_ROWS = 200_000
LONGEST_TEXT = 5_000
MEMORY = 768 * 1024 * 1024
CPU_SECONDS = 15
MOST_OUTPUT = 128 * 1024 * 1024

DATA_NAMES = ("data", "данные")
NOTES_NAMES = ("notes", "примечания")

_LONG = re.compile(rb">[^<]{%d}" % (4 * LONGEST_TEXT))
_FAR = re.compile(rb"""\br=["']([A-Z]{3}[0-9]+|[A-Z]{1,3}[0-9]{7,})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]+[0-9]+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_IS_ERROR = re.compile(rb"""\bt=["']e["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class Refused(Exception):
    def __init__(self, code: str, **arguments: Any) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


def main() -> None:
    _limit()
    try:
        # A descriptor of its own: nothing else writes into the answer.
        with os.fdopen(0, "rb", closefd=False) as source:
            for line in answer(source.read()):
                sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    except Refused as refused:
        sys.stdout.write(json.dumps({"refused": refused.code, "arguments": refused.arguments}) + "\n")
    except MemoryError:
        sys.stdout.write('{"refused": "workbook_too_demanding", "arguments": {}}\n')
    sys.stdout.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # no POSIX; the wall clock of the parent remains
        return
    wanted = (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, most in wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def answer(content: bytes) -> Iterator[Any]:
    with _opened(content) as archive:
        parts = _unpacked(archive)
    sheets = _sheets(parts)
    data = _chosen(sheets, DATA_NAMES) or next(iter(sheets), "")
    if not data:
        raise Refused("not_xlsx")
    yield {"sheet": "data"}
    yield from _rows(content, data, parts[sheets[data]])
    notes = _chosen(sheets, NOTES_NAMES)
    if notes and notes != data:
        yield {"sheet": "notes"}
        yield from _rows(content, notes, parts[sheets[notes]])


def _opened(content: bytes) -> zipfile.ZipFile:
    # The end of the archive tells the number of entries: counted before a list of them is made.
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 70_000))
    if end < 0:
        raise Refused("not_xlsx")
    if int.from_bytes(content[end + 10 : end + 12], "little") > MOST_ENTRIES:
        raise Refused("workbook_too_demanding")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("workbook_damaged") from error
    if len(archive.infolist()) > MOST_ENTRIES:
        raise Refused("workbook_too_demanding")
    return archive


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Every part, none larger than announced, together no larger than allowed."""
    announced = sum(entry.file_size for entry in archive.infolist())
    if announced > MOST_UNPACKED:
        raise Refused("workbook_unpacks", limit=MOST_UNPACKED // 1024 // 1024)
    parts = {}
    for entry in archive.infolist():
        if entry.flag_bits & 1:
            raise Refused("encrypted")
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise Refused("workbook_unpacks", limit=MOST_UNPACKED // 1024 // 1024)
        try:
            # Stops at the announced size, and the checksum tells whether that was all.
            part = archive.read(entry)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Refused("workbook_damaged") from error
        except Exception as error:  # zlib.error and others of the decompressors
            raise Refused("workbook_damaged") from error
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part or part[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise Refused("workbook_doctype")
            if b"\0" in part[:200]:
                raise Refused("workbook_doctype")
            if _LONG.search(part):
                raise Refused("text_too_long", limit=LONGEST_TEXT)
        parts[entry.filename] = part
    return parts


def _sheets(parts: dict[str, bytes]) -> dict[str, str]:
    """The parts of the visible sheets by their names, in order."""
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])  # noqa: S314 - no DOCTYPE gets here
        relations = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    except (KeyError, ElementTree.ParseError) as error:
        raise Refused("not_xlsx") from error
    targets = {item.get("Id", ""): item.get("Target", "") for item in relations}
    found = {}
    for sheet in book.findall(".//{*}sheet"):
        target = targets.get(sheet.get(_RELATION, ""), "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        if part in parts and sheet.get("state", "visible") == "visible":
            found[sheet.get("name", "")] = part
    return found


def _chosen(sheets: dict[str, str], names: tuple[str, ...]) -> str:
    return next((name for name in sheets if name.strip().lower().startswith(names)), "")


def _rows(content: bytes, name: str, part: bytes) -> Iterator[Any]:
    far = _FAR.search(part)
    if far:
        raise Refused("far_cell", cell=far[1].decode())
    special = _special(part)
    sheet = _sheet(content, name)
    if sheet.end is not None and (sheet.end[0] >= MOST_ROWS or sheet.end[1] >= MOST_COLUMNS):
        raise Refused("sheet_too_large", rows=MOST_ROWS, columns=MOST_COLUMNS)
    left = sheet.start[1] if sheet.start else 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        told = [None] * left + [_told(cell) for cell in cells]
        for at, kind in special.pop(number, ()):
            told += [None] * (at + 1 - len(told))
            told[at] = {"error": True} if kind == "error" else {"formula": told[at]}
        while told and told[-1] is None:
            told.pop()
        if told:
            yield [number, told]


def _sheet(content: bytes, name: str) -> Any:
    import python_calamine

    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name)
    except python_calamine.PasswordError as error:
        raise Refused("encrypted") from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise Refused("workbook_damaged") from error


def _special(part: bytes) -> dict[int, list[tuple[int, str]]]:
    """Cells with a formula or an error of Excel's, which calamine does not tell: by row, columns from 0."""
    found: dict[int, list[tuple[int, str]]] = {}
    for cell in _CELL.finditer(part):
        attributes, inside = cell[1] or b"", cell[2]
        kind = "error" if _IS_ERROR.search(attributes) else "formula" if _FORMULA.search(inside) else ""
        place = _PLACE.search(attributes) if kind else None
        if place:
            row, column = _position(place[1].decode())
            found.setdefault(row, []).append((column, kind))
    return found


def _position(place: str) -> tuple[int, int]:
    letters = place.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(place[len(letters) :]), column - 1


def _told(cell: Any) -> Any:
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return {"bool": cell}
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell if cell == cell else None
    if isinstance(cell, int):
        return cell
    if isinstance(cell, datetime.datetime | datetime.date):
        return {"date": cell.isoformat()[:10]}
    text = str(cell)
    if len(text) > LONGEST_TEXT:
        raise Refused("text_too_long", limit=LONGEST_TEXT)
    return text


if __name__ == "__main__":
    main()
