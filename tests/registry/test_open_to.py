"""Why somebody sees figures or not: told without a trace of what is hidden."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import AudienceKind, Level
from registry.selectors.access import Openness, OpenTo, Standing, open_to_viewer
from registry.selectors.availability import datasets_documented
from registry.selectors.indicator import indicator_with_dimensions
from registry.services.access import grant_revoke
from registry.services.release import dataset_withdraw
from registry.services.request import request_create, request_decline
from tests.conftest import World
from tests.registry.seen import ALL, now_is, opened

pytestmark = pytest.mark.thorough

PARTICIPANTS, PUBLIC = AudienceKind.PARTICIPANTS, AudienceKind.PUBLIC


def told(world: World, who: str) -> OpenTo:
    viewer = world.viewer(who)
    indicator = indicator_with_dimensions(viewer=viewer, code="REFUGEES")
    assert indicator is not None
    rows = datasets_documented(viewer=viewer, indicator=indicator)
    found = open_to_viewer(viewer=viewer, indicator=indicator, documented=rows)
    assert found is not None
    return found


def openness(world: World, who: str) -> dict[str, Openness]:
    return {row.owner.code: row.openness for row in told(world, who).owners}


CLOSED = dict.fromkeys(("MDA", "UKR", "UNHCR"), Openness.CLOSED)


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ([{"to": "KAZ"}], Openness.OPEN),
        ([{"audience": PARTICIPANTS}], Openness.OPEN),
        ([{"audience": PUBLIC}], Openness.OPEN),
        ([{"to": "KAZ", "slice": {"SEX": ["F"]}}], Openness.PART),
        ([{"audience": PUBLIC, "slice": {"SEX": ["F"]}}, {"to": "KAZ"}], Openness.OPEN),
        ([{"audience": PUBLIC, "slice": {"SEX": ["F"]}}, {"to": "UKR"}], Openness.PART),
        ([{"to": "KAZ", "level": Level.DOCUMENTATION}], Openness.DOCUMENTATION),
        ([{"to": "KAZ", "slice": {"CITIZENSHIP": ["XXA"]}}], Openness.DOCUMENTATION),
        ([{"to": "KAZ", "is_reciprocal": True}], Openness.CLOSED),
        ([{"to": "UKR"}], Openness.CLOSED),
        ([], Openness.CLOSED),
    ],
)
def test_each_owner_with_how_much_it_opened(world: World, grants: list[dict], expected: Openness) -> None:
    world.release("MDA", ALL)
    for grant in grants:
        opened(world, **grant)
    assert openness(world, "KAZ") == {**CLOSED, "MDA": expected}


def test_a_span_and_a_revocation_count_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.release("MDA", ALL)
    end = timezone.now() + timedelta(days=1)
    given = opened(world, to="KAZ", ends_at=end)
    assert openness(world, "KAZ")["MDA"] is Openness.OPEN
    with monkeypatch.context() as patched:
        now_is(patched, end)
        assert openness(world, "KAZ")["MDA"] is Openness.CLOSED
    grant_revoke(grant=given, actor=world.people["MDA"]["administrator"])
    assert openness(world, "KAZ")["MDA"] is Openness.CLOSED


def test_ones_own_standing(world: World) -> None:
    assert told(world, "KAZ").standing is Standing.LACKS
    world.release("KAZ", {"KAZ._T._T": [1]})
    assert told(world, "KAZ").standing is Standing.KEEPS
    opened(world, "KAZ", to="UKR")
    assert told(world, "KAZ").standing is Standing.SHARES
    assert told(world, "UKR").standing is Standing.LACKS


def test_a_participants_own_indicator_has_one_owner(world: World) -> None:
    world.indicator.owner = world.participants["MDA"]
    world.indicator.save()
    world.release("MDA", ALL)
    opened(world, to="KAZ")
    assert openness(world, "KAZ") == {"MDA": Openness.OPEN}


PAGES = ("/{}/statistics/REFUGEES/", "/admin/data/requests/new/REFUGEES/", "/admin/data/requests/new/")


def pages(world: World, language: str, person: str = "administrator") -> list[bytes]:
    """What a person of Kazakhstan reads about the indicator, without what is random in each answer."""
    client = Client(headers={"accept-language": language})
    client.force_login(world.people["KAZ"][person])
    texts = []
    for path in PAGES:
        response = client.get(path.format(language))
        assert response.status_code == 200
        texts.append(re.sub(rb'csrf[^>]{0,60}value="\w+"|"[A-Za-z0-9]{64}"', b"", response.content))
    return texts


@pytest.mark.parametrize("person", ["administrator", "user"])
def test_hidden_figures_change_nothing(world: World, language: str, person: str) -> None:
    """Two worlds: in the second Moldova has figures, documentation, readers, releases and a withdrawal."""
    world.release("KAZ", {"KAZ._T._T": [1]})
    asked = request_create(
        indicator=world.indicator,
        owner=world.participants["MDA"],
        actor=world.people["KAZ"]["administrator"],
        message="Please",
    )
    request_decline(request=asked, actor=world.people["MDA"]["administrator"], answer="No")
    without = pages(world, language, person)
    world.release("MDA", ALL)
    assert pages(world, language, person) == without
    opened(world, to="UKR")
    opened(world, audience=PARTICIPANTS, is_reciprocal=True)
    opened(world, to="KAZ", is_reciprocal=True, level=Level.DOCUMENTATION)
    opened(world, to="KAZ", starts_at=timezone.now() + timedelta(days=1))
    world.release("MDA", {**ALL, "MDA._T.F": [11, 21], "MDA.XXA.F": [1]}, reason={"en": "More", "ru": "Ещё"})
    assert pages(world, language, person) == without
    dataset_withdraw(
        dataset=world.dataset("MDA"), actor=world.people["MDA"]["verifier"], reason={"en": "Recount"}
    )
    assert pages(world, language, person) == without
    # While what is opened does change it, so the comparison can fail
    opened(world, to="KAZ", level=Level.DOCUMENTATION)
    assert pages(world, language, person) != without


def test_the_page_tells_each_owner_in_words(world: World, language: str) -> None:
    world.release("MDA", ALL)
    opened(world, to="KAZ", slice={"SEX": ["F"]})
    text = pages(world, language)[0].decode()
    assert text.count('<tr><th scope="row">') >= 3
    if language == "en":
        assert "open to you in part" in text
        assert "You have not released this indicator." in text
    assert 'href="/admin/data/requests/new/REFUGEES/?owner=UKR"' in text
    # Who may not ask is not offered it, and a visitor sees nothing of this
    assert "requests/new" not in pages(world, language, "user")[0].decode()
    anonymous = Client().get(f"/{language}/statistics/REFUGEES/").content.decode()
    assert "open-to" not in anonymous


def test_an_administrator_for_one_indicator_asks_nobody(world: World) -> None:
    world.release("MDA", ALL)
    held = world.people["KAZ"]["administrator"].role_assignments
    assert held.update(indicator=world.indicator) == 1
    assert world.viewer("KAZ", "administrator").administers_participant
    assert "requests/new" not in pages(world, "en")[0].decode()


def test_the_column_of_access_is_there_for_who_has_something_to_do_in_it(world: World) -> None:
    world.release("MDA", ALL)
    assert '<th scope="col">Access</th>' in pages(world, "en")[0].decode()
    assert '<th scope="col">Access</th>' not in pages(world, "en", "user")[0].decode()
