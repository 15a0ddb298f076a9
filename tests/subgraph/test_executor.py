"""The short cut for lists gives what the engine gives, and leaves to it what is not plain."""

from __future__ import annotations

from typing import Any

import pytest

from subgraph.executor import PlainListExecutor
from subgraph.types import participant
from tests.subgraph.conftest import OPERATIONS, Ask
from tests.subgraph.test_operations import VARIABLES

UNUSUAL = {
    "aliases": "{ participants(first: 3) { e: edges { n: node { a: code b: code name { t: text } } } } }",
    "fragments": """{ participants(first: 3) { edges { ...E } } }
        fragment E on ParticipantEdge { node { ...N ... on Participant { kind } name { servedLocale } } }
        fragment N on Participant { code name { text } }""",
    "left out": """{ participants(first: 3) { edges { node {
        code @skip(if: true) kind @include(if: false) areaCode
        name @include(if: true) { text @skip(if: true) isFallback }
    } } } }""",
    "names of types": "{ participants(first: 3) { edges { __typename node { __typename code } } } }",
    "lists in lists": """{ indicators(first: 3) { edges { node {
        frequencies dimensions { code label { text } } } } } }""",
    "schema": '{ __type(name: "Dataset") { fields { name type { kind ofType { name } } } } }',
}


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether there was a plan, for every list."""
    made: list[bool] = []
    original = PlainListExecutor._plan

    def counted(self: Any, output: Any, details: Any) -> Any:
        plan = original(self, output, details)
        made.append(plan is not None)
        return plan

    monkeypatch.setattr(PlainListExecutor, "_plan", counted)
    return made


def without_short_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlainListExecutor, "_plan", lambda *_: None)


@pytest.mark.parametrize("name", sorted({**UNUSUAL, **VARIABLES}.keys() - {"search", "entities"}))
def test_both_ways_give_the_same(
    public_world: Any, library: Any, data: Ask, monkeypatch: pytest.MonkeyPatch, plans: list[bool], name: str
) -> None:
    query = UNUSUAL.get(name) or OPERATIONS[name]
    variables = {**VARIABLES.get(name, {}), **({"locale": "RU"} if name in OPERATIONS else {})}
    short = data(query, variables)
    assert any(plans) or name in ("schema", "term")  # which hold no list
    without_short_cut(monkeypatch)
    assert data(query, variables) == short


def test_a_null_where_there_must_be_none_is_the_engines_business(
    public_world: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participant, "localized", lambda *_: None)
    query = "{ participants(first: 1) { edges { node { code name { text } } } } }"
    (error,) = ask(query)["errors"]
    assert error["path"] == ["participants", "edges", 0, "node", "name"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
