"""Who may do what: the one place where services ask for a role. Reading is decided by tokens instead."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.errors import NotAllowed
from registry.models import Dataset, Participant, ReleaseAuthority, Role, RoleAssignment, User

SUBMITTERS = (Role.DATA_SUBMITTER, Role.COUNTRY_ADMINISTRATOR)
VERIFIERS = (Role.DATA_VERIFIER,)


def holds(
    actor: User, roles: Collection[Role], *, participant: Participant | None, indicator_id: int | None = None
) -> bool:
    """Whether the actor, active and representing that participant, holds one of the roles there.

    ``participant`` None means the system. A role for one indicator counts only for that indicator (D118).
    """
    participant_id = participant.pk if participant else None
    if not actor.is_active or actor.participant_id != participant_id:
        return False
    if participant is not None and not participant.is_active:
        return False
    scope = Q(indicator__isnull=True) | Q(indicator_id=indicator_id)
    return RoleAssignment.objects.filter(
        scope, user_id=actor.pk, participant=participant, role__in=list(roles)
    ).exists()


def require_submitter(actor: User, dataset: Dataset) -> None:
    if not holds(actor, SUBMITTERS, participant=dataset.owner, indicator_id=dataset.indicator_id):
        raise NotAllowed(_("Only a data submitter of the owner may do this."))


def require_verifier(actor: User, dataset: Dataset) -> None:
    if not holds(actor, VERIFIERS, participant=dataset.owner, indicator_id=dataset.indicator_id):
        raise NotAllowed(_("Only a data verifier of the owner may do this."))


def require_releaser(actor: User, dataset: Dataset) -> None:
    """The owner's verifier or administrator, or the secretariat, as the participant decided (X6)."""
    if not _releases(actor, dataset):
        raise NotAllowed(_("You are not among those who release the figures of this participant."))


def require_withdrawer(actor: User, dataset: Dataset) -> None:
    """Who releases, and always the owner: its figures stay its own (D113)."""
    if not (_releases(actor, dataset) or _is_national_releaser(actor, dataset)):
        raise NotAllowed(_("You are not among those who release the figures of this participant."))


def _releases(actor: User, dataset: Dataset) -> bool:
    if dataset.owner.release_authority == ReleaseAuthority.SECRETARIAT:
        return holds(actor, (Role.SYSTEM_ADMINISTRATOR,), participant=None)
    return _is_national_releaser(actor, dataset)


def _is_national_releaser(actor: User, dataset: Dataset) -> bool:
    roles = (Role.DATA_VERIFIER, Role.COUNTRY_ADMINISTRATOR)
    return holds(actor, roles, participant=dataset.owner, indicator_id=dataset.indicator_id)


def require_owner(actor: User, dataset: Dataset) -> None:
    """Access is decided by the owner's administrator alone (D110, D111)."""
    if not holds(actor, (Role.COUNTRY_ADMINISTRATOR,), participant=dataset.owner):
        raise NotAllowed(_("Only the administrator of the owner may do this."))
