"""The pages of the audit trail."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from registry.models import AuditEvent, Role, RoleAssignment, User
from registry.services.audit import audit_record
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

PAGE = "/admin/data/audit/"
CHANGES = "/admin/data/audit/changes/"


@pytest.fixture
def secretariat(db: None) -> Client:
    person = User.objects.create_user("secretariat")
    RoleAssignment.objects.create(user=person, role=Role.SYSTEM_ADMINISTRATOR)
    client = Client()
    client.force_login(person)
    return client


def body(client: Client, address: str, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def table(client: Client, address: str, **query: Any) -> list[list[str]]:
    response = client.get(address, {**query, "export": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(text.splitlines()))


def test_an_administrator_reads_the_trail_of_its_participant(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", {"MDA._T.F": [918273645]})
    world.release("KAZ", {"KAZ._T.F": [1]})
    page = body(signed_in("MDA", "administrator"), PAGE)
    assert "Figures released" in page
    assert "dataset: MDA_REFUGEES" in page
    assert "KAZ_REFUGEES" not in page
    assert "918273645" not in page


@pytest.mark.parametrize("person", ["user", "submitter", "verifier"])
@pytest.mark.parametrize("page", [PAGE, CHANGES])
def test_nobody_else_does(signed_in: SignedIn, person: str, page: str) -> None:
    client = signed_in("MDA", person)
    assert client.get(page).status_code == 404
    assert client.get(page, {"export": "csv"}).status_code == 404
    assert PAGE not in client.get("/admin/data/datasets/").content.decode()


def test_the_secretariat_reads_that_of_the_system(world: World, secretariat: Client) -> None:
    world.release("MDA", {"MDA._T.F": [1]})
    actor = User.objects.get(username="secretariat")
    audit_record(actor=actor, action="person.groups", target=actor, groups=["Editors"])
    page = body(secretariat, PAGE)
    assert "Groups of editors changed" in page
    assert "groups: Editors" in page
    assert "MDA_REFUGEES" not in page


def test_filters_narrow_by_time_person_action_and_dataset(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", {"MDA._T.F": [1]})
    client = signed_in("MDA", "administrator")
    today = timezone.now().date()
    all_of_them = len(table(client, PAGE)) - 1
    assert all_of_them == AuditEvent.objects.filter(participant="MDA").count() == 5
    cases: list[tuple[dict[str, str], int]] = [
        ({"actor": "verifier"}, 2),
        ({"action": "submission.stage"}, 1),
        ({"dataset": "MDA_REFUGEES"}, 5),
        ({"dataset": "KAZ_REFUGEES"}, 0),
        ({"at_from": str(today - timedelta(days=1)), "at_to": str(today + timedelta(days=1))}, 5),
        ({"at_from": str(today + timedelta(days=1))}, 0),
        ({"actor": "verifier", "action": "dataset.release"}, 1),
    ]
    for query, count in cases:
        assert len(table(client, PAGE, **query)) - 1 == count, query
        assert client.get(PAGE, query).status_code == 200


def test_the_file_is_safe_in_a_spreadsheet(world: World, signed_in: SignedIn) -> None:
    person = User.objects.create_user("=cmd()", participant=world.participants["MDA"])
    audit_record(actor=person, action="person.change", target=person, participant=world.participants["MDA"])
    head, *rows = table(signed_in("MDA", "administrator"), PAGE)
    assert head == ["Time", "Person", "Action", "Code", "Object", "Details"]
    assert rows[0][1:4] == ["'=cmd()", "Account changed", "person.change"]


def test_what_is_told_is_escaped(world: World, signed_in: SignedIn) -> None:
    person = world.people["MDA"]["administrator"]
    owner = world.participants["MDA"]
    audit_record(actor=person, action="contact.change", target=person, participant=owner, name="<b>x</b>")
    page = body(signed_in("MDA", "administrator"), PAGE)
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_the_number_of_queries_does_not_grow(
    world: World, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in("MDA", "administrator")
    actor, owner = world.people["MDA"]["administrator"], world.participants["MDA"]

    def record(count: int) -> None:
        for _row in range(count):
            audit_record(actor=actor, action="person.change", target=actor, participant=owner, fields=["a"])

    record(3)
    body(client, PAGE)
    with django_assert_max_num_queries(40) as few:
        body(client, PAGE)
    record(40)
    with django_assert_max_num_queries(len(few)):
        body(client, PAGE)


@pytest.mark.postgresql
def test_changes_past_the_application_are_told(
    world: World, secretariat: Client, signed_in: SignedIn
) -> None:
    # In a test all is one transaction: before the first act of a service, everything is past it
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_user SET is_staff = true WHERE username = 'mda-user'")
    page = body(secretariat, PAGE)
    assert "did not come through the application" in page
    page = body(secretariat, CHANGES, table="registry_user")
    assert "is_staff" in page
    rows = table(signed_in("MDA", "administrator"), CHANGES, table="registry_user")[1:]
    assert ["registry_user", "1", "is_staff"] in [row[4:7] for row in rows]
    assert {row[9] for row in rows} == {"MDA"}
    assert all(row[9] == "KAZ" for row in table(signed_in("KAZ", "administrator"), CHANGES)[1:])


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL does")
def test_a_database_that_records_nothing_says_so(secretariat: Client) -> None:
    assert "This database does not record changes past the application" in body(secretariat, PAGE)


def test_pages_are_there_in_russian(world: World, signed_in: SignedIn) -> None:
    administrator = world.people["MDA"]["administrator"]
    User.objects.filter(pk=administrator.pk).update(language="ru")
    client = signed_in("MDA", "administrator")
    assert client.get(PAGE, headers={"Accept-Language": "ru"}).status_code == 200
    assert client.get(CHANGES, headers={"Accept-Language": "ru"}).status_code == 200
