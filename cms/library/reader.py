"""Reads one uploaded file in a process of its own, within limits of memory and time.

Run as ``python -I reader.py PATH EXTENSION`` (cms/library/reading.py); knows nothing of Django. Prints one
JSON object: ``{"format", "text", "is_cut"}``, or ``{"error": code}`` for what cannot be taken:

broken, encrypted, unknown, old_format, macros, active (a PDF that acts by itself), bomb, entries.
"""

from __future__ import annotations

import json
import re
import sys
import time
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

MOST_MEMORY = 768 * 2**20  # bytes of address space
MOST_SECONDS = 25  # of the processor
PATIENCE = 12  # seconds after which the text read so far is enough
MOST_CHARACTERS = 2_000_000
MOST_ENTRIES = 2_000  # of an archive
MOST_UNPACKED = 250 * 2**20
MOST_RATIO = 100
_SMALL = 2**20  # an entry that small may be packed as well as it likes
_CHUNK = 2**20

#: What makes a PDF act, or carry other files.
ACTIVE = frozenset(
    ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/ImportData")
)
_ACTIVE_BYTES = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
_MOST_OBJECTS = 300_000
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_OPEN_XML = {
    "wordprocessingml.document.main+xml": "docx",
    "spreadsheetml.sheet.main+xml": "xlsx",
    "presentationml.presentation.main+xml": "pptx",
}
_ODT = b"application/vnd.oasis.opendocument.text"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What stands before the first element of markup.
_PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)*", re.I | re.S)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_OF_PAGES = frozenset(("html", "head", "body"))
_MARKUP = re.compile(r"<(?:script|iframe|html|body|svg|object|embed)\b", re.I)
#: Pictures, rich text and PostScript, which may be written in letters alone.
_OTHERS = (b"GIF87a", b"GIF89a", b"{\\rtf", b"%!PS")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Refused(Exception):
    """The file cannot be taken; the first argument is the code of the reason."""


def limit() -> None:
    """Bind this process before anything of the file is looked at."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # PDFium is native code: were it tricked, it could start no program.
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def read(path: Path, extension: str) -> dict[str, Any]:
    """What the file is and what it says. `Refused` for what cannot be taken."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(b"%PDF-"):
        known, parts = "pdf", pdf_parts(path)
    elif start.startswith(b"PK\x03\x04"):
        from cms.library.office_text import PARTS

        known = archive_format(path)
        parts = PARTS[known](path)
    elif start.startswith(_OLE):
        raise Refused("old_format")
    else:
        known, parts = text_parts(path, extension)
    text, is_cut = gathered(parts)
    return {"format": known, "text": text, "is_cut": is_cut}


def gathered(parts: Iterable[str]) -> tuple[str, bool]:
    """The parts as paragraphs, up to the limits of length and patience."""
    end = time.monotonic() + PATIENCE
    found: list[str] = []
    length = 0
    for part in parts:
        part = _NOT_TEXT.sub(" ", part).encode("utf-8", "ignore").decode().strip()
        if part:
            found.append(part)
            length += len(part) + 2
        if length > MOST_CHARACTERS or time.monotonic() > end:
            return "\n\n".join(found)[:MOST_CHARACTERS], True
    return "\n\n".join(found), False


# PDF


def pdf_parts(path: Path) -> Iterator[str]:
    from pypdf import PdfReader

    data = path.read_bytes()
    plain = _ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data)
    if any(name in plain for name in _ACTIVE_BYTES):
        raise Refused("active")
    del data, plain
    reader = PdfReader(path)
    if reader.is_encrypted:
        raise Refused("encrypted")
    _check_objects(reader)
    if not list(reader.pages):
        raise Refused("broken")
    from cms.library.pdf_text import pdf_paragraphs

    return pdf_paragraphs(path)


def _check_objects(reader: Any) -> None:
    from pypdf.generic import IndirectObject

    places = {(number, generation) for generation, table in reader.xref.items() for number in table}
    places |= {(number, 0) for number in reader.xref_objStm}
    if len(places) > _MOST_OBJECTS:
        raise Refused("bomb")
    _check_object(reader.trailer)
    for number, generation in sorted(places):
        if number:
            try:
                found = reader.get_object(IndirectObject(number, generation, reader))
            except Refused:
                raise
            except Exception:  # noqa: S112 - an object that cannot be read cannot act either
                continue
            _check_object(found)


def _check_object(found: Any) -> None:
    """One object with what is written within it; what it refers to is looked at in its turn."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, below in dict.items(value):
                if key in ACTIVE or (key == "/OpenAction" and not _only_shows_a_page(below)):
                    raise Refused("active")
                waiting.append(below)
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and value in ACTIVE and type(value).__name__ == "NameObject":
            raise Refused("active")


def _only_shows_a_page(action: Any) -> bool:
    """An opening action that is a place in the document: most word processors write one."""
    action = action.get_object() if hasattr(action, "get_object") else action
    return isinstance(action, list) or (isinstance(action, dict) and action.get("/S") == "/GoTo")


# Archives: Office Open XML and OpenDocument


def archive_format(path: Path) -> str:
    """The format of a sound archive. What it says of its sizes is not believed: every entry is unpacked."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _check_entries(entries, path.stat().st_size)
        names = {entry.filename for entry in entries}
        unpacked = 0
        for entry in entries:
            with archive.open(entry) as content:
                while chunk := content.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > MOST_UNPACKED:
                        raise Refused("bomb")
        if any(name.endswith("vbaProject.bin") or name.startswith(("Basic/", "Scripts/")) for name in names):
            raise Refused("macros")
        if "mimetype" in names:
            if archive.read("mimetype").strip() != _ODT:
                raise Refused("unknown")
            if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
                "META-INF/manifest.xml"
            ):
                raise Refused("encrypted")
            return "odt"
        types = (
            archive.read("[Content_Types].xml").decode("utf-8", "replace")
            if "[Content_Types].xml" in names
            else ""
        )
    if "macroEnabled" in types:
        raise Refused("macros")
    for mark, known in _OPEN_XML.items():
        if mark in types:
            return known
    raise Refused("unknown")


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Refused("entries")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("encrypted")
    # Entries that lie over each other unpack the same bytes many times.
    if sum(entry.compress_size for entry in entries) > size:
        raise Refused("bomb")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Refused("bomb")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise Refused("bomb")


# Text


def text_parts(path: Path, extension: str) -> tuple[str, Iterator[str]]:
    """Text of any kind. Markup of web pages makes it one, whatever it is called."""
    data = path.read_bytes()
    if data.startswith(_OTHERS):
        raise Refused("unknown")
    text = decoded(data)
    if _is_markup(text):
        from cms.library.web_text import html_parts

        return "html", html_parts(text)
    known = "csv" if extension.lower() in (".csv", ".tsv") else "txt"
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise Refused("broken")
    return known, iter(lines) if known == "csv" else iter(re.split(r"\n\s*\n", "\n".join(lines)))


def _is_markup(text: str) -> bool:
    """Whether it is a web page. `Refused` for other markup, which is neither page nor text: SVG, XML."""
    prolog = _PROLOG.match(text)
    before = prolog[0].casefold() if prolog else ""
    root = _ROOT.match(text, prolog.end() if prolog else 0)
    name = root[1].casefold() if root else ""
    if name == "svg" or (before.lstrip().startswith("<?xml") and name != "html"):
        raise Refused("unknown")
    return name in _OF_PAGES or "<!doctype html" in before or _MARKUP.search(text) is not None


def decoded(data: bytes) -> str:
    """UTF-8 and UTF-16 with a mark, else the 8-bit code of Cyrillic or of Western European letters."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            high = [byte for byte in data[:100_000] if byte >= 0x80]
            letters = sum(byte >= 0xC0 or byte in (0xA8, 0xB8) for byte in high)
            text = data.decode("cp1251" if 2 * letters > len(high) > 20 else "cp1252", "replace")
    if _NOT_TEXT.search(text):
        raise Refused("unknown")
    return text


def main(path: str, extension: str) -> None:
    limit()
    try:
        answer = read(Path(path), extension)
    except Refused as refusal:
        answer = {"error": refusal.args[0]}
    except MemoryError:
        answer = {"error": "bomb"}
    except Exception as error:
        # Whatever a library stumbles over: the file is not what it should be.
        answer = {"error": "encrypted" if "ncrypted" in type(error).__name__ else "broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    # Last, so that nothing of the project stands before a library of the same name.
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    sys.setrecursionlimit(2_000)
    main(*sys.argv[1:])
