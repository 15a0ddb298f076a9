"""A grant opens a dataset on every surface at once, and its end closes all of them at the next request."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import AudienceKind
from registry.services.access import grant_revoke
from registry.services.documentation import documentation_write
from search.services.indexing import index_rebuild
from tests.conftest import World
from tests.registry.seen import now_is, opened

pytestmark = pytest.mark.thorough

QUERY = '{ cube(indicator: "REFUGEES") { values } datasets(first: 9) { edges { node { code } } } }'


@pytest.fixture
def documented(world: World) -> World:
    world.release("MDA", {"MDA._T._T": [98765]})
    documentation_write(
        dataset=world.dataset("MDA"), actor=None, definition_en="census", definition_ru="перепись"
    )
    return world


def seen(world: World, who: str | None, language: str) -> set[str]:
    """The surfaces on which somebody of a participant, or a visitor, meets Moldova's dataset."""
    client = Client(headers={"accept-language": language})
    if who:
        client.force_login(world.people[who]["user"])
    statistics = f"/{language}/statistics/"
    page = client.get(f"{statistics}REFUGEES/").content.decode()
    table = csv.DictReader(StringIO(client.get(f"{statistics}REFUGEES/data.csv").content.decode("utf-8-sig")))
    answer = client.post("/graphql/", {"query": QUERY}, content_type="application/json").json()["data"]
    word = {"en": "census", "ru": "перепись"}[language]
    found: dict[str, Any] = {
        "page": "98765" in page.replace(",", "").replace("\xa0", "") or "documentation-MDA" in page,
        "csv": any(row["OBS_VALUE"] == "98765" for row in table),
        "cube": 98765 in answer["cube"]["values"],
        "datasets": answer["datasets"]["edges"] != [],
        "search": "documentation-MDA_REFUGEES"
        in client.get(f"/{language}/search/?q={word}").content.decode(),
        "feed": b"MDA_REFUGEES" in client.get(f"{statistics}feed/").content,
    }
    return {name for name, is_seen in found.items() if is_seen}


FOR_READERS = {"page", "csv", "cube", "datasets", "search"}
GRANTS = {
    "one": ({"to": "KAZ"}, {"KAZ": FOR_READERS}),
    "participants": (
        {"audience": AudienceKind.PARTICIPANTS},
        {"KAZ": FOR_READERS, "UKR": FOR_READERS},
    ),
    "public": (
        {"audience": AudienceKind.PUBLIC},
        dict.fromkeys(("KAZ", "UKR", None), FOR_READERS | {"feed"}),
    ),
}


@pytest.mark.parametrize("name", GRANTS)
def test_a_grant_with_a_span_and_its_revocation(
    documented: World, language: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    options, expected = GRANTS[name]
    now = timezone.now()
    given = opened(documented, starts_at=now + timedelta(1), ends_at=now + timedelta(2), **options)
    index_rebuild()
    nothing: dict[str | None, set[str]] = {who: set() for who in ("KAZ", "UKR", None)}
    for days, meets in ((0.5, nothing), (1.5, nothing | expected), (2.5, nothing)):
        with monkeypatch.context() as patched:
            now_is(patched, now + timedelta(days))
            assert {who: seen(documented, who, language) for who in nothing} == meets, days
    grant_revoke(grant=given, actor=documented.people["MDA"]["administrator"])
    with monkeypatch.context() as patched:
        now_is(patched, now + timedelta(1.5))
        assert {who: seen(documented, who, language) for who in nothing} == nothing
        assert seen(documented, "MDA", language) == FOR_READERS
