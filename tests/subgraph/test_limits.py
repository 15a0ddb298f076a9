"""What asks for too much is refused cheaply."""

from __future__ import annotations

import time
from typing import Any

import pytest
from graphql import get_introspection_query

from subgraph import context
from subgraph.costs import Costs


def spread_twice(count: int, inner: str = "__typename") -> str:
    """Fragments, each spread twice in the one before: 2**count ways down."""
    parts = ["{ ...F0 }"]
    for at in range(count):
        parts.append(f"fragment F{at} on Query {{ ...F{at + 1} ... on Query {{ ...F{at + 1} }} }}")
    parts.append(f"fragment F{count} on Query {{ {inner} }}")
    return " ".join(parts)


def test_fragments_spread_twice_take_linear_time(ask: Any) -> None:
    started = time.perf_counter()
    answer = ask(spread_twice(22))
    assert time.perf_counter() - started < 1
    assert answer["errors"][0]["message"].startswith("The query costs 4194304, and at most 25000 is allowed.")
    assert ask(spread_twice(12)) == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "query",
    [
        "{ __typename }" + " " * 15_000,
        "{ __typename } #" + "x" * 15_000,
        "{" + " __typename" * 2_000 + "}",
        "{" + " code" * 501 + "}",
        "{" + "a{" * 51 + "b" + "}" * 51 + "}",
        "{ indicator(code: " + "[" * 60 + "]" * 60 + ") { code } }",
        "{ indicators(first: 1) { edges { node " + "{ owner " * 11 + "{ code }" + "}" * 11 + "} } }",
        "{" + " ".join(f"a{at}: __typename" for at in range(31)) + "}",
        "{ __typename " + "@skip(if: false) " * 51 + "}",
        "{ __typename } " + " ".join(f"fragment F{at} on Query {{ __typename }}" for at in range(51)),
        spread_twice(49, "a { " * 13 + "b" + " }" * 13),
    ],
    ids=[
        "characters",
        "comment",
        "tokens",
        "fields",
        "brackets",
        "lists",
        "depth",
        "aliases",
        "directives",
        "fragments",
        "depth through fragments",
    ],
)
def test_structure_is_limited_before_validation(query: str, error: Any) -> None:
    started = time.perf_counter()
    code, _message = error(query)
    assert (code, time.perf_counter() - started < 1) == ("QUERY_TOO_COMPLEX", True)


def test_a_fragment_within_itself_is_refused(error: Any) -> None:
    assert (
        error("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }")[0]
        == "GRAPHQL_VALIDATION_FAILED"
    )


def test_the_root_has_few_fields(error: Any) -> None:
    query = "{" + " ".join(f'a{at}: indicator(code: "A") {{ code }}' for at in range(21)) + "}"
    assert error(query) == (
        "QUERY_TOO_COMPLEX",
        "The query is too large: at most 20 fields of the query root are allowed.",
    )


def cost_of(query: str, variables: dict[str, Any] | None = None) -> int:
    from graphql import parse

    from subgraph.schema import schema

    return Costs(schema._schema, parse(query), None, variables or {}).total()


NODE = "edges { node { code } }"  # 3: edges, node, code


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        (f"{{ indicators(first: 7) {{ {NODE} }} }}", None, 1 + 7 * 3),
        (f"{{ indicators(last: 7) {{ {NODE} }} }}", None, 1 + 7 * 3),
        (f"{{ indicators {{ {NODE} }} }}", None, 1 + 100 * 3),
        (f"query($n: Int) {{ indicators(first: $n) {{ {NODE} }} }}", {"n": 9}, 1 + 9 * 3),
        (f"query($n: Int = 8) {{ indicators(first: $n) {{ {NODE} }} }}", {}, 1 + 8 * 3),
        (f"query($n: Int) {{ indicators(first: $n) {{ {NODE} }} }}", {}, 1 + 100 * 3),
        (f"query($n: Int) {{ indicators(first: $n) {{ {NODE} }} }}", {"n": "x"}, 1 + 100 * 3),
        (f"query($n: Int) {{ indicators(first: $n) {{ {NODE} }} }}", {"n": -5}, 1),
        ("{ indicators(first: 1) { totalCount } }", None, 1 + 101),
        (
            f"{{ ...F ...F }} fragment F on Query {{ indicators(first: 2) {{ {NODE} }} }}",
            None,
            2 * (1 + 2 * 3),
        ),
        (
            "query($r: [_Any!]!) { _entities(representations: $r) { ... on Indicator { code } } }",
            {"r": [{}] * 9},
            1 + 9,
        ),
        ('{ cube(indicator: "A") { values } }', None, 5_001 + 1),
    ],
)
def test_cost(query: str, variables: dict[str, Any] | None, cost: int) -> None:
    assert cost_of(query, variables) == cost


def test_an_expensive_query_is_refused_before_it_is_run(
    error: Any, django_assert_num_queries: Any, db: None
) -> None:
    query = "{" + " ".join(f'c{at}: cube(indicator: "A") {{ values }}' for at in range(5)) + "}"
    with django_assert_num_queries(0):
        code, message = error(query)
    assert (code, message) == (
        "QUERY_TOO_COMPLEX",
        "The query costs 25010, and at most 25000 is allowed. Ask for fewer fields or shorter pages.",
    )


def test_the_largest_usual_page_is_allowed(data: Any, world: Any) -> None:
    query = """{ datasets(first: 100) { edges { cursor node {
        code indicator { code name { text servedLocale isFallback }
        dimensions { code label { text servedLocale isFallback } } } owner { code name { text } }
        source { text } currentRelease { number } } } } }"""
    assert data(query) == {"datasets": {"edges": []}}


def test_tools_can_ask_for_the_schema(data: Any) -> None:
    schema = data(get_introspection_query(specified_by_url=True, input_value_deprecation=True))
    assert schema["__schema"]["queryType"]["name"] == "Query"


def test_schema_and_data_are_asked_for_separately(error: Any) -> None:
    assert error("{ __schema { queryType { name } } indicators(first: 1) { totalCount } }") == (
        "GRAPHQL_VALIDATION_FAILED",
        "Ask for the schema and for data in separate requests.",
    )


def test_at_most_ten_errors_are_told_and_each_once(ask: Any) -> None:
    many = ask("{" + " ".join(f"nothing{at}" for at in range(40)) + "}")["errors"]
    assert len(many) == 10
    same = ask("{ __typename " + "@nothing " * 40 + "}")["errors"]
    assert len([error for error in same if "nothing" in error["message"]]) == 1


def test_too_many_cells_are_refused_with_both_numbers(
    public_world: Any, error: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(context, "CELL_LIMIT", 11)
    query = '{ cube(indicator: "REFUGEES") { values } }'
    message = (
        "The table would have at least 12 cells, and at most 11 can be served at once. "
        "Choose fewer codes or periods."
    )
    assert error(query) == ("QUERY_TOO_COMPLEX", message)


def test_the_cubes_of_a_request_share_the_limit(public_world: Any, ask: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(context, "CELL_LIMIT", 23)
    answer = ask('{ a: cube(indicator: "REFUGEES") { sizes } b: cube(indicator: "REFUGEES") { sizes } }')
    assert answer["data"] == {"a": {"sizes": [1, 3, 1, 4]}, "b": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["QUERY_TOO_COMPLEX"]


def test_filters_are_limited(public_world: Any, error: Any) -> None:
    query = 'query($f: [DimensionFilter!]) { cube(indicator: "REFUGEES", filters: $f) { values } }'
    many = [{"dimension": "SEX", "codes": [f"C{at}" for at in range(501)]}]
    assert error(query, {"f": many})[0] == "BAD_USER_INPUT"
    twice = [{"dimension": "SEX", "codes": ["F"]}, {"dimension": "SEX", "codes": ["M"]}]
    assert error(query, {"f": twice}) == ("BAD_USER_INPUT", "The dimension “SEX” is filtered twice.")
