"""The page on which an owner opens a dataset, closes it, and sees it as others do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import AccessGrant, AudienceKind, AuditEvent, Level
from registry.services.access import grant_revoke
from registry.services.documentation import documentation_write
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn
from tests.registry.seen import ALL, opened, rows

PAGE = "/admin/data/datasets/MDA_REFUGEES/access/"
SECRET = {"MDA._T._T": [98765]}
PEOPLE = ("administrator", "submitter", "verifier", "user")


@pytest.fixture
def released(world: World) -> World:
    world.release("MDA", ALL)
    return world


def form(**fields: Any) -> dict[str, Any]:
    plain = {"audience": "participant", "participant": "", "level": "data", "starts_at": "", "ends_at": ""}
    return {**plain, **fields}


def post(signed_in: SignedIn, person: str = "administrator", path: str = PAGE, **fields: Any) -> HttpResponse:
    return signed_in("MDA", person).post(path, form(**fields))  # type: ignore[return-value]


def acts() -> int:
    return AuditEvent.objects.filter(action__startswith="grant.").count()


@pytest.mark.parametrize("person", PEOPLE)
def test_the_owners_people_read_it_and_its_administrator_acts(
    released: World, signed_in: SignedIn, person: str
) -> None:
    given = opened(released, to="KAZ")
    text = signed_in("MDA", person).get(PAGE).text
    assert "Kazakhstan" in text
    assert ('name="audience"' in text) is (person == "administrator")
    assert (f"{PAGE}{given.pk}/revoke/" in text) is (person == "administrator")


@pytest.mark.parametrize("path", ["", "preview/", "1/revoke/"])
def test_for_others_it_does_not_exist(released: World, signed_in: SignedIn, path: str) -> None:
    opened(released, audience=AudienceKind.PUBLIC)
    for participant in ("KAZ", "UNHCR"):
        client = signed_in(participant, "administrator")
        assert client.get(PAGE + path).status_code == 404
        assert client.post(PAGE + path, form(audience="public")).status_code in (404, 405)
    assert AccessGrant.objects.count() == 1
    assert Client().get(PAGE + path).status_code == 302


@pytest.mark.parametrize("person", ["submitter", "verifier", "user"])
def test_others_of_the_owner_open_and_close_nothing(
    released: World, signed_in: SignedIn, person: str
) -> None:
    given = opened(released, to="KAZ")
    response = post(signed_in, person, audience="public")
    assert "Only the administrator of the owner may do this." in response.text
    signed_in("MDA", person).post(f"{PAGE}{given.pk}/revoke/")
    given.refresh_from_db()
    assert given.revoked_at is None
    assert acts() == 1


def test_a_grant_is_made_as_chosen(released: World, signed_in: SignedIn) -> None:
    kaz = released.participants["KAZ"]
    response = post(
        signed_in,
        participant=kaz.pk,
        is_reciprocal="on",
        starts_at="2030-01-02T03:04",
        ends_at="2031-01-02T03:04",
        slice_SEX=["F"],
        slice_CITIZENSHIP=["KAZ", "_T"],
    )
    assert response["Location"] == PAGE
    [grant] = AccessGrant.objects.all()
    assert (grant.audience, grant.participant, grant.level, grant.is_reciprocal) == (
        "participant",
        kaz,
        "data",
        True,
    )
    assert (grant.starts_at, grant.ends_at) == (
        datetime(2030, 1, 2, 3, 4, tzinfo=UTC),
        datetime(2031, 1, 2, 3, 4, tzinfo=UTC),
    )
    assert grant.slice == {"SEX": ["F"], "CITIZENSHIP": ["KAZ", "_T"]}


def test_times_are_utc_whatever_ones_own_time_zone(released: World, signed_in: SignedIn) -> None:
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(released.people["MDA"]["administrator"])
    profile.current_time_zone = "Asia/Almaty"
    profile.save()
    post(signed_in, audience="participants", ends_at="2031-01-02T03:04")
    assert AccessGrant.objects.get().ends_at == datetime(2031, 1, 2, 3, 4, tzinfo=UTC)
    assert "03:04" in signed_in("MDA", "user").get(PAGE, headers={"accept-language": "ru"}).text or (
        "3:04" in signed_in("MDA", "user").get(PAGE).text
    )


def test_everybody_cannot_reciprocate(released: World, signed_in: SignedIn) -> None:
    post(signed_in, audience="public", is_reciprocal="on")
    assert AccessGrant.objects.get().is_reciprocal is False
    assert rows(released.viewer(None), released.indicator) == ALL


def test_reciprocity_is_ticked_at_first(released: World, signed_in: SignedIn) -> None:
    text = signed_in("MDA", "administrator").get(PAGE).text
    field = text[text.index('name="is_reciprocal"') :].partition(">")[0]
    assert "checked" in field


WRONG = {
    "nobody named": ({}, "Choose the participant."),
    "no audience": ({"audience": "nobody"}, "Select a valid choice."),
    "ends before": (
        {"audience": "public", "starts_at": "2031-01-01T00:00", "ends_at": "2030-01-01T00:00"},
        "The end must be later than the beginning.",
    ),
    "ended": ({"audience": "public", "ends_at": "2020-01-01T00:00"}, "This time has passed."),
    "no date": ({"audience": "public", "ends_at": "soon"}, "Enter a valid date/time."),
    "a code that does not occur": (
        {"audience": "public", "slice_CITIZENSHIP": ["XXA"]},
        "Select a valid choice.",
    ),
    "the owner": ({"participant": "owner"}, "Select a valid choice."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_form_comes_back_as_typed(released: World, signed_in: SignedIn, name: str) -> None:
    fields, message = WRONG[name]
    if fields.get("participant") == "owner":
        fields = {"participant": released.participants["MDA"].pk}
    response = post(signed_in, slice_SEX=["F"], **fields)
    assert response.status_code == 200
    assert message in response.text
    assert 'name="slice_SEX" value="F" checked' in response.text
    assert not AccessGrant.objects.exists()


def test_members_are_offered_that_occur_and_totals(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", {"MDA.KAZ.F": [1]})
    text = signed_in("MDA", "administrator").get(PAGE).text
    for name, codes, absent in (("CITIZENSHIP", ("KAZ", "_T"), "XXA"), ("SEX", ("F", "_T"), "M")):
        for code in codes:
            assert f'name="slice_{name}" value="{code}"' in text
        assert f'name="slice_{name}" value="{absent}"' not in text
    # The search knows them in both languages
    assert 'data-words="kaz kazakhstan казахстан"' in text


def test_a_grant_is_revoked_after_one_more_question(released: World, signed_in: SignedIn) -> None:
    given = opened(released, to="KAZ", slice={"SEX": ["F"]})
    path = f"{PAGE}{given.pk}/revoke/"
    question = signed_in("MDA", "administrator").get(path)
    assert "Female" in question.text
    assert rows(released.viewer("KAZ"), released.indicator) != {}
    assert signed_in("MDA", "administrator").post(path)["Location"] == PAGE
    assert rows(released.viewer("KAZ"), released.indicator) == {}
    # The history keeps it, and a second time is refused in words
    assert "Kazakhstan" in signed_in("MDA", "user").get(PAGE).text
    again = signed_in("MDA", "administrator")
    assert "The grant was revoked already." in again.post(path, follow=True).text
    assert acts() == 2


def test_a_grant_of_another_dataset_is_not_revoked_here(released: World, signed_in: SignedIn) -> None:
    theirs = opened(released, "KAZ", to="MDA")
    assert signed_in("MDA", "administrator").post(f"{PAGE}{theirs.pk}/revoke/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_grants_are_told_with_where_they_stand_in_time(released: World, signed_in: SignedIn) -> None:
    now = timezone.now()
    opened(released, to="KAZ")
    opened(released, to="UKR", starts_at=now + timedelta(days=1))
    opened(released, to="UNHCR", ends_at=now - timedelta(days=1))
    grant_revoke(
        grant=opened(released, audience=AudienceKind.PUBLIC), actor=released.people["MDA"]["administrator"]
    )
    text = signed_in("MDA", "user").get(PAGE).text
    standing, _mark, past = text.partition("Earlier grants")
    assert "in force" in standing
    assert "begins later" in standing
    assert "has ended" in past
    assert "revoked" in past
    ladder = standing.partition("access-grants")[0]
    assert "Kazakhstan" in ladder
    assert "Ukraine" not in ladder


def test_the_owner_sees_whether_reciprocity_is_met(released: World, signed_in: SignedIn) -> None:
    opened(released, to="KAZ", is_reciprocal=True)
    client = signed_in("MDA", "user")
    assert "does not share this indicator and does not see it now" in client.get(PAGE).text
    released.release("KAZ", {"KAZ._T._T": [1]})
    opened(released, "KAZ", to="UNHCR")
    assert "it shares this indicator and sees it now" in client.get(PAGE).text


def preview(signed_in: SignedIn, query: str, person: str = "user") -> str:
    return str(signed_in("MDA", person).get(f"{PAGE}preview/?{query}").text).replace(",", "")


NOTHING = "sees nothing of this dataset"


def test_the_preview_shows_what_each_would_get(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", {**SECRET, "MDA._T.F": [123]})
    documentation_write(dataset=world.dataset("MDA"), actor=None, definition_en="Who", definition_ru="Кто")
    for query in ("as=anonymous", "as=participant", "as=KAZ", "as=KAZ&shares=1", "", "as=NOBODY"):
        text = preview(signed_in, query)
        assert NOTHING in text
        assert "98765" not in text
    opened(world, to="KAZ", is_reciprocal=True)
    opened(world, audience=AudienceKind.PARTICIPANTS, slice={"SEX": ["F"]})
    opened(world, audience=AudienceKind.PUBLIC, level=Level.DOCUMENTATION)
    shown = {
        query: ("98765" in text, "123" in text, "Who" in text)
        for query in (
            "as=anonymous",
            "as=participant",
            "as=KAZ",
            "as=KAZ&shares=1",
            "as=participant&shares=1",
        )
        for text in [preview(signed_in, query).partition("access-verdict")[2]]
    }
    assert shown == {
        "as=anonymous": (False, False, True),
        "as=participant": (False, True, True),
        "as=KAZ": (False, True, True),
        "as=KAZ&shares=1": (True, True, True),
        "as=participant&shares=1": (False, True, True),
    }


def test_the_preview_shows_nobody_elses_figures(world: World, signed_in: SignedIn) -> None:
    """Those of the participant looked through least of all."""
    world.release("MDA", {"MDA._T._T": [5]})
    world.release("KAZ", {"KAZ._T._T": [98765]})
    opened(world, to="KAZ")
    opened(world, "UKR", to="KAZ")
    world.release("UKR", {"UKR._T._T": [98764]})
    text = preview(signed_in, "as=KAZ&dataset=KAZ_REFUGEES&as_of=1&REF_AREA=*&by_source=1")
    assert "sees these figures" in text
    assert "9876" not in text
    assert "KAZ_REFUGEES" not in text.partition("access-verdict")[2]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_page_exists_in_both_languages(released: World, signed_in: SignedIn, language: str) -> None:
    given = opened(released, to="KAZ", slice={"SEX": ["F"]})
    client = signed_in("MDA", "administrator")
    person = released.people["MDA"]["administrator"]
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(person)
    profile.preferred_language = language
    profile.save()
    name = {"en": "Kazakhstan", "ru": "Казахстан"}[language]
    for path in ("", "preview/?as=KAZ", f"{given.pk}/revoke/"):
        assert name in client.get(PAGE + path).text


def test_the_number_of_queries_is_fixed(released: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "administrator")
    counts = []
    for to in ("KAZ", "UKR", "UNHCR"):
        for _again in range(2):
            opened(released, to=to, slice={"SEX": ["F"]}, is_reciprocal=True)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as found:
            client.get(PAGE)
        counts.append(len(found))
    assert counts[0] == counts[1] == counts[2]
