"""The optional second factor: a code from an app (TOTP, RFC 6238), and recovery codes for when it is lost.

Keys and recovery codes lie in the tables of django-otp, unencrypted, as whoever reads the database could act
without them anyway.
"""

from __future__ import annotations

from base64 import b32encode

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp import verify_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from registry import authority
from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import User
from registry.services.audit import audit_record

RECOVERY_CODES = 10
_DIGITS = 6


def second_factor_of(person: User) -> TOTPDevice | None:
    """The confirmed device that is asked for at sign-in."""
    return TOTPDevice.objects.filter(user=person, confirmed=True).first()


def second_factor_prepare(*, actor: User) -> TOTPDevice:
    """The device waiting for its first code, made when there is none. Conflict when one is in use."""
    if second_factor_of(actor):
        raise Conflict(_("The second factor is set up already."))
    waiting = TOTPDevice.objects.filter(user=actor, confirmed=False).first()
    if waiting is not None:
        return waiting
    with transaction.atomic():
        _record(actor, "second_factor.begin", actor)
        return TOTPDevice.objects.create(user=actor, name="app", confirmed=False)


def secret_of(device: TOTPDevice) -> str:
    """The key in the letters an app takes, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def second_factor_confirm(*, actor: User, code: str) -> list[str]:
    """Turn the second factor on once the app shows the right code. Returns the recovery codes, shown once."""
    device = second_factor_prepare(actor=actor)
    if not _accepts(actor, device, code):
        raise Invalid(_("The code is wrong. Enter the one the app shows now."))
    with transaction.atomic():
        if TOTPDevice.objects.filter(pk=device.pk, confirmed=False).update(confirmed=True) != 1:
            raise Conflict(_("The second factor is set up already."))
        _record(actor, "second_factor.on", actor)
        return _new_codes(actor)


def recovery_codes_renew(*, actor: User, code: str) -> list[str]:
    """New recovery codes in place of the old ones."""
    if not second_factor_verify(person=actor, code=code):
        raise Invalid(_("The code is wrong. Enter the one the app shows now."))
    with transaction.atomic():
        _record(actor, "second_factor.codes", actor)
        return _new_codes(actor)


def second_factor_disable(*, actor: User, code: str) -> None:
    """Turn it off, with a code, so that an unattended screen is not enough."""
    if not second_factor_verify(person=actor, code=code):
        raise Invalid(_("The code is wrong. Enter the one the app shows now."))
    with transaction.atomic():
        _remove(actor)
        _record(actor, "second_factor.off", actor)


@transaction.atomic
def second_factor_reset(*, person: User, actor: User) -> None:
    """Turn it off for somebody who lost app and codes; the password is still asked."""
    authority.require_helper(actor, person)
    if actor.pk == person.pk:
        raise NotAllowed(_("Nobody may do this to their own account."))
    if not second_factor_of(person):
        raise Conflict(_("The account has no second factor."))
    _remove(person)
    _record(actor, "second_factor.reset", person)


def second_factor_verify(*, person: User, code: str) -> bool:
    """Whether the code is the app's present one, or an unused recovery code, which it uses up.

    Wrong codes are slowed down by django-otp; the caller counts them as failed sign-ins as well.
    """
    text = "".join(code.split()).lower()
    device = second_factor_of(person)
    if device is None:
        return False
    if text.isascii() and text.isdigit() and len(text) == _DIGITS:
        return _accepts(person, device, text)
    recovery = StaticDevice.objects.filter(user=person, confirmed=True).first()
    with transaction.atomic():
        is_right = recovery is not None and _accepts(person, recovery, text)
        if is_right:
            _record(person, "second_factor.recovery", person)
    return is_right


def recovery_codes_left(person: User) -> int:
    left: int = StaticToken.objects.filter(device__user=person).count()
    return left


def _accepts(person: User, device: TOTPDevice | StaticDevice, code: str) -> bool:
    return verify_token(person, device.persistent_id, "".join(code.split())) is not None


def _new_codes(person: User) -> list[str]:
    device, _made = StaticDevice.objects.get_or_create(user=person, name="recovery")
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _remove(person: User) -> None:
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()


def _record(actor: User, action: str, person: User) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=person,
        participant=person.participant,
        username=person.get_username(),
    )
