"""A cube made with what a page has read already is the cube made without, in one query."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.models import AudienceKind, Indicator
from registry.selectors.availability import datasets_documented, members_available
from registry.selectors.cube import Known, Selection, cube_get
from registry.selectors.indicator import indicator_with_dimensions
from tests.conftest import World
from tests.registry.seen import ALL, opened

SELECTIONS = {
    "everything": Selection(frequency="A"),
    "filtered": Selection(frequency="A", filters={"SEX": ["F"], "CITIZENSHIP": ["UKR", "KAZ"]}),
    "by source": Selection(frequency="A", by_source=True),
    "one source": Selection(frequency="A", datasets=["KAZ_REFUGEES"]),
    "periods": Selection(frequency="A", start="2011"),
    "nothing": Selection(frequency="Q"),
}


@pytest.fixture
def read(world: World) -> Indicator:
    """Kazakhstan sees a slice of Moldova's figures, all of its own, and nothing of Ukraine's."""
    world.release("MDA", ALL)
    opened(world, to="KAZ", slice={"SEX": ["F"]})
    world.release("KAZ", {"KAZ._T._T": [1, 2], "KAZ.UKR.F": [1, None]})
    world.release("UKR", {"UKR._T._T": [9]})
    found = indicator_with_dimensions(viewer=world.viewer("KAZ"), code="REFUGEES")
    assert found is not None
    return found


def known(world: World, read: Indicator, who: str = "KAZ") -> Known:
    viewer = world.viewer(who)
    rows = datasets_documented(viewer=viewer, indicator=read)
    datasets = [row.dataset for row in rows if row.has_figures]
    dimensions = list(read.dimensions.all())
    return Known(datasets, members_available(viewer=viewer, dimensions=dimensions, datasets=datasets))


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=list(SELECTIONS))
def test_what_is_known_changes_nothing_but_the_cost(
    world: World, read: Indicator, selection: Selection, django_assert_num_queries: Any
) -> None:
    viewer, at_hand = world.viewer("KAZ"), known(world, read)
    without = cube_get(viewer=viewer, indicator=read, selection=selection)
    with django_assert_num_queries(0 if selection.frequency == "Q" else 1):
        cube = cube_get(viewer=viewer, indicator=read, selection=selection, known=at_hand)
    assert cube == without
    assert bool(cube.rows) is (selection.frequency == "A")


def test_members_that_are_not_known_are_read(world: World, read: Indicator) -> None:
    viewer, at_hand = world.viewer("KAZ"), known(world, read)
    narrow = [replace(dimension, members=dimension.members[:1]) for dimension in at_hand.dimensions]
    selection = SELECTIONS["everything"]
    cube = cube_get(viewer=viewer, indicator=read, selection=selection, known=Known(at_hand.datasets, narrow))
    assert cube == cube_get(viewer=viewer, indicator=read, selection=selection)


def test_knowing_of_a_dataset_opens_nothing_of_it(world: World, read: Indicator) -> None:
    opened(world, "UKR", audience=AudienceKind.PUBLIC)
    of_others = known(world, read, "MDA")
    assert {dataset.code for dataset in of_others.datasets} == {"MDA_REFUGEES", "UKR_REFUGEES"}
    selection = SELECTIONS["by source"]
    cube = cube_get(viewer=world.viewer(None), indicator=read, selection=selection, known=of_others)
    assert [source.dataset for source in cube.sources] == ["UKR_REFUGEES"]
    assert cube == cube_get(viewer=world.viewer(None), indicator=read, selection=selection)
