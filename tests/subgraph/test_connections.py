"""Connections: one of first and last, 1 to 100; pages in both directions; cursors that cannot be made up."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import Participant
from subgraph.cursors import Cursors
from subgraph.errors import ApiError
from tests.subgraph.conftest import open_to_all

QUERY = """query($first: Int, $after: String, $last: Int, $before: String, $kind: ParticipantKind) {
  participants(first: $first, after: $after, last: $last, before: $before, kind: $kind) {
    edges { cursor node { code } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  } }"""
CODES = ["MDA", "KAZ", "UKR", "UNHCR"]  # in their order


def codes(page: Any) -> list[str]:
    return [edge["node"]["code"] for edge in page["edges"]]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 100])
@pytest.mark.parametrize("direction", ["first", "last"])
def test_pages_in_both_directions_give_everything_once(
    world: Any, data: Any, size: int, direction: str
) -> None:
    found: list[str] = []
    variables: dict[str, Any] = {direction: size}
    while True:
        page = data(QUERY, variables)["participants"]
        info = page["pageInfo"]
        assert page["totalCount"] == 4
        assert [info["startCursor"], info["endCursor"]] == [
            page["edges"][0]["cursor"],
            page["edges"][-1]["cursor"],
        ]
        found = [*found, *codes(page)] if direction == "first" else [*codes(page), *found]
        if direction == "first" and info["hasNextPage"]:
            variables["after"] = info["endCursor"]
        elif direction == "last" and info["hasPreviousPage"]:
            variables["before"] = info["startCursor"]
        else:
            break
    assert found == CODES


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "Give either first or last, from 1 to 100."),
        ({"first": 1, "last": 1}, "Give either first or last, from 1 to 100."),
        ({"before": "x"}, "Give either first or last, from 1 to 100."),
        ({"first": 1, "before": "x"}, "after goes with first, and before goes with last."),
        ({"last": 1, "after": "x"}, "after goes with first, and before goes with last."),
        ({"first": 0}, "first must be from 1 to 100, and not 0."),
        ({"first": 101}, "first must be from 1 to 100, and not 101."),
        ({"last": -1}, "last must be from 1 to 100, and not -1."),
    ],
)
def test_paging_arguments_are_checked(
    world: Any, error: Any, variables: dict[str, Any], message: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert error(QUERY, variables) == ("BAD_USER_INPUT", message)


def test_pages_stay_in_place_while_rows_come_and_go(world: Any, data: Any) -> None:
    page = data(QUERY, {"first": 2})["participants"]
    Participant.objects.create(code="ARM", kind="state", name_en="Armenia", name_ru="Армения", order=0)
    Participant.objects.filter(code="KAZ").update(is_active=False)
    after = page["pageInfo"]["endCursor"]
    assert codes(data(QUERY, {"first": 2, "after": after})["participants"]) == ["UKR", "UNHCR"]


def test_a_cursor_belongs_to_its_list_and_filter(world: Any, data: Any, error: Any) -> None:
    cursor = data(QUERY, {"first": 1})["participants"]["edges"][0]["cursor"]
    assert error(QUERY, {"first": 1, "after": cursor, "kind": "STATE"})[0] == "BAD_USER_INPUT"
    other = "query($after: String) { indicators(first: 1, after: $after) { totalCount } }"
    assert error(other, {"after": cursor})[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "====",
        "YXJyYXljb25uZWN0aW9uOjEwMDAwMDAwMDA=",
        "é",
        "\ufeff",
        "A" * 2_000,
        "AAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_a_made_up_cursor_is_the_callers_mistake(world: Any, error: Any, cursor: str) -> None:
    message = (
        "This cursor does not belong here: it comes from another list, or from the same with other arguments."
    )
    assert error(QUERY, {"first": 1, "after": cursor}) == ("BAD_USER_INPUT", message)


def test_a_changed_cursor_is_noticed() -> None:
    cursors = Cursors("list", "filter")
    cursor = cursors.encode([1, "MDA"])
    assert cursors.decode(cursor) == [1, "MDA"]
    for at, sign in enumerate(cursor[:-1]):
        changed = cursor[:at] + ("A" if sign != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(ApiError):
            cursors.decode(changed)


def test_lists_cost_the_same_whatever_their_length(
    world: Any, data: Any, django_assert_num_queries: Any
) -> None:
    query = """{ datasets(first: 100) { edges { node {
        code indicator { dimensions { code } } owner { code } currentRelease { number } } } } }"""
    for count, owner in enumerate(("MDA", "KAZ", "UKR", "UNHCR"), start=1):
        area = "MDA" if owner == "UNHCR" else owner
        world.release(owner, {f"{area}._T._T": [1]})
        open_to_all(world, owner)
        with django_assert_num_queries(4):  # datasets with owners, indicators, dimensions, releases
            assert len(data(query)["datasets"]["edges"]) == count
