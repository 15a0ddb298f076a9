"""Workbooks: what a person writes into them, and what nobody should send."""

from __future__ import annotations

import resource
import struct
import time
import zipfile
from io import BytesIO
from random import Random

import openpyxl
import pytest

from registry.cube import Row
from registry.formats import BadFile, Limits, format_named, xlsx_process, xlsx_reader
from registry.formats.xlsx import DATA_SHEET, NOTES_SHEET
from tests.registry.formats.books import book, row

XLSX = format_named("xlsx")
PLAIN = "<c><v>5</v></c>"


def filled(cells, *, sheet="Data", notes=()):
    """A workbook as a spreadsheet program saves it."""
    made = openpyxl.Workbook()
    made.active.title = sheet
    for line in cells:
        made.active.append(line)
    if notes:
        other = made.create_sheet("Notes")
        for line in notes:
            other.append(line)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


HEADER = ["REF_AREA", "SEX", "2019", "2020"]


def read(cells, **options):
    notes = options.pop("notes", ())
    return XLSX.read(filled(cells, notes=notes), **options)


def inspected(cells, **options):
    reading = XLSX.inspect(filled(cells, **options))
    return reading, [
        (found.code, ".".join(found.codes), found.period, found.row, found.column)
        for found in reading.problems
    ]


def test_labels_beside_codes_and_the_row_of_labels_are_no_figures():
    cube = read([HEADER, ["Country", "Sex"], ["MDA – Moldova · Молдова", "F", 1, 2.5]])

    assert cube.rows == (Row(("MDA", "F"), [1, 2.5]),)
    assert cube.time.codes == ("2019", "2020")


def test_periods_may_be_numbers_and_dates():
    from datetime import date

    assert read([["SEX", 2019, 2020], ["F", 1, 2]]).time.codes == ("2019", "2020")
    monthly = read([["SEX", date(2020, 1, 1), date(2020, 2, 1)], ["F", 1, 2]])
    assert (monthly.time.codes, monthly.frequency) == (("2020-01", "2020-02"), "M")


@pytest.mark.parametrize(
    ("written", "value", "status"),
    [
        (0, 0, None),
        (12.5, 12.5, None),
        ("12,5", 12.5, None),
        ("1 250", 1250, None),
        ("1\u00a0250,5", 1250.5, None),
        ("\u22125", -5, None),
        ("125 E", 125, "E"),
        ("125P", 125, "P"),
        ("q", None, "Q"),
        ("М", None, "M"),  # the Russian letter
        ("*", None, "Q"),
        ("5 A", 5, None),
    ],
)
def test_a_cell_holds_a_number_a_status_or_both(written, value, status):
    (found,) = read([["SEX", "2020"], ["F", written]]).rows

    assert (found.values, found.statuses) == ([value], {0: status} if status else {})


@pytest.mark.parametrize("written", ["..", "…", " "])
def test_some_signs_stand_for_nothing(written):
    (found,) = read([["SEX", "2019", "2020"], ["F", 1, written]]).rows

    assert (found.values, found.statuses) == ([1], {})


def test_statuses_of_figures_and_notes_stand_in_a_sheet_of_their_own():
    notes = [
        ["REF_AREA", "SEX", "TIME_PERIOD", "OBS_STATUS", "OBS_COMMENT"],
        ["MDA", "F – Women", "2019", "E", "Estimated by the border service"],
    ]
    cube = read([HEADER, ["MDA", "F", 1, 2]], notes=notes, language="en")

    assert cube.rows == (Row(("MDA", "F"), [1, 2], {0: "E"}, {0: {"en": "Estimated by the border service"}}),)


def test_wrong_cells_are_told_together_with_what_is_right():
    reading, found = inspected(
        [HEADER, ["MDA", "F", "abc", 1], ["MDA", "M", 2, True], ["MDA", "F", 3, 4], ["MDA", "X", "5 Q", 1]]
    )

    assert found == [
        ("bad_cell", "MDA.F", "2019", 2, "C"),
        ("bad_cell", "MDA.M", "2020", 3, "D"),
        ("repeated_series", "MDA.F", "", 4, ""),
        ("value_with_status", "MDA.X", "2019", 5, "C"),
    ]
    assert [(row.key, row.values) for row in reading.cube.rows] == [
        ("MDA.F", [None, 1]),
        ("MDA.M", [2, None]),
        ("MDA.X", [None, 1]),
    ]
    assert reading.rows == {("MDA", "F"): 2, ("MDA", "M"): 3, ("MDA", "X"): 5}


def test_of_very_many_wrong_cells_the_rest_is_counted():
    content = filled([["SEX", "2020"], *([f"S{number}", "abc"] for number in range(5))])
    reading = XLSX.inspect(content, Limits(findings=3))

    assert [(found.code, found.severity) for found in reading.problems] == [
        *[("bad_cell", "error")] * 3,
        ("more", "error"),
    ]
    assert reading.problems[-1].arguments == {"count": 2}
    # And the series of cells that are not told are not left out
    assert [row.key for row in reading.cube.rows] == [f"S{number}" for number in range(5)]


def test_lost_notes_do_not_push_wrong_cells_out():
    notes = [
        ["SEX", "TIME_PERIOD", "OBS_STATUS"],
        *(["X", "2020", "E"] for _ in range(4)),
        ["F", "2020", "?"],
    ]
    reading = XLSX.inspect(filled([["SEX", "2020"], ["F", 1]], notes=notes), Limits(findings=2))

    assert [(found.code, found.severity) for found in reading.problems] == [
        ("unknown_status", "error"),
        *[("unknown_series", "warning")] * 2,
        ("more", "warning"),
    ]
    assert reading.problems[-1].arguments == {"count": 2}


def test_a_wide_sheet_is_refused_before_its_places_are_made(monkeypatch):
    # Given rows of one figure each below very many periods
    made = []
    series = xlsx_reader._Series
    monkeypatch.setattr(
        xlsx_reader, "_Series", lambda *given, **more: made.append(1) or series(*given, **more)
    )
    content = filled([["SEX", *map(str, range(1900, 2000))], *([f"S{number}", 1] for number in range(50))])
    # When at most five of them may be read
    with pytest.raises(BadFile) as caught:
        XLSX.inspect(content, Limits(cells=500))
    # Then no more were begun
    assert [(it.code, dict(it.arguments)) for it in caught.value.problems] == [
        ("too_many_cells", {"cells": 600, "limit": 500})
    ]
    assert len(made) == 5


def test_formulas_and_errors_of_excel_are_told_at_their_cells():
    content = book(
        row(2, "F", "<c><f>1+1</f><v>2</v></c>")
        + row(3, "M", '<c t="e"><v>#REF!</v></c>')
        + row(4, "_T", PLAIN)
    )

    reading = XLSX.inspect(content)

    assert [(it.code, it.row, it.column) for it in reading.problems] == [
        ("formula", 2, "B"),
        ("excel_error", 3, "B"),
    ]
    assert [(it.key, it.values) for it in reading.cube.rows] == [("F", [2]), ("M", [None]), ("_T", [5])]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["Row 2, column B: A number is expected, such as 1234.5, or the letter of a status, or both"]),
        ("ru", ["Строка 2, столбец B: "]),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place_in_words(refused, said, language, told):
    error = refused(XLSX, filled([["SEX", "2020"], ["F", "abc"]]))

    assert [text.startswith(start) for text, start in zip(said(error, language), told, strict=True)] == [True]


@pytest.mark.parametrize(
    ("cells", "dimensions", "code", "column"),
    [
        ([["SEX"], ["F"]], (), "no_header", ""),
        ([["SEX", "2020", "2020"], ["F", 1, 2]], (), "duplicate_column", "2020"),
        ([["SEX", "2020", "2020-Q1"], ["F", 1, 2]], (), "mixed_frequencies", "2020-Q1"),
        ([["SEX", "2020", "Total"], ["F", 1, 2]], ("SEX",), "unknown_column", "Total"),
        ([["2020"], [1]], ("SEX",), "missing_column", "SEX"),
        ([["SEX", "REF_AREA", "2020"], ["F", None, 1]], (), "empty_code", "REF_AREA"),
        ([["SEX", "2020"], ["F" * 300, 1]], (), "code_too_long", "SEX"),
    ],
)
def test_what_makes_no_table_is_refused(refused, cells, dimensions, code, column):
    error = refused(XLSX, filled(cells), dimensions=dimensions)

    assert [(problem.code, problem.column) for problem in error.problems] == [(code, column)]


def test_a_table_with_a_line_for_every_cell_is_read_too():
    cube = read(
        [
            ["REF_AREA", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"],
            ["MDA", 2019, 5, None],
            ["MDA", 2020, None, "Q"],
        ]
    )

    assert cube.rows == (Row(("MDA",), [5, None], {1: "Q"}),)


def test_texts_are_texts_whatever_sign_they_begin_with(cube):
    file = BytesIO(XLSX.dump(cube, language="en"))

    for sheet in openpyxl.load_workbook(file):
        assert {cell.data_type for line in sheet for cell in line} <= {"s", "n", "inlineStr"}


def test_the_sheets_are_named_in_both_languages(cube):
    made = openpyxl.load_workbook(BytesIO(XLSX.dump(cube, language="ru")))

    assert made.sheetnames[:2] == [DATA_SHEET, NOTES_SHEET]
    assert [cell.value for cell in made[DATA_SHEET][1]] == ["REF_AREA", "SEX", "2019", "2020", "2021"]
    assert [cell.value for cell in made[DATA_SHEET][3]] == ["MDA – Молдова", "_T – Всего", -5, 0, 12.5]
    assert "Условные данные" in [cell.value for line in made["About – О таблице"] for cell in line]


# ---- hostile files


def lying() -> bytes:
    """A part that says it has 1,000 bytes and unpacks to many more."""
    content = book(row(2, "F", PLAIN), shared="<si><t>" + "<a/>" * 15_000_000 + "</t></si>")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    return content.replace(struct.pack("<I", size), struct.pack("<I", 1000))


def text_once_and_everywhere() -> bytes:
    noise = Random(1).randbytes(250_000).hex()
    rows = "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c><c r="B{at}"><v>1</v></c></row>'
        for at in range(2, 50_000)
    )
    return book(rows, shared=f"<si><t>{noise}</t></si>")


HOSTILE = {
    "cell in the last corner": (
        lambda: book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "far_cell",
    ),
    "cell not quite so far": (
        lambda: book('<row r="900000"><c r="ZZ900000"><v>1</v></c></row>'),
        "workbook_too_demanding",
    ),
    "text of 100 MB": (lambda: book("", shared=f"<si><t>{'A' * 100_000_000}</t></si>"), "workbook_unpacks"),
    "text repeated everywhere": (text_once_and_everywhere, "text_too_long"),
    "size not as announced": (lying, "workbook_damaged"),
    "entity": (
        lambda: book("", before='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "workbook_doctype",
    ),
    "thousands of parts": (
        lambda: book("", more={f"part{at}": "" for at in range(5_000)}),
        "workbook_too_demanding",
    ),
    "cut off": (lambda: book("")[:700], "not_xlsx"),
    "another archive": (lambda: zipped("a"), "not_xlsx"),
    "no archive": (lambda: b"SEX,2020\nF,1\n", "not_xlsx"),
    "nothing": (lambda: b"", "empty"),
    "old Excel": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096) + "Workbook".encode("utf-16-le"),
        "old_excel",
    ),
    "password": (
        lambda: (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000_000) + "EncryptedPackage".encode("utf-16-le")
        ),
        "encrypted",
    ),
}


def zipped(name: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, "")
    return file.getvalue()


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_workbooks_are_refused_quickly_and_cheaply(refused, kind):
    make, code = HOSTILE[kind]
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()

    error = refused(XLSX, content)

    assert [problem.code for problem in error.problems] == [code]
    assert time.monotonic() - began < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # kB


def test_a_file_larger_than_allowed_is_not_read(announced):
    stream = announced(b"PK\x03\x04")

    with pytest.raises(BadFile) as caught:
        XLSX.read(stream, Limits(document_bytes=1024 * 1024))

    assert [problem.code for problem in caught.value.problems] == ["too_large"]
    assert stream.taken <= 2 * 1024 * 1024


def test_a_child_that_takes_too_long_is_ended(monkeypatch, refused):
    monkeypatch.setattr(xlsx_process, "WALL_SECONDS", 0.001)

    error = refused(XLSX, book(row(2, "F", PLAIN)))

    assert [problem.code for problem in error.problems] == ["workbook_too_demanding"]
