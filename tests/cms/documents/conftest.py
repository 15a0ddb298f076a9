"""A library of one topic, files of every kind, and a place of its own for them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cms.library.reading import ReadFile, file_read
from cms.models import LibraryDocument, LibraryTopic
from cms.services.documents import document_create
from registry.models import Participant, Role, RoleAssignment, User

Make = Callable[..., LibraryDocument]


@pytest.fixture(autouse=True)
def library_folder(settings: Any, tmp_path: Path) -> Path:
    settings.ROOT_URLCONF = "config.urls"
    options = {**settings.STORAGES["library"]["OPTIONS"], "location": tmp_path / "library"}
    settings.STORAGES = {**settings.STORAGES, "library": {**settings.STORAGES["library"], "OPTIONS": options}}
    return tmp_path / "library"


@pytest.fixture
def topics(db: None) -> dict[str, LibraryTopic]:
    chapter = LibraryTopic.objects.create(code="laws", name_en="Laws", name_ru="Законы", order=1)
    section = LibraryTopic.objects.create(
        code="old-laws", name_en="Old laws", name_ru="Старые законы", parent=chapter, order=1
    )
    other = LibraryTopic.objects.create(code="books", name_en="Books", name_ru="Книги", order=2)
    return {topic.code: topic for topic in (chapter, section, other)}


@pytest.fixture
def make(topics: dict[str, LibraryTopic]) -> Make:
    """``make("law", participant=…, audience="public", …)``: a document of the topic "old-laws"."""

    def make(code: str, *, participant: Participant | None = None, **values: Any) -> LibraryDocument:
        defaults = {
            "kind": "legislation",
            "title_en": f"Law {code}",
            "title_ru": f"Закон {code}",
            "summary_en": "What it rules.",
            "summary_ru": "Что он регулирует.",
            "audience": "public",
            "topics": [topics["old-laws"]],
        }
        return document_create(participant=participant, actor=None, code=code, **{**defaults, **values})

    return make


@pytest.fixture
def editor(db: None) -> User:
    """A content manager of the secretariat."""
    person = User.objects.create_user("librarian")
    RoleAssignment.objects.create(user=person, role=Role.CONTENT_MANAGER)
    return person


def content_manager(participant: Participant) -> User:
    person = User.objects.create_user(f"{participant.code.lower()}-content", participant=participant)
    RoleAssignment.objects.create(user=person, participant=participant, role=Role.CONTENT_MANAGER)
    return person


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def read(content: bytes, name: str = "file.bin") -> ReadFile:
    """Read as the form does, each content once: a reader is a process of its own."""
    return replace(_read(content, name), content=upload(content, name))


@cache
def _read(content: bytes, name: str) -> ReadFile:
    return file_read(upload(content, name), name=name)


def pdf(text: str = "Law on migration", extra: str = "", catalog: str = "") -> bytes:
    """A PDF of one page; ``extra``: more objects, ``catalog``: more entries of the catalogue."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        """<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R
        /Resources << /Font << /F1 5 0 R >> >> >>""",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *([extra] if extra else []),
    ]
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010} 00000 n \n".encode() for place in places)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def docx(*paragraphs: str, cells: tuple[str, ...] = ()) -> bytes:
    import docx as library

    document = library.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if cells:
        row = document.add_table(rows=1, cols=len(cells)).rows[0]
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)
    return out.getvalue()


def odt(text: str) -> bytes:
    body = (
        '<?xml version="1.0"?><d xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        f"<text:h>{text}</text:h><text:p>one <text:span>two</text:span></text:p></d>"
    )
    return archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": body.encode()})
