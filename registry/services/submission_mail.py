"""E-mails about a submission, to people of its owner or of the secretariat. Without figures and remarks."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping

from registry.languages import served
from registry.models import Submission, User
from registry.services.mail import mail_send

logger = logging.getLogger(__name__)


def submission_mail(
    *, submission_id: int, template: str, people: Collection[int], cause: Mapping[str, str]
) -> int:
    """Send ``template`` to each of the people, in their language; how many were sent.

    ``cause`` is a text by language. One that cannot be sent does not keep the others from theirs.
    """
    related = Submission.objects.select_related("dataset__indicator", "dataset__owner")
    submission = related.filter(pk=submission_id).first()
    if submission is None:
        return 0
    sent = 0
    for user in User.objects.filter(pk__in=people, is_active=True).order_by("pk"):
        context = {
            "submission": submission,
            "dataset": submission.dataset,
            "cause": served(cause, user.language),
        }
        try:
            sent += mail_send(user=user, template=template, context=context)
        except OSError:  # what smtplib raises is one
            logger.exception("Submission %s: %s not sent to user %s", submission_id, template, user.pk)
    return sent
