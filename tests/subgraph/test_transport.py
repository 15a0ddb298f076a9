"""GraphQL over HTTP, to the letter; who is known by a cookie, and what may be kept."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from django.test import Client

from tests.subgraph.conftest import post

JSON = "application/json; charset=utf-8"
GRAPHQL_JSON = "application/graphql-response+json; charset=utf-8"
HELLO = {"query": "{ __typename }"}


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", GRAPHQL_JSON),
        ("application/json;q=0.4, application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json;q=0.4, application/json", JSON),
    ],
)
def test_the_answer_has_the_media_type_accepted(
    client: Client, accept: str | None, content_type: str
) -> None:
    response = post(client, HELLO, **({"Accept": accept} if accept else {}))
    assert (response.status_code, response["Content-Type"]) == (200, content_type)
    assert orjson.loads(response.content) == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("accept", ["text/html", "application/jsonx"])
def test_no_acceptable_media_type_is_406(client: Client, accept: str) -> None:
    response = post(client, HELLO, Accept=accept)
    assert response.status_code == 406
    assert orjson.loads(response.content)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/jsonx",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "",
    ],
)
def test_another_request_type_is_415(client: Client, content_type: str) -> None:
    response = client.post("/graphql/", orjson.dumps(HELLO), content_type=content_type)
    assert response.status_code == 415


def test_uploads_are_not_taken_here(client: Client) -> None:
    response = client.post("/graphql/", {"operations": "{}", "map": "{}"})
    assert response.status_code == 415


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_other_methods_are_405(client: Client, method: str) -> None:
    response = getattr(client, method)("/graphql/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("size", [100_001, 5_000_000])
def test_a_large_body_is_413(client: Client, size: int) -> None:
    body = orjson.dumps({"query": "{ __typename }", "pad": "x" * size})
    assert post(client, body).status_code == 413


def test_a_body_longer_than_announced_is_never_read_whole(rf: Any) -> None:
    from subgraph.view import Refused, _body

    request = rf.post("/graphql/", b"x" * 200_000, content_type="application/json")
    request.META["CONTENT_LENGTH"] = ""
    request._read_started = False
    with pytest.raises(Refused) as refused:
        _body(request)
    assert refused.value.status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"{ __typename }"',
        b"{}",
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "{ __typename }", "extensions": "x"}',
        b'[{"query": "{ __typename }"}]',
        b'\xff{"query": "{ __typename }"}',
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
def test_what_is_no_request_is_400_without_data(client: Client, body: bytes, accept: str) -> None:
    response = post(client, body, Accept=accept)
    answer = orjson.loads(response.content)
    assert response.status_code == 400
    assert (list(answer), answer["errors"][0]["extensions"]["code"]) == (["errors"], "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query($c: String!) { indicator(code: $c) { code } }", {}, "BAD_USER_INPUT"),
        ("query($c: String!) { indicator(code: $c) { code } }", {"c": 1}, "BAD_USER_INPUT"),
        ("query A { __typename } query B { __typename }", None, "BAD_REQUEST"),
        ("mutation { x }", None, "BAD_REQUEST"),
        ("subscription { x }", None, "BAD_REQUEST"),
    ],
)
def test_a_request_that_is_not_executed_has_no_data(
    client: Client, query: str, variables: dict[str, Any] | None, code: str
) -> None:
    body = {"query": query, "variables": variables}
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        response = post(client, body, Accept=accept)
        answer = orjson.loads(response.content)
        assert (response.status_code, list(answer)) == (status, ["errors"])
        assert answer["errors"][0]["extensions"]["code"] == code


def test_what_was_executed_in_part_is_200_with_data(client: Client, world: Any) -> None:
    query = "{ __typename participants(first: 0) { totalCount } }"
    response = post(client, {"query": query}, Accept="application/graphql-response+json")
    assert response.status_code in (200, 400)
    assert orjson.loads(response.content)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_the_named_operation_is_executed(client: Client) -> None:
    query = "query A { a: __typename } query B { b: __typename }"
    response = post(client, {"query": query, "operationName": "B"})
    assert orjson.loads(response.content) == {"data": {"b": "Query"}}


def test_answers_to_known_callers_are_not_kept(client: Client, world: Any) -> None:
    anonymous = post(client, HELLO)
    client.force_login(world.people["MDA"]["user"])
    known = post(client, HELLO)
    assert "Cache-Control" not in anonymous
    assert known["Cache-Control"] == "no-store"
    for response in (anonymous, known):
        varied = {name.strip() for name in response["Vary"].split(",")}
        assert varied >= {"Accept", "Accept-Language", "Authorization", "Cookie"}


def test_a_session_needs_the_csrf_token(world: Any) -> None:
    # Given somebody signed in, and a client that checks like a browser's server
    client = Client(enforce_csrf_checks=True)
    assert post(client, HELLO).status_code == 200
    client.force_login(world.people["MDA"]["user"])
    # When a page elsewhere sends a request with the cookie
    response = post(client, HELLO)
    # Then it is refused, and with the token it is not
    assert response.status_code == 403
    assert orjson.loads(response.content)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    token = re.search(
        r'name="csrfmiddlewaretoken" value="(\w+)"', Client().get("/en/account/sign-in/").content.decode()
    )
    assert token
    client.cookies["csrftoken"] = token[1]
    assert post(client, HELLO, **{"X-CSRFToken": token[1]}).status_code == 200
    assert (
        post(client, HELLO, **{"X-CSRFToken": token[1], "Origin": "https://elsewhere.example"}).status_code
        == 403
    )
