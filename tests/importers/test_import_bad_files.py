"""What is wrong with a file is said with row and column in the language asked for; nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import RawIOBase
from typing import Any

import pytest
from django.utils.translation import gettext

from importers.profile import profile_named
from importers.services.file import Plan, file_import, stream_import
from registry.formats.base import LIMITS, Limits
from registry.formats.problems import MESSAGES, BadFile, FormatProblem
from tests.conftest import World
from tests.importers.conftest import HEADER, LINES, Importer, said, stored, text_of

LANGUAGES = pytest.mark.parametrize("language", ["en", "ru"])
EXPECTED = "country, citizenship, year, refugees, asylum"
TEN_GIGABYTES = 10 * 1024**3


def problem(code: str, row: int | None = None, column: str = "", /, **arguments: str | int) -> FormatProblem:
    return FormatProblem(code, row, column, arguments)


def refusal(language: str, *problems: FormatProblem, file: str = "figures.csv") -> str:
    """What the command must say: the texts of the catalogue of that language, with the places."""

    def text() -> str:
        return "\n".join([f"{gettext('Nothing was stored.')} {file}:", *map(placed, problems)])

    return said(language, text)


def placed(found: FormatProblem) -> str:
    message = str(MESSAGES[found.code]) % found.arguments
    place = {"row": found.row, "column": found.column, "message": message}
    if found.row is None:
        return message
    if not found.column:
        return gettext("Row %(row)s: %(message)s") % place
    return gettext("Row %(row)s, column %(column)s: %(message)s") % place


GOOD = text_of(*LINES)
NO_YEARS = {2: "someday", 3: "never", 4: "2020-Q1"}
BAD_FILES: dict[str, tuple[str | bytes, list[FormatProblem], list[str]]] = {
    "empty": ("", [problem("empty")], ["The file is empty."]),
    "header alone": (f"{HEADER}\n", [problem("empty")], ["The file is empty."]),
    "windows-1251": (
        text_of(LINES[0], "2021,Молдова,KAZ,1,1,").encode("windows-1251"),
        [problem("encoding", 3, byte=82, encoding="UTF-8")],
        [
            (
                "Row 3: Byte 82 is not valid UTF-8. Save the file as CSV UTF-8 (in Excel: “CSV UTF-8”); "
                "windows-1251 and other encodings are not read."
            )
        ],
    ),
    "UTF-16 without byte order mark": (
        GOOD.encode("utf-16-le"),
        [problem("nul", 1)],
        ["Row 1: The file contains NUL bytes, so it is not text. Save it as CSV UTF-8."],
    ),
    "unknown code": (
        text_of(LINES[0], "2021,MDA,ATLANTIS,1,1,"),
        [problem("code_not_listed", 3, "citizenship", found="ATLANTIS", dimension="CITIZENSHIP")],
        ["Row 3, column citizenship: The code “ATLANTIS” is not in the code list of CITIZENSHIP."],
    ),
    "no code": (
        text_of("2021,,KAZ,1,1,"),
        [problem("empty_code", 2, "country")],
        ["Row 2, column country: A code is expected, the cell is empty."],
    ),
    "the same cell twice": (
        text_of(LINES[0], LINES[1], "2020,MDA,KAZ,10,3,", "2021,MDA,KAZ,9,9,"),
        [
            problem("duplicate_cell", 4, "year", key="MDA.KAZ._T", period="2020", first=2),
            problem("duplicate_cell", 5, "year", key="MDA.KAZ._T", period="2021", first=3),
        ],
        [
            "Row 4, column year: The same cell (MDA.KAZ._T, 2020) was already given in row 2.",
            "Row 5, column year: The same cell (MDA.KAZ._T, 2021) was already given in row 3.",
        ],
    ),
    "the same cell right after itself": (
        text_of("2020,MDA,KAZ,1,1,", "2020,MDA,KAZ,1,1,", "2021,MDA,KAZ,1,1,", "2021,MDA,KAZ,1,1,"),
        [
            problem("duplicate_cell", 3, "year", key="MDA.KAZ._T", period="2020", first=2),
            problem("duplicate_cell", 5, "year", key="MDA.KAZ._T", period="2021", first=4),
        ],
        [
            "Row 3, column year: The same cell (MDA.KAZ._T, 2020) was already given in row 2.",
            "Row 5, column year: The same cell (MDA.KAZ._T, 2021) was already given in row 4.",
        ],
    ),
    "text in a number": (
        text_of(LINES[0], "2021,MDA,KAZ,about 12,n/a,"),
        [
            problem("bad_number", 3, "refugees", found="about 12"),
            problem("bad_number", 3, "asylum", found="n/a"),
        ],
        [
            "Row 3, column refugees: A number such as 1234.5 is expected, without spaces; found “about 12”.",
            "Row 3, column asylum: A number such as 1234.5 is expected, without spaces; found “n/a”.",
        ],
    ),
    "thousands separated": (
        text_of('2021,MDA,KAZ,"1,234",0,'),
        [problem("bad_number", 2, "refugees", found="1,234")],
        ["Row 2, column refugees: A number such as 1234.5 is expected, without spaces; found “1,234”."],
    ),
    "no period, twice": (
        text_of(*(f"{it},MDA,KAZ,1,1," for it in NO_YEARS.values())),
        [problem("bad_period", row, "year", found=it) for row, it in NO_YEARS.items()],
        [
            f"Row {row}, column year: A period such as 2020, 2020-S1, 2020-Q1 or 2020-01 is expected; "
            f"found “{it}”."
            for row, it in NO_YEARS.items()
        ],
    ),
    "cut off in the middle of a row": (
        GOOD[: GOOD.rindex("STLS") + 2],
        [problem("too_few_fields", 6, expected=6, found=3)],
        ["Row 6: 6 fields expected, 3 found. Is the file cut off?"],
    ),
    "cut off inside quotation marks": (
        text_of(LINES[0], '2021,MDA,KAZ,1,1,"a remark that')[:-1],
        [problem("unfinished_quote", 3)],
        ["Row 3: A quotation mark is opened and never closed. Is the file cut off?"],
    ),
    "a field too many": (
        text_of("2021,MDA,KAZ,1,1,,9"),
        [problem("too_many_fields", 2, expected=6, found=7)],
        ["Row 2: 6 fields expected, 7 found."],
    ),
    "missing column": (
        text_of("2021,MDA,KAZ,1,", header="year,country,citizenship,refugees,remark"),
        [problem("missing_column", 1, "asylum", name="asylum")],
        ["Row 1, column asylum: The column asylum is missing."],
    ),
    "unknown column": (
        text_of("2021,MDA,KAZ,1,1,x", header="year,country,citizenship,refugees,asylum,wishes"),
        [problem("unknown_column", 1, "wishes", name="wishes", expected=EXPECTED)],
        [f"Row 1, column wishes: The column “wishes” is not known here. Expected: {EXPECTED}."],
    ),
    "repeated column": (
        text_of("2021,MDA,KAZ,1,1,1", header="year,country,citizenship,refugees,asylum,refugees"),
        [problem("duplicate_column", 1, "refugees", name="refugees")],
        ["Row 1, column refugees: The column refugees appears more than once."],
    ),
}


@LANGUAGES
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_with_its_places(importer: Importer, name: str, language: str) -> None:
    # Given a file with something wrong in it
    content, problems, english = BAD_FILES[name]
    importer.write(content)
    # When it is imported
    text = importer.refused(language=language)
    # Then every place is named, in the language asked for
    assert text == refusal(language, *problems)
    if language == "en":
        assert text.splitlines() == ["Nothing was stored. figures.csv:", *english]


@LANGUAGES
@pytest.mark.parametrize(
    ("kind", "reason"), [("missing", "there is no such file"), ("folder", "it is a folder")]
)
def test_what_is_no_file_is_refused(importer: Importer, kind: str, reason: str, language: str) -> None:
    path = importer.folder / "none.csv" if kind == "missing" else importer.folder
    text = importer.refused(language=language, path=path)
    place = {"path": path}
    assert text == said(
        language,
        lambda: " ".join(
            (
                gettext("Nothing was stored."),
                gettext("%(path)s cannot be read: %(reason)s.") % {**place, "reason": gettext(reason)},
            )
        ),
    )
    if language == "en":
        assert text == f"Nothing was stored. {path} cannot be read: {reason}."


@LANGUAGES
def test_figures_that_break_a_rule_are_refused_with_row_series_and_period(
    importer: Importer, language: str
) -> None:
    importer.write(
        text_of("2020,MDA,KAZ,5,1,", "2021,MDA,UKR,1,1.5,", "2021,MDA,KAZ,-5,1,", "2022,MDA,KAZ,5,1,")
    )
    text = importer.refused(language=language)
    told = {"value": -5}
    row = {"en": "Row 4: ", "ru": "Строка 4: "}[language]
    assert text == said(
        language,
        lambda: " ".join(
            [
                gettext("Nothing was stored."),
                gettext("The figures of %(dataset)s have errors.") % {"dataset": "MDA_REFUGEES"}
                + f"\n{row}MDA.KAZ._T 2021: "
                + gettext("The value %(value)s is negative; this indicator counts and cannot be below zero.")
                % told,
            ]
        ),
    )


@LANGUAGES
def test_only_the_first_hundred_problems_are_told(importer: Importer, language: str) -> None:
    importer.write(text_of(*(f"2021,MDA,X{number},1,1," for number in range(150))))
    lines = importer.refused(language=language).splitlines()
    assert len(lines) == 102
    last = said(language, lambda: str(BadFile((problem("empty"),) * 100, has_more=True)).splitlines()[-1])
    assert lines[-1] == last
    if language == "en":
        assert lines[-1] == "Only the first 100 problems are shown."


@LANGUAGES
def test_ten_gigabytes_on_disk_are_refused_unread(importer: Importer, world: World, language: str) -> None:
    # Given a file of ten gigabytes of zeros, of which the disk holds nothing
    with importer.path.open("wb") as file:
        file.truncate(TEN_GIGABYTES)
    # When it is imported
    text = importer.refused(language=language)
    # Then its size alone refuses it
    assert text == refusal(language, problem("too_large", limit=256))
    taken: list[int] = []
    plan = Plan(submitter=world.people["MDA"]["submitter"])
    with pytest.raises(BadFile):
        file_import(
            path=importer.path, profile=profile_named(importer.profile), plan=plan, progress=taken.append
        )
    assert taken == []


class Endless(RawIOBase):
    """A stream that gives a head and then one block again and again, and counts what is taken."""

    def __init__(self, block: bytes, head: bytes = b"", size: int | None = None) -> None:
        self._rest, self._block, self.taken = head, block, 0
        if size is not None:
            self.size = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._rest) < len(buffer):
            self._rest += self._block * (1 + 65536 // len(self._block))
        buffer[:] = self._rest[: len(buffer)]
        self._rest = self._rest[len(buffer) :]
        self.taken += len(buffer)
        return len(buffer)


HEAD = f"{HEADER}\n".encode()
ENDLESS: dict[str, tuple[Callable[[], Endless], str, int]] = {
    "announced": (partial(Endless, b"0", size=TEN_GIGABYTES), "too_large", 0),
    "zero bytes": (partial(Endless, b"\0"), "nul", 256 * 1024),
    "digits without a line": (partial(Endless, b"0"), "line_too_long", 512 * 1024),
    "digits after a header": (partial(Endless, b"0", HEAD), "line_too_long", 512 * 1024),
    "lines of one zero": (partial(Endless, b"0\n", HEAD), "too_few_fields", 256 * 1024),
    "one row for ever": (partial(Endless, b"2020,MDA,KAZ,0,0,\n", HEAD), "duplicate_cell", 256 * 1024),
    "empty lines": (partial(Endless, b"\n", HEAD), "too_many_lines", 3 * 1024 * 1024),
    "an open quotation mark": (partial(Endless, b"0\n", HEAD + b'"'), "line_too_long", 3 * 1024 * 1024),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_stream_without_end_is_refused_after_little(importer: Importer, world: World, name: str) -> None:
    make, code, most = ENDLESS[name]
    stream, before = make(), stored()
    with pytest.raises(BadFile) as caught:
        stream_import(
            stream=stream,  # type: ignore[arg-type]
            name="endless.csv",
            profile=profile_named(importer.profile),
            plan=Plan(submitter=world.people["MDA"]["submitter"]),
        )
    assert {problem.code for problem in caught.value.problems} == {code}
    assert stream.taken <= most
    assert stored() == before


def test_two_far_periods_cannot_fill_the_memory(importer: Importer, world: World) -> None:
    # Given two rows ten thousand years apart
    importer.write(text_of("0001,MDA,KAZ,1,1,", "2020,MDA,KAZ,1,1,", "2020,MDA,UKR,1,1,"))
    # When more cells would have to be held than are read
    with pytest.raises(BadFile) as caught:
        file_import(
            path=importer.path,
            profile=profile_named(importer.profile),
            plan=Plan(submitter=world.people["MDA"]["submitter"]),
            limits=Limits(cells=8_000),
        )
    # Then they are not made at all: 2 series × 2020 periods × 2 measures
    assert caught.value.problems == (problem("too_many_cells", cells=8_080, limit=8_000),)
    assert LIMITS.cells == 5_000_000
