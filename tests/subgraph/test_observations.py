"""Observations: every cell once, in order, page by page, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import Observation
from registry.selectors import observation
from tests.subgraph.conftest import FIGURES, open_to_all

QUERY = """query($first: Int!, $after: String, $from: Period, $to: Period, $filters: [DimensionFilter!]) {
  observations(indicator: "REFUGEES", first: $first, after: $after, from: $from, to: $to, filters: $filters) {
    edges { cursor node { seriesKey period value status source { datasetCode } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest.fixture
def two_sources(world: Any) -> Any:
    world.dataset("UNHCR")
    world.dataset("KAZ")
    world.dataset("MDA", is_official=True)
    world.release("UNHCR", {"MDA._T._T": [1, 2, 3], "KAZ.UKR._T": [4]})
    world.release("KAZ", {"KAZ._T._T": [9]})
    world.release("MDA", FIGURES, statuses={"MDA._T._T": {2: "Q", 3: "P"}})
    for owner in ("MDA", "UNHCR", "KAZ"):
        open_to_all(world, owner)
    return world


def pages(data: Any, first: int, **variables: Any) -> list[tuple[Any, ...]]:
    """All cells, page after page."""
    found: list[tuple[Any, ...]] = []
    after = None
    while True:
        page = data(QUERY, {"first": first, "after": after, **variables})["observations"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        nodes = [edge["node"] for edge in page["edges"]]
        assert 0 < len(nodes) <= first
        found += [
            (
                node["source"]["datasetCode"][:3],
                node["seriesKey"],
                node["period"],
                node["value"],
                node["status"],
            )
            for node in nodes
        ]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        assert len(nodes) == first


EXPECTED = [
    ("MDA", "MDA.KAZ._T", "2010", "40", None),
    ("MDA", "MDA.KAZ._T", "2011", "50", None),
    ("MDA", "MDA.KAZ._T", "2012", "60", None),
    ("MDA", "MDA.KAZ._T", "2013", "70", None),
    ("MDA", "MDA.UKR._T", "2011", "7", None),
    ("MDA", "MDA.UKR._T", "2012", "0", None),
    ("MDA", "MDA.UKR._T", "2013", "8", None),
    ("MDA", "MDA._T._T", "2010", "100", None),
    ("MDA", "MDA._T._T", "2011", "120", None),
    ("MDA", "MDA._T._T", "2012", None, "Q"),
    ("MDA", "MDA._T._T", "2013", "90", "P"),
    ("KAZ", "KAZ._T._T", "2010", "9", None),
    ("UNH", "KAZ.UKR._T", "2010", "4", None),
    ("UNH", "MDA._T._T", "2010", "1", None),
    ("UNH", "MDA._T._T", "2011", "2", None),
    ("UNH", "MDA._T._T", "2012", "3", None),
]


@pytest.mark.parametrize("branches", [300, 1])
@pytest.mark.parametrize("first", [1, 2, 3, 5, 15, 16, 17, 100])
def test_every_cell_comes_once_in_order(
    two_sources: Any, data: Any, first: int, branches: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr(observation, "_BRANCHES", branches)
    assert pages(data, first) == EXPECTED
    assert len(EXPECTED) == Observation.objects.visible_to(two_sources.viewer(None)).count()


@pytest.mark.parametrize("first", [1, 2, 100])
@pytest.mark.parametrize(
    ("start", "end"), [("2011", None), (None, "2011"), ("2012", "2012"), ("2011", "2012")]
)
def test_the_window_cuts_cells(
    two_sources: Any, data: Any, first: int, start: str | None, end: str | None
) -> None:
    variables = {"from": start, "to": end}
    wanted = [cell for cell in EXPECTED if (start or "") <= cell[2] <= (end or "9999")]
    assert pages(data, first, **variables) == wanted


def test_filters_cut_series(two_sources: Any, data: Any) -> None:
    filters = [{"dimension": "CITIZENSHIP", "codes": ["UKR"]}]
    assert pages(data, 2, filters=filters) == [cell for cell in EXPECTED if ".UKR." in cell[1]]


def test_nothing_is_an_empty_page(two_sources: Any, data: Any) -> None:
    page = data(QUERY, {"first": 5, "from": "2050"})["observations"]
    info = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert page == {"edges": [], "pageInfo": info}


@pytest.mark.parametrize("first", [1, 100])
def test_queries_do_not_grow_with_the_figures(
    two_sources: Any, data: Any, first: int, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        data(QUERY, {"first": first})
    two_sources.release(
        "MDA",
        {f"MDA.{code}.{sex}": list(range(220)) for code in ("KAZ", "UKR", "XXA") for sex in "FM"},
        start=1801,
    )
    with django_assert_num_queries(5):
        data(QUERY, {"first": first})


def test_a_page_stays_in_place_while_figures_come_and_go(two_sources: Any, data: Any) -> None:
    # Given a page that ends within a series
    page = data(QUERY, {"first": 2})["observations"]
    # When that series and those before it are corrected
    two_sources.release("MDA", {"MDA.XXA._T": [1], **FIGURES, "MDA.KAZ._T": [40, 50, 61]})
    # Then the next page goes on behind the last cell seen
    after = page["pageInfo"]["endCursor"]
    (edge, *_rest) = data(QUERY, {"first": 2, "after": after})["observations"]["edges"]
    node = edge["node"]
    assert (node["seriesKey"], node["period"], node["value"]) == ("MDA.KAZ._T", "2012", "61")


def test_a_cursor_belongs_to_its_list(two_sources: Any, data: Any, error: Any) -> None:
    cursor = data(QUERY, {"first": 2})["observations"]["pageInfo"]["endCursor"]
    message = (
        "This cursor does not belong here: it comes from another list, or from the same with other arguments."
    )
    for variables in ({"from": "2011"}, {"filters": [{"dimension": "SEX", "codes": ["F"]}]}):
        assert error(QUERY, {"first": 2, "after": cursor, **variables}) == ("BAD_USER_INPUT", message)


@pytest.mark.parametrize("first", [0, -1, 101, 2_147_483_647])
def test_the_page_has_1_to_100(two_sources: Any, error: Any, first: int) -> None:
    code, message = error(QUERY, {"first": first})
    assert code in ("BAD_USER_INPUT", "QUERY_TOO_COMPLEX")
    if first < 1000:
        assert message == f"first must be from 1 to 100, and not {first}."
