"""The history of an indicator's releases, and vintages as pages and files."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from registry.models import AudienceKind, Release
from tests.conftest import World
from tests.registry.seen import opened
from tests.registry.test_vintage import REASON, SLICE, three  # noqa: F401 - a fixture
from tests.registry.views.conftest import Get

pytestmark = pytest.mark.usefixtures("three")


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_vintage_is_a_page_and_a_file(world: World, get_as: Get, language: str) -> None:
    opened(world, audience=AudienceKind.PUBLIC)
    now, then = get_as("REFUGEES/"), get_as("REFUGEES/?dataset=MDA_REFUGEES&as_of=1")
    banner = {"en": "Superseded figures.", "ru": "Устаревшие данные."}[language]
    assert (now.status_code, then.status_code) == (200, 200)
    assert (banner in text(now), banner in text(then)) == (False, True)
    changed = {"en": "98,125", "ru": "98\xa0125"}[language]
    assert (changed in text(now), changed in text(then)) == (True, False)
    # The form, the links and the downloads stay in the vintage
    assert 'name="as_of" value="1"' in text(then)
    assert "data.csv?dataset=MDA_REFUGEES&amp;as_of=1" in text(then)
    table = get_as("REFUGEES/data.csv?dataset=MDA_REFUGEES&as_of=1&CITIZENSHIP=_T")
    rows = csv.DictReader(StringIO(table.content.decode("utf-8-sig")))
    assert [row["OBS_VALUE"] for row in rows] == ["100", "120"]
    document = json.loads(get_as("REFUGEES/data.json?dataset=MDA_REFUGEES&as_of=2").content)
    assert document["value"] == [100, 98125, 40, 50]
    second = Release.objects.get(number=2)
    assert document["updated"].startswith(second.released_at.strftime("%Y-%m-%dT%H:%M:%S"))


def test_the_last_release_says_that_nothing_has_changed_since(
    world: World,
    get_as: Get,
    language: str,
) -> None:
    opened(world, audience=AudienceKind.PUBLIC)
    page = text(get_as("REFUGEES/?dataset=MDA_REFUGEES&as_of=3"))
    assert {"en": "Nothing has changed since.", "ru": "С тех пор ничего не изменилось."}[language] in page


@pytest.mark.parametrize(
    "query", ["as_of=2", "dataset=MDA_REFUGEES&as_of=4", "dataset=X&as_of=1", "dataset=MDA_REFUGEES&as_of=-1"]
)
def test_what_is_hidden_reads_like_what_is_not_there(
    world: World,
    get_as: Get,
    query: str,
    language: str,
) -> None:
    opened(world, to="KAZ", **SLICE)
    hidden = get_as("REFUGEES/?dataset=MDA_REFUGEES&as_of=2", participant="KAZ")
    absent = get_as(f"REFUGEES/?{query}", participant="KAZ")
    assert (hidden.status_code, absent.status_code) == (400, 400)
    problem = {"en": "that you could read", "ru": "доступного вам"}[language]
    assert (problem in text(hidden), problem in text(absent)) == (True, True)
    assert not any(figure in text(hidden) for figure in ("98125", "98,125", "98\xa0125"))
    assert get_as(f"REFUGEES/data.csv?{query}", participant="KAZ").status_code == 400


def test_the_history_page_lists_what_may_be_read(world: World, get_as: Get, language: str) -> None:
    opened(world, to="KAZ", **SLICE)
    pages = [text(get_as("REFUGEES/history/", participant=who)) for who in ("MDA", "KAZ", None)]
    assert [page.count("as_of=") for page in pages] == [3, 2, 0]
    nothing = {
        "en": "No figures of this indicator are open to you.",
        "ru": "Открытых вам данных по этому показателю нет.",
    }
    assert nothing[language] in pages[-1]
    assert get_as("NO_SUCH/history/").status_code == 404


def test_pages_ask_no_more_the_more_releases_there_are(
    world: World, client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any
) -> None:
    opened(world, audience=AudienceKind.PUBLIC)
    address = "/en/statistics/REFUGEES/history/"
    client.get(address)
    with django_assert_max_num_queries(12) as first:
        client.get(address)
    for value in range(5):
        world.release("MDA", {"MDA._T._T": [value]}, reason=REASON)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(address)
