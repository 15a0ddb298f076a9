from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import Client
from pytest_django import Settings

from registry.services.documentation import documentation_write
from search.services.indexing import index_rebuild
from tests.conftest import World, make_indicator


def text_of(content: bytes) -> str:
    main = re.search(r"<main.*?</main>", content.decode(), re.DOTALL)
    assert main
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main.group())).split())


@pytest.fixture
def indexed(world: World) -> World:
    actor = world.people["KAZ"]["administrator"]
    documentation_write(dataset=world.dataset("KAZ"), actor=actor, definition_ru="По данным переписи")
    index_rebuild()
    return world


@pytest.mark.parametrize(("language", "title"), [("en", "Refugees"), ("ru", "<mark>Беженцы</mark>")])
def test_hits_are_shown_with_marks_and_links(
    indexed: World, client: Client, language: str, title: str
) -> None:
    response = client.get(f"/{language}/search/", {"q": "беженцев"})
    content = response.content.decode()
    assert f'<a href="/{language}/statistics/REFUGEES/" lang="{language}">{title}</a>' in content
    assert "Kazakhstan" not in content
    assert "Казахстан" not in content
    assert "private" in response["Cache-Control"]


def test_the_owner_finds_the_documentation_marked_with_its_language(indexed: World, client: Client) -> None:
    client.force_login(indexed.people["KAZ"]["user"])
    shown = client.get("/en/search/", {"q": "refugees kazakhstan"})
    assert "In Русский only" in text_of(shown.content)
    assert 'lang="ru">По данным переписи' in shown.content.decode()
    both = text_of(client.get("/en/search/", {"q": "refugees"}).content)
    assert "All 2 Indicators 1 Data documentation 1 2 results" in both
    one = text_of(client.get("/en/search/", {"q": "refugees", "kind": "indicator"}).content)
    assert "All 2 Indicators 1 Data documentation 1 1 result " in one


def test_an_empty_query_is_met_with_a_hint(indexed: World, client: Client) -> None:
    for query in ("", "   ", "\0"):
        shown = text_of(client.get("/en/search/", {"q": query}).content)
        assert "Enter one or several words" in shown
        assert "result" not in shown.lower().replace("kind of result", "")


def test_nothing_found_is_met_with_help(indexed: World, client: Client) -> None:
    shown = text_of(client.get("/en/search/", {"q": "zzz", "kind": "page"}).content)
    assert "Nothing was found for “zzz”." in shown
    assert "Search in everything" in shown


@pytest.mark.parametrize(
    "address",
    [
        "?q=refugees&page=0",
        "?q=refugees&page=-1",
        "?q=refugees&page=x",
        "?q=refugees&page=٣",
        "?q=refugees&kind=zzz",
        "?q=%00refugees",
        "?q=%ff",
        "?q=" + "refugees+" * 5000,
        '?q="(((',
        "?page=9999999999999",
        "?q=refugees&page=999",
    ],
)
def test_no_address_is_an_error(indexed: World, client: Client, address: str) -> None:
    assert client.get(f"/en/search/{address}").status_code == 200


def test_a_query_cannot_bring_markup(indexed: World, client: Client) -> None:
    shown = client.get("/en/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in shown


def test_pages_of_results(world: World, client: Client, codelists: dict) -> None:
    for number in range(44):
        make_indicator(f"X{number}", (f"Migrants {number}", f"Мигранты {number}"), codelists)
    index_rebuild()
    first = client.get("/en/search/", {"q": "migrants"}).content.decode()
    assert "44 results" in text_of(first.encode())
    assert 'rel="next" href="?q=migrants&amp;page=2"' in first
    assert 'rel="prev"' not in first
    last = client.get("/en/search/", {"q": "migrants", "page": "3"}).content.decode()
    assert "Page 3 of 3" in text_of(last.encode())
    assert last.count("search-result__title") == 4
    assert 'rel="prev" href="?q=migrants&amp;page=2"' in last
    assert 'rel="next"' not in last


def test_without_an_index_the_page_says_so(world: World, client: Client, index_folder: Path) -> None:
    response = client.get("/en/search/", {"q": "refugees"})
    assert response.status_code == 503
    assert "The search is not available at the moment." in text_of(response.content)
    assert str(index_folder) not in response.content.decode()
    assert client.post("/en/search/", {"q": "refugees"}).status_code == 405


def test_a_server_that_cannot_be_used_is_an_error_at_start(settings: Settings) -> None:
    assert "search.E001" not in {message.id for message in run_checks()}
    settings.SEARCH_URL = "http://127.0.0.1:9200"
    assert "search.E001" in {message.id for message in run_checks()}
