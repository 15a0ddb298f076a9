"""What waits for a person: submissions by what is to be done with them, and by whom."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from registry import authority
from registry.access import Viewer
from registry.models import Role, Submission, User
from registry.models.submission import SubmissionState

_RELEASERS = (Role.DATA_VERIFIER, Role.COUNTRY_ADMINISTRATOR)


def submissions_to_verify(*, viewer: Viewer, actor: User) -> QuerySet[Submission]:
    """Submitted by somebody else, for indicators that the actor verifies; the longest waiting first."""
    submitted = _listed(viewer).filter(
        authority.within(actor, authority.VERIFIERS), state=SubmissionState.SUBMITTED
    )
    return _not_own(submitted, actor).order_by("submitted_at", "pk")


def submissions_to_release(*, viewer: Viewer, actor: User) -> QuerySet[Submission]:
    """Validated and without a set time, where the actor releases; the longest waiting first (X6)."""
    validated = _listed(viewer, level="workflow").filter(
        state=SubmissionState.VALIDATED, release_at__isnull=True
    )
    if not viewer.administers_system:
        validated = validated.filter(
            authority.within(actor, _RELEASERS), dataset__owner__release_authority="national"
        )
    return _not_own(validated, actor).order_by("validated_at", "pk")


def submissions_scheduled(*, viewer: Viewer) -> QuerySet[Submission]:
    """Validated and set to appear at a time; the next first."""
    validated = _listed(viewer, level="workflow").filter(state=SubmissionState.VALIDATED)
    return validated.filter(release_at__isnull=False).order_by("release_at", "pk")


def submissions_returned(*, viewer: Viewer, actor: User) -> QuerySet[Submission]:
    """Returned to the actor, and nothing newer by the same person for that dataset."""
    return _own(_listed(viewer), actor).filter(state=SubmissionState.RETURNED).order_by("-created_at", "-pk")


def submissions_begun(*, viewer: Viewer, actor: User) -> QuerySet[Submission]:
    """The actor's drafts that were never submitted."""
    return _own(_listed(viewer), actor).filter(state=SubmissionState.DRAFT).order_by("-created_at", "-pk")


def _listed(viewer: Viewer, *, level: str = "figures") -> QuerySet[Submission]:
    submissions = Submission.objects.visible_to(viewer, level=level)
    return submissions.select_related("dataset__indicator", "dataset__owner", "created_by")


def _own(submissions: QuerySet[Submission], actor: User) -> QuerySet[Submission]:
    return submissions.filter(Q(created_by=actor) | Q(submitted_by=actor))


def _not_own(submissions: QuerySet[Submission], actor: User) -> QuerySet[Submission]:
    """``submitted_by`` may be empty: then only who staged it counts."""
    own = Q(created_by=actor) | Q(submitted_by__isnull=False, submitted_by=actor)
    return submissions.exclude(own)
