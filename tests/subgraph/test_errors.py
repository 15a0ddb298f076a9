"""Errors: closed codes, the caller's language, nothing told about the inside."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from registry.errors import Conflict, Invalid, NotAllowed
from subgraph.errors import ErrorCode
from subgraph.queries import indicator as indicator_query
from tests.subgraph.conftest import post

QUERY = 'query Secret { indicator(code: "A") { code } }'


def fail_with(monkeypatch: Any, exception: Exception) -> None:
    def fail(**_: Any) -> None:
        raise exception

    monkeypatch.setattr(indicator_query, "indicator_list", fail)


def test_an_unknown_exception_is_masked_and_logged(ask: Any, monkeypatch: Any, caplog: Any) -> None:
    # Given a resolver that breaks with something telling
    fail_with(monkeypatch, RuntimeError('relation "secret_table" does not exist'))
    # When it is asked
    with caplog.at_level(logging.ERROR, logger="subgraph"):
        (error,) = ask(QUERY)["errors"]
    # Then the caller learns an id, and the log has the rest under that id
    assert error["message"] == "Something went wrong here. Tell us the id if it lasts."
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["path"] == ["indicator"]
    assert "secret_table" not in str(error)
    (record,) = caplog.records
    assert error["extensions"]["id"] in record.getMessage()
    assert "secret_table" in str(record.exc_info)


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (Invalid("No %(thing)s.", thing="x"), "BAD_USER_INPUT"),
        (NotAllowed("No %(thing)s.", thing="x"), "FORBIDDEN"),
        (Conflict("No %(thing)s.", thing="x"), "CONFLICT"),
    ],
)
def test_refusals_of_the_registry_keep_their_text(
    error: Any, monkeypatch: Any, exception: Any, code: str
) -> None:
    fail_with(monkeypatch, exception)
    assert error(QUERY) == (code, "No x.")


@pytest.mark.parametrize("text", ["a\0b", "\0", "ok\ud800", "\udfff"])
def test_signs_that_no_database_stores_are_refused(client: Any, text: str) -> None:
    escaped = "".join(f"\\u{ord(sign):04x}" for sign in text)
    query = "query($c: String!) { indicator(code: $c) { code } }"
    variables = f'{{"query": "{query}", "variables": {{"c": "{escaped}"}}}}'
    response = post(client, variables.encode())
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    literal = {"query": '{ indicator(code: "' + escaped + '") { code } }'}
    code = post(client, literal).json()["errors"][0]["extensions"]["code"]
    assert code == ("BAD_USER_INPUT" if "\0" in text else "GRAPHQL_PARSE_FAILED")


@pytest.mark.parametrize(
    "variables", [{"r": [{"__typename": "Indicator", "code": "a\0"}]}, {"r": [{"\0": 1}]}]
)
def test_such_signs_are_found_at_any_depth(error: Any, variables: Any) -> None:
    query = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }"
    assert error(query, variables)[0] == "BAD_USER_INPUT"


def test_every_code_is_in_the_closed_list(error: Any, world: Any) -> None:
    queries = [
        "{",
        "{ x }",
        "{ participants { totalCount } }",
        "{ participants(first: 1000000) { edges { cursor } } }",
    ]
    assert [error(query)[0] for query in queries] == [
        ErrorCode.GRAPHQL_PARSE_FAILED,
        ErrorCode.GRAPHQL_VALIDATION_FAILED,
        ErrorCode.BAD_USER_INPUT,
        ErrorCode.QUERY_TOO_COMPLEX,
    ]


RUSSIAN = {
    "{": "Не удалось прочитать запрос: Syntax Error: Expected Name, found <EOF>.",
    "{ x }": "Запрос не соответствует схеме: Cannot query field 'x' on type 'Query'.",
    "{ participants { totalCount } }": "Укажите либо first, либо last — от 1 до 100.",
    "{ participants(first: 0) { totalCount } }": "Значение first должно быть от 1 до 100, а не 0.",
    '{ cube(indicator: "", filters: [{dimension: "S", codes: []}, {dimension: "S", codes: []}]){sizes} }': (
        "Измерение «S» отфильтровано дважды."
    ),
}


@pytest.mark.parametrize("query", RUSSIAN)
def test_messages_are_in_the_callers_language(error: Any, world: Any, query: str) -> None:
    english, russian = error(query, language="en"), error(query, language="ru")
    assert russian == (english[0], RUSSIAN[query])
    assert not any("а" <= sign <= "я" for sign in english[1])


def test_a_kept_answer_of_the_validation_is_not_in_the_last_callers_language(error: Any) -> None:
    answers = [error("{ y }", language=language)[1] for language in ("ru", "en", "ru")]
    assert answers[0] == answers[2] != answers[1]
