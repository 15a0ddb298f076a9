"""Release at a set time: who may set it, when it comes, and what keeps it from being released."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext

from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import (
    AudienceKind,
    AuditEvent,
    Notice,
    Release,
    RoleAssignment,
    SeriesRevision,
    Submission,
    User,
)
from registry.models import Role as UserRole
from registry.selectors.cube import cube_get
from registry.services import schedule
from registry.services.release import submission_release
from registry.services.schedule import releases_due, submission_schedule, submission_unschedule
from registry.services.submission import (
    submission_return,
    submission_submit,
    submission_validate,
    submission_withdraw,
)
from tests.conftest import World
from tests.registry.seen import opened

FIGURES = {"MDA._T._T": [98765]}
REASON = {"en": "Corrected", "ru": "Исправлено"}


def validated(world: World, owner: str = "MDA", figures: Any = None, **options: Any) -> Submission:
    people = world.people[owner]
    submission = world.staged(owner, figures or FIGURES, **options)
    submission_submit(submission=submission, actor=people["submitter"])
    submission_validate(submission=submission, actor=people["verifier"])
    return submission


@pytest.fixture
def later() -> datetime:
    return timezone.now() + timedelta(hours=1)


@pytest.fixture
def secretary(db: None) -> User:
    person = User.objects.create_user("secretary", email="secretary@example.org")
    RoleAssignment.objects.create(user=person, role=UserRole.SYSTEM_ADMINISTRATOR)
    return person


@pytest.fixture
def scheduled(world: World, later: datetime) -> Submission:
    submission = validated(world)
    submission_schedule(submission=submission, actor=world.people["MDA"]["verifier"], release_at=later)
    submission.refresh_from_db()
    return submission


def test_it_is_released_when_its_time_has_come_and_once(
    world: World, scheduled: Submission, later: datetime
) -> None:
    # When the time has not come, nothing happens
    assert releases_due(now=later - timedelta(seconds=1)).released == []
    assert not SeriesRevision.objects.exists()
    # When it has, it is released in the name of who set it, once
    (release,) = releases_due(now=later).released
    assert releases_due(now=later + timedelta(days=1)).released == []
    assert (release.number, release.embargo_until, release.released_by) == (
        1,
        later,
        world.people["MDA"]["verifier"],
    )
    assert (Release.objects.count(), Notice.objects.count()) == (1, 1)
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions[-2:] == ["submission.schedule", "dataset.release"]


def test_nothing_is_seen_before_by_anybody(world: World, scheduled: Submission, later: datetime) -> None:
    opened(world, to="KAZ")
    everybody = [world.viewer(who) for who in (None, "KAZ", "MDA")] + [world.viewer("MDA", "verifier")]
    for viewer in everybody:
        assert cube_get(viewer=viewer, indicator=world.indicator).rows == ()
        assert not Release.objects.visible_to(viewer).exists()
    staged = [Submission.objects.visible_to(viewer).count() for viewer in everybody]
    assert staged == [0, 0, 0, 1]
    releases_due(now=later)
    seen = [len(cube_get(viewer=viewer, indicator=world.indicator).rows) for viewer in everybody]
    assert seen == [0, 1, 1, 1]


def test_no_surface_shows_it_before(
    world: World, scheduled: Submission, later: datetime, client: Client
) -> None:
    opened(world, audience=AudienceKind.PUBLIC)
    statistics = "/en/statistics/REFUGEES"
    cube = {"query": '{ cube(indicator: "REFUGEES") { values sources { datasetCode releasedAt } } }'}

    def surfaces() -> list[bool]:
        pages = [
            client.get(f"{statistics}/"),
            client.get(f"{statistics}/data.csv"),
            client.get(f"{statistics}/data.json"),
            client.get(f"{statistics}/history/"),
            client.get("/en/search/", {"q": "98765"}),
            client.post("/graphql/", json.dumps(cube), content_type="application/json"),
        ]
        texts = [page.content.decode() for page in pages]
        found = [re.search(r"\b98,?765\b", text) is not None for text in texts]
        return [*found[:3], "as_of=1" in texts[3], "MDA_REFUGEES" in texts[5]]

    everybody = [None, world.people["KAZ"]["user"], world.people["MDA"]["verifier"]]
    for person in everybody:
        client.logout()
        if person:
            client.force_login(person)
        assert surfaces() == [False] * 5
    releases_due(now=later)
    for person in everybody:
        client.logout()
        if person:
            client.force_login(person)
        assert surfaces() == [True] * 5


@pytest.mark.parametrize(
    ("release_at", "told"),
    [
        (datetime(2020, 1, 1, tzinfo=UTC), "This time is past"),
        (datetime(2120, 1, 1), "with its time zone"),
    ],
)
def test_a_time_is_later_and_has_a_time_zone(world: World, release_at: datetime, told: str) -> None:
    submission = validated(world)
    with pytest.raises(Invalid, match=told):
        submission_schedule(
            submission=submission, actor=world.people["MDA"]["verifier"], release_at=release_at
        )
    assert not Submission.objects.filter(release_at__isnull=False).exists()


def test_who_releases_sets_the_time(world: World, later: datetime, secretary: User) -> None:
    people = world.people["MDA"]
    submission = validated(world)
    refused = [people["submitter"], people["user"], world.people["KAZ"]["verifier"], secretary]
    for actor in refused:
        with pytest.raises(NotAllowed):
            submission_schedule(submission=submission, actor=actor, release_at=later)
    submission_schedule(submission=submission, actor=people["administrator"], release_at=later)
    for actor in refused:
        with pytest.raises(NotAllowed):
            submission_unschedule(submission=submission, actor=actor)


def test_the_secretariat_releases_where_the_participant_decided_so(
    world: World, later: datetime, secretary: User
) -> None:
    # Given a participant whose figures the secretariat releases (X6)
    world.participants["MDA"].release_authority = "secretariat"
    world.participants["MDA"].save()
    submission = Submission.objects.get(pk=validated(world).pk)
    verifier = world.people["MDA"]["verifier"]
    with pytest.raises(NotAllowed):
        submission_schedule(submission=submission, actor=verifier, release_at=later)
    submission_schedule(submission=submission, actor=secretary, release_at=later)
    # Then the owner may still stop it: its figures stay its own
    submission_unschedule(submission=submission, actor=verifier)
    submission_schedule(submission=submission, actor=secretary, release_at=later)
    assert [release.released_by for release in releases_due(now=later).released] == [secretary]


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_only_what_is_validated_gets_a_time(world: World, later: datetime, state: str) -> None:
    submission = world.staged("MDA", FIGURES)
    if state == "submitted":
        submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    with pytest.raises(Conflict):
        submission_schedule(submission=submission, actor=world.people["MDA"]["verifier"], release_at=later)


def test_until_then_it_cannot_be_changed(world: World, scheduled: Submission, later: datetime) -> None:
    people = world.people["MDA"]
    acts = [
        lambda: submission_return(submission=scheduled, actor=people["verifier"], comment="Wait"),
        lambda: submission_withdraw(submission=scheduled, actor=people["submitter"], reason=REASON),
        lambda: submission_release(submission=scheduled, actor=people["verifier"]),
        lambda: submission_validate(submission=scheduled, actor=people["verifier"]),
        lambda: submission_submit(submission=scheduled, actor=people["submitter"]),
        lambda: submission_schedule(
            submission=scheduled, actor=people["verifier"], release_at=later + timedelta(days=1)
        ),
    ]
    for act in acts:
        with pytest.raises(Conflict):
            act()
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.release_at, scheduled.remarks.count()) == ("validated", later, 0)
    # When the time is cancelled, it can
    submission_unschedule(submission=scheduled, actor=people["administrator"])
    with pytest.raises(Conflict):
        submission_unschedule(submission=scheduled, actor=people["administrator"])
    submission_return(submission=scheduled, actor=people["verifier"], comment="Wait")
    assert scheduled.state == "returned"
    assert releases_due(now=later).released == []


def _lose_role(world: World) -> None:
    RoleAssignment.objects.filter(user=world.people["MDA"]["verifier"]).delete()


def _disable(world: World) -> None:
    User.objects.filter(pk=world.people["MDA"]["verifier"].pk).update(is_active=False)


def _give_to_secretariat(world: World) -> None:
    world.participants["MDA"].release_authority = "secretariat"
    world.participants["MDA"].save()


def _release_another(world: World) -> None:
    other = Submission.objects.exclude(release_at__isnull=False).get()
    submission_release(submission=other, actor=world.people["MDA"]["administrator"])


@pytest.mark.parametrize("change", [_lose_role, _disable, _give_to_secretariat, _release_another])
def test_what_may_not_be_released_any_more_stays_validated_and_is_told(
    world: World,
    later: datetime,
    change: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    # Given a time set by a verifier, who then may no longer, or another release meanwhile
    people = world.people["MDA"]
    for name, language in (("submitter", "ru"), ("verifier", "en")):
        User.objects.filter(pk=people[name].pk).update(email=f"{name}@example.org", language=language)
    submission = validated(world)
    validated(world, figures={"MDA._T._T": [5]})
    submission_schedule(submission=submission, actor=people["verifier"], release_at=later)
    change(world)
    before = Release.objects.count()
    # When the time comes
    with django_capture_on_commit_callbacks(execute=True):
        done = releases_due(now=later)
    # Then nothing is released, once and for all, and those concerned read why
    assert ([found.pk for found in done.dropped], done.released, done.failed) == ([submission.pk], [], 0)
    submission.refresh_from_db()
    assert (submission.state, submission.release_at, submission.scheduled_by) == ("validated", None, None)
    assert Release.objects.count() == before
    said = submission.remarks.get()
    assert (said.author, said.state, "Not released at the set time" in said.text) == (None, "validated", True)
    told = {message.to[0]: message for message in mail.outbox}
    assert "submitter@example.org" in told
    assert all("98765" not in message.body for message in mail.outbox)
    assert AuditEvent.objects.filter(action="submission.unschedule").count() == 1
    assert releases_due(now=later + timedelta(days=1)).dropped == []


def test_the_letter_is_in_the_language_of_its_reader(
    world: World, scheduled: Submission, later: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    submitter = world.people["MDA"]["submitter"]
    User.objects.filter(pk=submitter.pk).update(email="s@example.org", language="ru")
    _lose_role(world)
    with django_capture_on_commit_callbacks(execute=True):
        releases_due(now=later)
    (message,) = mail.outbox
    assert message.subject == "Не выпущено в назначенное время: MDA_REFUGEES"
    assert f"/admin/data/submissions/{scheduled.pk}/verify/" in message.body


def test_one_that_fails_unforeseen_keeps_no_other_one_back(
    world: World, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner in ("MDA", "KAZ"):
        submission_schedule(
            submission=validated(world, owner, {f"{owner}._T._T": [1]}),
            actor=world.people[owner]["verifier"],
            release_at=later,
        )
    real = submission_release

    def broken(*, submission: Submission, **options: Any) -> Release:
        if submission.dataset.code == "MDA_REFUGEES":
            raise RuntimeError("no room left")
        return real(submission=submission, **options)

    monkeypatch.setattr(schedule, "submission_release", broken)
    done = releases_due(now=later)
    assert ([release.dataset.code for release in done.released], done.failed) == (["KAZ_REFUGEES"], 1)
    # And it is tried again at the next run
    monkeypatch.undo()
    assert [release.dataset.code for release in releases_due(now=later).released] == ["MDA_REFUGEES"]


def test_one_that_cannot_even_be_dropped_keeps_no_other_one_back(
    world: World, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two that are due, the first of a person who may release no more, and no room for the remark
    for owner in ("MDA", "KAZ"):
        submission_schedule(
            submission=validated(world, owner, {f"{owner}._T._T": [1]}),
            actor=world.people[owner]["verifier"],
            release_at=later,
        )
    world.people["MDA"]["verifier"].role_assignments.all().delete()

    def full(**_given: Any) -> None:
        raise RuntimeError("no room left")

    monkeypatch.setattr(schedule, "remark_of_portal", full)
    # When the timer runs
    done = releases_due(now=later)
    # Then the other one is released, and the first is counted
    assert [release.dataset.code for release in done.released] == ["KAZ_REFUGEES"]
    assert (done.dropped, done.failed) == ([], 1)
    assert Submission.objects.get(dataset__code="MDA_REFUGEES").release_at == later


def test_the_timer_sends_notices_that_were_lost(world: World, language: str) -> None:
    User.objects.update(email="somebody@example.org")
    world.release("MDA", {"MDA._T._T": [1]})
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    said = StringIO()
    for _run in range(2):
        call_command("release_due", language=language, stdout=said)
    with translation.override(language):
        assert said.getvalue() == gettext("Notices sent late: %(count)d") % {"count": 4} + "\n"


def test_the_command_tells_what_it_did(
    world: World, scheduled: Submission, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    Submission.objects.filter(pk=scheduled.pk).update(release_at=timezone.now() - timedelta(seconds=1))
    said = StringIO()
    call_command("release_due", language=language, stdout=said)
    assert (
        said.getvalue()
        == {
            "en": "MDA_REFUGEES: released, No. 1\n",
            "ru": "MDA_REFUGEES: выпущено, № 1\n",
        }[language]
    )
    call_command("release_due", language=language, stdout=said)
    monkeypatch.setattr(
        "registry.management.commands.release_due.releases_due", lambda: schedule.Due(failed=1)
    )
    with pytest.raises(CommandError):
        call_command("release_due", language=language)


def test_nothing_due_takes_one_query(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        releases_due()
