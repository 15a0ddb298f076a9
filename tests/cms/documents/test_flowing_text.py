"""What files say, as text that flows: whole words, whole paragraphs, nothing of the lines of their pages."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic

import openpyxl
import pytest

from cms.library.hyphens import Hyphens
from cms.library.reading import BadFile
from tests.cms.documents.conftest import archive, read

FILES = Path(__file__).parent / "files"
NAMES = (
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
)
FONT = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >> >>"
Placed = tuple[int, int, int, str]


def typeset(*pages: list[Placed]) -> bytes:
    """A PDF of Latin letters, each line in its place: from the left, from below, size, text."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    for lines in pages:
        stream = "".join(f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET\n" for x, y, size, text in lines)
        here = len(objects) + 1
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Contents {here + 1} 0 R {FONT} >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    keys = " ".join(f"{number} 0 R" for number in range(3, len(objects) + 1, 2))
    objects[1] = f"<< /Type /Pages /Kids [{keys}] /Count {len(pages)} >>"
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def column(*lines: str, x: int = 40, y: int = 500, size: int = 10, step: int = 12) -> list[Placed]:
    return [(x, y - at * step, size, line) for at, line in enumerate(lines)]


def paragraphs(*pages: list[Placed]) -> list[str]:
    return read(typeset(*pages), "a.pdf").text.split("\n\n")


LAW = (
    "Настоящий закон регулирует учёт миграции и довольно подробно определяет формат обмена данными, как и "
    "состав показателей. Социально-экономические сведения передают ежегодно."
)


def test_a_page_printed_in_columns_is_read_in_whole_words_and_paragraphs() -> None:
    found = read((FILES / "printed.pdf").read_bytes(), "printed.pdf")
    assert found.text.split("\n\n") == [
        "О порядке учёта внешней миграции",
        LAW,
        "въезд на срок более года",
        "выезд",
        "Срок передачи сведений устанавливает правительство.",
    ]


def test_lines_become_paragraphs_by_their_places() -> None:
    assert paragraphs(
        [
            *column("On the counting of", "migrants", size=20, step=24),
            *column(
                "Every State counts the persons who",
                "enter it and leave it. It does so",
                "once a year.",
                y=440,
            ),
            *column("   The office of statistics tells it", "to all others in the language that", y=404),
            *column("they read.", y=380),
            *column("Definitions", y=350),
            *column("1. A migrant is a person who moves", "to another State.", "2. A stay is short.", y=330),
        ]
    ) == [
        "On the counting of migrants",
        "Every State counts the persons who enter it and leave it. It does so once a year.",
        "The office of statistics tells it to all others in the language that they read.",
        "Definitions",
        "1. A migrant is a person who moves to another State.",
        "2. A stay is short.",
    ]


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    assert paragraphs(
        [
            *column("The office of the State", "publishes figures that", "others may read and", y=300),
            *column("may use. They are free.", "", "All are kept for fifty", x=220, y=300),
            (200, 20, 10, "1"),
        ],
        [*column("years and longer.", "Done is done for every State."), (200, 20, 10, "2")],
    ) == [
        "The office of the State publishes figures that others may read and may use. They are free.",
        "All are kept for fifty years and longer.",
        "Done is done for every State.",
    ]


def test_rows_of_figures_stay_rows() -> None:
    lines = column(
        "The figures of all the years are these", "ones.", "Year Came Left", "2019 12 345", "2020 11 111"
    )
    assert paragraphs(lines) == [
        "The figures of all the years are these ones.",
        "Year Came Left",
        "2019 12 345",
        "2020 11 111",
    ]


def test_a_word_divided_at_the_end_of_a_line_is_whole_again() -> None:
    lines = column(
        "Figures of interna-", "tional migration by well-", "known rules in the years 2010-", "2012."
    )
    assert paragraphs(lines) == [
        "Figures of international migration by well-known rules in the years 2010-2012."
    ]


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        ("виды мигра", "ции", "виды миграции"),
        ("обыкно", "венный", "обыкновенный"),
        ("Социально", "экономические связи", "Социально-экономические связи"),
        ("казахстанско", "российский", "казахстанско-российский"),
        ("Социально-эконо", "мические", "Социально-экономические"),
        ("кто", "либо из них", "кто-либо из них"),
        ("что", "то", "что-то"),
        ("по", "русски", "по-русски"),
        ("Ташкентско", "го", "Ташкентского"),
        ("в 2010", "2012 гг.", "в 2010-2012 гг."),
        ("Нур", "Султан", "Нур-Султан"),
        ("migra", "tion", "migration"),
        ("well", "known", "well-known"),
        ("COVID", "19", "COVID-19"),
    ],
)
def test_a_hyphen_stays_where_it_belongs_to_the_word(before: str, after: str, whole: str) -> None:
    assert Hyphens().joined(before, after) == whole


@pytest.mark.parametrize(("known", "whole"), [("a data-base", "data-base"), ("a database", "database")])
def test_what_the_text_writes_elsewhere_decides(known: str, whole: str) -> None:
    hyphens = Hyphens()
    hyphens.learn([known])
    assert hyphens.joined("data", "base") == whole


def test_a_web_page_has_a_paragraph_for_each_block_and_none_for_marks_within() -> None:
    page = (
        "<html><h1>Закон</h1><p>Это <b>важный</b> закон о <a href='#'>миграции</a>, принятый\n в "
        "<i>2005</i> году."
        "<p>Тел.&nbsp;<span>1</span>-<span>2</span>, ми&shy;гра&shy;ция<br>адрес<br><br>Новый"
        "<ul><li>один <em>раз</em><li>два</ul><div>А<div>Б</div>В</div>"
        "<table><tr><th>Год</th><th>Число</th></tr><tr><td>2019</td><td> 12 <b>345</b></td></tr></table>"
        "<pre>a\nb</pre><!-- x --><script>y</script>"
    )
    assert read(page.encode(), "a.html").text.split("\n\n") == [
        "Закон",
        "Это важный закон о миграции, принятый в 2005 году.",
        "Тел. 1-2, миграция\nадрес",
        "Новый",
        "один раз",
        "два",
        "А",
        "Б",
        "В",
        "Год\tЧисло",
        "2019\t12 345",
        "a\nb",
    ]


def test_opendocument_keeps_what_stands_between_words() -> None:
    body = (
        f"<d {NAMES}><text:tracked-changes><text:p>Зачёркнуто</text:p></text:tracked-changes>"
        '<text:p>Один<text:tab/>два<text:line-break/>три<text:s text:c="2"/>четыре\n  '
        "<text:span>пять<text:s/></text:span>шесть<office:annotation><text:p>Заметка</text:p></office:annotation></text:p></d>"
    )
    packed = archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": body.encode()})
    assert read(packed, "a.odt").text == "Один\tдва\nтри  четыре пять шесть"


def test_dates_of_a_workbook_have_no_midnight() -> None:
    book = openpyxl.Workbook()
    book.active.title = "A"
    book.active.append(
        [date(2005, 6, 7), datetime(2005, 6, 7, 8, 30), datetime(2005, 6, 7, 8, 30, 9), time(9, 5)]
    )
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue(), "a.xlsx").text == (
        "A\n\n2005-06-07\t2005-06-07 08:30\t2005-06-07 08:30:09\t09:05:00"
    )


SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>Law</text></svg>'


@pytest.mark.parametrize(
    "content",
    [
        SVG,
        f'<?xml version="1.0"?><!-- a --><!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY x "y">]>\n{SVG}',
        '<s:svg xmlns:s="http://www.w3.org/2000/svg"/>',
        '<?xml version="1.0"?><rss><html/></rss>',
        "GIF89a<html><script>alert(1)</script></html>",
        "{\\rtf1 Law}",
    ],
)
def test_what_is_neither_a_page_nor_text_is_refused(content: str) -> None:
    for name in ("a.svg", "a.html", "a.txt"):
        with pytest.raises(BadFile, match="kind of file"):
            read(content.encode(), name)


@pytest.mark.parametrize(
    "page",
    [
        '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y">\n<html xmlns="http://www.w3.org/1999/xhtml"><p>Law',
        "<!-- saved --><!doctype html><p>Law",
        "<body><svg><path/></svg><p>Law",
    ],
)
def test_a_page_is_a_page(page: str) -> None:
    found = read(page.encode(), "a.bin")
    assert (found.format.name, found.text) == ("html", "Law")


def word(body: str) -> bytes:
    """A Word file with this body."""
    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = docx.Document()
    found = document.element.body
    for child in parse_xml(f"<w:body {nsdecls('w')}>{body}</w:body>"):
        found.insert(len(found) - 1, child)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_word_forms_insertions_and_tables_are_read_whole() -> None:
    cell = f"<w:tc><w:p>{run('Год')}</w:p></w:tc>"
    merged = f'<w:tc><w:tcPr><w:gridSpan w:val="3"/></w:tcPr><w:p>{run("Всего")}</w:p></w:tc>'
    inner = f"<w:tbl><w:tr><w:tc><w:p>{run('Внутри')}</w:p></w:tc></w:tr></w:tbl><w:p/>"
    body = (
        f"<w:sdt><w:sdtPr/><w:sdtContent><w:p>{run('Форма')}</w:p></w:sdtContent></w:sdt>"
        f'<w:p>{run("Закон")}<w:ins w:id="1" w:author="a">{run(" о миграции")}</w:ins>'
        f'<w:del w:id="2" w:author="a"><w:r><w:delText>старое</w:delText></w:r></w:del>'
        f'<w:moveFrom w:id="3" w:author="a">{run("ушло")}</w:moveFrom></w:p>'
        f"<w:p><w:r><w:t>Один</w:t><w:tab/><w:t>два</w:t></w:r></w:p>"
        f"<w:tbl><w:tr>{cell}{merged}</w:tr><w:tr><w:tc>{inner}</w:tc>{cell}</w:tr></w:tbl>"
    )
    text = read(word(body), "a.docx").text
    assert text == "Форма\n\nЗакон о миграции\n\nОдин\tдва\n\nГод\tВсего\nВнутри\tГод"


@pytest.mark.parametrize("comments", [32, 100_000])
def test_comments_before_a_page_cost_nothing(comments: int) -> None:
    """They were taken apart in all ways there are: 32 of them took half a minute."""
    started = monotonic()
    assert read(("<!--a-->" * comments + "x").encode(), "a.txt").format.name == "txt"
    page = "<!--a-->" * comments + "<html><body>Закон</body></html>"
    assert read(page.encode(), "a.html").text == "Закон"
    assert monotonic() - started < 10
