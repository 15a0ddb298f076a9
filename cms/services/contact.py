"""A message to the secretariat: stored first, then sent as an e-mail."""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.contrib.forms.models import FormSubmission

from cms.forms import ContactForm
from cms.models import ContactPage
from registry.locking import client_address
from registry.models import Role, User

logger = logging.getLogger(__name__)

#: Messages taken in an hour: from one address, and altogether.
MOST_FROM_ONE, MOST_FROM_ALL = 5, 60
_HOUR = timedelta(hours=1)


def contact_send(*, page: ContactPage, form: ContactForm, request: HttpRequest) -> bool:
    """Store a valid form and send it. False when there were too many: the form says so then.

    What a machine wrote into the hidden field is answered like anything else and goes nowhere.
    """
    if form.is_from_machine:
        return True
    if _too_many(request):
        form.add_error(None, _("Too many messages were sent in the last hour. Please try again later."))
        return False
    data = {name: form.cleaned_data[name] for name in form.kept_fields()}
    with transaction.atomic():
        FormSubmission.objects.create(page=page, form_data=data)
        message = _message(page, data)
        transaction.on_commit(lambda: _send(message), robust=True)
    return True


def _too_many(request: HttpRequest) -> bool:
    """Counted without keeping addresses: under a keyed hash, for an hour, in the cache of this process.

    The count of all messages is the database's, so that several processes cannot be played off.
    """
    since = timezone.now() - _HOUR
    if FormSubmission.objects.filter(submit_time__gte=since).count() >= MOST_FROM_ALL:
        return True
    address = client_address(request) or ""
    digest = hashlib.blake2b(address.encode(), key=settings.SECRET_KEY.encode()[:64]).hexdigest()
    key = f"cms.contact:{digest[:40]}"
    cache.add(key, 0, timeout=_HOUR.total_seconds())
    try:
        return cache.incr(key) > MOST_FROM_ONE
    except ValueError:  # it expired between the two
        return False


def _message(page: ContactPage, data: dict[str, str]) -> EmailMessage:
    lines = [f"{data['name']} <{data['email']}>", "", data["message"], "", _address(page)]
    subject = f"{settings.WAGTAIL_SITE_NAME}: {data['subject']}"
    return EmailMessage(
        subject=" ".join(subject.split()),
        body="\n".join(lines),
        to=_recipients(page),
        reply_to=[data["email"]],
    )


def _address(page: ContactPage) -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + (page.get_url() or "")


def _recipients(page: ContactPage) -> list[str]:
    if page.recipient_list:
        return page.recipient_list
    chiefs = User.objects.filter(
        is_active=True,
        participant=None,
        role_assignments__participant=None,
        role_assignments__role=Role.SYSTEM_ADMINISTRATOR,
    )
    return [address for address in chiefs.values_list("email", flat=True).distinct() if address]


def _send(message: EmailMessage) -> None:
    if not message.to:
        logger.warning("A message to the secretariat was stored and sent to nobody: there is no address.")
        return
    message.send()
