"""Who sees what, through every door: anonymous, own, other with and without grant and reciprocity."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import AccessGrant, AudienceKind, Level
from registry.services.access import grant_create, grant_revoke
from registry.services.documentation import documentation_write
from tests.subgraph.conftest import FIGURES

EVERYTHING = """
query {
  datasets(first: 10) { edges { node { code indicator { code } currentRelease { number } } } totalCount }
  documentation(first: 10) { edges { node { datasetCode } } totalCount }
  cube(indicator: "REFUGEES") { values sources { datasetCode } }
  observations(indicator: "REFUGEES", first: 100) { edges { node { seriesKey period value } } }
  _entities(representations: [{__typename: "Dataset", code: "MDA_REFUGEES"}]) {
    ... on Dataset { code currentRelease { number } }
  }
}
"""
NOTHING = {
    "datasets": [],
    "releases": [],
    "documentation": [],
    "values": [],
    "observations": 0,
    "entity": None,
}
DOCUMENTED = {
    "datasets": ["MDA_REFUGEES"],
    "releases": [None],
    "documentation": ["MDA_REFUGEES"],
    "values": [],
    "observations": 0,
    "entity": {"code": "MDA_REFUGEES", "currentRelease": None},
}
ALL = {
    "datasets": ["MDA_REFUGEES"],
    "releases": [{"number": 1}],
    "documentation": ["MDA_REFUGEES"],
    # In the order of the code lists: in total, Kazakhstan, Ukraine.
    "values": [100, 120, None, 90, 40, 50, 60, 70, None, 7, 0, 8],
    "observations": 10,
    "entity": {"code": "MDA_REFUGEES", "currentRelease": {"number": 1}},
}
TOTALS = {**ALL, "values": [100, 120, None, 90], "observations": 3}
LADDER = AudienceKind.PARTICIPANT, AudienceKind.PARTICIPANTS, AudienceKind.PUBLIC


@pytest.fixture
def confidential(world: Any) -> Any:
    world.release("MDA", FIGURES)
    documentation_write(
        dataset=world.dataset("MDA"), actor=world.people["MDA"]["administrator"], definition_en="Recognised"
    )
    return world


@pytest.fixture
def seen(data: Any, confidential: Any) -> Any:
    def seen(participant: str | None) -> dict[str, Any]:
        """What a participant sees of Moldova's figures, through every field at once."""
        user = confidential.people[participant]["user"] if participant else None
        answer = data(EVERYTHING, user=user)
        own = participant not in (None, "MDA")
        nodes = [edge["node"] for edge in answer["datasets"]["edges"]]
        nodes = [node for node in nodes if not own or node["code"] != f"{participant}_REFUGEES"]
        assert answer["documentation"]["totalCount"] == len(answer["documentation"]["edges"])
        assert answer["datasets"]["totalCount"] == len(answer["datasets"]["edges"])
        return {
            "datasets": [node["code"] for node in nodes],
            "releases": [node["currentRelease"] for node in nodes],
            "documentation": [edge["node"]["datasetCode"] for edge in answer["documentation"]["edges"]],
            "values": answer["cube"]["values"],
            "observations": len(answer["observations"]["edges"]),
            "entity": answer["_entities"][0],
        }

    return seen


def grant(world: Any, audience: AudienceKind, to: str | None = None, **options: Any) -> AccessGrant:
    return grant_create(
        dataset=world.dataset("MDA"),
        actor=world.people["MDA"]["administrator"],
        audience=audience,
        participant=world.participants[to] if to else None,
        **options,
    )


def test_figures_are_their_owners_until_opened(seen: Any) -> None:
    assert {viewer: seen(viewer) for viewer in (None, "MDA", "KAZ", "UNHCR")} == {
        None: NOTHING,
        "MDA": ALL,
        "KAZ": NOTHING,
        "UNHCR": NOTHING,
    }


@pytest.mark.parametrize(
    ("audience", "to", "open_to"),
    [
        (AudienceKind.PUBLIC, None, {None, "MDA", "KAZ", "UNHCR"}),
        (AudienceKind.PARTICIPANTS, None, {"MDA", "KAZ", "UNHCR"}),
        (AudienceKind.PARTICIPANT, "KAZ", {"MDA", "KAZ"}),
    ],
)
def test_a_grant_opens_to_its_audience_until_revoked(
    confidential: Any, seen: Any, audience: AudienceKind, to: str | None, open_to: set[str | None]
) -> None:
    viewers = (None, "MDA", "KAZ", "UNHCR")
    given = grant(confidential, audience, to, is_reciprocal=False)
    assert {viewer: seen(viewer) for viewer in viewers} == {
        viewer: ALL if viewer in open_to else NOTHING for viewer in viewers
    }
    grant_revoke(grant=given, actor=confidential.people["MDA"]["administrator"])
    assert {viewer: seen(viewer) for viewer in viewers} == {
        viewer: ALL if viewer == "MDA" else NOTHING for viewer in viewers
    }


@pytest.mark.parametrize(
    ("audience", "to"), [(AudienceKind.PARTICIPANT, "KAZ"), (AudienceKind.PARTICIPANTS, None)]
)
def test_reciprocity_opens_only_to_those_who_released_too(
    confidential: Any, seen: Any, data: Any, audience: AudienceKind, to: str | None
) -> None:
    # Given a grant on condition of reciprocity
    grant(confidential, audience, to, is_reciprocal=True)
    assert [seen(viewer) for viewer in (None, "KAZ", "UKR")] == [NOTHING, NOTHING, NOTHING]
    # When Kazakhstan releases figures of the indicator, it is not enough until it opens them to somebody
    confidential.release("KAZ", {"KAZ._T._T": [5]})
    assert seen("KAZ")["datasets"] == []
    grant_create(
        dataset=confidential.dataset("KAZ"),
        actor=confidential.people["KAZ"]["administrator"],
        audience=AudienceKind.PARTICIPANT,
        participant=confidential.participants["UNHCR"],
    )
    # Then Kazakhstan sees Moldova's beside its own, and others still nothing
    user = confidential.people["KAZ"]["user"]
    cube = data(EVERYTHING, user=user)["cube"]
    assert [source["datasetCode"] for source in cube["sources"]] == ["MDA_REFUGEES", "KAZ_REFUGEES"]
    assert sum(value for value in cube["values"] if value is not None) == 545 + 5
    assert [seen(viewer) for viewer in (None, "UKR")] == [NOTHING, NOTHING]


def test_a_slice_opens_nothing_but_itself(confidential: Any, seen: Any) -> None:
    grant(confidential, AudienceKind.PUBLIC, slice={"CITIZENSHIP": ["_T"]})
    assert (seen(None), seen("MDA")) == (TOTALS, ALL)


def test_documentation_can_be_open_while_figures_are_not(confidential: Any, seen: Any) -> None:
    grant(confidential, AudienceKind.PUBLIC, level=Level.DOCUMENTATION)
    assert (seen(None), seen("MDA")) == (DOCUMENTED, ALL)


def test_hidden_and_absent_are_the_same(confidential: Any, ask: Any) -> None:
    # Given an indicator of Moldova's own, with nothing in it for others
    indicator = confidential.indicator
    indicator.owner = confidential.participants["MDA"]
    indicator.save()
    query = """query($c: String!) {
        indicator(code: $c) { code }
        cube(indicator: $c) { values }
        observations(indicator: $c, first: 1) { edges { cursor } }
        datasets(first: 1, indicator: $c) { totalCount }
        documentation(first: 1, indicator: $c) { totalCount }
        _entities(representations: [{__typename: "Indicator", code: "REFUGEES"}]) { __typename }
    }"""
    # When others and its owner ask for it, and for one that does not exist
    hidden = ask(query, {"c": "REFUGEES"}, user=confidential.people["KAZ"]["user"])
    absent = ask(query, {"c": "ABSENT"}, user=confidential.people["KAZ"]["user"])
    own = ask(query, {"c": "REFUGEES"}, user=confidential.people["MDA"]["user"])
    # Then others cannot tell the difference
    assert hidden == absent
    assert hidden["data"]["indicator"] is None
    assert own["data"]["indicator"] == {"code": "REFUGEES"}


def test_a_dataset_keeps_quiet_about_an_indicator_out_of_use(confidential: Any, data: Any) -> None:
    confidential.indicator.is_active = False
    confidential.indicator.save()
    (edge,) = data(EVERYTHING.split("documentation")[0] + "}", user=confidential.people["MDA"]["user"])[
        "datasets"
    ]["edges"]
    assert edge["node"]["indicator"] is None


def test_filters_tell_nothing_about_hidden_figures(confidential: Any, data: Any) -> None:
    grant(confidential, AudienceKind.PUBLIC, slice={"CITIZENSHIP": ["_T"]})
    query = """query($f: [DimensionFilter!]) {
        cube(indicator: "REFUGEES", filters: $f) { sizes values dimensions { code } }
        observations(indicator: "REFUGEES", first: 5, filters: $f) {
            edges { cursor } pageInfo { hasNextPage } } }"""
    hidden = data(query, {"f": [{"dimension": "CITIZENSHIP", "codes": ["KAZ"]}]})
    absent = data(query, {"f": [{"dimension": "CITIZENSHIP", "codes": ["XXX"]}]})
    assert hidden == absent
    assert hidden["cube"]["values"] == []
