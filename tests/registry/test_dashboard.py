"""What waits for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.models import Participant, Role, RoleAssignment, Submission, User
from registry.selectors import dashboard
from registry.services.submission import submission_return, submission_submit, submission_validate
from tests.conftest import World

FIGURES = {"MDA.UKR._T": [1]}


def told(world: World, participant: str, person: str) -> dict[str, list[int]]:
    """What each list holds for a person."""
    actor = world.people[participant][person]
    viewer = world.viewer(participant, person)
    return {
        "verify": [row.pk for row in dashboard.submissions_to_verify(viewer=viewer, actor=actor)],
        "release": [row.pk for row in dashboard.submissions_to_release(viewer=viewer, actor=actor)],
        "scheduled": [row.pk for row in dashboard.submissions_scheduled(viewer=viewer)],
        "returned": [row.pk for row in dashboard.submissions_returned(viewer=viewer, actor=actor)],
        "begun": [row.pk for row in dashboard.submissions_begun(viewer=viewer, actor=actor)],
    }


NOTHING: dict[str, list[int]] = {"verify": [], "release": [], "scheduled": [], "returned": [], "begun": []}


def test_a_draft_waits_for_its_own_author(world: World) -> None:
    draft = world.staged("MDA", FIGURES)

    assert told(world, "MDA", "submitter") == {**NOTHING, "begun": [draft.pk]}
    for person in ("administrator", "verifier", "user"):
        assert told(world, "MDA", person) == NOTHING


def test_submitted_figures_wait_for_the_verifier(world: World) -> None:
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])

    assert told(world, "MDA", "verifier") == {**NOTHING, "verify": [submission.pk]}
    for person in ("administrator", "submitter", "user"):
        assert told(world, "MDA", person) == NOTHING
    assert told(world, "KAZ", "verifier") == NOTHING


def test_nobody_verifies_what_is_their_own(world: World) -> None:
    submitter = world.people["MDA"]["submitter"]
    RoleAssignment.objects.create(
        user=submitter, participant=world.participants["MDA"], role=Role.DATA_VERIFIER
    )
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=submitter)

    assert told(world, "MDA", "submitter") == NOTHING


def test_a_verifier_of_another_indicator_is_not_asked(world: World) -> None:
    verifier = world.people["MDA"]["verifier"]
    other = type(world.indicator).objects.create(
        code="OTHER", collection="dsm", name_en="Other", name_ru="Другой", nature="flow"
    )
    RoleAssignment.objects.filter(user=verifier).update(indicator=other)
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])

    assert told(world, "MDA", "verifier") == NOTHING

    RoleAssignment.objects.filter(user=verifier).update(indicator=world.indicator)
    assert told(world, "MDA", "verifier") == {**NOTHING, "verify": [submission.pk]}


def validated(world: World) -> Submission:
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    submission_validate(submission=submission, actor=world.people["MDA"]["verifier"])
    return submission


def test_validated_figures_wait_for_the_owners_releasers(world: World) -> None:
    submission = validated(world)

    for person in ("administrator", "verifier"):
        assert told(world, "MDA", person) == {**NOTHING, "release": [submission.pk]}
    for person in ("submitter", "user"):
        assert told(world, "MDA", person) == NOTHING


@pytest.fixture
def secretary(db: None) -> User:
    secretary = User.objects.create_user("secretary")
    RoleAssignment.objects.create(user=secretary, role=Role.SYSTEM_ADMINISTRATOR)
    return secretary


def test_where_the_secretariat_releases_they_wait_for_it(world: World, secretary: User) -> None:
    Participant.objects.filter(code="MDA").update(release_authority="secretariat")
    world.people["SECRETARIAT"] = {"administrator": secretary}
    submission = validated(world)

    assert told(world, "SECRETARIAT", "administrator") == {**NOTHING, "release": [submission.pk]}
    for person in ("administrator", "verifier", "submitter", "user"):
        assert told(world, "MDA", person) == NOTHING


def test_the_secretariat_is_not_told_of_what_others_release_themselves(world: World, secretary: User) -> None:
    world.people["SECRETARIAT"] = {"administrator": secretary}
    validated(world)

    assert told(world, "SECRETARIAT", "administrator") == NOTHING


def test_figures_with_a_set_time_wait_for_nobody(world: World) -> None:
    submission = validated(world)
    at = timezone.now() + timedelta(days=1)
    Submission.objects.filter(pk=submission.pk).update(release_at=at)

    for person in ("administrator", "verifier", "submitter"):
        assert told(world, "MDA", person) == {**NOTHING, "scheduled": [submission.pk]}
    assert told(world, "MDA", "user") == NOTHING
    assert told(world, "KAZ", "administrator") == NOTHING


def test_returned_figures_wait_for_who_submitted_them(world: World) -> None:
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    submission_return(submission=submission, actor=world.people["MDA"]["verifier"], comment="Look again.")

    assert told(world, "MDA", "submitter") == {**NOTHING, "returned": [submission.pk]}
    assert told(world, "MDA", "verifier") == NOTHING
