"""Release at a set time: an embargo, in UTC.

A validated submission with a time waits where it is, so nothing of it is in a public table before. When the
time has come, `releases_due` releases it in the name of who set it, if that person still may and nothing
else was released meanwhile; otherwise it stays validated and those concerned are told. Source: mission rows
D094, D095; contradiction X6.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid, NotAllowed, RegistryError
from registry.languages import in_every_language
from registry.models import Dataset, Release, Submission, User
from registry.models.submission import SubmissionState
from registry.services.audit import audit_record
from registry.services.release import submission_release
from registry.services.remark import remark_of_portal
from registry.services.submission import is_same_person, submission_locked
from registry.tasks import after_commit, mail_submission

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Due:
    """What `releases_due` did. ``failed`` counts those that something unforeseen stopped; they stay due."""

    released: list[Release] = field(default_factory=list)
    dropped: list[Submission] = field(default_factory=list)
    failed: int = 0


@transaction.atomic
def submission_schedule(*, submission: Submission, actor: User, release_at: datetime) -> None:
    """Have a validated submission released at a set time, not before.

    Invalid for a time without time zone, and for one that is past. Otherwise as `submission_release`.
    """
    authority.require_releaser(actor, submission.dataset)
    if timezone.is_naive(release_at):
        raise Invalid(_("Give the time with its time zone; expected UTC."))
    if release_at <= timezone.now():
        raise Invalid(_("This time is past; give a later one, or release now."))
    locked = submission_locked(submission=submission)
    if is_same_person(submission=locked, actor=actor):
        raise NotAllowed(_("Who releases must not be who submitted."))
    waiting = Submission.objects.filter(pk=submission.pk, state=SubmissionState.VALIDATED)
    if not waiting.filter(release_at__isnull=True).update(release_at=release_at, scheduled_by=actor):
        raise Conflict(_SET if locked.release_at else _CHANGED)
    _record(submission, actor, "schedule", release_at=release_at.isoformat())


@transaction.atomic
def submission_unschedule(*, submission: Submission, actor: User) -> None:
    """Cancel the set time; the submission stays validated. Who releases may, and always the owner (D113)."""
    authority.require_unscheduler(actor, submission.dataset)
    submission_locked(submission=submission)
    if not _cleared(submission):
        raise Conflict(_("No time is set for this submission, or it is released already."))
    _record(submission, actor, "unschedule")


_SET = _("It is set to be released at a set time. Cancel that first.")
_CHANGED = _("The submission was changed by somebody else meanwhile.")


def releases_due(*, now: datetime | None = None) -> Due:
    """Release everything whose time has come, each in a transaction of its own. May be run at any time.

    Of several that run at once each takes what no other one has taken; what another one holds is left to it.
    """
    done = Due()
    now = now or timezone.now()
    due = Submission.objects.filter(state=SubmissionState.VALIDATED, release_at__lte=now)
    for pk, dataset_id in due.order_by("release_at", "pk").values_list("pk", "dataset_id"):
        try:
            _act_on(pk, dataset_id, now, done)
        except Exception:
            logger.exception("Submission %s was due and could not be released", pk)
            done.failed += 1
    return done


def _act_on(pk: int, dataset_id: int, now: datetime, done: Due) -> None:
    """Release one of them, or drop it where that is refused."""
    try:
        release = _release_due(pk, dataset_id, now)
        if release is not None:
            done.released.append(release)
    except (RegistryError, ValidationError) as refusal:
        dropped = _drop(pk, now, refusal)
        if dropped is not None:
            done.dropped.append(dropped)


@transaction.atomic
def _release_due(pk: int, dataset_id: int, now: datetime) -> Release | None:
    """The dataset is locked first, as every release does it, so that no two wait for each other."""
    skip = connection.features.has_select_for_update_skip_locked
    free = Dataset.objects.select_for_update(of=("self",), skip_locked=skip).filter(pk=dataset_id)
    if free.first() is None:
        return None
    submission = _due(pk, now)
    if submission is None or submission.scheduled_by is None:
        return None
    return submission_release(
        submission=submission, actor=submission.scheduled_by, scheduled_at=submission.release_at
    )


def _due(pk: int, now: datetime) -> Submission | None:
    waiting = Submission.objects.filter(pk=pk, state=SubmissionState.VALIDATED, release_at__lte=now)
    people = ("scheduled_by__participant", "validated_by", "submitted_by", "created_by")
    return waiting.select_related("dataset__owner", "dataset__indicator", *people).first()


@transaction.atomic
def _drop(pk: int, now: datetime, refusal: RegistryError | ValidationError) -> Submission | None:
    """Take the time away from what may not be released, and say so. None when somebody was faster."""
    submission = _due(pk, now)
    if submission is None or submission.scheduled_by is None or not _cleared(submission):
        return None
    told = _Refusal(_NOT_RELEASED, refusal)
    remark_of_portal(submission=submission, told=told)
    _record(submission, submission.scheduled_by, "unschedule", because=type(refusal).__name__)
    _tell(submission, refusal)
    return submission


class _Refusal(Exception):
    """A text and its cause, in whatever language is active when it is read."""

    def __str__(self) -> str:
        return f"{self.args[0]} {self.args[1]}"


_NOT_RELEASED = _("Not released at the set time; it stays validated, and the time is taken away.")


def _tell(submission: Submission, refusal: RegistryError | ValidationError) -> None:
    """An e-mail to those who had a part in it and still represent the owner, or the secretariat."""
    owner = submission.dataset.owner_id
    people: Iterable[User | None] = (
        submission.scheduled_by,
        submission.validated_by,
        submission.submitted_by,
        submission.created_by,
    )
    concerned = {person.pk for person in people if person and person.participant_id in (owner, None)}
    after_commit(
        mail_submission,
        submission.pk,
        "submission_not_released",
        sorted(concerned),
        in_every_language(refusal),
    )


def _cleared(submission: Submission) -> bool:
    waiting = Submission.objects.filter(
        pk=submission.pk, state=SubmissionState.VALIDATED, release_at__isnull=False
    )
    return waiting.update(release_at=None, scheduled_by=None) == 1


def _record(submission: Submission, actor: User, act: str, **data: object) -> None:
    dataset = submission.dataset
    audit_record(
        actor=actor,
        action=f"submission.{act}",
        target=submission,
        participant=dataset.owner,
        dataset=dataset.code,
        **data,
    )
