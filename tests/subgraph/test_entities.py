"""Federation: things by their keys, in batches, seen by whoever asks."""

from __future__ import annotations

from typing import Any

import pytest

QUERY = """query($r: [_Any!]!) { _entities(representations: $r) { __typename
    ... on Indicator { code } ... on Dataset { code } ... on Participant { code } } }"""


def reference(typename: str, code: Any) -> dict[str, Any]:
    return {"__typename": typename, "code": code}


def test_the_order_is_that_of_the_references(public_world: Any, data: Any) -> None:
    asked = [
        reference("Participant", "UKR"),
        reference("Dataset", "MDA_REFUGEES"),
        reference("Indicator", "ABSENT"),
        reference("Participant", "MDA"),
        reference("Indicator", "REFUGEES"),
        reference("Participant", "UKR"),
    ]
    found = data(QUERY, {"r": asked})["_entities"]
    assert found == [item if item["code"] != "ABSENT" else None for item in asked]


def test_queries_do_not_grow_with_the_references(
    public_world: Any, data: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 33):
        asked = [
            reference(kind, code)
            for _ in range(count)
            for kind, code in (("Participant", "MDA"), ("Dataset", "MDA_REFUGEES"), ("Indicator", "REFUGEES"))
        ]
        with django_assert_num_queries(7):
            data(QUERY, {"r": asked})


def test_at_most_100_references(public_world: Any, error: Any) -> None:
    asked = [reference("Participant", "MDA")] * 101
    assert error(QUERY, {"r": asked}) == (
        "BAD_USER_INPUT",
        "At most 100 representations are resolved at once.",
    )


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"code": "MDA"},
        reference("Query", "MDA"),
        reference("Participant", 1),
        reference("Participant", None),
        reference("Participant", ["MDA"]),
        {"__typename": ["Participant"], "code": "MDA"},
        "Participant",
        None,
        [],
    ],
)
def test_a_bad_reference_is_the_callers_mistake(public_world: Any, ask: Any, bad: Any) -> None:
    answer = ask(QUERY, {"r": [bad]})
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_the_language_is_that_of_the_request(public_world: Any, data: Any) -> None:
    query = QUERY.replace("... on Participant { code }", "... on Participant { name { text } }")
    names = [
        data(query, {"r": [reference("Participant", "KAZ")]}, language=language)["_entities"][0]["name"][
            "text"
        ]
        for language in ("en", "ru")
    ]
    assert names == ["Kazakhstan", "Казахстан"]
