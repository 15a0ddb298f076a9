"""Who may do what: the one place where services ask for a role. Reading is decided by tokens instead."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from registry.errors import NotAllowed
from registry.models import Contact, Dataset, Participant, ReleaseAuthority, Role, RoleAssignment, User

SUBMITTERS = (Role.DATA_SUBMITTER, Role.COUNTRY_ADMINISTRATOR)
VERIFIERS = (Role.DATA_VERIFIER,)
LEGAL_KEEPERS = (*SUBMITTERS, Role.CONTENT_MANAGER)


_Roles: TypeAlias = dict[tuple[int, int | None], list[tuple[str, int | None]]]
_remembered: ContextVar[_Roles | None] = ContextVar("roles_remembered", default=None)


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
    remembered = _remembered.get()
    if remembered is not None:
        held = _roles(actor, participant, remembered)
        return any(role in roles and indicator in (None, indicator_id) for role, indicator in held)
    scope = Q(indicator__isnull=True) | Q(indicator_id=indicator_id)
    return RoleAssignment.objects.filter(
        scope, user_id=actor.pk, participant=participant, role__in=list(roles)
    ).exists()


@contextmanager
def roles_read_once() -> Iterator[None]:
    """For one act of many steps by the same people: their roles are read at the first and hold to the last.

    Only for the length of a transaction.
    """
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def _roles(actor: User, participant: Participant | None, remembered: _Roles) -> list[tuple[str, int | None]]:
    """Roles of a user for a participant, each with the one indicator it is for."""
    place = (actor.pk, participant.pk if participant else None)
    if place not in remembered:
        rows = RoleAssignment.objects.filter(user_id=actor.pk, participant=participant)
        remembered[place] = list(rows.values_list("role", "indicator_id"))
    return remembered[place]


def may_submit(actor: User, dataset: Dataset) -> bool:
    return holds(actor, SUBMITTERS, participant=dataset.owner, indicator_id=dataset.indicator_id)


def require_submitter(actor: User, dataset: Dataset) -> None:
    if not may_submit(actor, dataset):
        raise NotAllowed(_("Only a data submitter of the owner may do this."))


def may_report(actor: User) -> bool:
    """Whether the actor submits figures of its participant, for any indicator at all."""
    own = actor.participant
    return own is not None and _holds_somewhere(actor, SUBMITTERS, own)


def require_verifier(actor: User, dataset: Dataset) -> None:
    if not may_verify(actor, dataset):
        raise NotAllowed(_("Only a data verifier of the owner may do this."))


def require_releaser(actor: User, dataset: Dataset) -> None:
    """The owner's verifier or administrator, or the secretariat, as the participant decided (X6)."""
    if not _releases(actor, dataset):
        raise NotAllowed(_("You are not among those who release the figures of this participant."))


def require_withdrawer(actor: User, dataset: Dataset) -> None:
    """The owner's verifier or administrator, whoever releases: its figures stay its own (D113)."""
    if not may_withdraw(actor, dataset):
        raise NotAllowed(_("Only a verifier or administrator of the owner may do this."))


def require_unscheduler(actor: User, dataset: Dataset) -> None:
    """Who releases, and always the owner."""
    if not may_unschedule(actor, dataset):
        raise NotAllowed(_("You are not among those who release the figures of this participant."))


def may_release(actor: User, dataset: Dataset) -> bool:
    return _releases(actor, dataset)


def may_withdraw(actor: User, dataset: Dataset) -> bool:
    return _is_national_releaser(actor, dataset)


def may_unschedule(actor: User, dataset: Dataset) -> bool:
    return _releases(actor, dataset) or _is_national_releaser(actor, dataset)


def may_verify(actor: User, dataset: Dataset) -> bool:
    return holds(actor, VERIFIERS, participant=dataset.owner, indicator_id=dataset.indicator_id)


def may_remark(actor: User, dataset: Dataset) -> bool:
    """Whoever works on the owner's figures of the indicator."""
    roles = (*SUBMITTERS, *VERIFIERS)
    return holds(actor, roles, participant=dataset.owner, indicator_id=dataset.indicator_id)


def require_remarker(actor: User, dataset: Dataset) -> None:
    if not may_remark(actor, dataset):
        raise NotAllowed(_("Only those of the owner who submit or verify figures may do this."))


def _releases(actor: User, dataset: Dataset) -> bool:
    if dataset.owner.release_authority == ReleaseAuthority.SECRETARIAT:
        return holds(actor, (Role.SYSTEM_ADMINISTRATOR,), participant=None)
    return _is_national_releaser(actor, dataset)


def _is_national_releaser(actor: User, dataset: Dataset) -> bool:
    roles = (Role.DATA_VERIFIER, Role.COUNTRY_ADMINISTRATOR)
    return holds(actor, roles, participant=dataset.owner, indicator_id=dataset.indicator_id)


def require_owner(actor: User, dataset: Dataset) -> None:
    """Access is decided by the owner's administrator alone (D110, D111)."""
    require_opener(actor, dataset.owner)


def may_open(actor: User, owner: Participant) -> bool:
    """Who opens a participant's figures and answers those who ask for them."""
    return holds(actor, (Role.COUNTRY_ADMINISTRATOR,), participant=owner)


def require_opener(actor: User, owner: Participant) -> None:
    if not may_open(actor, owner):
        raise NotAllowed(_("Only the administrator of the owner may do this."))


def may_ask(actor: User) -> bool:
    """Asking another participant for its figures is an act of one's own: its administrator's (D110, D131)."""
    own = actor.participant
    return own is not None and holds(actor, (Role.COUNTRY_ADMINISTRATOR,), participant=own)


def require_asker(actor: User) -> None:
    if not may_ask(actor):
        raise NotAllowed(_("Only the administrator of a participant may ask for access in its name."))


def may_document(actor: User, dataset: Dataset) -> bool:
    """Who submits the owner's figures of the indicator, and its focal points for it (D081)."""
    if holds(actor, SUBMITTERS, participant=dataset.owner, indicator_id=dataset.indicator_id):
        return True
    if not _represents(actor, dataset.owner):
        return False
    scope = Q(indicators__isnull=True) | Q(indicators=dataset.indicator_id)
    points = Contact.objects.filter(scope, is_focal_point=True, agency__participant=dataset.owner)
    return points.filter(user_id=actor.pk).exists()


def require_documenter(actor: User, dataset: Dataset) -> None:
    if not may_document(actor, dataset):
        raise NotAllowed(_("Only a data submitter or a focal point of the owner may do this."))


def may_keep_legal(actor: User, participant: Participant) -> bool:
    """Who keeps the list of laws, forms and policies of a participant; a role for one indicator will do."""
    return _holds_somewhere(actor, LEGAL_KEEPERS, participant)


def require_legal_keeper(actor: User, participant: Participant) -> None:
    if not may_keep_legal(actor, participant):
        raise NotAllowed(_("Only those who write documentation or content of the participant may do this."))


def _holds_somewhere(actor: User, roles: Collection[Role], participant: Participant) -> bool:
    """Whether the actor holds one of the roles for all indicators or for any single one."""
    held = RoleAssignment.objects.filter(user_id=actor.pk, participant=participant, role__in=list(roles))
    return _represents(actor, participant) and held.exists()


def _represents(actor: User, participant: Participant) -> bool:
    return actor.is_active and participant.is_active and actor.participant_id == participant.pk


def within(actor: User, roles: Collection[Role]) -> Exists:
    """The same question as `holds`, asked of many submissions at once: a condition for their queryset."""
    scope = Q(indicator__isnull=True) | Q(indicator=OuterRef("dataset__indicator"))
    return Exists(
        RoleAssignment.objects.filter(
            scope, user_id=actor.pk, participant=OuterRef("dataset__owner"), role__in=list(roles)
        )
    )


def require_system_administrator(actor: User) -> None:
    """The secretariat's own matters: participants, and the people of the secretariat (D119, D123)."""
    if not holds(actor, (Role.SYSTEM_ADMINISTRATOR,), participant=None):
        raise NotAllowed(_("Only a system administrator may do this."))


def may_administer_people(actor: User, participant: Participant | None) -> bool:
    """People and roles are their participant's own matter, or the secretariat's for its own (D122)."""
    role = Role.SYSTEM_ADMINISTRATOR if participant is None else Role.COUNTRY_ADMINISTRATOR
    return holds(actor, (role,), participant=participant)


def require_people_administrator(actor: User, participant: Participant | None) -> None:
    if not may_administer_people(actor, participant):
        raise NotAllowed(_("Only an administrator of the participant itself may do this."))


def may_help(actor: User, person: User) -> bool:
    """Unlock, or send a link: to one's own people, and from the secretariat to country administrators.

    Neither opens the account to the one who helps: the link goes to the person's own address.
    """
    if not _has_rank(actor, person):
        return False
    if may_administer_people(actor, person.participant):
        return True
    leads = person.role_assignments.filter(role=Role.COUNTRY_ADMINISTRATOR).exists()
    return leads and holds(actor, (Role.SYSTEM_ADMINISTRATOR,), participant=None)


def require_helper(actor: User, person: User) -> None:
    require_rank(actor, person)
    if not may_help(actor, person):
        raise NotAllowed(_("Only an administrator of the participant itself may do this."))


def _has_rank(actor: User, person: User) -> bool:
    return actor.is_superuser or not person.is_superuser


def require_rank(actor: User, person: User) -> None:
    """Who holds all of Wagtail's permissions is touched only by somebody who holds them, too."""
    if not _has_rank(actor, person):
        raise NotAllowed(_("Only a superuser may change the account of a superuser."))


def may_keep_glossary(actor: User) -> bool:
    """The terms are everybody's, so the secretariat's content managers keep them (D065)."""
    if not actor.is_active or actor.participant_id is not None:
        return False
    roles = (Role.CONTENT_MANAGER, Role.SYSTEM_ADMINISTRATOR)
    return holds(actor, roles, participant=None) or actor.has_perm("registry.change_term")


def require_glossary_keeper(actor: User) -> None:
    if not may_keep_glossary(actor):
        raise NotAllowed(_("Only a content manager of the secretariat may do this."))


def may_keep_institutions(actor: User, participant: Participant | None) -> bool:
    """The inventory is the secretariat's; a participant's people keep the entries of their own bodies too."""
    if actor.participant_id is None:
        roles = (Role.CONTENT_MANAGER, Role.SYSTEM_ADMINISTRATOR)
        return actor.is_active and (actor.is_superuser or holds(actor, roles, participant=None))
    roles = (Role.CONTENT_MANAGER, Role.COUNTRY_ADMINISTRATOR)
    return participant is not None and holds(actor, roles, participant=participant)


def require_institution_keeper(actor: User, participant: Participant | None) -> None:
    if not may_keep_institutions(actor, participant):
        raise NotAllowed(
            _("Only the secretariat, or an administrator or content manager of the participant, may do this.")
        )
