"""Asking for access and answering, in the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.models import AccessGrant, AccessRequest, Participant
from registry.services.request import request_create, request_decline
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn
from tests.registry.seen import ALL, rows

PAGE = "/admin/data/requests/"
NEW = f"{PAGE}new/REFUGEES/"


def ask(
    world: World, who: str = "KAZ", owner: str = "MDA", message: str = "For our yearbook"
) -> AccessRequest:
    return request_create(
        indicator=world.indicator,
        owner=world.participants[owner],
        actor=world.people[who]["administrator"],
        message=message,
    )


def test_an_administrator_asks(world: World, signed_in: SignedIn) -> None:
    client = signed_in("KAZ", "administrator")
    page = client.get(f"{NEW}?owner=MDA").text
    assert '<option value="MDA" selected>' in page
    assert '<option value="KAZ"' not in page
    response = client.post(NEW, {"owner": "MDA", "message": "For our yearbook"})
    assert response["Location"] == f"{PAGE}made/"
    [request] = AccessRequest.objects.all()
    assert (request.indicator, request.owner.code, request.participant.code, request.message) == (
        world.indicator,
        "MDA",
        "KAZ",
        "For our yearbook",
    )
    # The second time it is refused in words, and what was typed stays
    again = client.post(NEW, {"owner": "MDA", "message": "Once more"})
    assert "You have asked already; the answer is awaited." in again.text
    assert "Once more" in again.text
    assert AccessRequest.objects.count() == 1


@pytest.mark.parametrize("person", ["submitter", "verifier", "user"])
def test_others_read_but_do_not_ask(world: World, signed_in: SignedIn, person: str) -> None:
    client = signed_in("KAZ", person)
    page = client.get(NEW).text
    assert "not open to you" in page
    assert 'name="message"' not in page
    refused = client.post(NEW, {"owner": "MDA", "message": "x"})
    assert "Only the administrator of a participant may ask for access in its name." in refused.text
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"owner": "", "message": "x"}, "This field is required."),
        ({"owner": "NOBODY", "message": "x"}, "Select a valid choice."),
        ({"owner": "KAZ", "message": "x"}, "Select a valid choice."),
        ({"owner": "MDA", "message": ""}, "This field is required."),
        ({"owner": "MDA", "message": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    world: World, signed_in: SignedIn, fields: dict[str, Any], message: str
) -> None:
    response = signed_in("KAZ", "administrator").post(NEW, fields)
    assert response.status_code == 200
    assert message in response.text
    assert not AccessRequest.objects.exists()


def test_hidden_and_absent_indicators_cannot_be_asked_for(world: World, signed_in: SignedIn) -> None:
    world.indicator.owner = world.participants["MDA"]
    world.indicator.save()
    world.release("MDA", ALL)
    client = signed_in("KAZ", "administrator")
    answers = [client.get(f"{PAGE}new/{code}/").status_code for code in ("REFUGEES", "NOTHING")]
    assert answers == [404, 404]


def test_a_third_participant_sees_nothing_of_it(world: World, signed_in: SignedIn) -> None:
    request = ask(world)
    client = signed_in("UKR", "administrator")
    for path in (f"{PAGE}{request.pk}/", f"{PAGE}999/", f"{PAGE}{'9' * 30}/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"decline": "1", "answer": "No"}).status_code == 404
    for path in (PAGE, f"{PAGE}made/"):
        assert f"{PAGE}{request.pk}/" not in client.get(path).text
    request.refresh_from_db()
    assert request.state == "open"
    assert Client().get(f"{PAGE}{request.pk}/").status_code == 302


def test_the_lists_hold_what_was_received_and_made(world: World, signed_in: SignedIn) -> None:
    request = ask(world)
    link = f"{PAGE}{request.pk}/"
    found = {
        (who, path): link in signed_in(who, "user").get(PAGE + path).text
        for who in ("MDA", "KAZ")
        for path in ("", "made/")
    }
    assert found == {("MDA", ""): True, ("MDA", "made/"): False, ("KAZ", ""): False, ("KAZ", "made/"): True}
    # And the menu tells how many wait for an answer
    assert "Requests for access (1)" in signed_in("MDA", "user").get("/admin/").text
    assert "Requests for access (" not in signed_in("KAZ", "user").get("/admin/").text


def test_the_owner_grants(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", ALL)
    world.dataset("UKR")
    request = ask(world)
    client = signed_in("MDA", "administrator")
    path = f"{PAGE}{request.pk}/"
    assert "MDA_REFUGEES" in client.get(path).text
    assert "UKR_REFUGEES" not in client.get(path).text
    empty = client.post(path, {"level": "data", "grant": "1"})
    assert "Choose at least one dataset to open." in empty.text
    client.post(
        path, {"datasets": [world.dataset("MDA").pk], "level": "data", "answer": "Gladly", "grant": "1"}
    )
    [grant] = AccessGrant.objects.all()
    assert (grant.participant.code, grant.level, grant.is_reciprocal, grant.slice) == (
        "KAZ",
        "data",
        False,
        {},
    )
    assert rows(world.viewer("KAZ"), world.indicator) == ALL
    answered = signed_in("KAZ", "user").get(path).text
    assert "Gladly" in answered
    assert 'name="answer"' not in client.get(path).text
    late = client.post(path, {"level": "data", "answer": "No", "decline": "1"})
    assert "The request was answered already." in late.text


def test_the_owner_declines(world: World, signed_in: SignedIn) -> None:
    request = ask(world)
    path = f"{PAGE}{request.pk}/"
    client = signed_in("MDA", "administrator")
    assert "there is nothing to open" in client.get(path).text
    silent = client.post(path, {"level": "data", "decline": "1"})
    assert "Say why the request is declined." in silent.text
    client.post(path, {"level": "data", "answer": "Not <b>this</b> year", "decline": "1"})
    request.refresh_from_db()
    assert request.state == "declined"
    assert "Not &lt;b&gt;this&lt;/b&gt; year" in signed_in("KAZ", "user").get(path).text


@pytest.mark.parametrize(("who", "person"), [("MDA", "submitter"), ("MDA", "user"), ("KAZ", "administrator")])
def test_only_the_owners_administrator_answers(
    world: World, signed_in: SignedIn, who: str, person: str
) -> None:
    world.release("MDA", ALL)
    request = ask(world)
    client = signed_in(who, person)
    path = f"{PAGE}{request.pk}/"
    assert 'name="answer"' not in client.get(path).text
    refused = client.post(path, {"level": "data", "answer": "No", "decline": "1"})
    assert "Only the administrator of the owner may do this." in refused.text
    request.refresh_from_db()
    assert request.state == "open"
    assert not AccessGrant.objects.exists()


@pytest.mark.parametrize(("code", "name"), [("en", "Refugees"), ("ru", "Беженцы")])
def test_pages_exist_in_both_languages(world: World, signed_in: SignedIn, code: str, name: str) -> None:
    request = ask(world)
    with translation.override(code):
        for path in (PAGE, f"{PAGE}{request.pk}/", NEW, f"{PAGE}new/"):
            page = signed_in("MDA", "administrator").get(path, headers={"accept-language": code})
            assert name in page.text


def test_the_number_of_queries_is_fixed(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "administrator")
    for path in (PAGE, NEW):
        counts = []
        for _again in range(2):
            for who in ("KAZ", "UKR", "UNHCR"):
                request_decline(
                    request=ask(world, who), actor=world.people["MDA"]["administrator"], answer="No"
                )
                AccessRequest.objects.update(answered_at=None)
            code = f"Z{Participant.objects.count()}"
            Participant.objects.create(code=code, kind="state", name_en=code, name_ru=code)
            client.get(path)
            with CaptureQueriesContext(connection) as found:
                client.get(path)
            counts.append(len(found))
        assert counts[0] == counts[1], path
