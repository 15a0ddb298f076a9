"""Requests for access: a participant asks another one for its figures of an indicator, and gets an answer.

Only administrators ask and answer: either is an act of the participant, not of a person (D110, D131). A
request names owner and indicator, never a dataset, and whether there is one changes nothing about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.models import (
    AccessGrant,
    AccessRequest,
    AccessRequestState,
    AudienceKind,
    Dataset,
    Indicator,
    Level,
    Participant,
    Role,
    User,
)
from registry.selectors.viewer import viewer_for
from registry.services.access import grant_create
from registry.services.audit import audit_record
from registry.services.mail import mail_send
from registry.tasks import after_commit, announce_request

#: So many requests of one participant may wait for an answer at a time.
MOST_OPEN = 20
#: After a refusal the same is not asked again for so long.
PAUSE = timedelta(days=1)
_ANSWER = {"answer", "answered_by", "answered_at"}


@transaction.atomic
def request_create(*, indicator: Indicator, owner: Participant, actor: User, message: str) -> AccessRequest:
    """Ask for what an owner has of an indicator. Its administrators are told by e-mail.

    NotAllowed for others than administrators. Invalid without a message, for one's own figures, and for an
    indicator or owner that cannot be asked for. Conflict while a request waits, within a day of a refusal,
    and when too many wait.
    """
    authority.require_asker(actor)
    asking = Participant.objects.select_for_update(of=("self",)).get(people=actor)
    _check_asked(indicator, owner, asking, actor)
    message = message.strip()
    if not message:
        raise Invalid(_("Say what you ask for, and why."))
    _check_rate(indicator, owner, asking)
    request = AccessRequest(
        indicator=indicator, owner=owner, participant=asking, message=message, created_by=actor
    )
    request.clean_fields(exclude=_ANSWER)
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        raise Conflict(_("You have asked already; the answer is awaited.")) from error
    _record(actor, "request.create", request, asking)
    after_commit(announce_request, request.pk)
    return request


def _check_asked(indicator: Indicator, owner: Participant, asking: Participant, actor: User) -> None:
    if owner == asking:
        raise Invalid(_("These are your own figures."))
    known = Indicator.objects.visible_to(viewer_for(actor)).filter(pk=indicator.pk).exists()
    if not known or indicator.owner_id not in (None, owner.pk):
        raise Invalid(_("There is no indicator “%(code)s”."), code=indicator.code)
    if not owner.is_active:
        raise Invalid(_("“%(code)s” takes no part any more."), code=owner.code)


def _check_rate(indicator: Indicator, owner: Participant, asking: Participant) -> None:
    made = AccessRequest.objects.filter(participant=asking)
    same = made.filter(indicator=indicator, owner=owner)
    if same.filter(state=AccessRequestState.OPEN).exists():
        raise Conflict(_("You have asked already; the answer is awaited."))
    since = timezone.now() - PAUSE
    if same.filter(state=AccessRequestState.DECLINED, answered_at__gt=since).exists():
        raise Conflict(_("This was declined less than a day ago; ask again later."))
    if made.filter(state=AccessRequestState.OPEN).count() >= MOST_OPEN:
        raise Conflict(
            _("%(number)s of your requests wait for an answer; more cannot be made."), number=MOST_OPEN
        )


@transaction.atomic
def request_grant(
    *,
    request: AccessRequest,
    actor: User,
    datasets: Sequence[Dataset],
    level: Level = Level.DATA,
    is_reciprocal: bool = True,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    answer: str = "",
) -> list[AccessGrant]:
    """open → granted: the owner opens datasets of its own to the participant that asked.

    Invalid for no dataset, or one that is not the owner's or not of the indicator. Conflict when somebody
    answered before.
    """
    authority.require_opener(actor, request.owner)
    if not datasets:
        raise Invalid(_("Choose at least one dataset to open."))
    for dataset in datasets:
        if (dataset.owner_id, dataset.indicator_id) != (request.owner_id, request.indicator_id):
            raise Invalid(_("“%(code)s” is not a dataset of this indicator of yours."), code=dataset.code)
    _answer(request, actor, AccessRequestState.GRANTED, answer.strip())
    return [
        grant_create(
            dataset=dataset,
            actor=actor,
            audience=AudienceKind.PARTICIPANT,
            participant=request.participant,
            level=level,
            is_reciprocal=is_reciprocal,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        for dataset in datasets
    ]


@transaction.atomic
def request_decline(*, request: AccessRequest, actor: User, answer: str) -> None:
    """open → declined, with a text; whether there is anything to open is not told."""
    authority.require_opener(actor, request.owner)
    if not answer.strip():
        raise Invalid(_("Say why the request is declined."))
    _answer(request, actor, AccessRequestState.DECLINED, answer.strip())


def _answer(request: AccessRequest, actor: User, state: AccessRequestState, answer: str) -> None:
    request.answer = answer
    request.clean_fields(exclude=_ANSWER - {"answer"})
    moved = AccessRequest.objects.filter(pk=request.pk, state=AccessRequestState.OPEN).update(
        state=state, answer=answer, answered_by=actor, answered_at=timezone.now()
    )
    if moved != 1:
        raise Conflict(_("The request was answered already."))
    request.refresh_from_db(fields=["state", "answer", "answered_by", "answered_at"])
    _record(actor, f"request.{state.value}", request, request.owner)
    after_commit(announce_request, request.pk)


def _record(actor: User, action: str, request: AccessRequest, participant: Participant) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=request,
        participant=participant,
        indicator=request.indicator.code,
        owner=request.owner.code,
        asked_by=request.participant.code,
    )


def request_announce(*, request_id: int) -> int:
    """Tell by e-mail of a request: its owner's administrators while it is open, then those who asked.

    Returns how many e-mails were sent.
    """
    related = AccessRequest.objects.select_related("indicator", "owner", "participant", "created_by")
    request = related.filter(pk=request_id).first()
    if request is None:
        return 0
    is_open = request.state == AccessRequestState.OPEN
    told = request.owner if is_open else request.participant
    template = "request_received" if is_open else "request_answered"
    context = {"request": request, "indicator": request.indicator, "owner": request.owner}
    return sum(mail_send(user=user, template=template, context=context) for user in _administrators(told))


def _administrators(participant: Participant) -> QuerySet[User]:
    """Its active administrators who want e-mails."""
    if not participant.is_active:
        return User.objects.none()
    return User.objects.filter(
        participant=participant,
        is_active=True,
        wants_mail=True,
        role_assignments__role=Role.COUNTRY_ADMINISTRATOR,
        role_assignments__participant=participant,
    ).distinct()
