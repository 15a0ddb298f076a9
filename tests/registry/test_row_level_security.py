"""The database's own wall: raw SQL with the role that serves, without any of the application's rules.

A test logs in as that role (DATABASE_URL), over what another connection has committed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from pytest_django import Settings

from registry import checks
from registry.access import ANONYMOUS, Viewer
from registry.models import AudienceKind, Observation, Problem, Series, SeriesRevision, StagedSeries
from registry.row_security import as_service, claim_statement, is_held, viewing
from registry.services.access import grant_create, grant_revoke
from registry.services.database import claim_key_keep, role_grant
from tests.conftest import World
from tests.database import as_owner
from tests.registry.seen import opened

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

SECRET = 918273645  # a figure that occurs nowhere else
FIGURES = {"MDA._T.F": [SECRET, 20], "MDA._T.M": [11, 21]}
#: Whatever a stranger might ask of the tables of figures, and of all that is made of them.
READS = [
    "SELECT values_json FROM registry_seriesrevision",
    "SELECT value::text FROM observation",
    "SELECT values_json FROM registry_stagedseries",
    "SELECT key FROM registry_series",
    "SELECT arguments::text FROM registry_problem",
    "SELECT r::text FROM registry_seriesrevision r WHERE values_json LIKE '%%918%%'",
    "SELECT count(*)::text FROM registry_seriesrevision HAVING count(*) > 0",
    "SELECT max(values_json) FROM registry_seriesrevision HAVING max(values_json) IS NOT NULL",
    "SELECT code FROM registry_dataset WHERE id IN (SELECT dataset_id FROM registry_seriesrevision)",
]
REFUSED = "permission denied|must be owner|row-level security|not supported"


@pytest.fixture(autouse=True)
def serving_role_exists() -> None:
    if settings.APPLICATION_DATABASE["USER"] == settings.DATABASES["default"]["USER"]:
        pytest.skip("needs two roles: scripts/postgres.sh run …")


@pytest.fixture
def stranger() -> Iterator[Any]:
    """A session of the serving role with nothing of ours around it, each statement for itself."""
    there = connection.settings_dict
    session = psycopg2.connect(
        host=there["HOST"],
        port=there["PORT"],
        dbname=there["NAME"],
        user=settings.APPLICATION_DATABASE["USER"],
        password=settings.APPLICATION_DATABASE["PASSWORD"],
    )
    session.autocommit = True
    yield session
    session.close()


def ask(session: Any, sql: str) -> list[tuple[Any, ...]]:
    with session.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def figures(world: World) -> World:
    """One dataset released and another staged, both open to nobody but their owners."""
    world.release("MDA", FIGURES)
    world.staged("KAZ", {"KAZ._T.F": [SECRET, -5]})
    return world


def test_raw_sql_reads_nothing_hidden(figures: World, stranger: Any) -> None:
    assert SeriesRevision.objects.count() == 2
    assert StagedSeries.objects.count() == 1
    assert Problem.objects.count() > 0
    for sql in READS:
        assert ask(stranger, sql) == [], sql


def test_raw_sql_reads_what_is_public(figures: World, stranger: Any) -> None:
    # Given a slice open to everybody
    grant = opened(figures, audience=AudienceKind.PUBLIC, slice={"SEX": ["M"]})
    # Then that slice is there, in the view too, and nothing beside it
    assert ask(stranger, "SELECT key FROM registry_seriesrevision") == [("MDA._T.M",)]
    assert ask(stranger, "SELECT key FROM registry_series") == [("MDA._T.M",)]
    assert ask(stranger, "SELECT value::text FROM observation ORDER BY 1") == [("11",), ("21",)]
    # And after revocation no longer
    grant_revoke(grant=grant, actor=figures.people["MDA"]["administrator"])
    for sql in READS:
        assert ask(stranger, sql) == [], sql


def test_a_claim_cannot_be_made_up_or_taken_over(figures: World, stranger: Any) -> None:
    # Given a genuine claim of the system's own work, on another session
    with as_service():
        genuine = claim_statement(connection).split("'")[3]
    signature = genuine.partition(":")[2].partition(".")[0]
    (pid,) = ask(stranger, "SELECT pg_backend_pid()")[0]
    body = base64.b64encode(json.dumps({"pid": pid, "service": True}).encode()).decode()
    made_up = ["service:", "service:00.e30=", f"service:{body}", f"service:.{body}"]
    for claim in (*made_up, f"service:{signature}.{body}", genuine, genuine.replace("service", "viewer", 1)):
        # When a stranger sets it for the session
        ask(stranger, "SELECT set_config('clearinghouse.claim', $$" + claim + "$$, false)")
        # Then it opens nothing
        for sql in READS:
            assert ask(stranger, sql) == [], (claim, sql)


def test_the_key_of_claims_cannot_be_read(figures: World, stranger: Any) -> None:
    for sql in (
        "SELECT * FROM registry_claimkey",
        "UPDATE registry_claimkey SET inner_pad = ''",
        "DELETE FROM registry_claimkey",
        "COPY registry_claimkey TO STDOUT",
    ):
        with pytest.raises(psycopg2.Error, match=REFUSED):
            ask(stranger, sql)


DEMOLITIONS = [
    "SET ROLE clearinghouse",
    "SET SESSION AUTHORIZATION clearinghouse",
    "ALTER TABLE registry_seriesrevision DISABLE ROW LEVEL SECURITY",
    "DROP POLICY registry_viewer ON registry_seriesrevision",
    "CREATE POLICY mine ON registry_seriesrevision USING (true)",
    "ALTER VIEW observation SET (security_invoker = false)",
    "CREATE OR REPLACE FUNCTION registry_is_service() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
    "ALTER ROLE clearinghouse_app BYPASSRLS",
    "CREATE TABLE public.registry_mine (id integer)",
    "TRUNCATE registry_seriesrevision",
    "SET row_security = off; SELECT * FROM registry_seriesrevision",
    "INSERT INTO registry_series (dataset_id, key) SELECT id, 'X' FROM registry_dataset LIMIT 1",
]


def test_the_wall_cannot_be_taken_down(figures: World, stranger: Any) -> None:
    for sql in DEMOLITIONS:
        with pytest.raises(
            psycopg2.Error, match=f"{REFUSED}|affected by row-level|permission to|must be superuser"
        ):
            ask(stranger, sql)


def test_raw_sql_changes_no_figures(figures: World, stranger: Any) -> None:
    before = list(SeriesRevision.objects.order_by("key").values_list("key", "values_json"))
    ask(stranger, "UPDATE registry_seriesrevision SET values_json = '[0]'")
    ask(stranger, "DELETE FROM registry_seriesrevision")
    ask(stranger, "DELETE FROM registry_stagedseries")
    assert list(SeriesRevision.objects.order_by("key").values_list("key", "values_json")) == before
    assert StagedSeries.objects.count() == 1


COLUMNS = "submission_id, key, start, values_json, statuses_json, notes_json, value_count"
#: Where COPY of staged series goes; only services may, and nobody reads there.
LANDINGS = [
    "SELECT * FROM registry_stagedseries_landing",
    "SELECT count(*) FROM registry_stagedseries_landing",
    "COPY registry_stagedseries_landing TO STDOUT",
    "UPDATE registry_stagedseries_landing SET values_json = '[0]'",
    "DELETE FROM registry_stagedseries_landing",
    "TRUNCATE registry_stagedseries_landing",
    "ALTER TABLE registry_stagedseries DETACH PARTITION registry_stagedseries_landing",
    "ALTER TABLE registry_stagedseries_landing DISABLE TRIGGER ALL",
    f"INSERT INTO registry_stagedseries_landing ({COLUMNS}) VALUES (1, 'X', '2020', '[1]', '', '', 1)",
    f"INSERT INTO registry_stagedseries_landing ({COLUMNS}) SELECT 1, 'X', '', '', '', '', 1 RETURNING key",
]


def test_nobody_reads_or_writes_where_staged_series_land(figures: World, stranger: Any) -> None:
    for sql in LANDINGS:
        with pytest.raises(psycopg2.Error, match=f"{REFUSED}|only services"):
            ask(stranger, sql)
    with stranger.cursor() as cursor, pytest.raises(psycopg2.Error, match="only services"):
        cursor.copy_expert(
            f"COPY registry_stagedseries_landing ({COLUMNS}) FROM STDIN",
            StringIO("1\tX\t2020\t[1]\t\t\t1\n"),
        )
    assert StagedSeries.objects.count() == 1


def test_a_landing_that_can_be_read_is_noticed(figures: World) -> None:
    role = settings.APPLICATION_DATABASE["USER"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON registry_stagedseries_landing TO {role}")
    assert [problem.id for problem in checks.row_security_problems()] == ["registry.E002"]
    with as_owner():
        role_grant(role=role)
    assert checks.row_security_problems() == []


def test_every_query_past_the_rule_fails_closed(figures: World) -> None:
    # Given queries that forgot to ask who looks, on behalf of somebody without rights
    for viewer in (ANONYMOUS, figures.viewer("KAZ"), figures.viewer("MDA")):
        with viewing(viewer):
            mine = viewer.participant == "MDA"
            assert SeriesRevision.objects.count() == (2 if mine else 0)
            assert Observation.objects.count() == (4 if mine else 0)
            assert Series.objects.count() == (2 if mine else 0)
            assert StagedSeries.objects.count() == 0
            # An oracle: is there a figure that begins like this?
            assert Series.objects.filter(revisions__values_json__startswith="[918").exists() is mine
    # Input is seen by those of its owner who work on figures, and by nobody else
    for who, person, seen in (("KAZ", "submitter", 1), ("KAZ", "user", 0), ("MDA", "submitter", 0)):
        with viewing(figures.viewer(who, person)):
            assert StagedSeries.objects.count() == seen
            assert Problem.objects.filter(submission__dataset__owner__code="KAZ").exists() is bool(seen)


def test_nothing_of_one_viewer_is_left_for_the_next(figures: World) -> None:
    # Given one connection that served the owner, in and out of a transaction, through a cursor of the server
    owner = figures.viewer("MDA")
    pids = set()

    def pid() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_setting('clearinghouse.claim', true)")
            number, left = cursor.fetchone()
        assert left in (None, "")
        return int(number)

    with viewing(owner):
        assert SeriesRevision.objects.count() == 2
        pids.add(pid())
        assert len(list(SeriesRevision.objects.iterator())) == 2
        pids.add(pid())
        with transaction.atomic():
            assert SeriesRevision.objects.count() == 2
    pids.add(pid())
    # When the next one comes along on it
    with viewing(ANONYMOUS):
        assert SeriesRevision.objects.count() == 0
        assert list(SeriesRevision.objects.iterator()) == []
        pids.add(pid())
    assert len(pids) == 1


def test_the_work_of_a_service_ends_with_it(figures: World) -> None:
    with viewing(ANONYMOUS), transaction.atomic():
        with as_service():
            assert SeriesRevision.objects.count() == 2
        assert SeriesRevision.objects.count() == 0
        with connection.cursor() as cursor:
            # Not even where the name of the table is hidden from the application
            cursor.execute("CREATE TEMPORARY TABLE found (key text) ON COMMIT DROP")
            cursor.execute(
                "DO $$ BEGIN EXECUTE 'INSERT INTO found SELECT key FROM registry' || '_series'; END $$"
            )
            cursor.execute("SELECT * FROM found")
            assert cursor.fetchall() == []


def test_two_viewers_take_turns_over_http(figures: World) -> None:
    owner, other = Client(), Client()
    owner.force_login(figures.people["MDA"]["user"])
    other.force_login(figures.people["KAZ"]["user"])
    figure = str(SECRET)
    for _turn in range(3):
        mine = owner.get("/en/statistics/REFUGEES/data.csv")
        theirs = other.get("/en/statistics/REFUGEES/data.csv")
        assert figure in mine.content.decode()
        assert figure not in theirs.content.decode()


def test_the_serving_role_is_held(world: World) -> None:
    assert is_held()
    assert checks.row_security_problems() == []
    checks.refuse_to_serve()


def test_the_owner_does_not_serve(world: World, settings: Settings) -> None:
    settings.ROW_SECURITY_REQUIRED = True
    with as_owner():
        assert [problem.id for problem in checks.row_security_problems()] == [
            "registry.E002",
            "registry.E004",
        ]
        assert [problem.id for problem in checks.check_row_security(["default"])] == [
            "registry.E002",
            "registry.E004",
        ]
        settings.ROW_SECURITY_REQUIRED = False
        assert checks.check_row_security(["default"]) == []


def test_a_server_with_the_owner_does_not_start(world: World, settings: Settings, monkeypatch: Any) -> None:
    settings.ROW_SECURITY_REQUIRED = True
    monkeypatch.setattr(connection, "close", lambda: None)
    with as_owner(), pytest.raises(ImproperlyConfigured, match=r"registry\.E002: .*ROW_SECURITY=off"):
        checks.refuse_to_serve()


def test_another_secret_key_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.row_security._key", lambda: b"another")
    assert [problem.id for problem in checks.row_security_problems()] == ["registry.E003"]


def test_the_roles_are_made_and_repaired(world: World, stranger: Any) -> None:
    # Given a serving role that was given too much
    role = settings.APPLICATION_DATABASE["USER"]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON registry_auditevent, registry_claimkey TO {role}")
    assert ask(stranger, "SELECT count(*) FROM registry_claimkey") == [(1,)]
    # When the command is run, twice
    with as_owner():
        call_command("database_roles", verbosity=0)
        call_command("database_roles", verbosity=0)
    # Then it has what it needs and nothing else
    with pytest.raises(psycopg2.Error, match="permission denied"):
        ask(stranger, "SELECT count(*) FROM registry_claimkey")
    assert checks.row_security_problems() == []
    assert Viewer().tokens == {"public"}


def test_grants_and_keys_need_the_owner(world: World) -> None:
    from django.db import DatabaseError

    for act in (claim_key_keep, lambda: role_grant(role="clearinghouse_app")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_grant_still_reaches_every_series(figures: World) -> None:
    """A rewrite of audiences that the wall kept rows from would leave them open or closed unnoticed."""
    with viewing(ANONYMOUS):
        grant = grant_create(
            dataset=figures.dataset("MDA"),
            actor=figures.people["MDA"]["administrator"],
            audience=AudienceKind.PUBLIC,
        )
        assert SeriesRevision.objects.count() == 2
        grant_revoke(grant=grant, actor=figures.people["MDA"]["administrator"])
        assert SeriesRevision.objects.count() == 0
