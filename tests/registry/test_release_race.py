"""Many at once: every submission is released exactly once, whoever else is at it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from registry.errors import Conflict
from registry.models import AuditEvent, Codelist, Dataset, Notice, Release, Submission
from registry.models.submission import SubmissionState
from registry.services.dataset import dataset_create
from registry.services.release import submission_release
from registry.services.schedule import releases_due
from registry.services.submission import submission_stage, submission_submit, submission_validate
from tests.conftest import World, make_cube, make_indicator

pytestmark = pytest.mark.django_db(transaction=True)


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture(scope="module", autouse=True)
def emptied_afterwards() -> Iterator[None]:
    """Django empties the tables after a test that commits; with SQLite the lock on the trail is off then."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def without_locks(self: Any, statements: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            try:
                flush(self, statements)
            finally:
                for _name, sql in triggers:
                    cursor.execute(sql)

    if not is_postgresql():
        operations.execute_sql_flush = without_locks  # type: ignore[method-assign]
    yield
    operations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture
def validated(world: World, codelists: dict[str, Codelist], settings: Any) -> list[Submission]:
    """Twenty submissions of twenty datasets; six with SQLite, which writes one at a time anyway."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    owners, count = ("MDA", "KAZ", "UKR", "UNHCR"), 5 if is_postgresql() else 2
    indicators = [make_indicator(f"I{at}", (f"I{at}", f"I{at}"), codelists) for at in range(count)]
    found = []
    for indicator in indicators:
        for owner in owners if is_postgresql() else owners[:3]:
            people = world.people[owner]
            dataset = dataset_create(
                code=f"{owner}_{indicator.code}",
                indicator=indicator,
                owner=world.participants[owner],
                actor=people["administrator"],
                source_en="Border service",
                source_ru="Пограничная служба",
            )
            area = "MDA" if owner == "UNHCR" else owner
            cube = make_cube(indicator, {f"{area}._T._T": [1, 2, 3], f"{area}.UKR._T": [1, 1, 1]})
            submission = submission_stage(dataset=dataset, cube=cube, actor=people["submitter"])
            submission_submit(submission=submission, actor=people["submitter"])
            submission_validate(submission=submission, actor=people["verifier"])
            found.append(submission)
    return found


def at_once(work: Callable[[], int]) -> int:
    """The work done by eight at once (three with SQLite), begun together; the sum of what they return."""
    threads = 8 if is_postgresql() else 3
    start = Barrier(threads)

    def run() -> int:
        try:
            start.wait(30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return sum(future.result(120) for future in [pool.submit(run) for _number in range(threads)])


def patiently(act: Callable[[], Any]) -> Any:
    """SQLite's shared test database refuses instead of waiting: then again."""
    while True:
        try:
            return act()
        except OperationalError as error:
            if is_postgresql() or "locked" not in str(error):
                raise


def assert_each_once(submissions: list[Submission]) -> None:
    released = Counter(Release.objects.values_list("submission", flat=True))
    assert released == Counter(submission.pk for submission in submissions)
    assert Release.objects.exclude(number=1).count() == 0
    assert Notice.objects.count() == len(submissions)
    assert AuditEvent.objects.filter(action="dataset.release").count() == len(submissions)
    states = Submission.objects.values_list("state", flat=True)
    assert set(states) == {SubmissionState.RELEASED}
    assert Dataset.objects.filter(current_release__isnull=True).count() == 0


def test_people_who_release_the_same_release_it_once(world: World, validated: list[Submission]) -> None:
    people = {
        submission.pk: world.people[submission.dataset.owner.code]["verifier"] for submission in validated
    }

    def release_all() -> int:
        mine = Submission.objects.select_related("dataset__owner", "dataset__indicator")
        waiting = list(patiently(lambda: list(mine)))
        random.shuffle(waiting)
        released = 0
        for submission in waiting:
            try:
                patiently(lambda s=submission: submission_release(submission=s, actor=people[s.pk]))
                released += 1
            except Conflict:
                pass
        return released

    assert at_once(release_all) == len(validated)
    assert_each_once(validated)


def test_timers_that_run_at_once_release_each_once(world: World, validated: list[Submission]) -> None:
    now = timezone.now()
    for submission in validated:
        Submission.objects.filter(pk=submission.pk).update(
            release_at=now - timedelta(minutes=1),
            scheduled_by=world.people[submission.dataset.owner.code]["verifier"],
        )

    def release_due() -> int:
        released = 0
        due = Submission.objects.filter(state=SubmissionState.VALIDATED)
        while patiently(lambda: due.exists()):
            done = patiently(lambda: releases_due(now=now))
            assert done.dropped == []
            released += len(done.released)
        return released

    assert at_once(release_due) == len(validated)
    assert_each_once(validated)


def test_a_timer_and_people_together(world: World, validated: list[Submission]) -> None:
    """Half is due, half is released by hand, and somebody cancels meanwhile: nothing is released twice."""
    now = timezone.now()
    due, by_hand = validated[::2], validated[1::2]
    for submission in due:
        Submission.objects.filter(pk=submission.pk).update(
            release_at=now, scheduled_by=world.people[submission.dataset.owner.code]["verifier"]
        )

    def both() -> int:
        released = len(patiently(lambda: releases_due(now=now)).released)
        for found in by_hand:
            submission = patiently(
                lambda pk=found.pk: Submission.objects.select_related(
                    "dataset__owner", "dataset__indicator"
                ).get(pk=pk)
            )
            actor = world.people[submission.dataset.owner.code]["verifier"]
            try:
                patiently(lambda s=submission, a=actor: submission_release(submission=s, actor=a))
                released += 1
            except Conflict:
                pass
        return released

    released = at_once(both)
    released += len(releases_due(now=now).released)  # what one left because another held its dataset
    assert released == len(validated)
    assert_each_once(validated)
