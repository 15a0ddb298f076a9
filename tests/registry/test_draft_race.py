"""Two at once at one dataset: nothing of the one is lost behind the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connection

from registry.errors import Conflict, Invalid
from registry.formats.base import Reading
from registry.models import Dataset, Submission
from registry.models.submission import SubmissionAction, SubmissionState
from registry.services import draft
from registry.services import submission as submissions
from registry.services.draft import draft_stage
from registry.services.release import submission_release
from registry.services.submission import (
    submission_discard,
    submission_stage,
    submission_submit,
    submission_validate,
)
from tests.conftest import World
from tests.database import as_system

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
Begin = Callable[[Callable[[], Any]], "Future[Any]"]
FIGURES = {"MDA._T._T": [100, 120]}


@pytest.fixture
def begin(settings: Any) -> Iterator[Begin]:
    """Begin something on a connection of its own."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}

    def run(work: Callable[[], Any]) -> Any:
        try:
            with as_system():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        yield lambda work: pool.submit(run, work)


def dataset_of(world: World) -> Dataset:
    return Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset("MDA").pk)


def must_wait(running: Future[Any]) -> None:
    with pytest.raises(StillWaiting):
        running.result(1)


def test_a_release_waits_for_figures_that_are_being_put_over_the_last_one(
    world: World, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a release, and a correction of it that is ready
    people = world.people["MDA"]
    world.release("MDA", FIGURES)
    ready = world.staged("MDA", {"MDA._T._T": [100, 999]})
    submission_submit(submission=ready, actor=people["submitter"])
    submission_validate(submission=ready, actor=people["verifier"])
    releases: list[Future[Any]] = []
    before = submissions.released_cube

    def slowly(dataset: Dataset) -> Any:
        found = before(dataset)
        releases.append(begin(lambda: submission_release(submission=ready, actor=people["verifier"])))
        must_wait(releases[0])
        return found

    monkeypatch.setattr(submissions, "released_cube", slowly)
    # When it is released just after other figures were put over the first release
    late = submission_stage(
        dataset=dataset_of(world),
        cube=world.cube({"MDA.KAZ._T": [5]}),
        actor=people["submitter"],
        action=SubmissionAction.MERGE,
        reason={"en": "Recount", "ru": "Пересчёт"},
    )
    assert releases[0].result(30).number == 2
    # Then those cannot take the correction back
    submission_submit(submission=late, actor=people["submitter"])
    submission_validate(submission=late, actor=people["verifier"])
    with pytest.raises(Conflict):
        submission_release(submission=late, actor=people["verifier"])


def test_of_two_drafts_saved_at_once_one_stays(
    world: World, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = Barrier(2)
    stage = draft.submission_stage

    def together(**options: Any) -> Submission:
        with suppress(BrokenBarrierError):  # when the other one waits for the dataset
            both.wait(1)
        return stage(**options)

    monkeypatch.setattr(draft, "submission_stage", together)
    dataset, actor = dataset_of(world), world.people["MDA"]["submitter"]
    saved = [
        begin(lambda: draft_stage(dataset=dataset, reading=Reading(world.cube(FIGURES)), actor=actor))
        for _number in range(2)
    ]
    assert {type(one.exception(30)) for one in saved} == {Invalid, type(None)}
    assert Submission.objects.filter(state=SubmissionState.DRAFT).count() == 1


def test_a_submission_is_not_discarded_with_the_draft_it_was(world: World, begin: Begin) -> None:
    actor = world.people["MDA"]["submitter"]
    submission = world.staged("MDA", FIGURES)
    other = Submission.objects.select_related("dataset__owner").get(pk=submission.pk)
    submitted: list[Future[Any]] = []

    def before_rows_go(execute: Any, sql: str, *rest: Any) -> Any:
        if "DELETE FROM" in sql and not submitted:
            submitted.append(begin(lambda: submission_submit(submission=other, actor=actor)))
            must_wait(submitted[0])
        return execute(sql, *rest)

    with connection.execute_wrapper(before_rows_go):
        submission_discard(submission=submission, actor=actor)

    with pytest.raises(Conflict):
        submitted[0].result(30)
    assert not Submission.objects.exists()
