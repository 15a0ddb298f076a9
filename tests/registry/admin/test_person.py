"""The pages of people: who reads them, what they change, and what they never take from a form."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AuditEvent, Participant, Role, RoleAssignment, User
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

FORM = {
    "first_name": "Ana",
    "last_name": "Rusu",
    "email": "ana@example.org",
    "language": "ru",
    "position": "",
}
#: What no form of ours has.
EXTRA = {
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "",
    "participant": "",
    "password": "x",
    "groups": "1",
    "user_permissions": "1",
    "role_assignments": "1",
    "username": "renamed",
}


@pytest.fixture
def secretary(world: World) -> Client:
    person = User.objects.create_user("secretary", email="secretary@example.org")
    RoleAssignment.objects.create(user=person, role=Role.SYSTEM_ADMINISTRATOR)
    client = Client()
    client.force_login(person)
    return client


def accounts() -> list[Any]:
    return sorted(
        User.objects.values_list(
            "username", "first_name", "email", "is_active", "is_superuser", "participant"
        )
    ) + sorted(RoleAssignment.objects.values_list("user__username", "role", "indicator"))


@pytest.mark.parametrize(("code", "title"), [("en", "People"), ("ru", "Люди")])
def test_the_list_holds_ones_own_people(world: World, signed_in: SignedIn, code: str, title: str) -> None:
    text = signed_in("MDA", "administrator").get("/admin/data/people/", HTTP_ACCEPT_LANGUAGE=code).text
    assert title in text
    assert "mda-verifier" in text
    assert "kaz-" not in text


@pytest.mark.parametrize("act", ["", "roles/", "disable/", "enable/", "link/", "unlock/", "second-factor/"])
def test_another_ones_people_do_not_exist(world: World, signed_in: SignedIn, act: str) -> None:
    before = accounts()
    client = signed_in("MDA", "administrator")
    for person in (world.people["KAZ"]["user"].pk, User.objects.create_user(f"x{act[:3]}").pk, 999_999):
        path = f"/admin/data/people/{person}/{act}"
        assert client.post(path, {**FORM, "role": "user"}).status_code == 404
        if not act:
            assert client.get(path).status_code == 404
    assert [row for row in accounts() if not row[0].startswith("x")] == before


def test_a_colleague_reads_and_changes_nothing(world: World, signed_in: SignedIn) -> None:
    person = world.people["MDA"]["verifier"]
    own = RoleAssignment.objects.get(user=person)
    before = accounts()
    for name in ("user", "submitter", "verifier"):
        client = signed_in("MDA", name)
        page = client.get(f"/admin/data/people/{person.pk}/")
        assert page.status_code == 200
        assert "<form" not in page.text.split("<main")[-1].split("data-facts")[-1]
        client.post(f"/admin/data/people/{person.pk}/", FORM)
        client.post(f"/admin/data/people/{person.pk}/roles/", {"role": "country_administrator"})
        client.post(f"/admin/data/people/{person.pk}/roles/{own.pk}/take/")
        for act in ("disable", "enable", "link", "unlock", "second-factor"):
            client.post(f"/admin/data/people/{person.pk}/{act}/")
        client.post("/admin/data/people/add/", {**FORM, "username": "new"})
        assert accounts() == before, name
    assert AuditEvent.objects.count() == 0


def test_an_administrator_adds_a_person(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "administrator")
    form = {**EXTRA, **FORM, "username": "ana", "roles": ["data_submitter", "user"]}
    response = client.post("/admin/data/people/add/", form)

    assert response.status_code == 302
    person = User.objects.get(username="ana")
    assert (person.participant, person.is_superuser, person.is_staff, person.is_active) == (
        world.participants["MDA"],
        False,
        False,
        True,
    )
    assert not person.groups.exists()
    assert set(person.role_assignments.values_list("role", flat=True)) == {"data_submitter", "user"}


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", "This name cannot be used. Choose another one."),
        ("ru", "Это имя использовать нельзя. Выберите другое."),
    ],
)
def test_what_is_wrong_is_shown_at_its_field_and_nothing_is_lost(
    world: World, signed_in: SignedIn, code: str, told: str
) -> None:
    form = {**FORM, "username": "kaz-user", "roles": ["user"]}
    response = signed_in("MDA", "administrator").post(
        "/admin/data/people/add/", form, HTTP_ACCEPT_LANGUAGE=code
    )
    assert response.status_code == 200
    assert told in response.text
    assert 'value="ana@example.org"' in response.text
    assert not User.objects.filter(first_name="Ana").exists()


def test_a_role_of_the_system_is_not_among_those_to_give(world: World, signed_in: SignedIn) -> None:
    client = signed_in("MDA", "administrator")
    form = {**FORM, "username": "ana", "roles": ["system_administrator"]}
    assert client.post("/admin/data/people/add/", form).status_code == 200
    person = world.people["MDA"]["user"]
    client.post(f"/admin/data/people/{person.pk}/roles/", {"role": "system_administrator"})
    assert not User.objects.filter(username="ana").exists()
    assert not RoleAssignment.objects.filter(role="system_administrator").exists()


def test_a_change_takes_nothing_but_what_the_form_has(world: World, signed_in: SignedIn) -> None:
    person = world.people["MDA"]["user"]
    password = person.password
    response = signed_in("MDA", "administrator").post(
        f"/admin/data/people/{person.pk}/", {**EXTRA, **FORM, "participant": world.participants["KAZ"].pk}
    )
    assert response.status_code == 302
    person.refresh_from_db()
    assert (person.first_name, person.email, person.language) == ("Ana", "ana@example.org", "ru")
    assert (person.username, person.password, person.is_active, person.is_superuser) == (
        "mda-user",
        password,
        True,
        False,
    )
    assert person.participant == world.participants["MDA"]
    assert list(person.role_assignments.values_list("role", flat=True)) == ["user"]


def test_nobody_raises_the_own_rights(world: World, signed_in: SignedIn) -> None:
    administrator = world.people["MDA"]["administrator"]
    client = signed_in("MDA", "administrator")
    page = client.get(f"/admin/data/people/{administrator.pk}/").text
    assert "/roles/" not in page
    assert "/disable/" not in page
    client.post(f"/admin/data/people/{administrator.pk}/roles/", {"role": "data_verifier"})
    client.post(f"/admin/data/people/{administrator.pk}/disable/")
    administrator.refresh_from_db()
    assert administrator.is_active
    assert administrator.role_assignments.count() == 1


def test_roles_are_given_and_taken(world: World, signed_in: SignedIn) -> None:
    person = world.people["MDA"]["user"]
    client = signed_in("MDA", "administrator")
    path = f"/admin/data/people/{person.pk}/roles/"
    client.post(path, {"role": "data_verifier", "indicator": world.indicator.pk})
    given = RoleAssignment.objects.get(user=person, role="data_verifier")
    assert given.indicator == world.indicator
    again = client.post(path, {"role": "data_verifier", "indicator": world.indicator.pk})
    assert "The person holds this role already." in again.text

    # An assignment of somebody else is not taken through this person
    foreign = RoleAssignment.objects.get(user=world.people["MDA"]["submitter"])
    assert client.post(f"{path}{foreign.pk}/take/").status_code == 404
    assert client.post(f"{path}{given.pk}/take/").status_code == 302
    assert not RoleAssignment.objects.filter(pk=given.pk).exists()
    assert client.get(f"{path}{foreign.pk}/take/").status_code == 405


def test_the_secretariat_adds_its_own_people_only(world: World, secretary: Client) -> None:
    secretary.post("/admin/data/people/add/", {**FORM, "username": "colleague", "roles": ["trainer"]})
    assert User.objects.get(username="colleague").participant is None

    administrator = world.people["MDA"]["administrator"]
    before = accounts()
    page = secretary.get(f"/admin/data/people/{administrator.pk}/")
    assert page.status_code == 200
    secretary.post(f"/admin/data/people/{administrator.pk}/", FORM)
    secretary.post(f"/admin/data/people/{administrator.pk}/roles/", {"role": "data_verifier"})
    secretary.post(f"/admin/data/people/{administrator.pk}/disable/")
    assert accounts() == before
    assert secretary.get(f"/admin/data/people/{world.people['MDA']['user'].pk}/").status_code == 404


def test_the_list_takes_as_many_queries_for_twenty_people_as_for_two(
    world: World, signed_in: SignedIn
) -> None:
    client = signed_in("MDA", "administrator")
    counts = []
    for total in (2, 20):
        for number in range(total):
            person, made = User.objects.get_or_create(
                username=f"more-{number}", participant=world.participants["MDA"]
            )
            for role in (Role.DATA_SUBMITTER, Role.DATA_VERIFIER) if made else ():
                RoleAssignment.objects.create(
                    user=person, participant=person.participant, role=role, indicator=world.indicator
                )
        client.get("/admin/data/people/")
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/admin/data/people/").text
        counts.append(len(queries))
        assert text.count("(REFUGEES)") == total * 2
    assert counts[0] == counts[1]


# ---- participants


PARTICIPANT = {
    "name_en": "Georgia",
    "name_ru": "Грузия",
    "kind": "state",
    "release_authority": "national",
    "order": "9",
    "is_active": "on",
}


@pytest.mark.parametrize("path", ["", "add/", "MDA/", "MDA/administrator/"])
def test_participants_are_the_secretariats(
    world: World, signed_in: SignedIn, secretary: Client, path: str
) -> None:
    for person in world.people["MDA"]:
        client = signed_in("MDA", person)
        assert client.get(f"/admin/data/participants/{path}").status_code == 404
        assert client.post(f"/admin/data/participants/{path}", PARTICIPANT).status_code == 404
    assert secretary.get(f"/admin/data/participants/{path}").status_code == 200
    assert Participant.objects.count() == 4


def test_a_participant_is_created_with_its_first_administrator(world: World, secretary: Client) -> None:
    assert secretary.post("/admin/data/participants/add/", {**PARTICIPANT, "code": "GEO"}).status_code == 302
    georgia = Participant.objects.get(code="GEO")
    assert (georgia.name_ru, georgia.is_observer) == ("Грузия", False)

    path = "/admin/data/participants/GEO/administrator/"
    assert secretary.post(path, {**FORM, "username": "geo"}).status_code == 302
    assert User.objects.get(username="geo").participant == georgia
    refused = secretary.post(path, {**FORM, "username": "geo-2"})
    assert refused.status_code == 200
    assert not User.objects.filter(username="geo-2").exists()


def test_the_code_of_a_participant_never_changes(world: World, secretary: Client) -> None:
    form = {**PARTICIPANT, "code": "XXX", "is_observer": "on", "release_authority": "secretariat"}
    assert secretary.post("/admin/data/participants/MDA/", form).status_code == 302
    moldova = Participant.objects.get(pk=world.participants["MDA"].pk)
    assert (moldova.code, moldova.is_observer, moldova.release_authority) == ("MDA", True, "secretariat")
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.participant) == ("participant.change", "MDA")
    assert event.data["changes"]["release_authority"] == "secretariat"


@pytest.mark.parametrize("code", ["mda", "MDA", "has space", "a.b", ""])
def test_a_code_is_new_and_an_identifier(world: World, secretary: Client, code: str) -> None:
    response = secretary.post("/admin/data/participants/add/", {**PARTICIPANT, "code": code})
    assert response.status_code == 200
    assert Participant.objects.count() == 4


# ---- what is left of Wagtail's pages for users


@pytest.fixture
def root(world: World) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@example.org"))
    return client


def test_a_superuser_reaches_no_country_account_in_wagtail(world: World, root: Client) -> None:
    person = world.people["MDA"]["verifier"]
    listed = root.get("/admin/users/").text
    assert "root" in listed
    assert "mda-" not in listed
    form = {"password1": "stolen-horse-battery", "password2": "stolen-horse-battery", "is_superuser": "on"}
    for act in ("edit", "delete", "history"):
        assert root.get(f"/admin/users/{act}/{person.pk}/").status_code == 404
        assert root.post(f"/admin/users/{act}/{person.pk}/", form).status_code == 404
    for act in ("delete", "assign_role", "set_active_state"):
        path = f"/admin/bulk/registry/user/{act}/?id={person.pk}"
        root.post(path, {"mark_as_active": "", "role": "1"})
    before = person.password
    person.refresh_from_db()
    assert (person.password, person.is_active, person.is_superuser) == (before, True, False)


def test_groups_of_the_secretariat_are_changed_with_a_trace(world: World, root: Client) -> None:
    colleague = User.objects.create_user("colleague", password="x")
    editors = Group.objects.create(name="Chosen")
    password = colleague.password
    form = {
        "groups": [editors.pk],
        "password1": "stolen-horse",
        "password2": "stolen-horse",
        "email": "e@x.org",
    }
    response = root.post(f"/admin/users/edit/{colleague.pk}/", form)

    assert response.status_code == 302
    colleague.refresh_from_db()
    assert list(colleague.groups.all()) == [editors]
    assert (colleague.password, colleague.email) == (password, "")
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.data["groups"]) == ("person.groups", "root", ["Chosen"])
    # The own account is no exception
    own = User.objects.get(username="root")
    assert root.get(f"/admin/users/edit/{own.pk}/").status_code == 404
    assert root.get(f"/admin/users/delete/{colleague.pk}/").status_code == 404
    assert root.get("/admin/users/new/")["Location"] == "/admin/data/people/add/"


def test_wagtails_own_account_page_changes_no_password_and_no_address(
    world: World, signed_in: SignedIn
) -> None:
    person = world.people["MDA"]["user"]
    password = person.password
    client = signed_in("MDA", "user")
    page = client.get("/admin/account/").text
    assert "password-new_password1" not in page
    assert "name_email-email" not in page
    form = {
        "name_email-first_name": "Ana",
        "name_email-last_name": "Rusu",
        "name_email-email": "stolen@example.org",
        "password-old_password": "",
        "password-new_password1": "stolen-horse-battery",
        "password-new_password2": "stolen-horse-battery",
    }
    client.post("/admin/account/", form)
    person.refresh_from_db()
    assert (person.password, person.email) == (password, "")
    assert client.get("/admin/password_reset/").status_code == 404
