"""Passwords: the link that lets its reader choose one, and the choice itself."""

from __future__ import annotations

from datetime import timedelta

from axes.utils import reset
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from registry.models import AuditEvent, User
from registry.services.audit import audit_record
from registry.services.mail import mail_send

MOST_LINKS_AN_HOUR = 3


def password_link(person: User) -> str:
    """The full address, in the person's language, where a password is chosen once."""
    key = urlsafe_base64_encode(force_bytes(person.pk))
    with translation.override(person.language):
        path = reverse("cms:password_set", args=[key, default_token_generator.make_token(person)])
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path


def password_link_send(*, person: User, template: str) -> bool:
    """Send the link by e-mail. False when the person has no address or is disabled."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return mail_send(user=person, template=template, context={"link": password_link(person), "days": days})


def password_reset_send(*, email: str) -> int:
    """Links to everybody with that address, at most three an hour each. Returns how many were sent.

    Disabled accounts and those whose first link was never used get none. The caller tells nobody the number.
    """
    sent = 0
    for person in PasswordResetForm().get_users(email):
        assert isinstance(person, User)
        with transaction.atomic():
            User.objects.select_for_update().get(pk=person.pk)
            since = timezone.now() - timedelta(hours=1)
            asked = AuditEvent.objects.filter(
                action="person.password_link", object_type="user", object_id=str(person.pk), at__gte=since
            )
            if asked.count() >= MOST_LINKS_AN_HOUR:
                continue
            audit_record(
                actor=person,
                action="person.password_link",
                target=person,
                participant=person.participant,
            )
        sent += password_link_send(person=person, template="person_password")
    return sent


@transaction.atomic
def password_set(*, person: User, password: str) -> None:
    """A password chosen by the person, checked by the caller's form. All sessions of the account end."""
    person.set_password(password)
    person.save(update_fields=["password"])
    reset(username=person.get_username())
    audit_record(actor=person, action="person.password_set", target=person, participant=person.participant)
