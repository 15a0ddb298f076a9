"""The table laid out from a cube."""

from __future__ import annotations

from registry.cube import Cube, Dimension, Member, Role, Row
from registry.presentation.defaults import cut, first_members, largest_members, narrowed
from registry.presentation.numbers import number_text
from registry.presentation.pivot import Cell, Pivot, pivot_table
from registry.selectors.availability import AvailableDimension, AvailableMember
from registry.selectors.cube import time_dimension

AREA, SEX, TIME = "REF_AREA", "SEX", "TIME_PERIOD"


def dimension(code: str, members: dict[str, str | None], role: Role = Role.CLASSIFICATION) -> Dimension:
    return Dimension(
        code,
        {"en": code.title(), "ru": code.title()},
        role,
        tuple(Member(name, {"en": name, "ru": f"{name} ru"}, parent) for name, parent in members.items()),
    )


def a_cube(**changes: object) -> Cube:
    rows = (
        Row(("MDA", "_T"), [1000, None, 0], {1: "Q"}, {2: {"en": "Census", "ru": "Перепись"}}),
        Row(("MDA", "F"), [600, 5, None], {0: "P"}),
        Row(("KAZ", "_T"), [None, 7, None], {}, {1: {"en": "Census", "ru": "Перепись"}}),
    )
    fields = {
        "axes": (
            dimension(AREA, {"MDA": None, "KAZ": None}, Role.GEO),
            dimension(SEX, {"_T": None, "F": "_T"}),
        ),
        "time": time_dimension("A", 2010, 2012),
        "rows": rows,
        **changes,
    }
    return Cube("X", {"en": "X", "ru": "Икс"}, **fields)  # type: ignore[arg-type]


def laid_out(rows: list[str], columns: list[str], cube: Cube | None = None, **options: object) -> Pivot:
    totals = {SEX: {"_T"}}
    return pivot_table(cube or a_cube(), rows=rows, columns=columns, language="en", totals=totals, **options)  # type: ignore[arg-type]


def texts(table: Pivot) -> list[list[str]]:
    return [
        [header.label for header in line.headers] + [cell.text for cell in line.cells] for line in table.lines
    ]


def test_dimensions_stand_in_rows_and_periods_in_columns() -> None:
    table = laid_out([AREA, SEX], [TIME])
    assert [[header.label for header in level] for level in table.column_levels] == [["2010", "2011", "2012"]]
    assert texts(table) == [
        ["MDA", "_T", "1,000", "Q", "0"],
        ["F", "600", "5", ".."],
        ["KAZ", "_T", "..", "7", ".."],
    ]
    assert [header.span for header in table.lines[0].headers] == [2, 1]
    assert (table.statuses, table.notes, table.has_gaps) == (("P", "Q"), ("Census",), True)


def test_columns_can_be_nested_and_rows_be_periods() -> None:
    table = laid_out([TIME], [SEX, AREA])
    assert [[(h.label, h.span) for h in level] for level in table.column_levels] == [
        [("_T", 2), ("F", 1)],
        [("MDA", 1), ("KAZ", 1), ("MDA", 1)],
    ]
    assert texts(table) == [
        ["2010", "1,000", "..", "600"],
        ["2011", "Q", "7", "5"],
        ["2012", "0", "..", ".."],
    ]
    # And every cell names the headings over it, as two levels ask for
    first = table.lines[0]
    assert first.cells[2].headers.split() == [
        first.headers[0].id,
        *(level[at].id for level, at in zip(table.column_levels, (1, 2), strict=True)),
    ]


def test_zero_withheld_missing_and_noted_cells_differ() -> None:
    cells = laid_out([AREA, SEX], [TIME]).lines[0].cells
    assert cells[1:] == (
        Cell("Q", "Q", 0, False, True, cells[1].headers),
        Cell("0", "", 1, True, True, cells[2].headers),
    )


def test_a_dimension_with_one_member_stands_in_the_caption() -> None:
    cube = narrowed(a_cube(), {SEX: {"_T"}})
    table = laid_out([AREA, SEX], [TIME], cube)
    assert table.fixed == (("Sex", "_T"),)
    assert table.row_dimensions == ("Ref_Area",)
    # A total of nothing shown beside it is no total
    assert not any(line.is_total for line in table.lines)


def test_all_in_rows_or_all_in_columns_is_a_table_too() -> None:
    down = laid_out([AREA, SEX, TIME], [])
    assert (down.column_levels, down.line_count, down.column_count) == ((), 6, 1)
    across = laid_out([], [AREA, SEX, TIME])
    assert (across.line_count, across.column_count, across.lines[0].headers) == (1, 9, ())


def test_a_table_is_cut_at_the_limit_and_says_so() -> None:
    table = laid_out([AREA, SEX], [TIME], limit=6)
    assert (len(table.lines), table.line_count, table.is_cut) == (2, 3, True)
    assert not laid_out([AREA, SEX], [TIME], limit=9).is_cut


def test_totals_are_marked_and_parts_indented() -> None:
    table = laid_out([SEX, AREA], [TIME])
    assert [line.is_total for line in table.lines] == [True, True, False]
    assert [(line.headers[0].label, line.headers[0].level) for line in (table.lines[0], table.lines[2])] == [
        ("_T", 0),
        ("F", 1),
    ]


def test_an_empty_cube_is_an_empty_table() -> None:
    table = laid_out([AREA, SEX], [TIME], a_cube(rows=(), time=time_dimension("A", 0, -1)))
    assert (table.lines, table.line_count, table.fixed) == ((), 0, ())


def test_numbers_are_written_as_each_language_does() -> None:
    assert [number_text(1234567.5, code, 1) for code in ("en", "ru")] == ["1,234,567.5", "1\xa0234\xa0567,5"]
    assert [number_text(value, "en") for value in (-1200, 0, -0.4)] == ["\u22121,200", "0", "0"]


def test_a_cut_keeps_periods_statuses_and_members_in_step() -> None:
    cube = cut(a_cube(), "2011", "2011")
    assert [(row.key, row.values, row.statuses) for row in cube.rows] == [
        ("MDA._T", [None], {0: "Q"}),
        ("MDA.F", [5], {}),
        ("KAZ._T", [7], {}),
    ]
    assert cut(a_cube(), "2013", None).rows == ()
    assert cut(a_cube(), "2012", None).axes[0].codes == ("MDA",)


def test_a_year_bounds_quarters() -> None:
    quarters = Cube("X", {}, (), time_dimension("Q", 2010 * 4, 2012 * 4 - 1), (Row((), list(range(8))),), "Q")
    assert cut(quarters, "2011", None).time.codes == ("2011-Q1", "2011-Q2", "2011-Q3", "2011-Q4")
    assert cut(quarters, "2010-Q4", "2011-Q1").rows[0].values == [3, 4]


def available(
    code: str, count: int, role: str = "classification", default: str | None = None
) -> AvailableDimension:
    members = tuple(AvailableMember(f"M{at}", {"en": f"M{at}"}, 1) for at in range(count))
    return AvailableDimension(code, {"en": code}, role, default, members)


def test_all_areas_are_shown_with_everything_else_at_its_total() -> None:
    dimensions = [available(AREA, 3, "geo"), available(SEX, 3, default="M0")]
    assert first_members(dimensions) == ({AREA: ("M0", "M1", "M2"), SEX: ("M0",)}, {})


def test_without_a_total_few_members_are_all_shown_and_of_many_the_largest() -> None:
    dimensions = [available(AREA, 61, "geo"), available("AGE", 4, default="_T"), available("CITIZENSHIP", 5)]
    chosen, largest = first_members(dimensions)
    assert chosen == {"AGE": ("M0", "M1", "M2", "M3")}
    assert largest == {AREA: 12, "CITIZENSHIP": 1}


def test_the_largest_are_ranked_within_what_is_settled_first() -> None:
    # KAZ is larger altogether, MDA for the sex kept
    rows = (Row(("MDA", "F"), [50]), Row(("KAZ", "F"), [10]), Row(("KAZ", "_T"), [30]))
    cube = a_cube(rows=rows, time=time_dimension("A", 2010, 2010))
    assert largest_members(cube, {AREA: 2, SEX: 1}) == {SEX: ("F",), AREA: ("MDA", "KAZ")}
    assert largest_members(cube, {AREA: 1}) == {AREA: ("MDA",)}
