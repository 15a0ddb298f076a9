"""What is selected for every reader alike: the frequency, the order of sources, vintages, who contributed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.errors import Invalid
from registry.models import AudienceKind, Dataset, Indicator
from registry.presentation.defaults import cut, narrowed
from registry.selectors.availability import datasets_documented
from registry.selectors.columns import columns_get
from registry.selectors.cube import cube_get
from registry.selectors.observation import observation_page
from registry.selectors.selection import Selection, selected_datasets
from registry.services.release import dataset_withdraw
from tests.conftest import World
from tests.registry.seen import opened
from tests.registry.views.test_no_figures import quarterly

Seen = tuple[str, set[Any]]


def readers(world: World, who: str | None, **selection: Any) -> list[Seen]:
    """The frequency and the values that each reader gives; of observations the periods tell the frequency."""
    options: dict[str, Any] = {
        "viewer": world.viewer(who),
        "indicator": world.indicator,
        "selection": Selection(**selection),
    }
    cube = cube_get(**options)
    columns = columns_get(**options, limit=1_000)
    page = observation_page(**options, first=100)
    periods = {"Q" if "Q" in cell.period else "A" for cell in page.cells}
    return [
        (cube.frequency, {value for row in cube.rows for value in row.values}),
        (columns.frequency, set(orjson.loads(columns.values))),
        (periods.pop() if periods else cube.frequency, {cell.value for cell in page.cells}),
    ]


def test_every_reader_falls_back_to_a_frequency_that_has_figures(world: World) -> None:
    quarterly(world, {"KAZ._T._T": [1, 2]})
    assert readers(world, "KAZ") == [("Q", {1, 2})] * 3
    assert readers(world, "KAZ", frequency="A") == [("A", set())] * 3
    assert readers(world, None) == [("A", set())] * 3
    # When there are figures of the usual one, these are read
    world.release("KAZ", {"KAZ._T._T": [3]})
    assert readers(world, "KAZ") == [("A", {3})] * 3
    assert readers(world, "KAZ", frequency="Q") == [("Q", {1, 2})] * 3
    assert readers(world, "KAZ", datasets=["KAZ_QUARTERS"]) == [("Q", {1, 2})] * 3


def test_what_a_slice_hides_does_not_count_as_figures(world: World) -> None:
    quarterly(world, {"KAZ._T._T": [1, 2]})
    world.release("MDA", {"MDA._T._T": [3]})
    opened(world, to="KAZ", slice={"CITIZENSHIP": ["XXA"]})
    assert readers(world, "KAZ") == [("Q", {1, 2})] * 3


@pytest.mark.parametrize(("frequencies", "count"), [(1, 1), (2, 2)])
def test_only_several_frequencies_cost_another_query(world: World, frequencies: int, count: int) -> None:
    world.release("KAZ", {"KAZ._T._T": [3]})
    if frequencies == 2:
        quarterly(world, {"KAZ._T._T": [1, 2]})
    indicator, viewer = Indicator.objects.get(code="REFUGEES"), world.viewer("KAZ")
    with CaptureQueriesContext(connection) as captured:
        frequency, datasets = selected_datasets(viewer, indicator, Selection())
    assert (len(captured), frequency, len(datasets)) == (count, "A", 1)


def test_what_is_no_frequency_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="W"):
        selected_datasets(world.viewer(None), world.indicator, Selection(frequency="W"))


@pytest.mark.parametrize(
    ("official", "order"),
    [
        (None, ["KAZ", "UKR", "UNHCR"]),
        ("UNHCR", ["UNHCR", "KAZ", "UKR"]),
        ("UKR", ["UKR", "KAZ", "UNHCR"]),
    ],
)
def test_sources_have_one_order(world: World, official: str | None, order: list[str]) -> None:
    """Whatever the words for the kinds of participants: a State is no State because it sorts last."""
    world.participants["UNHCR"].order = 0
    world.participants["UNHCR"].save()
    for owner in ("UNHCR", "UKR", "KAZ"):
        world.dataset(owner, is_official=owner == official)
        world.release(owner, {f"{'KAZ' if owner == 'UNHCR' else owner}._T._T": [1]})
        opened(world, owner, audience=AudienceKind.PUBLIC)
    options: dict[str, Any] = {"viewer": world.viewer(None), "indicator": world.indicator}
    cube = cube_get(**options, selection=Selection(by_source=True))
    assert [source.owner for source in cube.sources] == order
    assert [found.dataset.owner.code for found in datasets_documented(**options)] == order
    page = observation_page(**options, selection=Selection(), first=9)
    assert [cell.dataset.owner.code for cell in page.cells] == order


def test_a_vintage_from_before_a_withdrawal_does_not_come_back(world: World) -> None:
    first = world.release("MDA", {"MDA._T._T": [1, 2]})
    second = world.release("MDA", {"MDA._T._T": [1, 3]})
    assert readers(world, "MDA", as_of=first)[0] == ("A", {1, 2})
    dataset = Dataset.objects.select_related("owner", "indicator").get()
    gone = dataset_withdraw(
        dataset=dataset, actor=world.people["MDA"]["verifier"], reason={"en": "Wrong figures"}
    )
    for release in (first, second, gone):
        assert (
            cube_get(
                viewer=world.viewer("MDA"), indicator=world.indicator, selection=Selection(as_of=release)
            ).rows
            == ()
        )
    # And it stays gone when the dataset has figures again
    third = world.release("MDA", {"MDA._T._T": [5]})
    fourth = world.release("MDA", {"MDA._T._T": [6]})
    found = [
        {
            value
            for row in cube_get(
                viewer=world.viewer("MDA"), indicator=world.indicator, selection=Selection(as_of=release)
            ).rows
            for value in row.values
        }
        for release in (first, second, gone, third, fourth)
    ]
    assert found == [set(), set(), set(), {5}, {6}]


@pytest.fixture
def overridden(world: World) -> World:
    """UNHCR's figures: two cells that Moldova has too, and one year before those."""
    world.dataset("MDA", is_official=True, note_en="National", note_ru="Национальные")
    world.dataset("UNHCR", note_en="Estimates", note_ru="Оценки")
    world.release("MDA", {"MDA._T._T": [10, 11], "MDA.KAZ._T": [1, 2]}, start=2011)
    world.release("UNHCR", {"MDA._T._T": [7, 8, 9]})
    for owner in ("MDA", "UNHCR"):
        opened(world, owner, audience=AudienceKind.PUBLIC)
    return world


BOTH = (["MDA", "UNHCR"], ["National", "Estimates"])
NATIONAL, ESTIMATES = (["MDA"], ["National"]), (["UNHCR"], ["Estimates"])


def named(cube: Any) -> tuple[list[str], list[str]]:
    """The owners and the notes that a cube, or columns, name."""
    notes = cube.table_notes if hasattr(cube, "table_notes") else cube.notes
    return [source.owner for source in cube.sources], [note["en"] for note in notes]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({}, BOTH),
        ({"start": "2011"}, NATIONAL),
        ({"end": "2010"}, ESTIMATES),
        ({"filters": {"CITIZENSHIP": ["KAZ"]}}, NATIONAL),
        ({"start": "2011", "by_source": True}, BOTH),
    ],
)
def test_only_sources_of_a_cell_shown_are_named(
    overridden: World, selection: dict[str, Any], expected: tuple[list[str], list[str]]
) -> None:
    options: dict[str, Any] = {
        "viewer": overridden.viewer(None),
        "indicator": overridden.indicator,
        "selection": Selection(**selection),
    }
    assert named(cube_get(**options)) == expected
    assert named(columns_get(**options, limit=1_000)) == expected


def test_a_part_of_a_cube_names_its_own_sources(overridden: World) -> None:
    cube = cube_get(viewer=overridden.viewer(None), indicator=overridden.indicator)
    assert named(cut(cube, "2011", None)) == NATIONAL
    assert named(cut(cube, None, "2010")) == ESTIMATES
    assert named(cut(cut(cube, None, "2011"), "2011", None)) == NATIONAL
    assert named(cut(cube, "2010", "2011")) == BOTH
    assert named(narrowed(cube, {"CITIZENSHIP": ["KAZ"]})) == NATIONAL
    assert named(narrowed(cube, {"CITIZENSHIP": ["_T"]})) == BOTH
    assert named(narrowed(cube, {"CITIZENSHIP": []})) == ([], [])
    # And notes that no source brought stay
    other = replace(cube, notes=(*cube.notes, {"en": "Rounded", "ru": "Округлено"}))
    assert named(cut(other, "2011", None)) == (["MDA"], ["National", "Rounded"])


def test_a_note_stays_with_the_figure_it_is_about(world: World) -> None:
    from registry.cube import Row
    from registry.selectors.cube import united_rows

    first = Row(("A",), [None, None, 1], {}, {0: {"en": "why"}, 1: {"en": "none"}}, "ONE")
    second = Row(("A",), [5, None, 6], {}, {1: {"en": "other"}, 2: {"en": "six"}}, "TWO")
    (row,) = united_rows([first, second])
    assert (list(row.values), row.statuses, row.notes) == ([5, None, 1], {}, {1: {"en": "none"}})
    assert (row.filled, row.datasets) == ({0: "TWO"}, {"ONE", "TWO"})
