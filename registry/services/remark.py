"""What people say of a submission, of the whole or of one cell, before it is released (D095)."""

from __future__ import annotations

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.languages import in_every_language
from registry.models import Remark, SeriesRevision, Submission, User
from registry.models.submission import SubmissionState
from registry.periods import BadPeriod, frequency_of
from registry.row_security import as_service
from registry.services.audit import audit_record

LONGEST = 4_000
#: States after which nothing is said any more.
_FINAL = (SubmissionState.RELEASED, SubmissionState.WITHDRAWN)


@as_service()
@transaction.atomic
def remark_add(*, submission: Submission, actor: User, text: str, key: str = "", period: str = "") -> Remark:
    """Say something of a submission, of one of its series (``key``), or of one cell (``period`` too).

    NotAllowed unless the actor submits or verifies for the owner. Invalid without text, and for a place
    that is not in the figures. Conflict once the submission is released or withdrawn.
    """
    authority.require_remarker(actor, submission.dataset)
    now = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if now.state in _FINAL:
        raise Conflict(_("The submission is released or withdrawn: nothing more can be said of it."))
    _check_place(submission, key, period)
    return remark_write(submission=now, actor=actor, text=text, key=key, period=period)


def remark_write(
    *, submission: Submission, actor: User, text: str, key: str = "", period: str = "", state: str = ""
) -> Remark:
    """The same inside another act on the submission, which has checked who acts; ``state`` is the new one."""
    text = text.strip()
    if not text:
        raise Invalid(_("Write the remark."))
    if len(text) > LONGEST:
        raise Invalid(_("A remark has at most %(most)s characters."), most=LONGEST)
    remark = Remark.objects.create(
        submission=submission,
        author=actor,
        text=text,
        key=key,
        period=period,
        state=state or submission.state,
    )
    dataset = submission.dataset
    audit_record(
        actor=actor,
        action="remark.add",
        target=remark,
        participant=dataset.owner,
        dataset=dataset.code,
        submission=submission.pk,
        series=key,
        period=period,
    )
    return remark


def remark_of_portal(*, submission: Submission, told: str | Promise | Exception) -> Remark:
    """What the portal itself has to say, in every language."""
    text = "\n".join(dict.fromkeys(in_every_language(told).values()))
    return Remark.objects.create(submission=submission, text=text[:LONGEST], state=submission.state)


def _check_place(submission: Submission, key: str, period: str) -> None:
    dataset = submission.dataset
    if key:
        staged = submission.staged_series.filter(key=key).exists()
        if not staged and not SeriesRevision.objects.current().filter(dataset=dataset, key=key).exists():
            raise Invalid(_("There is no series “%(key)s” in these figures."), key=key[:250])
    elif period:
        raise Invalid(_("Name the series together with the period."))
    if not period:
        return
    try:
        fits = frequency_of(period) == dataset.frequency
    except BadPeriod:
        fits = False
    if not fits:
        raise Invalid(
            _(
                "“%(period)s” is not a period of frequency %(frequency)s; expected for example 2010 or "
                "2010-Q1."
            ),
            period=period[:10],
            frequency=dataset.frequency,
        )
