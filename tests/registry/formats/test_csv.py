"""CSV: how it looks, what is accepted, what is refused and how that is said."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from registry.cube import Cube, Dimension, Member, Role, Row
from registry.formats import Limits, format_named
from registry.languages import LANGUAGE_CODES
from tests.registry.formats.strategies import HOSTILE

CSV = format_named("csv")
HEADER = "REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
WRITTEN = {
    "en": [
        "REF_AREA,Country,SEX,Sex,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_COMMENT,COMMENT_DSET,SOURCE",
        "MDA,Moldova,_T,Total,2019,-5,A,'+ corrected,Illustrative figures,UNHCR: Population (CC BY 4.0)",
        "MDA,Moldova,_T,Total,2020,0,A,,Illustrative figures,UNHCR: Population (CC BY 4.0)",
        "MDA,Moldova,_T,Total,2021,12.5,P,,Illustrative figures,UNHCR: Population (CC BY 4.0)",
        "UKR,Ukraine,F,'=Women,2020,,Q,,Illustrative figures,UNHCR: Population (CC BY 4.0)",
        "UKR,Ukraine,F,'=Women,2021,7,A,,Illustrative figures,UNHCR: Population (CC BY 4.0)",
    ],
    "ru": [
        "REF_AREA,Страна,SEX,Пол,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_COMMENT,COMMENT_DSET,SOURCE",
        "MDA,Молдова,_T,Всего,2019,-5,A,Исправлено,Условные данные,UNHCR: Население (CC BY 4.0)",
        "MDA,Молдова,_T,Всего,2020,0,A,,Условные данные,UNHCR: Население (CC BY 4.0)",
        "MDA,Молдова,_T,Всего,2021,12.5,P,,Условные данные,UNHCR: Население (CC BY 4.0)",
        "UKR,Украина,F,Женщины,2020,,Q,,Условные данные,UNHCR: Население (CC BY 4.0)",
        "UKR,Украина,F,Женщины,2021,7,A,,Условные данные,UNHCR: Население (CC BY 4.0)",
    ],
}


def found(error):
    return [(problem.row, problem.column, problem.code) for problem in error.problems]


@pytest.mark.parametrize("language", LANGUAGE_CODES)
def test_one_line_per_cell_with_codes_labels_and_notes(cube, language):
    content = CSV.dump(cube, language=language)

    assert content.decode("utf-8-sig").split("\r\n") == [*WRITTEN[language], ""]
    assert content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_cell_begins_a_formula(text):
    area = Dimension("REF_AREA", {"en": text}, Role.GEO, (Member("MDA", {"en": text}),))
    time = Dimension("TIME_PERIOD", {}, Role.TIME, (Member("2020", {}),))
    row = Row(("MDA",), [-1.5], {}, {0: {"en": text}})
    cube = Cube("X", {}, (area,), time, (row,), notes=({"en": text},))

    content = CSV.dump(cube, language="en").decode("utf-8-sig")

    header, line = csv.reader(StringIO(content, newline=""))
    cells = dict(zip(header, line, strict=True))
    assert cells.pop("OBS_VALUE") == "-1.5"
    assert not [
        cell for cell in [*header, *cells.values()] if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]


def test_label_columns_are_unique_and_never_look_like_codes():
    same = {"en": "area", "ru": "Страна"}
    axes = tuple(
        Dimension(code, same, Role.GEO, (Member("MDA", {}),)) for code in ("REF_AREA", "CITIZENSHIP", "AREA")
    )
    time = Dimension("TIME_PERIOD", {}, Role.TIME, (Member("2020", {}),))
    cube = Cube("X", {}, axes, time, (Row(("MDA", "MDA", "MDA"), [1]),))

    header = CSV.dump(cube, language="ru").decode("utf-8-sig").split("\r\n")[0]
    english = CSV.dump(cube, language="en").decode("utf-8-sig").split("\r\n")[0]

    assert header.startswith(
        "REF_AREA,Страна,CITIZENSHIP,Страна (CITIZENSHIP),AREA,Страна (AREA),TIME_PERIOD,"
    )
    assert english.startswith("REF_AREA,area (REF_AREA),CITIZENSHIP,area (CITIZENSHIP),AREA,area (AREA),")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\nMDA,F,2020,12.5\n", "utf-8"),
        ("REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\r\nMDA,F,2020,12.5", "utf-8-sig"),
        ("ref_area;Sex;Time_Period;obs_value\nMDA;F;2020;12,5\n", "utf-8"),
        ("REF_AREA\tSEX\tTIME_PERIOD\tOBS_VALUE\r\nMDA\tF\t2020\t12.5\r\n", "utf-16"),
        ('"REF_AREA","Страна, область",SEX,Пол,TIME_PERIOD,OBS_VALUE\nMDA,Молдова,F,Ж,2020,12.5\n', "utf-8"),
        ("OBS_VALUE,TIME_PERIOD,REF_AREA,SEX,OBS_STATUS\n12.5,2020,MDA,F,a\n,,,,\n\n", "utf-8"),
        ("REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\nMDA, F,2020, +1.25e1,,\n", "utf-8"),
    ],
)
def test_the_usual_kinds_of_csv_are_read(content, encoding):
    dimensions = ("REF_AREA", "SEX")

    cube = CSV.read(content.encode(encoding), dimensions=dimensions)

    assert [axis.code for axis in cube.axes] == ["REF_AREA", "SEX"]
    assert [axis.role for axis in cube.axes] == [Role.GEO, Role.CLASSIFICATION]
    assert cube.time.codes == ("2020",)
    assert cube.rows == (Row(("MDA", "F"), [12.5]),)


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2020", "2020"),
        ("2020-Q2", "2020-Q2"),
        ("2020Q2", "2020-Q2"),
        ("2020M04", "2020-04"),
        ("2020-S1", "2020-S1"),
    ],
)
def test_periods_are_brought_to_sdmx_notation(written, period):
    cube = CSV.read(f"REF_AREA,TIME_PERIOD,OBS_VALUE\nMDA,{written},1\n".encode())

    assert cube.time.codes == (period,)


def test_columns_keep_their_meaning_when_dimensions_are_not_known(cube):
    back = CSV.read(CSV.dump(cube, language="en"), language="en")

    assert [axis.code for axis in back.axes] == ["REF_AREA", "SEX"]
    assert back.notes == ({"en": "Illustrative figures"},)
    assert back.rows[0].notes == {0: {"en": "+ corrected"}}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(None, "", "empty")]),
        (b"\xef\xbb\xbf\r\n\r\n", [(None, "", "empty")]),
        (b"REF_AREA,OBS_VALUE\nMDA,1\n", [(1, "TIME_PERIOD", "missing_column")]),
        (b"REF_AREA,TIME_PERIOD\nMDA,1\n", [(1, "OBS_VALUE", "missing_column")]),
        (b"REF_AREA,REF_AREA,TIME_PERIOD,OBS_VALUE\n", [(1, "REF_AREA", "duplicate_column")]),
        (b"TIME_PERIOD,OBS_VALUE,obs_value\n", [(1, "OBS_VALUE", "duplicate_column")]),
        (b"TIME_PERIOD,OBS_VALUE,Remarks\n", [(1, "Remarks", "unknown_column")]),
        (b"TIME_PERIOD,,OBS_VALUE\n", [(1, "", "unnamed_column")]),
        (HEADER.encode() + b"MDA,F,2020,1,A\nMDA,F,20", [(3, "", "too_few_fields")]),
        (HEADER.encode() + b"MDA,F,2020,1,A,9\n", [(2, "", "too_many_fields")]),
        (HEADER.encode() + b'MDA,"F,2020,1,A\n', [(2, "", "unfinished_quote")]),
        (HEADER.encode() + b'MDA,"F"x,2020,1,A\n', [(2, "", "bad_quotes")]),
        (HEADER.encode() + b"MDA,,2020,1,A\n", [(2, "SEX", "empty_code")]),
        (HEADER.encode() + b"MDA,F,2020,many,A\n", [(2, "OBS_VALUE", "bad_number")]),
        (HEADER.encode() + b"MDA,F,2020,1 234,A\n", [(2, "OBS_VALUE", "bad_number")]),
        (HEADER.encode() + b'MDA,F,2020,"1,5",A\n', [(2, "OBS_VALUE", "bad_number")]),
        (HEADER.encode() + b"MDA,F,2020,nan,A\n", [(2, "OBS_VALUE", "bad_number")]),
        (HEADER.encode() + b"MDA,F,2020,1e999,A\n", [(2, "OBS_VALUE", "bad_number")]),
        (HEADER.encode() + b"MDA,F,2020-13,1,A\n", [(2, "TIME_PERIOD", "bad_period")]),
        (HEADER.encode() + b"MDA,F,2020,1,A\nMDA,F,2020-Q1,1,A\n", [(3, "TIME_PERIOD", "mixed_frequencies")]),
        (HEADER.encode() + b"MDA,F,2020,1,A\n\nMDA, F,2020,2,A\n", [(4, "", "duplicate_cell")]),
        (HEADER.encode() + b"MDA,F,2020,1,Z\n", [(2, "OBS_STATUS", "unknown_status")]),
        (HEADER.encode() + b"MDA,F,2020,0,q\n", [(2, "OBS_STATUS", "value_with_status")]),
        (HEADER.encode() + b"MDA,F,2020,\0,A\n", [(2, "", "nul")]),
        (HEADER.encode() + b"MDA,F,0001,1,A\nMDA,F,9999,1,A\n", [(None, "", "too_many_cells")]),
        (HEADER.encode() + b"x,F,x,x,x\n,F,2020,1,A\n", [
            (2, "TIME_PERIOD", "bad_period"), (2, "OBS_VALUE", "bad_number"), (3, "REF_AREA", "empty_code"),
        ]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(refused, content, expected):
    error = refused(CSV, content, Limits(cells=5000))

    assert found(error) == expected


def test_expected_dimensions_decide_which_columns_are_known(refused):
    content = b"TIME_PERIOD,OBS_VALUE,REF_AREA,Country,AGE\n2020,1,MDA,Moldova,Y0T4\n"

    error = refused(CSV, content, dimensions=("REF_AREA", "SEX"))

    assert found(error) == [(1, "AGE", "unknown_column"), (1, "SEX", "missing_column")]


def test_windows_1251_is_refused_with_the_place(refused):
    content = (HEADER + "MDA,Ж,2020,1,A\n").encode("windows-1251")

    error = refused(CSV, content)

    assert found(error) == [(2, "", "encoding")]
    assert error.problems[0].arguments == {"byte": len(HEADER) + 5, "encoding": "UTF-8"}


def test_duplicates_name_the_cell_and_the_first_row(refused, said):
    error = refused(CSV, HEADER.encode() + b"MDA,F,2020,1,A\nMDA,F,2021,1,A\nMDA,F,2020,1,A\n")

    assert said(error, "en") == ["Row 4: The same cell (MDA.F, 2020) was already given in row 2."]


def test_problems_are_capped_and_say_so(refused):
    error = refused(CSV, HEADER.encode() + b"MDA,F,x,1,A\n" * 500)

    assert len(error.problems) == 100
    assert error.has_more
    assert str(error).endswith("Only the first 100 problems are shown.")
