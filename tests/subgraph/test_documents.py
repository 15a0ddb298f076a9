"""Documents over the API: filters, pages, and the same walls as everywhere."""

from __future__ import annotations

from typing import Any

import pytest

CODES = """query ($kind: DocumentKind, $topic: String, $participant: String, $year: Int, $language: String,
  $hasFile: Boolean) {
  documents(first: 10, kind: $kind, topic: $topic, participant: $participant, year: $year,
    language: $language, hasFile: $hasFile) { edges { node { code } } totalCount } }"""


def codes(answer: Any) -> list[str]:
    found = [edge["node"]["code"] for edge in answer["documents"]["edges"]]
    assert answer["documents"]["totalCount"] == len(found)
    return found


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["law-1", "law-2"]),
        ({"kind": "LEGISLATION"}, ["law-1", "law-2"]),
        ({"kind": "FORM"}, []),
        ({"topic": "laws"}, ["law-1", "law-2"]),
        ({"topic": "books"}, []),
        ({"participant": "MDA"}, ["law-1"]),
        ({"year": 2002}, ["law-2"]),
        ({"year": 2003}, []),
        ({"language": "ru"}, ["law-1", "law-2"]),
        ({"language": "en"}, []),
        ({"hasFile": True}, ["law-1"]),
        ({"hasFile": False}, ["law-2"]),
    ],
)
def test_documents_are_narrowed(library: Any, data: Any, filters: Any, expected: list[str]) -> None:
    assert codes(data(CODES, filters)) == expected


def test_hidden_documents_are_seen_by_their_owner_alone(world: Any, library: Any, data: Any) -> None:
    one = '{ document(code: "law-3") { code } }'
    related = '{ document(code: "law-1") { related { code } } }'
    counts = "{ documentTopics { topic { code } documentCount } }"
    seen = {}
    for who in (None, "KAZ", "MDA"):
        user = world.people[who]["user"] if who else None
        seen[who] = (
            codes(data(CODES, user=user)),
            data(one, user=user)["document"],
            [item["code"] for item in data(related, user=user)["document"]["related"]],
            [item["documentCount"] for item in data(counts, user=user)["documentTopics"]],
        )
    open_to_all = (["law-1", "law-2"], None, ["law-2"], [2, 2])
    assert seen[None] == seen["KAZ"] == open_to_all
    assert seen["MDA"] == (["law-1", "law-2", "law-3"], {"code": "law-3"}, ["law-2", "law-3"], [3, 3])


def test_entities_resolve_visible_documents_only(library: Any, data: Any) -> None:
    keys = [{"__typename": "Document", "code": code} for code in ("law-2", "law-3", "no-such")]
    query = "query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on Document { code } } }"
    assert data(query, {"keys": keys})["_entities"] == [{"code": "law-2"}, None, None]


def test_a_cursor_belongs_to_its_filter(library: Any, data: Any, error: Any) -> None:
    query = "query ($after: String, $year: Int) { documents(first: 1, after: $after, year: $year) {"
    query += " edges { node { code } } pageInfo { endCursor hasNextPage } } }"
    first = data(query)["documents"]
    assert (first["edges"][0]["node"]["code"], first["pageInfo"]["hasNextPage"]) == ("law-1", True)
    cursor = first["pageInfo"]["endCursor"]
    assert data(query, {"after": cursor})["documents"]["edges"][0]["node"]["code"] == "law-2"
    assert error(query, {"after": cursor, "year": 2001})[0] == "BAD_USER_INPUT"


def test_the_number_of_queries_does_not_grow(
    world: Any, library: Any, data: Any, django_assert_max_num_queries: Any
) -> None:
    from cms.services.documents import document_create

    for number in range(10, 40):
        document_create(
            participant=world.participants["KAZ"],
            actor=None,
            code=f"law-{number}",
            kind="form",
            audience="public",
            title_en="T",
            title_ru="Т",
            summary_en="S",
            summary_ru="С",
            topics=library["law-1"].topics.all(),
            indicators=[world.indicator],
            related=[library["law-1"]],
        )
    with django_assert_max_num_queries(9):
        answer = data("documents", {"first": 40, "locale": "EN"})
    assert len(answer["documents"]["edges"]) == 32
