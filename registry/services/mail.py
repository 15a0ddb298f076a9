"""E-mails, each in the language of the person who gets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template import Context, engines
from django.utils import translation

from registry.models import User


def mail_message(*, user: User, template: str, context: Mapping[str, Any]) -> EmailMessage | None:
    """An e-mail from ``registry/mail/<template>.txt``, its first line the subject. None without an address.

    ``context`` is joined by ``user``, ``site_name`` and ``base_url``. Texts are plain: nothing is escaped.
    """
    if not user.email or not user.is_active:
        return None
    known = {
        "user": user,
        "site_name": settings.WAGTAIL_SITE_NAME,
        "base_url": settings.WAGTAILADMIN_BASE_URL,
    }
    with translation.override(user.language):
        found = engines["django"].engine.get_template(f"registry/mail/{template}.txt")  # type: ignore[attr-defined]
        text = found.render(Context({**known, **context}, autoescape=False))
    subject, _newline, body = text.strip().partition("\n")
    return EmailMessage(subject=" ".join(subject.split()), body=body.strip() + "\n", to=[user.email])


def mail_send(*, user: User, template: str, context: Mapping[str, Any]) -> bool:
    """Send such an e-mail now. False when the person has no address."""
    message = mail_message(user=user, template=template, context=context)
    return message is not None and bool(message.send())
