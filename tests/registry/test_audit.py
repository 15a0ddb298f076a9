"""The audit trail: what services and the database itself record, and that nobody alters it."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from registry.access import ANONYMOUS, Viewer
from registry.models import (
    AccessGrant,
    Agency,
    AudienceKind,
    AuditEvent,
    Contact,
    Documentation,
    Institution,
    RoleAssignment,
    RowChange,
    SeriesRevision,
    Term,
    Upload,
    User,
)
from registry.models.submission import SubmissionState
from registry.presentation.audit import ACTIONS, action_label, details_text, table_label
from registry.row_security import acting
from registry.selectors.audit import row_change_list
from registry.services.access import grant_create
from registry.services.notice import mail_choice_set
from registry.services.person import person_name
from registry.services.second_factor import second_factor_confirm, second_factor_prepare, second_factor_verify
from registry.services.starter import starter_load
from tests.architecture.sources import modules, relative
from tests.conftest import World
from tests.database import as_owner, truncate_triggers
from tests.registry.test_row_level_security import ask, stranger  # noqa: F401

SECRET = 918273645
SYSTEM = Viewer(administers_system=True, user_id=1)
ACT = re.compile(r"(?!registry\.)[a-z_]+\.[a-z_]+")
#: Parts of an action's name that are worked out, and what they come to.
WORKED_OUT = {
    "submission": [*SubmissionState.values, "schedule", "unschedule"],
    "dataset": ["release", "withdraw"],
    "request": ["granted", "declined"],
}


def recorded_actions() -> Iterator[tuple[str, str]]:
    """Every text in a module that writes audit rows which could be an action's name, and where."""
    for path in modules():
        text = path.read_text()
        if "audit_record(" not in text or path.name == "audit.py":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
                kind, dot, rest = str(first.value).partition(".")
                for part in WORKED_OUT[kind] if dot and not rest and kind in WORKED_OUT else ():
                    yield f"{kind}.{part}", relative(path)
            elif isinstance(node, ast.Constant) and ACT.fullmatch(str(node.value)):
                yield str(node.value), relative(path)


def test_every_act_has_words_in_both_languages() -> None:
    recorded = dict(recorded_actions())
    assert len(recorded) > 20
    assert {(action, path) for action, path in recorded.items() if action not in ACTIONS} == set()


def test_an_act_is_told_in_the_readers_language() -> None:
    with translation.override("ru"):
        assert action_label("dataset.release") != "dataset.release"
        told = {"level": "data", "is_reciprocal": True, "grantee": None, "dataset": "X"}
        assert details_text(AuditEvent(object_type="accessgrant", data=told)) == (
            "набор данных: X; уровень: Данные; на взаимной основе: да"
        )
        told = {"fields": ["definition", "nothing"]}
        assert "definition" not in details_text(AuditEvent(object_type="documentation", data=told))
    assert action_label("something.new") == "something.new"


def test_a_marked_figure_is_in_no_trail_log_or_mail(
    world: World, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    # Given a figure that occurs nowhere else, taken all the way
    caplog.set_level(logging.DEBUG)
    world.release("MDA", {"MDA._T.F": [SECRET, None]})
    world.release("MDA", {"MDA._T.F": [SECRET, SECRET + 1]})
    opened = grant_create(
        dataset=world.dataset("MDA"),
        actor=world.people["MDA"]["administrator"],
        audience=AudienceKind.PUBLIC,
    )
    assert SeriesRevision.objects.filter(values_json__contains=str(SECRET)).exists()
    # Then neither trail, nor what was logged or sent, has it
    written = [*AuditEvent.objects.values_list(), *RowChange.objects.values_list(), opened]
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    sent = [f"{message.subject} {message.body}" for message in mail.outbox]
    for text in map(str, [*written, *said, *sent]):
        assert str(SECRET)[:-1] not in text


def test_the_trail_cannot_be_changed_through_the_application(world: World) -> None:
    world.dataset("MDA")
    before = list(AuditEvent.objects.order_by("pk").values_list("pk", "action"))
    assert before
    for act in (
        lambda: AuditEvent.objects.update(actor="nobody"),
        lambda: AuditEvent.objects.filter(action="dataset.create").update(actor="nobody"),
        lambda: AuditEvent.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert list(AuditEvent.objects.order_by("pk").values_list("pk", "action")) == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_serving_role_cannot_touch_the_trail(world: World, stranger: Any) -> None:  # noqa: F811
    world.dataset("MDA")
    for table in ("registry_auditevent", "registry_rowchange"):
        before = ask(stranger, f"SELECT count(*), max(id) FROM {table}")
        for sql in (
            f"UPDATE {table} SET actor = 'nobody'",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"ALTER TABLE {table} DISABLE TRIGGER ALL",
            f"ALTER TABLE {table} RENAME TO forgotten",
            f"DROP TABLE {table}",
            f"DROP TRIGGER {table}_lock ON {table}",
            f"CREATE RULE forget AS ON INSERT TO {table} DO INSTEAD NOTHING",
        ):
            with pytest.raises(psycopg2.Error, match=r"permission denied|must be owner"):
                ask(stranger, sql)
        assert ask(stranger, f"SELECT count(*), max(id) FROM {table}") == before
    with pytest.raises(psycopg2.Error, match="permission denied"):
        ask(stranger, "INSERT INTO registry_rowchange (rows) VALUES (1)")


@pytest.mark.postgresql
def test_not_even_the_owner_changes_or_empties_the_trail_in_passing(world: World) -> None:
    world.dataset("MDA")

    def attempt(sql: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            truncate_triggers("ENABLE")
            cursor.execute(sql)

    with as_owner():
        for table in ("registry_auditevent", "registry_rowchange"):
            for sql in (f"UPDATE {table} SET actor = 'nobody'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(DatabaseError, match="never changed"):
                    attempt(sql)


def lines(**narrowed: Any) -> list[tuple[Any, ...]]:
    found = RowChange.objects.filter(**narrowed).order_by("pk")
    return list(found.values_list("table", "operation", "rows", "columns"))


@pytest.mark.postgresql
def test_what_bypasses_the_services_leaves_rows(world: World) -> None:
    # Given figures, a person and a grant
    world.release("MDA", {"MDA._T.F": [1], "MDA._T.M": [2]})
    mda, person = world.participants["MDA"], world.people["MDA"]["user"]
    last = RowChange.objects.latest("pk").pk
    # When they are changed past the services: by a queryset, in bulk, by raw SQL
    SeriesRevision.objects.update(values_json="[9]")
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(user=person, participant=mda, role=role) for role in ("data_submitter", "trainer")]
    )
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_user SET password = 'x', position = 'y' WHERE id = %s", [person.pk])
        cursor.execute("DELETE FROM registry_roleassignment WHERE role = 'trainer'")
    person.groups.create(name="Checkers")
    # Then each statement left a row: which table, how many rows, which columns
    assert lines(pk__gt=last) == [
        ("registry_seriesrevision", "update", 2, ""),
        ("registry_roleassignment", "insert", 2, ""),
        ("registry_user", "update", 1, "is_superuser"),
        ("registry_user", "update", 1, "password, position"),
        ("registry_roleassignment", "delete", 1, ""),
        ("registry_user_groups", "insert", 1, ""),
    ]
    assert set(RowChange.objects.filter(pk__gt=last).values_list("participant", flat=True)) == {"MDA"}
    figures = RowChange.objects.get(pk__gt=last, table="registry_seriesrevision")
    assert figures.dataset == "MDA_REFUGEES"
    assert figures.objects_told == str(world.dataset("MDA").pk)
    # And no value of what was written
    assert "'x'" not in str(list(RowChange.objects.filter(pk__gt=last).values_list()))


@pytest.mark.postgresql
def test_rights_given_beside_roles_leave_rows_too(world: World) -> None:
    # Given what gives rights without a role: a focal point, a group's pages, a second factor; and a file
    mda, person = world.participants["MDA"], world.people["MDA"]["user"]
    agency = Agency.objects.create(participant=mda, name_en="Bureau", name_ru="Бюро")
    contact = Contact.objects.create(agency=agency, position_en="Head", position_ru="Глава")
    device = TOTPDevice.objects.create(user=person, name="app")
    recovery = StaticDevice.objects.create(user=person, name="recovery")
    upload = Upload.objects.create(
        dataset=world.dataset("MDA"), file_name="x", size=1, created_by=world.people["MDA"]["submitter"]
    )
    group = Group.objects.create(name="Editors of all")
    last = RowChange.objects.latest("pk").pk
    # When it is changed past the services
    with acting(lambda: "mda-user"):
        Contact.objects.filter(pk=contact.pk).update(is_focal_point=True, user=person)
        contact.indicators.add(world.indicator)
        Agency.objects.filter(pk=agency.pk).update(url="https://example.org")
        TOTPDevice.objects.filter(pk=device.pk).update(key="00" * 20)
        StaticDevice.objects.filter(pk=recovery.pk).update(confirmed=False)
        StaticToken.objects.create(device=recovery, token="abc")
        Upload.objects.filter(pk=upload.pk).update(comment="x")
        Term.objects.create(
            code="x", topic="data", name_en="x", name_ru="x", definition_en="x", definition_ru="x"
        )
        institution = Institution.objects.create(
            code="x", category="other", name_en="x", name_ru="x", participant=world.participants["MDA"]
        )
        Institution.objects.filter(pk=institution.pk).update(phone="1", folded="x")
        Institution.objects.filter(pk=institution.pk).update(folded="y")
        for given in (GroupPagePermission, GroupCollectionPermission):
            field = (
                {"page": Page.objects.first()}
                if given is GroupPagePermission
                else {"collection": Collection.objects.first()}
            )
            given.objects.create(group=group, permission=Permission.objects.first(), **field)
    # Then each left a row, put down to the person and, where it is somebody's, to the participant
    found = RowChange.objects.filter(pk__gt=last).order_by("pk")
    assert list(found.values_list("table", "operation", "columns", "participant", "actor")) == [
        ("registry_contact", "update", "is_focal_point, user_id", "MDA", "mda-user"),
        ("registry_contact_indicators", "insert", "", "MDA", "mda-user"),
        ("registry_agency", "update", "url", "MDA", "mda-user"),
        ("otp_totp_totpdevice", "update", "key", "MDA", "mda-user"),
        ("otp_static_staticdevice", "update", "confirmed", "MDA", "mda-user"),
        ("otp_static_statictoken", "insert", "", "MDA", "mda-user"),
        ("registry_upload", "update", "comment", "MDA", "mda-user"),
        ("registry_term", "insert", "", None, "mda-user"),
        ("registry_institution", "insert", "", "MDA", "mda-user"),
        ("registry_institution", "update", "phone", "MDA", "mda-user"),
        ("wagtailcore_grouppagepermission", "insert", "", None, "mda-user"),
        ("wagtailcore_groupcollectionpermission", "insert", "", None, "mda-user"),
    ]
    assert all(table_label(row.table) != row.table for row in found)


@pytest.mark.postgresql
def test_what_is_no_change_of_rights_leaves_nothing(world: World) -> None:
    person, dataset = world.people["MDA"]["user"], world.dataset("MDA")
    device = TOTPDevice.objects.create(user=person, name="app")
    upload = Upload.objects.create(dataset=dataset, file_name="x", size=1, created_by=person)
    last = RowChange.objects.latest("pk").pk
    mail_choice_set(actor=person, wants_mail=not person.wants_mail)
    User.objects.filter(pk=person.pk).update(last_login=timezone.now(), wants_mail=True)
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=5, drift=1, throttling_failure_count=2)
    Upload.objects.filter(pk=upload.pk).update(state="running", progress=50, attempt=1)
    type(dataset).objects.filter(pk=dataset.pk).update(documentation_reminded_on="2026-01-01")
    assert lines(pk__gt=last) == []
    # But together with something else they are told
    User.objects.filter(pk=person.pk).update(wants_mail=False, is_superuser=True)
    assert lines(pk__gt=last) == [("registry_user", "update", 1, "is_superuser")]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_services_own_work_is_not_told_as_past_them(world: World) -> None:
    last = RowChange.objects.latest("pk").pk
    person = world.people["MDA"]["user"]
    # A second factor set up, and a recovery code used; what is set up with the portal; one's own settings
    device = second_factor_prepare(actor=person)
    totp = TOTP(device.bin_key)
    codes = second_factor_confirm(actor=person, code=f"{totp.token():06d}")
    assert second_factor_verify(person=person, code=codes[0])
    starter_load()
    mail_choice_set(actor=person, wants_mail=False)
    person_name(actor=person, first_name="Ana", last_name="Popa")
    past = row_change_list(viewer=SYSTEM).filter(pk__gt=last)
    assert list(past.values_list("table", "operation", "columns")) == []


@pytest.mark.postgresql
def test_what_changes_nothing_leaves_nothing(world: World) -> None:
    person = world.people["MDA"]["user"]
    last = RowChange.objects.latest("pk").pk
    User.objects.filter(pk=person.pk).update(last_login="2026-01-01T00:00Z")  # every sign-in
    User.objects.filter(pk=person.pk).update(position=person.position)
    User.objects.filter(pk=-1).update(position="nobody")
    assert lines(pk__gt=last) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_changes_without_an_act_are_told_apart(world: World, stranger: Any) -> None:  # noqa: F811
    # Given a grant made by the service, and rights changed past it: in the application and by raw SQL
    with acting(lambda: "mda-administrator"):
        world.release("MDA", {"MDA._T.F": [1]})
        grant_create(
            dataset=world.dataset("MDA"),
            actor=world.people["MDA"]["administrator"],
            audience=AudienceKind.PUBLIC,
        )
        AccessGrant.objects.update(level="documentation")
    Documentation.objects.create(dataset=world.dataset("MDA"), version=1)
    ask(stranger, "UPDATE registry_user SET is_superuser = true WHERE username = 'kaz-user'")
    # When the secretariat and the administrators of both look
    found = list(row_change_list(viewer=SYSTEM).exclude(operation="truncate")[:3])
    seen = [(row.table, row.participant, row.actor, row.rows) for row in found]
    # Then the act of the service is not among them, and the others name who was signed in
    assert seen == [
        ("registry_user", "KAZ", "", 1),
        ("registry_documentation", "MDA", "", 1),
        ("registry_accessgrant", "MDA", "mda-administrator", 1),
    ]
    assert found[0].database_user == "clearinghouse_app"
    mine = row_change_list(viewer=world.viewer("KAZ", "administrator"))
    assert "registry_user" in {row.table for row in mine}
    assert {row.participant for row in mine} == {"KAZ"}
    for viewer in (ANONYMOUS, world.viewer("KAZ"), world.viewer("KAZ", "submitter")):
        assert list(row_change_list(viewer=viewer)) == []
