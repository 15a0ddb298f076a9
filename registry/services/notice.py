"""Notices of changed figures: given to whom they concern, sent by e-mail once, read in the admin.

Who may see what a release changed is told of it (D104), and the System Administrators of every release
(D103). Nothing here holds a figure. Delivering may be repeated at any time: rows are unique, an e-mail is
claimed before it is sent, and given back if the mail server refuses it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.models import Delivery, Notice, Role, User
from registry.row_security import as_service
from registry.selectors.notice import (
    Changes,
    change_seen,
    changes_by_audience,
    notices_unread,
    participants_concerned,
)
from registry.selectors.viewer import viewer_for
from registry.services.mail import mail_message

logger = logging.getLogger(__name__)
_BATCH = 500
#: How long a notice may wait for its task, how often it is tried again, and for how long.
_TASK_TIME, _AGAIN_AFTER, _NEWS_FOR = timedelta(minutes=5), timedelta(hours=1), timedelta(days=3)


@as_service()
def notice_deliver(*, notice_id: int) -> int:
    """Give a notice to all whom it concerns now, and send the e-mails that were not sent yet.

    Returns how many were sent. A number of queries that depends neither on the number of participants nor,
    up to 500, on that of their people. RuntimeError at the end when the mail server refused some.
    """
    related = Notice.objects.select_related("release__dataset__owner", "release__dataset__indicator")
    notice = related.filter(pk=notice_id).first()
    if notice is None:
        return 0
    Notice.objects.filter(pk=notice_id).update(tried_at=timezone.now())
    concerned = participants_concerned(notice.release)
    people = User.objects.filter(_recipients(concerned), is_active=True).order_by("pk").distinct()
    Delivery.objects.bulk_create(
        (Delivery(notice=notice, user_id=pk) for pk in people.values_list("pk", flat=True)),
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    waiting = _claimed(notice, concerned)
    sent = _send(notice, waiting, concerned) if waiting else 0
    Notice.objects.filter(pk=notice_id, delivered_at__isnull=True).update(delivered_at=timezone.now())
    return sent


def notices_lost(*, now: datetime | None = None) -> int:
    """Deliver what should have been delivered by now: its task was lost, or some of its e-mails refused.

    For a timer. Tried again once an hour for three days; then it is no news any more. Returns how many
    e-mails were sent; what fails is logged.
    """
    now = now or timezone.now()
    overdue = Notice.objects.filter(
        Q(tried_at__isnull=True, created_at__lt=now - _TASK_TIME) | Q(tried_at__lt=now - _AGAIN_AFTER),
        delivered_at__isnull=True,
        created_at__gt=now - _NEWS_FOR,
    )
    sent = 0
    for pk in overdue.order_by("created_at", "pk").values_list("pk", flat=True):
        try:
            sent += notice_deliver(notice_id=pk)
        except Exception:
            logger.exception("Notice %s could not be delivered", pk)
    return sent


def _recipients(concerned: Collection[int]) -> Q:
    administers = Q(
        participant__isnull=True,
        role_assignments__role=Role.SYSTEM_ADMINISTRATOR,
        role_assignments__participant__isnull=True,
    )
    return Q(participant__in=concerned) | administers


@transaction.atomic
def _claimed(notice: Notice, concerned: Collection[int]) -> list[Delivery]:
    """Deliveries whose e-mail we send and nobody else; to those only whom the notice concerns still."""
    Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    reached = User.objects.filter(_recipients(concerned), is_active=True, wants_mail=True).exclude(email="")
    waiting = Delivery.objects.filter(notice=notice, sent_at__isnull=True, user__in=reached)
    claimed = list(waiting.select_related("user").order_by("pk"))
    _mark([delivery.pk for delivery in claimed], sent_at=timezone.now())
    return claimed


def _send(notice: Notice, waiting: Iterable[Delivery], concerned: Mapping[int, frozenset[str]]) -> int:
    unsent = {delivery.pk: delivery for delivery in waiting}
    all_of_them = len(unsent)
    changes = changes_by_audience(notice.release)
    try:
        with get_connection() as connection:
            for delivery in list(unsent.values()):
                message = _message(notice, delivery.user, changes, concerned)
                message.connection = connection
                try:
                    message.send()
                except OSError:  # what smtplib raises is one
                    logger.exception("Notice %s not sent to user %s", notice.pk, delivery.user_id)
                else:
                    del unsent[delivery.pk]
    finally:
        _mark(unsent, sent_at=None)
    if unsent:
        raise RuntimeError(f"{len(unsent)} e-mails of notice {notice.pk} were refused; deliver it again.")
    return all_of_them


def _message(
    notice: Notice, user: User, changes: Changes, concerned: Mapping[int, frozenset[str]]
) -> EmailMessage:
    held = concerned.get(user.participant_id or 0)
    seen = None if held is None else change_seen(changes, held)
    template = "notice_administrator" if held is None else "notice_change"
    message = mail_message(user=user, template=template, context={**notice_context(notice), "change": seen})
    assert message is not None, "only people with an address are asked for"
    return message


def _mark(deliveries: Iterable[int], *, sent_at: datetime | None) -> None:
    ids = list(deliveries)
    for start in range(0, len(ids), _BATCH):
        Delivery.objects.filter(pk__in=ids[start : start + _BATCH]).update(sent_at=sent_at)


def notice_context(notice: Notice) -> dict[str, Any]:
    """What the texts about a notice speak of. Needs dataset, owner and indicator at hand."""
    release = notice.release
    dataset = release.dataset
    return {
        "notice": notice,
        "release": release,
        "dataset": dataset,
        "indicator": dataset.indicator,
        "owner": dataset.owner,
    }


def notices_read(*, actor: User, notices: Collection[int] | None = None) -> int:
    """Mark the actor's notices as read, these or all. What one has read is one's own and leaves no trail."""
    unread = notices_unread(viewer=viewer_for(actor))
    if notices is not None:
        unread = unread.filter(notice__in=notices)
    ids = list(unread.order_by().values_list("pk", flat=True))
    return Delivery.objects.filter(pk__in=ids, read_at__isnull=True).update(read_at=timezone.now())


def mail_choice_set(*, actor: User, wants_mail: bool) -> None:
    """Whether the actor gets notices by e-mail too: one's own choice, which leaves no trail either.

    The database knows of it too (`wants_mail` is no change there: migration 0007).
    """
    User.objects.filter(pk=actor.pk).update(wants_mail=wants_mail)
