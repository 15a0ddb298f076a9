"""Reading text tables line by line, fast, and guarded against what no table contains.

Used by the CSV format and by importers of foreign layouts. Nothing is held in memory but the current block,
so a file that is too large is refused after reading no more than the limit.
"""

from __future__ import annotations

import codecs
import csv
import os
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import chain
from math import isfinite
from typing import BinaryIO

from registry.formats.base import LIMITS, Limits, Source
from registry.formats.problems import Problems

DELIMITERS = (",", ";", "\t")
_BLOCK = 64 * 1024
#: A record may span lines (quoted line breaks), but not more than this many times the longest line.
_RECORD_LINES = 16
_QUOTED = re.compile(r'"[^"]*"')
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MAX_DIGITS = 18


def stream_of(source: Source) -> BinaryIO:
    return BytesIO(source) if isinstance(source, bytes) else source


def announced_size(stream: BinaryIO) -> int:
    """The size an upload says it has (Django's UploadedFile), or a file on disk; else 0."""
    size = getattr(stream, "size", None)
    if isinstance(size, int):
        return size
    try:
        return os.fstat(stream.fileno()).st_size
    except (AttributeError, OSError):
        return 0


def parse_number(text: str, *, decimal_comma: bool = False) -> int | float:
    """The number in a cell, whole numbers as int. ValueError if it is none, or not a finite one."""
    if text.isdecimal() and text.isascii() and len(text) <= _MAX_DIGITS:
        return int(text)
    text = text.strip()
    if decimal_comma:
        text = text.replace(",", ".", 1)
    match = _NUMBER.fullmatch(text)
    if not match or len(text) > 40:
        raise ValueError(text)
    if "." not in text and not match[3] and len(text) <= _MAX_DIGITS + 1:
        return int(text)
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


class Rows:
    """The rows of a text table: ``header`` first, then iterate once for ``(row number, fields)``.

    Rows are counted as a spreadsheet does, the header being 1; blank ones are counted and left out. Rows with
    another number of fields than the header become problems and are left out.
    """

    def __init__(self, source: Source, delimiter: str | None, limits: Limits, problems: Problems) -> None:
        self._problems = problems
        self._blocks = _Blocks(stream_of(source), limits, problems)
        blocks = iter(self._blocks)
        first = next(blocks, "")
        self.delimiter = delimiter or _sniffed(first)
        lines = chain.from_iterable(StringIO(block, newline="") for block in chain((first,), blocks))
        self._reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        self._number = 0
        self.header = self._read_header()

    def _read_header(self) -> list[str]:
        try:
            for row in self._reader:
                self._number += 1
                if any(map(str.strip, row)):
                    return row
        except csv.Error as error:
            self._refuse(error, 1)
        return self._problems.fatal("empty")

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self.header)
        blocks = self._blocks
        number = blocks.row = self._number
        try:
            for number, row in enumerate(self._reader, blocks.row + 1):
                blocks.row = number
                if (len(row) == width and any(row)) or self._mended(number, row, width):
                    yield number, row
        except csv.Error as error:
            self._refuse(error, number + 1)

    def _mended(self, number: int, row: list[str], width: int) -> bool:
        """Whether a row of another length can be used: spreadsheets leave empty fields at the end."""
        if not any(map(str.strip, row)):
            return False
        if len(row) > width and not any(map(str.strip, row[width:])):
            del row[width:]
            return True
        code = "too_few_fields" if len(row) < width else "too_many_fields"
        self._problems.add(code, number, expected=width, found=len(row))
        return False

    def _refuse(self, error: csv.Error, number: int) -> None:
        text = str(error)
        if "field larger" in text:
            self._problems.fatal("line_too_long", number, limit=csv.field_size_limit())
        self._problems.fatal("unfinished_quote" if "unexpected end" in text else "bad_quotes", number)


def open_rows(
    source: Source,
    *,
    delimiter: str | None = None,
    limits: Limits = LIMITS,
    problems: Problems | None = None,
) -> Rows:
    """Opens a text table: UTF-8, or UTF-16 with byte order mark; comma, semicolon or tab.

    ``delimiter`` None: recognised from the header. Problems with single rows go to ``problems`` (the caller
    raises them); what makes reading on senseless raises BadFile at once.
    """
    return Rows(source, delimiter, limits, problems or Problems(limits.problems))


def read_rows(
    source: Source, *, delimiter: str | None = None, limits: Limits = LIMITS
) -> Iterator[tuple[int, list[str]]]:
    """All rows of a text table as ``(row number, fields)``, the header first. Raises BadFile at the end."""
    problems = Problems(limits.problems)
    rows = open_rows(source, delimiter=delimiter, limits=limits, problems=problems)
    yield 1, rows.header
    yield from rows
    problems.raise_any()


class _Blocks:
    """Decoded text in blocks that end with a line, within the limits. ``row`` is how far the reader is."""

    def __init__(self, stream: BinaryIO, limits: Limits, problems: Problems) -> None:
        self.row = 0
        self._stream = stream
        self._limits = limits
        self._problems = problems
        self._lines = 0
        if announced_size(stream) > limits.bytes:
            self._refuse_size()

    def __iter__(self) -> Iterator[str]:
        limits, rest, row, stuck = self._limits, "", 0, 0
        for text in self._decoded():
            cut = text.rfind("\n") + 1
            first = text.find("\n") if cut else len(text)
            if len(rest) + first > limits.line_length:
                self._problems.fatal("line_too_long", self._lines + 1, limit=limits.line_length)
            if not cut:
                rest += text
                continue
            self._lines += text.count("\n")
            if self._lines > limits.lines:
                self._problems.fatal("too_many_lines", limit=limits.lines)
            stuck = stuck + cut if row == self.row else 0
            row = self.row
            if stuck > _RECORD_LINES * limits.line_length:
                self._problems.fatal("unfinished_quote", row + 1)
            yield rest + text[:cut]
            rest = text[cut:]
        if rest:
            yield rest

    def _decoded(self) -> Iterator[str]:
        head = self._stream.read(_BLOCK)
        encoding, mark = _encoding(head)
        decoder = codecs.getincrementaldecoder(encoding)()
        chunk = head[mark:] or self._stream.read(_BLOCK)
        offset, lines = mark, 0
        while True:
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].count(b"\n") + lines
                self._problems.fatal(
                    "encoding",
                    before + 1,
                    byte=offset - pending + error.start + 1,
                    encoding="UTF-16" if "16" in encoding else "UTF-8",
                )
            if "\0" in text:
                self._problems.fatal("nul", lines + text[: text.index("\0")].count("\n") + 1)
            yield text
            if not chunk:
                return
            lines += text.count("\n")
            offset += len(chunk)
            chunk = self._stream.read(_BLOCK)
            if offset + len(chunk) > self._limits.bytes:
                self._refuse_size()

    def _refuse_size(self) -> None:
        self._problems.fatal("too_large", limit=self._limits.bytes // (1024 * 1024))


def _encoding(head: bytes) -> tuple[str, int]:
    """Python's name of the encoding, and how long the byte order mark is."""
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return name, len(mark)
    return "utf-8", len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0


def _sniffed(block: str) -> str:
    """The delimiter that the first line uses most, outside of quotation marks."""
    text = _QUOTED.sub("", block.lstrip("\r\n"))
    line = text.splitlines()[0] if text else ""
    return max(DELIMITERS, key=line.count)
