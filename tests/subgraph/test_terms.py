"""The glossary over the API: filters, pages, one term, entities."""

from __future__ import annotations

from typing import Any

from registry.models import Term

CODES = "query ($topic: TermTopic) { terms(first: 10, topic: $topic) { edges { node { code } } totalCount } }"


def test_terms_are_narrowed_by_topic(glossary: Any, data: Any) -> None:
    found = data(CODES, {"topic": "MEASURE"})["terms"]
    assert [edge["node"]["code"] for edge in found["edges"]] == ["flow", "stock"]
    assert data(CODES, {"topic": "DATA"})["terms"] == {"edges": [], "totalCount": 0}


def test_a_missing_version_is_served_in_the_other_language(glossary: Any, data: Any) -> None:
    query = '{ term(code: "flow", locale: EN) { definition { text servedLocale isFallback } otherForms } }'
    assert data(query)["term"] == {
        "definition": {"text": "Сколько прибыло.", "servedLocale": "RU", "isFallback": True},
        "otherForms": [],
    }
    assert data('{ term(code: "absent") { code } }')["term"] is None


def test_entities_resolve_terms(glossary: Any, data: Any) -> None:
    keys = [{"__typename": "Term", "code": code} for code in ("stock", "no-such")]
    query = "query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Term { code url } } }"
    assert data(query, {"keys": keys})["_entities"] == [
        {"code": "stock", "url": "/en/glossary/#term-stock"},
        None,
    ]


def test_the_number_of_queries_does_not_grow(
    glossary: dict[str, Term], data: Any, django_assert_num_queries: Any
) -> None:
    for number in range(60):
        row = Term.objects.create(code=f"t-{number:02}", topic="data", name_en="T", name_ru="Т")
        row.related.add(glossary["stock"])
    with django_assert_num_queries(3):
        answer = data("terms", {"first": 60, "locale": "EN"})["terms"]
    assert (len(answer["edges"]), answer["totalCount"]) == (60, 62)
