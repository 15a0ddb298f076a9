"""Roles of people: given and taken by the administrator of their own participant (D118, D121–D131)."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry.errors import Conflict, Invalid, NotAllowed
from registry.events import announce_roles
from registry.models import Indicator, Role, RoleAssignment, User
from registry.services.audit import audit_record
from registry.services.person import administrator_under_lock

COUNTRY_ROLES = (
    Role.COUNTRY_ADMINISTRATOR,
    Role.DATA_SUBMITTER,
    Role.DATA_VERIFIER,
    Role.CONTENT_MANAGER,
    Role.TRAINER,
    Role.USER,
)
#: The secretariat handles no figures: no role of it does (D110, D122).
SECRETARIAT_ROLES = (Role.SYSTEM_ADMINISTRATOR, Role.CONTENT_MANAGER, Role.TRAINER)
#: The others have nothing to do with a single indicator.
PER_INDICATOR = (Role.DATA_SUBMITTER, Role.DATA_VERIFIER)


def roles_of(person: User) -> tuple[Role, ...]:
    """The roles that can be given to somebody of this participant, or of the secretariat."""
    return COUNTRY_ROLES if person.participant_id else SECRETARIAT_ROLES


@transaction.atomic
def role_give(*, person: User, actor: User, role: str, indicator: Indicator | None = None) -> RoleAssignment:
    """Give a role of the person's own participant, for all indicators or a single one.

    NotAllowed to oneself and across participants, Invalid for a role or an indicator that does not fit there,
    Conflict when the person holds it already.
    """
    if actor.pk == person.pk:
        raise NotAllowed(_("Nobody may change their own roles."))
    administrator_under_lock(actor=actor, participant=person.participant)
    return role_write(person=person, actor=actor, role=role, indicator=indicator)


def role_write(*, person: User, actor: User, role: str, indicator: Indicator | None) -> RoleAssignment:
    """What `role_give` does once it is allowed. For the services of people, inside their transaction."""
    if role not in roles_of(person):
        raise Invalid(_("This role cannot be given in this scope."))
    if indicator is not None and role not in PER_INDICATOR:
        raise Invalid(_("This role is for all indicators."))
    if indicator is not None and indicator.owner_id not in (None, person.participant_id):
        raise Invalid(_("There is no indicator “%(code)s”."), code=indicator.code)
    held = RoleAssignment.objects.filter(user=person, participant=person.participant, role=role)
    if held.filter(indicator=None).exists() or held.filter(indicator=indicator).exists():
        raise Conflict(_("The person holds this role already."))
    try:
        with transaction.atomic():
            given = RoleAssignment.objects.create(
                user=person, participant=person.participant, role=role, indicator=indicator
            )
    except IntegrityError as error:
        raise Conflict(_("The person holds this role already.")) from error
    _record(actor, "role.give", given)
    return given


@transaction.atomic
def role_take(*, assignment: RoleAssignment, actor: User) -> None:
    """Take a role. Nobody takes one from himself, so the last administrator of a participant keeps it."""
    person = assignment.user
    if actor.pk == person.pk:
        raise NotAllowed(_("Nobody may change their own roles."))
    administrator_under_lock(actor=actor, participant=person.participant)
    if assignment.participant_id != person.participant_id:
        raise NotAllowed(_("This role cannot be given in this scope."))
    if not RoleAssignment.objects.filter(pk=assignment.pk).delete()[0]:
        raise Conflict(_("The person does not hold this role any more."))
    _record(actor, "role.take", assignment)


def _record(actor: User, action: str, assignment: RoleAssignment) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=assignment.user,
        participant=assignment.user.participant,
        username=assignment.user.get_username(),
        role=str(assignment.role),
        indicator=assignment.indicator.code if assignment.indicator else None,
    )
    if assignment.participant_id is not None:
        announce_roles(assignment.participant_id)
