"""People of a participant, or of the secretariat: created, changed, disabled, helped (D119, D122–D124).

A participant's people are its Country Administrator's business and nobody else's; the secretariat's are the
System Administrator's. Nobody disables himself, and who acts is asked again under a lock, so an administrator
always remains: the one who acted.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from axes.utils import reset
from django.contrib.auth.models import Group
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.users.models import UserProfile

from registry import authority
from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import Participant, Role, RoleAssignment, User
from registry.services.audit import audit_record
from registry.services.password import password_link_send

#: What an administrator may change of a person, and of nothing else.
CHANGEABLE = ("first_name", "last_name", "email", "position", "language")


def people_lock(participant: Participant | None) -> Participant | None:
    """One change of people or roles at a time per participant, in a transaction. Returns it as it is now."""
    if participant is not None:
        return Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    chief = RoleAssignment.objects.filter(participant=None, role=Role.SYSTEM_ADMINISTRATOR)
    list(chief.select_for_update())
    return None


def administrator_under_lock(*, actor: User, participant: Participant | None) -> User:
    """The actor as the database has it now, after whoever was before him; NotAllowed if he may no longer."""
    fresh_participant = people_lock(participant)
    fresh = User.objects.get(pk=actor.pk)
    authority.require_people_administrator(fresh, fresh_participant)
    return fresh


@transaction.atomic
def person_create(
    *,
    actor: User,
    participant: Participant | None,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    position: str = "",
    roles: Collection[str] = (),
) -> User:
    """A new person with roles for all indicators; an e-mail with a link to choose the password goes out.

    ValidationError by field for wrong values, Invalid for roles that are not given there.
    """
    from registry.services.role import role_write

    administrator_under_lock(actor=actor, participant=participant)
    given = {"first_name": first_name, "last_name": last_name, "email": email}
    person = _written(participant, username, **given, language=language, position=position)
    _record(actor, "person.create", person)
    for role in dict.fromkeys(roles):
        role_write(person=person, actor=actor, role=role, indicator=None)
    _invite(person)
    return person


@transaction.atomic
def administrator_appoint(
    *,
    actor: User,
    participant: Participant,
    username: str,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    position: str = "",
) -> User:
    """The secretariat appoints the first Country Administrator of a participant, a new person (D024).

    Only while the participant has no active one: at the beginning, and when all of them have left. From then
    on the participant's people are its own matter (D110, D122). Conflict otherwise.
    """
    from registry.services.role import role_write

    authority.require_system_administrator(actor)
    people_lock(participant)
    if has_administrator(participant):
        raise Conflict(_("The participant has an administrator, who appoints the others."))
    given = {"first_name": first_name, "last_name": last_name, "email": email}
    person = _written(participant, username, **given, language=language, position=position)
    _record(actor, "person.appoint", person)
    role_write(person=person, actor=actor, role=Role.COUNTRY_ADMINISTRATOR, indicator=None)
    _invite(person)
    return person


def has_administrator(participant: Participant) -> bool:
    """Whether somebody active administers the participant."""
    return User.objects.filter(
        is_active=True,
        participant=participant,
        role_assignments__participant=participant,
        role_assignments__role=Role.COUNTRY_ADMINISTRATOR,
    ).exists()


@transaction.atomic
def person_change(
    *,
    person: User,
    actor: User,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    position: str = "",
) -> User:
    """Write what is said of a person. A changed address is told to the old one, since links go there."""
    administrator_under_lock(actor=actor, participant=person.participant)
    authority.require_rank(actor, person)
    given = {
        "first_name": first_name,
        "last_name": last_name,
        "email": email,
        "position": position,
        "language": language,
    }
    person = User.objects.select_related("participant").get(pk=person.pk)
    changed = sorted(name for name, value in given.items() if getattr(person, name) != value)
    if not changed:
        return person
    old_email = person.email
    for name, value in given.items():
        setattr(person, name, value)
    person.full_clean(exclude=["password", "username"])
    person.save(update_fields=list(CHANGEABLE))
    _keep_language(person)
    _record(actor, "person.change", person, fields=changed)
    if "email" in changed and old_email:
        _tell_old_address(person, old_email)
    return person


@transaction.atomic
def person_disable(*, person: User, actor: User) -> None:
    """Close an account: its sessions end with the next request. Roles stay for the day it is opened again.

    NotAllowed for one's own account, so the last administrator of a participant cannot be closed out.
    """
    _refuse_self(actor, person)
    _switch(person, actor, to=False)


@transaction.atomic
def person_enable(*, person: User, actor: User) -> None:
    """Open a closed account again, with the roles it had."""
    _refuse_self(actor, person)
    _switch(person, actor, to=True)


def _switch(person: User, actor: User, *, to: bool) -> None:
    administrator_under_lock(actor=actor, participant=person.participant)
    authority.require_rank(actor, person)
    if User.objects.filter(pk=person.pk, is_active=not to).update(is_active=to) != 1:
        raise Conflict(_("The account was changed meanwhile."))
    person.is_active = to
    _record(actor, "person.enable" if to else "person.disable", person)


@transaction.atomic
def person_invite(*, person: User, actor: User) -> None:
    """Send the link to choose a password again, to the person's own address."""
    authority.require_helper(actor, person)
    if not person.is_active:
        raise Conflict(_("The account is disabled."))
    if not person.email:
        raise Invalid(_("The person has no e-mail address."))
    _record(actor, "person.invite", person)
    _invite(person)


@transaction.atomic
def person_unlock(*, person: User, actor: User) -> None:
    """Forget the failed sign-ins of an account, at every address."""
    authority.require_helper(actor, person)
    _refuse_self(actor, person)
    reset(username=person.get_username())
    _record(actor, "person.unlock", person)


@transaction.atomic
def person_name(*, actor: User, first_name: str, last_name: str) -> User:
    """How a person wants to be called: one's own choice. ValidationError names what is wrong."""
    given = {"first_name": first_name, "last_name": last_name}
    person = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    changed = sorted(name for name, value in given.items() if getattr(person, name) != value)
    for name in changed:
        setattr(person, name, given[name])
    person.clean_fields(exclude=[f.name for f in User._meta.concrete_fields if f.name not in given])
    if changed:
        person.save(update_fields=changed)
        _record(actor, "person.change", person, fields=changed)
    return person


@transaction.atomic
def person_language(*, actor: User, language: str) -> None:
    """A person's own choice of the language of e-mails and of the admin."""
    actor.language = language
    actor.clean_fields(exclude=[f.name for f in User._meta.concrete_fields if f.name != "language"])
    actor.save(update_fields=["language"])
    _keep_language(actor)
    _record(actor, "person.language", actor, language=language)


@transaction.atomic
def person_groups(
    *, person: User, actor: User, groups: Collection[Group], is_superuser: bool | None = None
) -> User:
    """The groups of Wagtail, for pages and documents, of an account of the secretariat.

    Who may open the page is Wagtail's permission to change users; a superuser alone makes superusers.
    """
    _refuse_self(actor, person)
    authority.require_rank(actor, person)
    if person.participant_id is not None or not actor.has_perm("registry.change_user"):
        raise NotAllowed(_("Only an administrator of the participant itself may do this."))
    if is_superuser is not None and is_superuser != person.is_superuser:
        if not actor.is_superuser:
            raise NotAllowed(_("Only a superuser may change the account of a superuser."))
        person.is_superuser = is_superuser
        person.save(update_fields=["is_superuser"])
    person.groups.set(groups)
    names = sorted(group.name for group in groups)
    _record(actor, "person.groups", person, groups=names, is_superuser=person.is_superuser)
    return person


@transaction.atomic
def system_administrator_appoint(*, username: str) -> User:
    """Make an account of the secretariat a System Administrator: from the shell, at the start."""
    person = User.objects.filter(username=username, participant=None, is_active=True).first()
    if person is None:
        raise Invalid(_("The secretariat has no active account “%(name)s”."), name=username)
    role = {"user": person, "participant": None, "role": Role.SYSTEM_ADMINISTRATOR, "indicator": None}
    if RoleAssignment.objects.filter(**role).exists():
        raise Conflict(_("The person holds this role already."))
    RoleAssignment.objects.create(**role)
    _record(person, "role.give", person, role=str(Role.SYSTEM_ADMINISTRATOR), indicator=None)
    return person


def _written(participant: Participant | None, username: str, **given: str) -> User:
    person = User(username=username, participant=participant, **given)
    person.set_unusable_password()
    errors: dict[str, Any] = {}
    try:
        person.full_clean(validate_unique=False)
    except ValidationError as error:
        errors.update(error.error_dict)
    if not email_given(person):
        errors.setdefault("email", [ValidationError(_("An address is needed: the link goes there."))])
    try:
        # Letters of one alphabet: “аdmin” with a Cyrillic а must not stand in the audit trail.
        ASCIIUsernameValidator()(username)
    except ValidationError as error:
        errors.setdefault("username", [error])
    if User.objects.filter(username__iexact=username).exists():
        errors.setdefault("username", [_taken()])
    if errors:
        raise ValidationError(errors)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise ValidationError({"username": [_taken()]}) from error
    _keep_language(person)
    return person


def email_given(person: User) -> bool:
    return bool(person.email.strip())


def _taken() -> ValidationError:
    """The same for every name that is taken, wherever: it does not say by whom."""
    return ValidationError(_("This name cannot be used. Choose another one."), code="unique")


def _keep_language(person: User) -> None:
    """The admin speaks the person's language."""
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": person.language})


def _invite(person: User) -> None:
    transaction.on_commit(lambda: password_link_send(person=person, template="person_invited"), robust=True)


def _tell_old_address(person: User, address: str) -> None:
    from registry.services.mail import mail_message

    message = mail_message(user=person, template="person_address", context={})
    if message is not None:
        message.to = [address]
        transaction.on_commit(message.send, robust=True)


def _refuse_self(actor: User, person: User) -> None:
    if actor.pk == person.pk:
        raise NotAllowed(_("Nobody may do this to their own account."))


def _record(actor: User, action: str, person: User, **data: Any) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=person,
        participant=person.participant,
        username=person.get_username(),
        **data,
    )
