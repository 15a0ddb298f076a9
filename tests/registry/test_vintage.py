"""Vintages and histories: what is read of past releases, by whom."""

from __future__ import annotations

from typing import Any

import pytest

from registry.access import Viewer
from registry.errors import Conflict
from registry.models import Dataset, Notice, Release
from registry.selectors.cube import cube_get
from registry.selectors.dataset import dataset_list, with_relations
from registry.selectors.selection import Selection
from registry.selectors.vintage import histories, vintage_release
from registry.services.access import grant_revoke
from registry.services.release import dataset_withdraw
from tests.conftest import World
from tests.registry.seen import opened

FIRST = {"MDA._T._T": [100, 120], "MDA.KAZ._T": [40, 50]}
SECOND = {"MDA._T._T": [100, 98125], "MDA.KAZ._T": [40, 50]}
THIRD = {"MDA._T._T": [100, 98125], "MDA.KAZ._T": [41, 50]}
REASON = {"en": "Corrected", "ru": "Исправлено"}
SLICE = {"slice": {"CITIZENSHIP": ["KAZ"]}}


@pytest.fixture
def three(world: World) -> World:
    """Three releases; the second changed nothing about citizens of Kazakhstan."""
    for figures in (FIRST, SECOND, THIRD):
        world.release("MDA", figures, reason=REASON)
    return world


def numbers(world: World, viewer: Viewer) -> list[int]:
    found = histories(viewer=viewer, indicator=world.indicator)
    return [release.number for history in found for release in history.releases]


def in_force(viewer: Viewer) -> list[int]:
    """The number of the current release, as GraphQL tells it."""
    rows = with_relations(dataset_list(viewer=viewer), viewer=viewer)
    return [release.number for row in rows for release in row.visible_releases]  # type: ignore[attr-defined]


def cells(world: World, viewer: Viewer, number: int) -> dict[str, list[Any]]:
    release = Release.objects.select_related("dataset").get(number=number, dataset__code="MDA_REFUGEES")
    cube = cube_get(viewer=viewer, indicator=world.indicator, selection=Selection(as_of=release))
    return {row.key: list(row.values) for row in cube.rows}


def test_the_owner_lists_and_reads_every_release(three: World) -> None:
    viewer = three.viewer("MDA")
    assert numbers(three, viewer) == [3, 2, 1]
    assert [cells(three, viewer, number) for number in (1, 2, 3)] == [FIRST, SECOND, THIRD]
    assert in_force(viewer) == [3]


def test_a_viewer_of_a_slice_learns_nothing_of_what_changed_outside_it(three: World) -> None:
    # Given a slice in which only the first and the third release changed anything
    opened(three, to="KAZ", **SLICE)
    three.release("MDA", {**THIRD, "MDA._T._T": [200, 98225]}, reason=REASON)
    viewer = three.viewer("KAZ")
    # Then neither number nor date nor notice of the others is told, on any surface
    assert numbers(three, viewer) == [3, 1]
    assert in_force(viewer) == [3]
    assert [notice.release.number for notice in Notice.objects.visible_to(viewer)] == [3, 1]
    third = Release.objects.get(number=3)
    cube = cube_get(viewer=viewer, indicator=three.indicator)
    assert [source.released_at for source in cube.sources] == [third.released_at]
    # And the vintages hold the slice alone; a release outside it reads as one that does not exist
    assert cells(three, viewer, 1) == {"MDA.KAZ._T": [40, 50]}
    assert cells(three, viewer, 2) == {}
    asked = {"viewer": viewer, "indicator": three.indicator, "dataset": "MDA_REFUGEES"}
    assert vintage_release(**asked, number=2) is None
    assert vintage_release(**asked, number=99) is None


def test_the_first_release_of_a_slice_may_come_late(three: World) -> None:
    opened(three, to="KAZ", slice={"CITIZENSHIP": ["UKR"]})
    assert (numbers(three, three.viewer("KAZ")), in_force(three.viewer("KAZ"))) == ([], [])
    three.release("MDA", {**THIRD, "MDA.UKR._T": [1, 2]}, reason=REASON)
    assert (numbers(three, three.viewer("KAZ")), in_force(three.viewer("KAZ"))) == ([4], [4])
    # When its series go again, that is a change of the slice
    three.release("MDA", THIRD, reason=REASON)
    assert numbers(three, three.viewer("KAZ")) == [5, 4]
    three.release("MDA", SECOND, reason=REASON)
    assert numbers(three, three.viewer("KAZ")) == [5, 4]


def test_who_sees_the_whole_sees_every_release_even_one_without_change(three: World) -> None:
    opened(three, to="KAZ")
    three.release("MDA", THIRD, reason=REASON)
    assert numbers(three, three.viewer("KAZ")) == [4, 3, 2, 1]
    assert in_force(three.viewer("KAZ")) == [4]


def test_a_revocation_closes_every_vintage_at_once(three: World) -> None:
    grant = opened(three, to="KAZ")
    assert cells(three, three.viewer("KAZ"), 1) == FIRST
    grant_revoke(grant=grant, actor=three.people["MDA"]["administrator"])
    assert (numbers(three, three.viewer("KAZ")), cells(three, three.viewer("KAZ"), 1)) == ([], {})


def test_a_withdrawal_hides_all_vintages_before_it_but_not_from_those_who_work_on_figures(
    three: World,
) -> None:
    opened(three, to="KAZ")
    dataset = Dataset.objects.select_related("owner", "indicator").get(code="MDA_REFUGEES")
    verifier = three.people["MDA"]["verifier"]
    dataset_withdraw(dataset=dataset, actor=verifier, reason={"en": "Recount", "ru": "Пересчёт"})
    # Then others see the tombstone and nothing behind it, the owner's other people too
    for viewer in (three.viewer("KAZ"), three.viewer("MDA", "user")):
        assert numbers(three, viewer) == [4]
        assert [cells(three, viewer, number) for number in (1, 2, 3)] == [{}, {}, {}]
        assert in_force(viewer) == []
    for person in ("submitter", "verifier", "administrator"):
        viewer = three.viewer("MDA", person)
        assert numbers(three, viewer) == [4, 3, 2, 1]
        assert cells(three, viewer, 1) == FIRST
        assert in_force(viewer) == []
    # And a new release brings none of them back
    three.release("MDA", SECOND, reason=REASON)
    assert numbers(three, three.viewer("KAZ")) == [5, 4]
    assert cells(three, three.viewer("KAZ"), 3) == {}
    assert cells(three, three.viewer("KAZ"), 5) == SECOND
    with pytest.raises(Conflict):
        dataset_withdraw(dataset=_withdrawn_again(dataset, three), actor=verifier, reason={"en": "Again"})


def _withdrawn_again(dataset: Dataset, world: World) -> Dataset:
    dataset_withdraw(dataset=dataset, actor=world.people["MDA"]["verifier"], reason={"en": "Once more"})
    return dataset


def test_a_slice_is_told_of_a_withdrawal_only_if_it_lost_something(three: World) -> None:
    opened(three, to="KAZ", slice={"CITIZENSHIP": ["UKR"]})
    opened(three, to="UKR", **SLICE)
    dataset = Dataset.objects.select_related("owner", "indicator").get(code="MDA_REFUGEES")
    dataset_withdraw(dataset=dataset, actor=three.people["MDA"]["verifier"], reason={"en": "Recount"})
    assert numbers(three, three.viewer("KAZ")) == []
    assert numbers(three, three.viewer("UKR")) == [4]
