"""People, their roles and their accounts: who may do what to whom, and what an e-mail says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.users.models import UserProfile

from registry import authority
from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import AuditEvent, Participant, Role, RoleAssignment, User
from registry.selectors.person import person_list
from registry.selectors.viewer import viewer_for
from registry.services.person import (
    administrator_appoint,
    person_change,
    person_create,
    person_disable,
    person_enable,
    person_invite,
    person_name,
    person_unlock,
    system_administrator_appoint,
)
from registry.services.role import role_give, role_take
from registry.services.second_factor import second_factor_reset
from tests.conftest import World

FACTS = {"first_name": "Ana", "last_name": "Rusu", "email": "ana@example.org", "language": "ru"}


@pytest.fixture
def secretary(world: World) -> User:
    """A System Administrator of the secretariat."""
    person = User.objects.create_user("secretary", email="secretary@example.org")
    RoleAssignment.objects.create(user=person, role=Role.SYSTEM_ADMINISTRATOR)
    return person


def everybody(world: World, secretary: User) -> dict[str, User]:
    """Every kind of person seen from Moldova: its own, another State's, the secretariat's, nobody's."""
    nobody = User.objects.create_user("nobody", participant=world.participants["MDA"])
    return {
        **world.people["MDA"],
        "foreign administrator": world.people["KAZ"]["administrator"],
        "foreign user": world.people["KAZ"]["user"],
        "secretary": secretary,
        "without roles": nobody,
        "without participant": User.objects.create_user("outside"),
        "superuser": User.objects.create_superuser("root"),
    }


def state(world: World) -> list[Any]:
    """All that the acts below could change."""
    return [
        sorted(User.objects.values_list("username", "email", "is_active", "is_superuser", "participant_id")),
        sorted(RoleAssignment.objects.values_list("user_id", "role", "participant_id")),
    ]


Act = Callable[[World, User], Any]
ON_MOLDOVA: dict[str, Act] = {
    "create": lambda world, actor: person_create(
        actor=actor, participant=world.participants["MDA"], username="new", **FACTS
    ),
    "change": lambda world, actor: person_change(person=world.people["MDA"]["user"], actor=actor, **FACTS),
    "disable": lambda world, actor: person_disable(person=world.people["MDA"]["verifier"], actor=actor),
    "give": lambda world, actor: role_give(
        person=world.people["MDA"]["user"], actor=actor, role=Role.DATA_SUBMITTER
    ),
    "take": lambda world, actor: role_take(
        assignment=RoleAssignment.objects.get(user=world.people["MDA"]["verifier"]), actor=actor
    ),
}


@pytest.mark.parametrize("act", ON_MOLDOVA)
def test_only_the_administrator_of_the_participant_acts_on_its_people(
    world: World, secretary: User, act: str
) -> None:
    people = everybody(world, secretary)
    before = state(world)

    for name, actor in people.items():
        if name != "administrator":
            with pytest.raises(NotAllowed):
                ON_MOLDOVA[act](world, actor)
            assert state(world) == before, name
    assert AuditEvent.objects.count() == 0

    ON_MOLDOVA[act](world, people["administrator"])
    assert state(world) != before
    event = AuditEvent.objects.latest("pk")
    assert (event.actor, event.participant) == ("mda-administrator", "MDA")


@pytest.mark.parametrize("act", ON_MOLDOVA)
def test_an_administrator_who_was_disabled_or_lost_the_role_acts_no_more(world: World, act: str) -> None:
    actor = world.people["MDA"]["administrator"]  # as a request read it before
    User.objects.filter(pk=actor.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        ON_MOLDOVA[act](world, actor)

    User.objects.filter(pk=actor.pk).update(is_active=True)
    actor.role_assignments.all().delete()
    with pytest.raises(NotAllowed):
        ON_MOLDOVA[act](world, actor)


def test_a_participant_switched_off_administers_nobody(world: World) -> None:
    Participant.objects.filter(code="MDA").update(is_active=False)
    actor = User.objects.get(username="mda-administrator")
    with pytest.raises(NotAllowed):
        ON_MOLDOVA["create"](world, actor)


def test_nobody_changes_the_own_rights(world: World, secretary: User) -> None:
    administrator = world.people["MDA"]["administrator"]
    own = RoleAssignment.objects.get(user=administrator)
    for actor, role in ((administrator, Role.DATA_VERIFIER), (secretary, Role.CONTENT_MANAGER)):
        with pytest.raises(NotAllowed):
            role_give(person=actor, actor=actor, role=role)
        with pytest.raises(NotAllowed):
            person_disable(person=actor, actor=actor)
    with pytest.raises(NotAllowed):
        role_take(assignment=own, actor=administrator)
    with pytest.raises(NotAllowed):
        person_unlock(person=administrator, actor=administrator)
    with pytest.raises(NotAllowed):
        second_factor_reset(person=administrator, actor=administrator)


def test_two_administrators_cannot_close_each_other_out(world: World) -> None:
    first = world.people["MDA"]["administrator"]
    second = world.people["MDA"]["user"]
    role_give(person=second, actor=first, role=Role.COUNTRY_ADMINISTRATOR)

    person_disable(person=first, actor=second)
    with pytest.raises(NotAllowed):
        person_disable(person=second, actor=first)

    assert User.objects.get(pk=second.pk).is_active


@pytest.mark.parametrize("role", Role)
def test_a_role_is_given_where_it_belongs(world: World, secretary: User, role: Role) -> None:
    of_the_country = role != Role.SYSTEM_ADMINISTRATOR
    person = User.objects.create_user("person", participant=world.participants["MDA"])
    if of_the_country:
        role_give(person=person, actor=world.people["MDA"]["administrator"], role=role)
    else:
        with pytest.raises(Invalid):
            role_give(person=person, actor=world.people["MDA"]["administrator"], role=role)
    assert RoleAssignment.objects.filter(user=person).count() == of_the_country

    colleague = User.objects.create_user("colleague")
    if role in (Role.SYSTEM_ADMINISTRATOR, Role.CONTENT_MANAGER, Role.TRAINER):
        role_give(person=colleague, actor=secretary, role=role)
        assert RoleAssignment.objects.get(user=colleague).participant is None
    else:
        with pytest.raises(Invalid):
            role_give(person=colleague, actor=secretary, role=role)


def test_single_indicators_are_for_those_who_handle_figures(world: World) -> None:
    actor, person = world.people["MDA"]["administrator"], world.people["MDA"]["user"]

    given = role_give(person=person, actor=actor, role=Role.DATA_SUBMITTER, indicator=world.indicator)
    assert given.indicator == world.indicator
    with pytest.raises(Conflict):
        role_give(person=person, actor=actor, role=Role.DATA_SUBMITTER, indicator=world.indicator)
    for role in (Role.COUNTRY_ADMINISTRATOR, Role.TRAINER):
        with pytest.raises(Invalid):
            role_give(person=person, actor=actor, role=role, indicator=world.indicator)
    # One for all covers the single one
    role_give(person=person, actor=actor, role=Role.DATA_VERIFIER)
    with pytest.raises(Conflict):
        role_give(person=person, actor=actor, role=Role.DATA_VERIFIER, indicator=world.indicator)


def test_another_ones_own_indicator_is_no_scope(world: World) -> None:
    world.indicator.owner = world.participants["KAZ"]
    world.indicator.save()
    with pytest.raises(Invalid):
        role_give(
            person=world.people["MDA"]["user"],
            actor=world.people["MDA"]["administrator"],
            role=Role.DATA_SUBMITTER,
            indicator=world.indicator,
        )


def test_a_role_is_taken_once(world: World) -> None:
    actor = world.people["MDA"]["administrator"]
    given = RoleAssignment.objects.get(user=world.people["MDA"]["verifier"])
    role_take(assignment=given, actor=actor)
    given.pk = given.pk or 1
    with pytest.raises(Conflict):
        role_take(assignment=given, actor=actor)


def test_the_secretariat_appoints_only_where_nobody_active_administers(world: World, secretary: User) -> None:
    moldova = world.participants["MDA"]
    given = {"participant": moldova, "username": "first", **FACTS}
    with pytest.raises(Conflict):
        administrator_appoint(actor=secretary, **given)
    for actor in (world.people["MDA"]["user"], world.people["KAZ"]["administrator"]):
        with pytest.raises(NotAllowed):
            administrator_appoint(actor=actor, **given)

    User.objects.filter(username="mda-administrator").update(is_active=False)
    person = administrator_appoint(actor=secretary, **given)

    assert person.participant == moldova
    assert list(person.role_assignments.values_list("role", "participant")) == [
        (Role.COUNTRY_ADMINISTRATOR, moldova.pk)
    ]
    with pytest.raises(Conflict):
        administrator_appoint(actor=secretary, **{**given, "username": "second"})


def test_an_account_gets_a_link_in_its_language(
    world: World, language: str, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        person = person_create(
            actor=world.people["MDA"]["administrator"],
            participant=world.participants["MDA"],
            username="ana",
            roles=[Role.USER],
            **{**FACTS, "language": language},
        )

    (message,) = mail.outbox
    assert message.to == ["ana@example.org"]
    link = re.search(rf"http://[^/]+(/{language}/account/password/\S+/\S+/)", message.body)
    assert link
    assert not person.has_usable_password()
    assert UserProfile.objects.get(user=person).preferred_language == language

    # The link lets its reader choose a password, once
    client = Client()
    page = client.get(link[1], follow=True)
    form = {"new_password1": "correct-horse-battery", "new_password2": "correct-horse-battery"}
    done = client.post(page.redirect_chain[-1][0], form)
    assert (done.status_code, done["Location"]) == (302, f"/{language}/account/sign-in/")
    assert User.objects.get(username="ana").check_password("correct-horse-battery")
    again = Client().get(link[1])
    assert again.status_code == 200
    assert "new_password1" not in again.text
    assert AuditEvent.objects.latest("pk").action == "person.password_set"


@pytest.mark.parametrize("username", ["kaz-user", "KAZ-User", "аdmin", "with space", ""])
def test_a_user_name_is_unique_and_latin(world: World, username: str) -> None:
    before = state(world)
    with pytest.raises(ValidationError) as refused:
        person_create(
            actor=world.people["MDA"]["administrator"],
            participant=world.participants["MDA"],
            username=username,
            **FACTS,
        )
    assert list(refused.value.message_dict) == ["username"]
    assert state(world) == before


def test_a_taken_name_does_not_say_by_whom(world: World) -> None:
    actor, participant = world.people["MDA"]["administrator"], world.participants["MDA"]
    told = []
    for username in ("mda-user", "kaz-user"):
        with pytest.raises(ValidationError) as refused:
            person_create(actor=actor, participant=participant, username=username, **FACTS)
        told.append(refused.value.message_dict)
    assert told[0] == told[1]


def test_a_new_address_is_told_to_the_old_one(world: World, django_capture_on_commit_callbacks: Any) -> None:
    person = world.people["MDA"]["user"]
    User.objects.filter(pk=person.pk).update(email="old@example.org", language="ru")

    with django_capture_on_commit_callbacks(execute=True):
        person_change(person=person, actor=world.people["MDA"]["administrator"], **FACTS)

    (message,) = mail.outbox
    assert message.to == ["old@example.org"]
    assert AuditEvent.objects.latest("pk").data["fields"] == ["email", "first_name", "last_name"]


def test_sessions_of_a_disabled_person_end(world: World) -> None:
    person = world.people["MDA"]["user"]
    client = Client()
    client.force_login(person)
    assert client.get("/admin/").status_code == 200

    person_disable(person=person, actor=world.people["MDA"]["administrator"])
    assert client.get("/admin/").status_code == 302
    with pytest.raises(Conflict):
        person_disable(person=person, actor=world.people["MDA"]["administrator"])

    person_enable(person=person, actor=world.people["MDA"]["administrator"])
    assert User.objects.get(pk=person.pk).is_active


def test_the_secretariat_helps_those_who_administer_and_changes_nobody(
    world: World, secretary: User, django_capture_on_commit_callbacks: Any
) -> None:
    administrator, user = world.people["MDA"]["administrator"], world.people["MDA"]["user"]
    User.objects.filter(participant=world.participants["MDA"]).update(email="x@example.org")
    for person in (administrator, user):
        person.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        person_invite(person=administrator, actor=secretary)
    person_unlock(person=administrator, actor=secretary)
    assert mail.outbox[0].to == ["x@example.org"]

    for act in (person_invite, person_unlock, person_disable, second_factor_reset):
        with pytest.raises(NotAllowed):
            act(person=user, actor=secretary)
    for act in (person_disable, person_enable):
        with pytest.raises(NotAllowed):
            act(person=administrator, actor=secretary)


def test_a_superusers_account_is_changed_by_a_superuser_only(world: World, secretary: User) -> None:
    root = User.objects.create_superuser("root", "root@example.org")
    with pytest.raises(NotAllowed):
        person_change(person=root, actor=secretary, **FACTS)
    with pytest.raises(NotAllowed):
        person_disable(person=root, actor=secretary)


def test_a_superusers_account_is_helped_by_a_superuser_only(world: World, secretary: User) -> None:
    root = User.objects.create_superuser("root", "root@example.org")
    TOTPDevice.objects.create(user=root, name="app", confirmed=True)
    for act in (person_invite, person_unlock, second_factor_reset):
        with pytest.raises(NotAllowed, match="Only a superuser"):
            act(person=root, actor=secretary)
    assert not authority.may_help(secretary, root)
    assert TOTPDevice.objects.filter(user=root).exists()
    # One superuser helps another who administers the secretariat too
    chief = User.objects.create_superuser("chief", "chief@example.org")
    RoleAssignment.objects.create(user=chief, participant=None, role=Role.SYSTEM_ADMINISTRATOR)
    for act in (person_invite, person_unlock, second_factor_reset):
        act(person=root, actor=chief)
    assert not TOTPDevice.objects.filter(user=root).exists()


def test_ones_own_name_is_written_alone_and_leaves_a_row(world: World) -> None:
    person = world.people["MDA"]["user"]
    User.objects.filter(pk=person.pk).update(position="Head")  # by somebody else meanwhile
    for _twice in range(2):
        person_name(actor=person, first_name="Ana", last_name="Popa")
    person.refresh_from_db()
    assert (person.first_name, person.last_name, person.position) == ("Ana", "Popa", "Head")
    (event,) = AuditEvent.objects.filter(action="person.change")
    assert (event.actor, event.participant, event.data["fields"]) == (
        "mda-user",
        "MDA",
        ["first_name", "last_name"],
    )
    with pytest.raises(ValidationError):
        person_name(actor=person, first_name="A" * 151, last_name="Popa")


def test_whom_one_sees(world: World, secretary: User) -> None:
    def seen(person: User) -> set[str]:
        return {found.username for found in person_list(viewer=viewer_for(person))}

    assert seen(world.people["MDA"]["user"]) == {person.username for person in world.people["MDA"].values()}
    assert seen(secretary) == {"secretary", *(f"{code.lower()}-administrator" for code in world.people)}
    assert seen(User.objects.create_user("outside")) == set()


def test_the_first_system_administrator_comes_from_the_shell(world: World) -> None:
    User.objects.create_superuser("root")
    person = system_administrator_appoint(username="root")
    assert viewer_for(person).administers_system
    for username in ("mda-administrator", "nobody"):
        with pytest.raises(Invalid):
            system_administrator_appoint(username=username)
    with pytest.raises(Conflict):
        system_administrator_appoint(username="root")


def test_the_command_speaks_both_languages(
    world: World, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create_superuser("root")
    call_command("appoint_system_administrator", "root", language=language)
    assert "root" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("appoint_system_administrator", "mda-administrator", language=language)
