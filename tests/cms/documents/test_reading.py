"""Files are what their content says; what is dangerous or cannot be read is refused, and says why."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from pptx import Presentation
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from cms.library.reading import BadFile, file_read
from tests.cms.documents.conftest import archive, docx, odt, pdf, read, upload

TYPES = '<Types><Override ContentType="application/vnd.x.wordprocessingml.document.main+xml"/></Types>'


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Беженцы"
    book.active.append(["Year", 2010, 12.5])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pptx() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Миграция"
    slide.placeholders[1].text = "Flows and stocks"
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind", "text"),
    [
        (pdf(), "law.pdf", "pdf", "Law on migration"),
        (pdf(), "law.exe", "pdf", "Law on migration"),
        (docx("Закон о миграции", "Статья 1"), "law.doc", "docx", "Закон о миграции\n\nСтатья 1"),
        (docx(cells=("Год", "2010")), "law.docx", "docx", "Год\t2010"),
        (xlsx(), "a.xlsx", "xlsx", "Беженцы\n\nYear\t2010\t12.5"),
        (pptx(), "a.pptx", "pptx", "Миграция\nFlows and stocks"),
        (odt("Закон"), "a.odt", "odt", "Закон\n\none two"),
        ("Первый\r\nабзац\r\n\r\nВторой".encode(), "a.txt", "txt", "Первый\nабзац\n\nВторой"),
        (
            "Численность беженцев и мигрантов".encode("cp1251"),
            "a.txt",
            "txt",
            "Численность беженцев и мигрантов",
        ),
        ("Год;Число".encode("utf-16"), "a.csv", "csv", "Год;Число"),
        (b"<!doctype html><title>T</title><p>One</p><script>x()</script>", "a.html", "html", "One"),
        (b"year,value\n<script>alert(1)</script>\n", "a.csv", "html", "year,value"),
    ],
)
def test_a_file_is_taken_for_what_its_content_is(content: bytes, name: str, kind: str, text: str) -> None:
    found = read(content, name)
    assert (found.format.name, found.text, found.is_cut) == (kind, text, False)
    assert found.size == len(content)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JAVASCRIPT = "<< /Type /Action /S /JavaScript /JS (app.alert(1)) >>"
EMBEDDED = "<< /Names << /Embedded#46iles 6 0 R >> >>"


def encrypted_pdf() -> bytes:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def hidden_action() -> bytes:
    """A script within a packed stream of objects, where no plain search sees it."""
    writer = PdfWriter(PdfReader(io.BytesIO(pdf())))
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript")})
    writer.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): script})
    writer.compress_identical_objects()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.pdf", "empty"),
        (b"%PDF-1.7 nothing else", "a.pdf", "damaged"),
        (pdf()[:300], "a.pdf", "damaged"),
        (encrypted_pdf(), "a.pdf", "password"),
        (pdf(catalog="/OpenAction 6 0 R", extra=JAVASCRIPT), "a.pdf", "scripts"),
        (
            pdf(
                catalog="/OpenAction 6 0 R",
                extra="<< /S /Lau#6ech /F (cmd.exe) >>".replace("#6ech", "#6e#63#68"),
            ),
            "a.pdf",
            "scripts",
        ),
        (pdf(catalog="/OpenAction << /S /URI /URI (http://example.org) >>"), "a.pdf", "scripts"),
        (pdf(catalog="/Names << /Embedded#46iles << /Names [] >> >>"), "a.pdf", "scripts"),
        (pdf(extra="<< /Type /Filespec /EF << /F 4 0 R >> /AF /EmbeddedFile >>"), "a.pdf", "scripts"),
        (hidden_action(), "a.pdf", "scripts"),
        (PNG, "a.pdf", "kind of file"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "a.docx", "kind of file"),
        (archive({"a.txt": b"x"}), "a.docx", "kind of file"),
        (archive({"[Content_Types].xml": TYPES.encode()}), "a.docx", "damaged"),
        (archive({"[Content_Types].xml": TYPES.encode(), "word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (
            archive({"[Content_Types].xml": TYPES.replace("document", "document.macroEnabled").encode()}),
            "a.docx",
            "macros",
        ),
        (docx("x")[:-60], "a.docx", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "old office format"),
        (b"GIF89a\x00<script>alert(1)</script>", "a.txt", "kind of file"),
        (b" \n \n", "a.txt", "damaged"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_reason(content: bytes, name: str, words: str) -> None:
    with pytest.raises(BadFile) as refusal:
        read(content, name)
    assert words in str(refusal.value)
    with translation.override("ru"):
        assert str(refusal.value)


def test_an_opening_action_that_only_shows_a_page_is_harmless() -> None:
    assert read(pdf(catalog="/OpenAction [3 0 R /Fit]")).text == "Law on migration"


def test_a_bomb_is_refused_quickly_by_what_it_says() -> None:
    started = time.monotonic()
    with pytest.raises(BadFile, match="memory or time"):
        read(archive({"[Content_Types].xml": TYPES.encode(), "word/document.xml": bytes(60_000_000)}))
    assert time.monotonic() - started < 5


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    packed = bytearray(
        archive({"[Content_Types].xml": TYPES.encode(), "word/document.xml": bytes(9_000_000)})
    )
    # The sizes told in both places of the last entry, made small.
    told = (9_000_000).to_bytes(4, "little")
    while (at := packed.find(told)) >= 0:
        packed[at : at + 4] = (900).to_bytes(4, "little")
    with pytest.raises(BadFile):
        read(bytes(packed))


def test_too_many_parts_are_refused() -> None:
    parts = {f"word/{number}.xml": b"" for number in range(2_100)}
    with pytest.raises(BadFile, match="too many parts"):
        read(archive({"[Content_Types].xml": TYPES.encode(), **parts}, zipfile.ZIP_STORED))


def test_a_file_that_is_too_large_is_not_read_at_all(settings: Any) -> None:
    settings.LIBRARY_MAX_BYTES = 100
    with pytest.raises(BadFile, match="at most 100"):
        file_read(upload(pdf(), "a.pdf"), name="a.pdf")


def test_entities_are_not_expanded() -> None:
    body = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"> <!ENTITY f SYSTEM "file:///etc/passwd">]>'
        '<x xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:p>&b;&f;</text:p></x>'
    )
    with pytest.raises(BadFile, match="damaged"):
        read(archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": body.encode()}))


def test_long_texts_are_cut_and_say_so(monkeypatch: Any) -> None:
    found = read(("слово " * 400_000).encode(), "a.txt")
    assert (len(found.text), found.is_cut) == (2_000_000, True)
