"""Every kind of viewer before every kind of grant: each sees exactly its rows, however it reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from registry.access import Viewer
from registry.models import AudienceKind, Dataset, Level, Participant, Role, RoleAssignment, User
from registry.selectors.viewer import viewer_for
from registry.services.access import grant_revoke
from registry.services.documentation import documentation_write
from registry.services.release import dataset_withdraw
from tests.conftest import World, make_indicator
from tests.registry.seen import ALL, DESCRIPTION, EVERYTHING, NOTHING, opened, parts, rows

PARTICIPANTS, PUBLIC = AudienceKind.PARTICIPANTS, AudienceKind.PUBLIC
DOCUMENTATION = Level.DOCUMENTATION
OWNER = "owner owner-administrator owner-submitter"
MEMBERS = f"{OWNER} KAZ UKR"
EVERYBODY = f"{MEMBERS} observer anonymous secretariat inactive-user inactive-participant"


@pytest.fixture
def people(world: World) -> dict[str, Viewer]:
    """One viewer of each kind. UNHCR is an observer here."""
    world.release("MDA", ALL)
    documentation_write(dataset=world.dataset("MDA"), actor=None, definition_en="Who", definition_ru="Кто")
    Participant.objects.filter(code="UNHCR").update(is_observer=True)
    secretariat = User.objects.create_user("secretariat")
    RoleAssignment.objects.create(user=secretariat, role=Role.SYSTEM_ADMINISTRATOR)
    gone = User.objects.create_user("gone", participant=world.participants["KAZ"], is_active=False)
    closed = Participant.objects.create(
        code="GEO", kind="state", name_en="Georgia", name_ru="Грузия", is_active=False
    )
    left = User.objects.create_user("left", participant=closed)
    return {
        "anonymous": viewer_for(AnonymousUser()),
        "owner": world.viewer("MDA"),
        "owner-administrator": world.viewer("MDA", "administrator"),
        "owner-submitter": world.viewer("MDA", "submitter"),
        "KAZ": world.viewer("KAZ"),
        "UKR": world.viewer("UKR"),
        "observer": world.viewer("UNHCR"),
        "secretariat": viewer_for(secretariat),
        "inactive-user": viewer_for(gone),
        "inactive-participant": viewer_for(left),
    }


#: Name: what is granted, who then sees figures and all around them, who the description alone.
MATRIX: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "nothing": ([], OWNER, ""),
    "one participant": ([{"to": "KAZ"}], f"{OWNER} KAZ", ""),
    "one participant, reciprocal": ([{"to": "KAZ", "is_reciprocal": True}], OWNER, ""),
    "two participants": ([{"to": "KAZ"}, {"to": "UKR"}], f"{OWNER} KAZ UKR", ""),
    "an observer by name": ([{"to": "UNHCR"}], f"{OWNER} observer", ""),
    "participants": ([{"audience": PARTICIPANTS}], MEMBERS, ""),
    "participants, reciprocal": ([{"audience": PARTICIPANTS, "is_reciprocal": True}], OWNER, ""),
    "the public": ([{"audience": PUBLIC}], EVERYBODY, ""),
    "description to one": ([{"to": "KAZ", "level": DOCUMENTATION}], OWNER, "KAZ"),
    "description to participants": ([{"audience": PARTICIPANTS, "level": DOCUMENTATION}], OWNER, "KAZ UKR"),
    "description to the public": (
        [{"audience": PUBLIC, "level": DOCUMENTATION}],
        OWNER,
        EVERYBODY.removeprefix(OWNER),
    ),
    "description to the public, figures to one": (
        [{"audience": PUBLIC, "level": DOCUMENTATION}, {"to": "UKR"}],
        f"{OWNER} UKR",
        "KAZ observer anonymous secretariat inactive-user inactive-participant",
    ),
    "one by name, the others reciprocal": (
        [{"to": "KAZ"}, {"audience": PARTICIPANTS, "is_reciprocal": True}],
        f"{OWNER} KAZ",
        "",
    ),
}


@pytest.mark.parametrize("name", MATRIX)
def test_each_sees_exactly_its_rows(world: World, people: dict[str, Viewer], name: str) -> None:
    # Given a released dataset with these grants
    grants, figures, description = MATRIX[name]
    given = [opened(world, **grant) for grant in grants]
    # When everybody looks in every way
    assert set(people) == set(EVERYBODY.split())
    seen = {
        who: (rows(viewer, world.indicator), parts(viewer, world.dataset("MDA")))
        for who, viewer in people.items()
    }
    # Then each sees what was opened to it, and nothing else
    assert seen == {
        who: (ALL, EVERYTHING)
        if who in figures.split()
        else ({}, DESCRIPTION if who in description.split() else NOTHING)
        for who in people
    }
    # And after revocation the next read shows it to its owner alone
    for grant in given:
        grant_revoke(grant=grant, actor=world.people["MDA"]["administrator"])
    for who, viewer in people.items():
        mine = who in OWNER.split()
        assert rows(viewer, world.indicator) == (ALL if mine else {})
        assert parts(viewer, world.dataset("MDA")) == (EVERYTHING if mine else NOTHING)


def of_mda(viewer: Viewer, world: World) -> dict[str, list[Any]]:
    return {key: it for key, it in rows(viewer, world.indicator).items() if key.startswith("MDA")}


RECIPROCAL: dict[str, Callable[[World], Any]] = {
    "by name": lambda world: opened(world, to="KAZ", is_reciprocal=True),
    "among all": lambda world: opened(world, audience=PARTICIPANTS, is_reciprocal=True),
}


@pytest.mark.parametrize("name", RECIPROCAL)
def test_who_shares_the_same_indicator_sees_while_it_does(world: World, name: str) -> None:
    # Given a dataset open to those who share their own
    world.release("MDA", ALL)
    RECIPROCAL[name](world)
    assert of_mda(world.viewer("KAZ"), world) == {}
    assert parts(world.viewer("KAZ"), world.dataset("MDA")) == NOTHING
    # When Kazakhstan has staged figures of its own, it is not enough
    world.staged("KAZ", {"KAZ._T._T": [1]})
    assert of_mda(world.viewer("KAZ"), world) == {}
    # When it has released them and keeps them to itself, nor is that; nor their description, nor a promise
    world.release("KAZ", {"KAZ._T._T": [1]})
    opened(world, "KAZ", audience=PUBLIC, level=DOCUMENTATION)
    opened(world, "KAZ", audience=PARTICIPANTS, starts_at=timezone.now() + timedelta(days=1))
    assert of_mda(world.viewer("KAZ"), world) == {}
    # When it opened them to anybody else, it sees at the next read
    given = opened(world, "KAZ", to="UNHCR", is_reciprocal=True)
    assert of_mda(world.viewer("KAZ"), world) == ALL
    assert parts(world.viewer("KAZ"), world.dataset("MDA")) == EVERYTHING - {"documentation"}
    assert of_mda(world.viewer("UKR"), world) == {}
    # And its own stay its own
    assert rows(world.viewer("MDA"), world.indicator) == ALL
    # When it closes them again, it sees no longer
    grant_revoke(grant=given, actor=world.people["KAZ"]["administrator"])
    assert of_mda(world.viewer("KAZ"), world) == {}
    opened(world, "KAZ", to="UKR")
    assert of_mda(world.viewer("KAZ"), world) == ALL
    # When it withdraws them, neither
    dataset = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset("KAZ").pk)
    dataset_withdraw(dataset=dataset, actor=world.people["KAZ"]["verifier"], reason={"en": "Recount"})
    assert of_mda(world.viewer("KAZ"), world) == {}
    assert parts(world.viewer("KAZ"), world.dataset("MDA")) == NOTHING


def test_another_indicator_is_no_reciprocity(world: World, codelists: dict[str, Any]) -> None:
    world.release("MDA", ALL)
    opened(world, to="KAZ", is_reciprocal=True)
    other = make_indicator("ASYLUM", ("Asylum", "Убежище"), codelists)
    refugees, world.indicator = world.indicator, other
    world.release("KAZ", {"KAZ._T._T": [1]})
    opened(world, "KAZ", audience=PUBLIC)
    world.indicator = refugees
    assert of_mda(world.viewer("KAZ"), world) == {}


def test_an_observer_reciprocates_only_by_name(world: World) -> None:
    # Given an observer that released the indicator
    world.release("MDA", ALL)
    Participant.objects.filter(code="UNHCR").update(is_observer=True)
    world.release("UNHCR", {"UKR._T._T": [1]})
    opened(world, "UNHCR", to="UKR")
    # When the dataset is open to all participants that did, it is not among them
    opened(world, audience=PARTICIPANTS, is_reciprocal=True)
    assert of_mda(world.viewer("UNHCR"), world) == {}
    # When it is named, it sees
    opened(world, to="UNHCR", is_reciprocal=True)
    assert of_mda(world.viewer("UNHCR"), world) == ALL


def test_an_owner_made_inactive_sees_what_is_public(world: World) -> None:
    # Given a dataset open to Kazakhstan, whose owner is made inactive
    world.release("MDA", ALL)
    opened(world, to="KAZ")
    Participant.objects.filter(code="MDA").update(is_active=False)
    # Then its people see it no longer, and Kazakhstan still does
    assert rows(world.viewer("MDA"), world.indicator) == {}
    assert rows(world.viewer("KAZ"), world.indicator) == ALL


def test_a_person_made_inactive_sees_what_is_public(world: World) -> None:
    world.release("MDA", ALL)
    person = world.people["MDA"]["user"]
    User.objects.filter(pk=person.pk).update(is_active=False)
    person.refresh_from_db()
    assert rows(viewer_for(person), world.indicator) == {}
    opened(world, audience=PUBLIC)
    assert rows(viewer_for(person), world.indicator) == ALL


def test_withdrawn_figures_are_seen_by_nobody(world: World, people: dict[str, Viewer]) -> None:
    opened(world, audience=PUBLIC)
    dataset = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset("MDA").pk)
    dataset_withdraw(dataset=dataset, actor=world.people["MDA"]["verifier"], reason={"en": "Recount"})
    for viewer in people.values():
        assert rows(viewer, world.indicator) == {}
        assert parts(viewer, dataset) == EVERYTHING  # the tombstone tells that there were figures
