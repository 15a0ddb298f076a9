"""The cube and how it is read from the database."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st

from registry.cube import CubeTooLarge, Row
from registry.errors import Invalid
from registry.models import AudienceKind, Code, Dataset, Indicator, Participant
from registry.selectors.cube import Selection, cube_get, released_cube, time_dimension
from registry.services.access import grant_ensure
from registry.services.dataset import dataset_create
from registry.services.release import dataset_withdraw, submission_release
from registry.services.submission import submission_stage, submission_submit, submission_validate
from tests.conftest import World
from tests.registry.cubes import cube_of, figures
from tests.registry.seen import opened

FIGURES: dict[str, list[Any]] = {
    "MDA._T._T": [100, 120, None, 90],
    "MDA.KAZ._T": [40, 50, 60, 70],
    "MDA.UKR._T": [None, 7, 0, 8],
}


def test_the_dense_form_is_row_major_with_time_fastest() -> None:
    # Given two areas by two sexes over two years, one combination not there
    cube = cube_of(
        {"MDA.F": [1, 2], "KAZ.M": [3, None], "MDA.M": [None, 4]},
        statuses={"KAZ.M": {1: "Q"}, "MDA.F": {0: "P"}},
        notes={"MDA.M": {1: {"en": "n"}}},
    )
    assert (cube.sizes, cube.cell_count) == ((2, 2, 2), 8)
    assert [dimension.code for dimension in cube.dimensions] == ["REF_AREA", "SEX", "TIME_PERIOD"]
    # Then every cell has its place: MDA F, MDA M, KAZ F, KAZ M
    assert cube.dense() == [1, 2, None, 4, None, None, 3, None]
    assert [(offset, row.key) for offset, row in cube.offsets()] == [(0, "MDA.F"), (6, "KAZ.M"), (2, "MDA.M")]
    assert cube.dense_statuses() == {7: "Q", 0: "P"}
    assert cube.dense_notes() == {3: {"en": "n"}}


@given(
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1),
    st.integers(1, 4),
)
def test_every_cell_of_the_dense_form_is_that_of_its_row(keys: set[tuple[int, int]], length: int) -> None:
    cube = cube_of({f"A{a}.S{b}": [100 * a + 10 * b + at for at in range(length)] for a, b in sorted(keys)})
    known = figures(cube)
    places = product(*(axis.codes for axis in cube.axes), range(length))
    expected = [known.get(f"{area}.{sex}", [None] * length)[at] for area, sex, at in places]
    assert cube.dense() == expected


def test_a_cube_without_anything_is_dense_too() -> None:
    assert cube_of({}).dense() == []


def test_a_dense_form_that_is_too_large_is_not_made() -> None:
    cube = cube_of({"MDA.F": [1, 2], "KAZ.M": [3, 4]})
    assert len(cube.dense(limit=8)) == 8
    with pytest.raises(CubeTooLarge) as caught:
        cube.dense(limit=7)
    assert (caught.value.cells, caught.value.limit) == (8, 7)
    assert str(caught.value) == "8 cells, at most 7"


def test_a_row_with_a_status_or_a_note_alone_has_something() -> None:
    assert [
        Row(("A",), [None]).has_anything(),
        Row(("A",), [0]).has_anything(),
        Row(("A",), [None], {0: "Q"}).has_anything(),
        Row(("A",), [None], {}, {0: {"en": "n"}}).has_anything(),
    ] == [False, True, True, True]


def read(world: World, who: str | None = "MDA", **selection: Any) -> dict[str, list[Any]]:
    cube = cube_get(viewer=world.viewer(who), indicator=world.indicator, selection=Selection(**selection))
    assert all(len(row.values) == len(cube.time) for row in cube.rows)
    return {row.key: list(row.values) for row in cube.rows}


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({}, set(FIGURES)),
        ({"CITIZENSHIP": ["KAZ"]}, {"MDA.KAZ._T"}),
        ({"CITIZENSHIP": ["KAZ", "UKR", "nowhere"]}, {"MDA.KAZ._T", "MDA.UKR._T"}),
        ({"CITIZENSHIP": ["KAZ"], "SEX": ["F"]}, set()),
        ({"REF_AREA": ["MDA"], "SEX": ["_T"]}, set(FIGURES)),
        ({"SEX": []}, set()),
    ],
)
def test_filters_take_members_of_dimensions(world: World, filters: dict[str, Any], keys: set[str]) -> None:
    world.release("MDA", FIGURES)
    assert set(read(world, filters=filters)) == keys


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2011", "2012", {"MDA._T._T": [120, None], "MDA.KAZ._T": [50, 60], "MDA.UKR._T": [7, 0]}),
        ("2012", None, {"MDA._T._T": [None, 90], "MDA.KAZ._T": [60, 70], "MDA.UKR._T": [0, 8]}),
        (None, "2010", {"MDA._T._T": [100], "MDA.KAZ._T": [40]}),
        ("2012", "2012", {"MDA.KAZ._T": [60], "MDA.UKR._T": [0]}),
        ("2000", "2030", FIGURES),
        ("2014", None, {}),
        (None, "2009", {}),
        ("2012", "2011", {}),
    ],
)
def test_periods_are_both_included(
    world: World, start: str | None, end: str | None, expected: dict[str, list[Any]]
) -> None:
    world.release("MDA", FIGURES)
    assert read(world, start=start, end=end) == expected


WRONG: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {
    "dimension": (
        {"filters": {"AGE": ["Y15"]}},
        "There is no dimension “%(dimension)s”; expected one of %(expected)s.",
        {"dimension": "AGE", "expected": "REF_AREA, CITIZENSHIP, SEX"},
    ),
    "frequency": (
        {"frequency": "W"},
        "“%(frequency)s” is not a frequency; expected A, S, Q or M.",
        {"frequency": "W"},
    ),
    **{
        f"period {period}": (
            {"start": period},
            "“%(period)s” is not a period of frequency %(frequency)s; expected for example 2010 or 2010-Q1.",
            {"period": period, "frequency": "A"},
        )
        for period in ("2010-Q1", "soon", "2010-13")
    },
}


@pytest.mark.parametrize("name", WRONG)
def test_a_selection_that_cannot_be_is_refused(world: World, language: str, name: str) -> None:
    selection, message, arguments = WRONG[name]
    world.release("MDA", FIGURES)
    with pytest.raises(Invalid) as caught:
        read(world, **selection)
    assert str(caught.value) == gettext(message) % arguments


@pytest.mark.parametrize(
    ("frequency", "first", "periods"),
    [
        ("S", 2010 * 2, ("2011-S1", "2011-S2")),
        ("Q", 2010 * 4, ("2011-Q1", "2011-Q2", "2011-Q3", "2011-Q4")),
        ("M", 2010 * 12, tuple(f"2011-{month:02d}" for month in range(1, 13))),
    ],
)
def test_a_year_stands_for_all_its_periods(
    world: World, frequency: str, first: int, periods: tuple[str, ...]
) -> None:
    # Given three years of figures of a shorter frequency, beside yearly ones
    world.release("MDA", FIGURES)
    count = 3 * len(periods)
    dataset = dataset_create(
        code="OFTEN",
        indicator=world.indicator,
        owner=world.participants["KAZ"],
        actor=None,
        frequency=frequency,
        source_en="Border service",
        source_ru="Пограничная служба",
    )
    release(world, "KAZ", dataset, {"KAZ._T._T": list(range(count))}, start=first, frequency=frequency)
    # When a year of them is asked for
    selection = Selection(frequency=frequency, start="2011", end="2011")
    cube = cube_get(viewer=world.viewer("KAZ"), indicator=world.indicator, selection=selection)
    # Then all its periods are given, and none of the yearly figures
    assert cube.time.codes == periods
    assert {row.key: list(row.values) for row in cube.rows} == {
        "KAZ._T._T": list(range(len(periods), 2 * len(periods)))
    }


def release(world: World, owner: str, dataset: Dataset, given_: dict[str, list[Any]], **shape: Any) -> Any:
    people = world.people[owner]
    cube = world.cube(given_)
    start, frequency = shape.get("start", 2010), shape.get("frequency", "A")
    time = time_dimension(frequency, start, start + len(cube.time) - 1)
    submission = submission_stage(
        dataset=dataset, cube=replace(cube, time=time, frequency=frequency), actor=people["submitter"]
    )
    submission_submit(submission=submission, actor=people["submitter"])
    submission_validate(submission=submission, actor=people["verifier"])
    return submission_release(submission=submission, actor=people["verifier"])


def test_statuses_and_notes_are_kept_in_their_places(world: World) -> None:
    # Given figures with statuses at both ends and in a gap, and a note
    cube = world.cube(
        {"MDA._T._T": [None, 5, None, 7, None]}, statuses={"MDA._T._T": {0: "L", 2: "Q", 3: "P", 4: "O"}}
    )
    note = {"en": "New method", "ru": "Новый метод"}
    cube = replace(cube, rows=(replace(cube.rows[0], notes={1: note}),))
    world.dataset("MDA")
    people = world.people["MDA"]
    dataset = Dataset.objects.select_related("owner", "indicator").get()
    submission = submission_stage(dataset=dataset, cube=cube, actor=people["submitter"])
    submission_submit(submission=submission, actor=people["submitter"])
    submission_validate(submission=submission, actor=people["verifier"])
    submission_release(submission=submission, actor=people["verifier"])
    # Then they come out as they went in, and move with a window
    viewer = world.viewer("MDA")
    (row,) = cube_get(viewer=viewer, indicator=world.indicator).rows
    assert (list(row.values), row.statuses) == ([None, 5, None, 7, None], {0: "L", 2: "Q", 3: "P", 4: "O"})
    assert row.notes == {1: note}
    window = Selection(start="2011", end="2012")
    (row,) = cube_get(viewer=viewer, indicator=world.indicator, selection=window).rows
    assert (list(row.values), row.statuses, row.notes) == ([5, None], {1: "Q"}, {0: note})
    withheld = Selection(start="2012", end="2012")
    (row,) = cube_get(viewer=viewer, indicator=world.indicator, selection=withheld).rows
    assert (list(row.values), row.statuses) == ([None], {0: "Q"})


def test_a_vintage_is_read_as_it_was_released(world: World) -> None:
    first = world.release("MDA", {"MDA._T._T": [1, 2], "MDA.KAZ._T": [1, 1]})
    second = world.release("MDA", {"MDA._T._T": [1, 3]})
    third = world.release("MDA", {"MDA._T._T": [1, 3, 4], "MDA.UKR._T": [0, 1, 2]})
    assert read(world, as_of=first) == {"MDA._T._T": [1, 2], "MDA.KAZ._T": [1, 1]}
    assert read(world, as_of=second) == {"MDA._T._T": [1, 3]}
    assert read(world, as_of=third) == read(world)
    assert read(world, "KAZ", as_of=first) == {}


SECOND_SOURCE = {"MDA._T._T": [10, None, 33, 44], "MDA.XXA._T": [5, 5, 5, 5]}


@pytest.fixture
def two_sources(world: World) -> World:
    """Moldova's own figures, official, and UNHCR's of the same cells; both open to everybody."""
    Dataset.objects.filter(pk=world.dataset("UNHCR").pk).update(is_official=False)
    world.release("UNHCR", SECOND_SOURCE, statuses={"MDA._T._T": {3: "E"}})
    world.release("MDA", {"MDA._T._T": [100, None, None, 90]}, statuses={"MDA._T._T": {2: "Q"}})
    Dataset.objects.filter(pk=world.dataset("MDA").pk).update(is_official=True)
    for owner in ("MDA", "UNHCR"):
        opened(world, owner, audience=AudienceKind.PUBLIC)
    return world


def test_of_two_sources_the_official_one_comes_first_cell_by_cell(two_sources: World) -> None:
    cube = cube_get(viewer=two_sources.viewer(None), indicator=two_sources.indicator)
    rows = {row.key: (list(row.values), row.statuses) for row in cube.rows}
    # The official figure wins, a withheld one too; what it does not have is filled from the other
    assert rows == {
        "MDA._T._T": ([100, None, None, 90], {2: "Q"}),
        "MDA.XXA._T": ([5, 5, 5, 5], {}),
    }
    assert [source.dataset for source in cube.sources] == ["MDA_REFUGEES", "UNHCR_REFUGEES"]


@pytest.mark.parametrize(
    ("official", "expected"),
    [("MDA", [100, None, None, 90]), ("UNHCR", [10, None, 33, 44]), (None, [100, None, None, 90])],
    ids=["the State's", "the organisation's", "neither"],
)
def test_a_state_comes_before_an_organisation_unless_that_is_official(
    two_sources: World, official: str | None, expected: list[int | None]
) -> None:
    for owner in ("MDA", "UNHCR"):
        Dataset.objects.filter(pk=two_sources.dataset(owner).pk).update(is_official=owner == official)
    assert read(two_sources, None)["MDA._T._T"] == expected


def test_gaps_are_filled_from_the_other_source(world: World) -> None:
    world.release("MDA", {"MDA._T._T": [1, None, 0]})
    world.release("UNHCR", {"MDA._T._T": [9, 8, 7]}, statuses={"MDA._T._T": {1: "E"}})
    opened(world, "UNHCR", to="MDA")
    cube = cube_get(viewer=world.viewer("MDA"), indicator=world.indicator)
    assert [(list(row.values), row.statuses) for row in cube.rows] == [([1, 8, 0], {1: "E"})]
    # Who does not see the other source, sees the gap
    opened(world, "MDA", to="KAZ")
    assert read(world, "KAZ") == {"MDA._T._T": [1, None, 0]}


def test_sources_are_kept_apart_on_request(two_sources: World) -> None:
    selection = Selection(by_source=True)
    cube = cube_get(viewer=two_sources.viewer(None), indicator=two_sources.indicator, selection=selection)
    assert [axis.code for axis in cube.axes] == ["SOURCE", "REF_AREA", "CITIZENSHIP", "SEX"]
    assert cube.axes[0].codes == ("MDA_REFUGEES", "UNHCR_REFUGEES")
    assert cube.axes[0].members[0].labels == {
        "en": "Republic of Moldova · Border service",
        "ru": "Республика Молдова · Пограничная служба",
    }
    assert {row.key: list(row.values) for row in cube.rows} == {
        "MDA_REFUGEES.MDA._T._T": [100, None, None, 90],
        "UNHCR_REFUGEES.MDA._T._T": [10, None, 33, 44],
        "UNHCR_REFUGEES.MDA.XXA._T": [5, 5, 5, 5],
    }


def test_one_source_is_read_alone(two_sources: World) -> None:
    assert read(two_sources, None, datasets=["UNHCR_REFUGEES"]) == SECOND_SOURCE
    assert read(two_sources, None, datasets=[]) == {}
    assert read(two_sources, None, datasets=["NONE"]) == {}


def test_a_source_without_visible_figures_is_not_named(two_sources: World) -> None:
    cube = cube_get(
        viewer=two_sources.viewer(None),
        indicator=two_sources.indicator,
        selection=Selection(filters={"CITIZENSHIP": ["XXA"]}),
    )
    assert [source.dataset for source in cube.sources] == ["UNHCR_REFUGEES"]


def test_labels_members_and_notes_of_the_table(world: World) -> None:
    texts = {"note_en": "Illustrative.", "note_ru": "Условный пример."}
    world.dataset("MDA", **texts, licence="CC0", is_official=True)
    parent = Code.objects.get(codelist__code="CL_CITIZENSHIP", code="_T")
    Code.objects.filter(codelist__code="CL_CITIZENSHIP", code="KAZ").update(parent=parent)
    made = world.release("MDA", FIGURES)
    cube = cube_get(viewer=world.viewer("MDA"), indicator=world.indicator)
    assert (cube.code, cube.labels, cube.unit) == (
        "REFUGEES",
        {"en": "Refugees", "ru": "Беженцы"},
        {"en": "persons", "ru": "человек"},
    )
    members = {member.code: (member.labels["ru"], member.parent) for member in cube.axes[1].members}
    assert members == {"_T": ("Всего", None), "KAZ": ("Казахстан", "_T"), "UKR": ("Украина", None)}
    assert cube.notes == ({"en": "Illustrative.", "ru": "Условный пример."},)
    (source,) = cube.sources
    assert (source.owner, source.licence, source.is_official) == ("MDA", "CC0", True)
    assert source.released_at == made.released_at


def test_nothing_visible_is_a_cube_without_rows(world: World) -> None:
    world.release("MDA", FIGURES)
    cube = cube_get(viewer=world.viewer(None), indicator=world.indicator)
    assert (cube.rows, cube.sizes, cube.sources, cube.notes) == ((), (0, 0, 0, 0), (), ())


def test_the_released_cube_is_what_the_owner_has(world: World) -> None:
    dataset = world.dataset("MDA")
    assert released_cube(dataset) is None
    world.release("MDA", FIGURES)
    dataset = Dataset.objects.select_related("owner", "indicator").get()
    released = released_cube(dataset)
    assert released is not None
    assert {row.key: list(row.values) for row in released.rows} == FIGURES
    dataset_withdraw(dataset=dataset, actor=world.people["MDA"]["verifier"], reason={"ru": "Пересчёт"})
    assert released_cube(Dataset.objects.select_related("owner", "indicator").get()) is None


@pytest.mark.parametrize("by_source", [False, True], ids=["united", "by source"])
def test_twenty_datasets_cost_the_queries_of_one(world: World, by_source: bool) -> None:
    # Given one dataset open to everybody
    def add(number: int) -> None:
        dataset = dataset_create(
            code=f"D{number}",
            indicator=world.indicator,
            owner=world.participants["MDA"],
            actor=None,
            source_en=f"Source {number}",
            source_ru=f"Источник {number}",
            note_en=f"Note {number}",
        )
        own = {"MDA.KAZ._T": [number], "MDA._T._T": [number]}
        release(world, "MDA", dataset, own, start=2000 + number)
        grant_ensure(dataset=dataset, actor=world.people["MDA"]["administrator"], token="public")

    def queries() -> tuple[int, int]:
        indicator = Indicator.objects.get(code="REFUGEES")
        viewer = world.viewer(None)
        with CaptureQueriesContext(connection) as captured:
            cube = cube_get(viewer=viewer, indicator=indicator, selection=Selection(by_source=by_source))
        return len(captured), len(cube.sources)

    add(1)
    assert queries() == (4, 1)
    # When there are twenty
    for number in range(2, 21):
        add(number)
    # Then it costs the same
    assert queries() == (4, 20)
    assert Participant.objects.count() == 4
