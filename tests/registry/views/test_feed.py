"""The Atom feeds: what everybody sees changed, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import AudienceKind
from registry.services.access import grant_revoke
from registry.services.release import dataset_withdraw
from tests.conftest import World
from tests.registry.seen import ALL, now_is, opened

ATOM = "{http://www.w3.org/2005/Atom}"
PUBLIC = AudienceKind.PUBLIC
REASON = {"en": "Recount <of> 98765", "ru": "Пересчёт"}


def get(language: str, code: str = "", **headers: str) -> HttpResponse:
    path = f"/{language}/statistics/{code}/feed/" if code else f"/{language}/statistics/feed/"
    return Client().get(path, headers=headers)  # type: ignore[return-value]


def entries(language: str, code: str = "") -> list[dict[str, Any]]:
    feed = ElementTree.fromstring(get(language, code).content)
    return [
        {child.tag.removeprefix(ATOM): child.text for child in entry} for entry in feed.iter(f"{ATOM}entry")
    ]


@pytest.mark.parametrize("code", ["", "REFUGEES"])
def test_public_changes_are_told_without_figures(world: World, language: str, code: str) -> None:
    opened(world, audience=PUBLIC)
    world.release("MDA", ALL)
    world.release("MDA", {**ALL, "MDA.UKR.F": [5, 15]}, reason=REASON)
    later, earlier = entries(language, code)
    name = {"en": "Refugees", "ru": "Беженцы"}[language]
    owner = {"en": "Republic of Moldova", "ru": "Республика Молдова"}[language]
    assert name in later["title"]
    assert owner in earlier["title"]
    assert later["id"].endswith(f"/{language}/statistics/REFUGEES/#MDA_REFUGEES-2")
    assert earlier["id"].endswith("#MDA_REFUGEES-1")
    # Readers take it for HTML
    expected = {"en": "Recount &lt;of&gt; 98765", "ru": "Пересчёт"}[language]
    assert later["summary"].endswith(expected)
    assert get(language, code)["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert get(language, code)["Content-Language"] == language


def test_what_is_not_public_is_not_told(world: World, language: str) -> None:
    empty = get(language).content
    opened(world, to="KAZ")
    opened(world, audience=AudienceKind.PARTICIPANTS)
    opened(world, audience=PUBLIC, level="documentation")
    opened(world, audience=PUBLIC, starts_at=timezone.now() + timedelta(days=1))
    opened(world, audience=PUBLIC, slice={"CITIZENSHIP": ["XXA"]})
    world.release("MDA", ALL)
    assert get(language).content == empty
    # Nor to those who see it: a feed is for everybody
    client = Client()
    client.force_login(world.people["MDA"]["user"])
    response = client.get(f"/{language}/statistics/feed/")
    assert response.content == empty
    assert "no-store" in response["Cache-Control"]


def test_a_span_is_kept_and_a_revocation_counts_at_the_next_request(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    given = opened(world, audience=PUBLIC, starts_at=now + timedelta(1), ends_at=now + timedelta(2))
    world.release("MDA", ALL)
    found = []
    for days in (0, 1.5, 2.5):
        with monkeypatch.context() as patched:
            now_is(patched, now + timedelta(days))
            found.append(len(entries("en")))
    assert found == [0, 1, 0]
    grant_revoke(grant=given, actor=world.people["MDA"]["administrator"])
    with monkeypatch.context() as patched:
        now_is(patched, now + timedelta(1.5))
        assert entries("en") == []


def test_a_withdrawal_is_told_with_its_reason(world: World) -> None:
    opened(world, audience=PUBLIC)
    world.release("MDA", ALL)
    dataset_withdraw(
        dataset=world.dataset("MDA"),
        actor=world.people["MDA"]["verifier"],
        reason={"en": "Wrong register", "ru": "Не тот регистр"},
    )
    assert entries("en")[0]["title"] == "Figures withdrawn: Refugees, Republic of Moldova"
    assert entries("en")[0]["summary"].endswith("Wrong register")


def test_an_unchanged_feed_is_not_sent_again(world: World, language: str) -> None:
    given = opened(world, audience=PUBLIC)
    world.release("MDA", ALL)
    first = get(language)
    assert "Last-Modified" not in first  # it could not tell of a revocation
    assert set(first["Cache-Control"].split(", ")) == {"public", "no-cache"}
    again = {"If-None-Match": first["ETag"]}
    assert get(language, **again).status_code == 304
    grant_revoke(grant=given, actor=world.people["MDA"]["administrator"])
    assert get(language, **again).status_code == 200
    empty = get(language)
    assert get(language, **{"If-None-Match": empty["ETag"]}).status_code == 304


def test_hidden_and_absent_indicators_have_no_feed(world: World, language: str) -> None:
    world.indicator.owner = world.participants["MDA"]
    world.indicator.save()
    world.release("MDA", ALL)
    assert get(language, "REFUGEES").status_code == get(language, "NOTHING").status_code == 404
    opened(world, audience=PUBLIC)
    assert get(language, "REFUGEES").status_code == 200


def test_feeds_only_read_and_are_linked_from_the_pages(world: World, language: str) -> None:
    assert Client().post(f"/{language}/statistics/feed/").status_code == 405
    for path, feeds in (("", ["feed/"]), ("REFUGEES/", ["feed/", "REFUGEES/feed/"])):
        text = Client().get(f"/{language}/statistics/{path}").content.decode()
        for feed in feeds:
            assert f'href="/{language}/statistics/{feed}"' in text


def test_the_number_of_queries_is_fixed(world: World) -> None:
    counts = []
    for owner in ("MDA", "KAZ", "UKR"):
        opened(world, owner, audience=PUBLIC)
        world.release(owner, {f"{owner}._T._T": [1]})
        with CaptureQueriesContext(connection) as found:
            assert len(entries("en")) == len(counts) + 1
        counts.append(sum("registry_" in query["sql"] for query in found))
    assert counts == [1, 1, 1]
