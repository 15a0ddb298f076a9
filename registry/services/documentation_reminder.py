"""The yearly reminder of documentation tables, to the people who answer for them (D081)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from registry.models import Contact, Dataset, Participant, Role, User
from registry.selectors.documentation import due_for_review
from registry.services.audit import audit_record
from registry.services.mail import mail_send

logger = logging.getLogger(__name__)

#: How long after a reminder the next one comes.
REMINDED_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reminded:
    """E-mails sent, tables they spoke of, tables nobody could be told of, e-mails that could not be sent."""

    mails: int = 0
    tables: int = 0
    unreached: int = 0
    failed: int = 0

    def __add__(self, other: Reminded) -> Reminded:
        return Reminded(
            self.mails + other.mails,
            self.tables + other.tables,
            self.unreached + other.unreached,
            self.failed + other.failed,
        )


def documentation_remind(*, today: date) -> Reminded:
    """Send what is due. Safe to run as often as one likes: a table is spoken of once in thirty days.

    One transaction per participant, so that an error keeps nobody else's reminders back.
    """
    due = _due(today).order_by().values("owner")
    owners = Participant.objects.filter(pk__in=due, is_active=True).order_by("order", "code")
    return sum((_participant_remind(owner, today) for owner in owners), Reminded())


def _due(today: date) -> QuerySet[Dataset]:
    unspoken = Q(documentation_reminded_on__isnull=True) | Q(
        documentation_reminded_on__lte=today - REMINDED_EVERY
    )
    return due_for_review(Dataset.objects.filter(unspoken), today=today)


@transaction.atomic
def _participant_remind(owner: Participant, today: date) -> Reminded:
    locked = _due(today).filter(owner=owner).select_related("indicator").select_for_update(of=("self",))
    datasets = list(locked)
    people = _responsible(owner, datasets)
    by_person: dict[User, list[Dataset]] = defaultdict(list)
    for dataset in datasets:
        for person in people[dataset.pk]:
            by_person[person].append(dataset)
    told: dict[int, list[str]] = defaultdict(list)
    failed = 0
    for person, tables in by_person.items():
        if _told(person, tables):
            for dataset in tables:
                told[dataset.pk].append(person.get_username())
        else:
            failed += 1
    Dataset.objects.filter(pk__in=told).update(documentation_reminded_on=today)
    for dataset in datasets:
        if names := told.get(dataset.pk):
            audit_record(
                actor=None,
                action="documentation.remind",
                target=dataset,
                participant=owner,
                dataset=dataset.code,
                people=sorted(names),
            )
    return Reminded(len(by_person) - failed, len(told), sum(not people[row.pk] for row in datasets), failed)


def _told(person: User, tables: Collection[Dataset]) -> bool:
    try:
        return mail_send(user=person, template="documentation_reminder", context={"tables": tables})
    except OSError:  # smtplib's errors are of this kind
        logger.exception("No reminder of documentation sent to %s", person.get_username())
        return False


def _responsible(owner: Participant, datasets: Iterable[Dataset]) -> dict[int, list[User]]:
    """Who is told of each dataset: the focal points for its indicator, else the Country Administrators."""
    able = User.objects.filter(is_active=True, participant=owner).exclude(email="")
    points = (
        Contact.objects.filter(is_focal_point=True, agency__participant=owner, user__in=able)
        .select_related("user")
        .prefetch_related("indicators")
    )
    scopes = [(point.user, {indicator.pk for indicator in point.indicators.all()}) for point in points]
    administrators = list(
        able.filter(
            role_assignments__role=Role.COUNTRY_ADMINISTRATOR, role_assignments__participant=owner
        ).distinct()
    )
    found = {}
    for dataset in datasets:
        focal = {user for user, scope in scopes if user and (not scope or dataset.indicator_id in scope)}
        found[dataset.pk] = sorted(focal, key=lambda user: user.pk) or administrators
    return found
