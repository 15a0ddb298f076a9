"""The workflow as a state machine: whatever people try, every history is a path of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from registry.errors import RegistryError
from registry.models import AuditEvent, Dataset, Notice, Release, Submission
from registry.services.release import dataset_withdraw, submission_release
from registry.services.schedule import releases_due, submission_schedule, submission_unschedule
from registry.services.submission import (
    submission_return,
    submission_submit,
    submission_validate,
    submission_withdraw,
)
from tests.conftest import World
from tests.markers import WHOLE

REASON = {"en": "Recount", "ru": "Пересчёт"}
#: The whole machine. ``scheduled`` is validated with a time set.
MOVES = {
    "submit": ({"draft", "returned"}, "submitted"),
    "validate": ({"submitted"}, "validated"),
    "return": ({"submitted", "validated"}, "returned"),
    "withdraw": ({"draft", "submitted", "validated", "returned"}, "withdrawn"),
    "schedule": ({"validated"}, "scheduled"),
    "unschedule": ({"scheduled"}, "validated"),
    "release": ({"validated"}, "released"),
}
#: What each row of the audit trail says: from which states to which.
TRAIL = {
    "submission.stage": (set(), "draft"),
    "submission.submitted": MOVES["submit"],
    "submission.validated": MOVES["validate"],
    "submission.returned": MOVES["return"],
    "submission.withdrawn": MOVES["withdraw"],
    "submission.schedule": MOVES["schedule"],
    "submission.unschedule": MOVES["unschedule"],
}
PEOPLE = st.sampled_from(["submitter", "verifier", "administrator", "user"])
#: Who may do what; what a submitter prepared is nobody's own here but the submitter's and who submitted it.
MAY = {
    "submit": {"submitter", "administrator"},
    "validate": {"verifier"},
    "return": {"verifier"},
    "withdraw": {"submitter", "administrator"},
    "schedule": {"verifier", "administrator"},
    "unschedule": {"verifier", "administrator"},
    "release": {"verifier", "administrator"},
}
FOUR_EYES = {"validate", "schedule", "release"}


class Workflow(RuleBasedStateMachine):
    """One dataset, any number of submissions, four kinds of people."""

    world: ClassVar[World]
    submissions = Bundle("submissions")

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.states: dict[int, str] = {}
        self.bases: dict[int, int] = {}
        self.submitters: dict[int, str] = {}
        self.in_force: int | None = None
        self.releases = 0
        self.figure = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @rule(target=submissions)
    def stage(self) -> int:
        self.figure += 1
        submission = self.world.staged("MDA", {"MDA._T._T": [self.figure]}, reason=REASON)
        self.states[submission.pk] = "draft"
        self.bases[submission.pk] = self.releases
        return submission.pk

    @rule(pk=submissions, who=PEOPLE)
    def submit(self, pk: int, who: str) -> None:
        if self._try("submit", pk, who, lambda s, a: submission_submit(submission=s, actor=a)):
            self.submitters[pk] = who

    @rule(pk=submissions, who=PEOPLE)
    def validate(self, pk: int, who: str) -> None:
        self._try("validate", pk, who, lambda s, a: submission_validate(submission=s, actor=a))

    @rule(pk=submissions, who=PEOPLE)
    def send_back(self, pk: int, who: str) -> None:
        self._try("return", pk, who, lambda s, a: submission_return(submission=s, actor=a, comment="Look"))

    @rule(pk=submissions, who=PEOPLE)
    def withdraw(self, pk: int, who: str) -> None:
        self._try("withdraw", pk, who, lambda s, a: submission_withdraw(submission=s, actor=a, reason=REASON))

    @rule(pk=submissions, who=PEOPLE)
    def schedule(self, pk: int, who: str) -> None:
        at = timezone.now() + timedelta(hours=1)
        self._try("schedule", pk, who, lambda s, a: submission_schedule(submission=s, actor=a, release_at=at))

    @rule(pk=submissions, who=PEOPLE)
    def unschedule(self, pk: int, who: str) -> None:
        self._try("unschedule", pk, who, lambda s, a: submission_unschedule(submission=s, actor=a))

    @rule(pk=submissions, who=PEOPLE)
    def release(self, pk: int, who: str) -> None:
        is_fresh = self.bases[pk] == self.releases
        act: Callable[..., Any] = lambda s, a: submission_release(submission=s, actor=a)  # noqa: E731
        if self._try("release", pk, who, act, allowed=is_fresh):
            self._released(pk)

    @rule()
    def the_time_comes(self) -> None:
        waiting = [pk for pk, state in self.states.items() if state == "scheduled"]
        done = releases_due(now=timezone.now() + timedelta(hours=2))
        assert done.failed == 0
        released = [release.submission_id for release in done.released]
        dropped = [submission.pk for submission in done.dropped]
        assert sorted([*released, *dropped]) == sorted(waiting)
        assert len(released) <= 1, "the others were staged before it"
        for pk in released:
            assert self.bases[pk] == self.releases
            self.states[pk] = "released"
            self._released(pk)
        for pk in dropped:
            self.states[pk] = "validated"

    @rule()
    def take_back(self) -> None:
        dataset = Dataset.objects.select_related("owner", "indicator").get(code="MDA_REFUGEES")
        try:
            dataset_withdraw(dataset=dataset, actor=self.world.people["MDA"]["verifier"], reason=REASON)
        except RegistryError:
            assert self.in_force is None
            return
        assert self.in_force is not None
        self.states[self.in_force] = "withdrawn"
        self.in_force = None
        self.releases += 1

    def _released(self, pk: int) -> None:
        self.in_force = pk
        self.releases += 1

    def _try(self, move: str, pk: int, who: str, act: Callable[..., Any], *, allowed: bool = True) -> bool:
        """Do it; whether it succeeded is what the machine says, whoever it was."""
        before, after = MOVES[move]
        is_own = who in ("submitter", self.submitters.get(pk))
        expected = allowed and self.states[pk] in before and who in MAY[move]
        expected = expected and not (move in FOUR_EYES and is_own)
        related = Submission.objects.select_related("dataset__owner", "dataset__indicator", "follows")
        try:
            act(related.get(pk=pk), self.world.people["MDA"][who])
            succeeded = True
        except RegistryError:
            succeeded = False
        assert succeeded is expected, f"{who} tried to {move} what was {self.states[pk]}"
        if succeeded:
            self.states[pk] = after
        return succeeded

    @invariant()
    def the_database_says_the_same(self) -> None:
        rows = Submission.objects.filter(pk__in=self.states).values_list("pk", "state", "release_at")
        found = {pk: "scheduled" if state == "validated" and at else state for pk, state, at in rows}
        assert found == self.states

    @invariant()
    def every_history_is_a_path(self) -> None:
        trail = AuditEvent.objects.filter(object_type="submission").order_by("pk")
        at: dict[str, str] = {}
        for action, pk in trail.values_list("action", "object_id"):
            before, after = TRAIL[action]
            assert at.get(pk, "") in (before or {""})
            at[pk] = after
        for pk, state in self.states.items():
            last = at[str(pk)]
            # A release and its withdrawal are told of the dataset; a due one was scheduled until then.
            ends = {
                "released": {"validated", "scheduled"},
                "withdrawn": {"withdrawn", "validated", "scheduled"},
            }
            assert last in ends.get(state, {state})

    @invariant()
    def every_release_has_one_row_of_the_trail_and_one_notice(self) -> None:
        numbers = list(Release.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, self.releases + 1))
        assert Notice.objects.count() == self.releases
        told = AuditEvent.objects.filter(action__in=("dataset.release", "dataset.withdraw"))
        assert sorted(row.data["release"] for row in told) == numbers

    @invariant()
    def nobody_judged_their_own(self) -> None:
        for submission in Submission.objects.filter(pk__in=self.states):
            own = {submission.created_by_id, submission.submitted_by_id} - {None}
            judged = {submission.validated_by_id, submission.released_by_id, submission.scheduled_by_id}
            assert not own & judged


def test_every_history_is_a_path_of_the_machine(world: World) -> None:
    world.dataset("MDA")
    Workflow.world = world
    run_state_machine_as_test(
        Workflow,
        settings=settings(
            max_examples=25 if WHOLE else 12,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_machine_reaches_every_state(world: World) -> None:
    """So that the test above cannot pass by staying where it began."""
    states = {before for befores, _after in MOVES.values() for before in befores}
    states |= {after for _before, after in MOVES.values()}
    assert states == {"draft", "submitted", "validated", "scheduled", "returned", "released", "withdrawn"}


pytestmark = pytest.mark.django_db
