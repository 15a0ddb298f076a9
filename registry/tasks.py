"""Background work of the registry, and how it is asked for. The services do it; they are imported late,
because they ask for it themselves."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django_tasks import task
from django_tasks.base import Task

logger = logging.getLogger(__name__)


def after_commit(work: Task[Any, Any], *arguments: Any) -> None:
    """Have a task done once the current transaction is committed; by whom, TASKS in the settings says.

    Never raises: what is committed stays, and the failure is logged.
    """
    transaction.on_commit(lambda: _enqueue(work, arguments), robust=True)


def _enqueue(work: Task[Any, Any], arguments: tuple[Any, ...]) -> None:
    try:
        work.enqueue(*arguments)
    except Exception:
        logger.exception("Not done: %s %s", work.name, arguments)


@task()
def deliver_notice(notice_id: int) -> int:
    """See `notice_deliver`. May be run again at any time."""
    from registry.services.notice import notice_deliver

    return notice_deliver(notice_id=notice_id)


@task()
def announce_request(request_id: int) -> int:
    """See `request_announce`."""
    from registry.services.request import request_announce

    return request_announce(request_id=request_id)


@task()
def mail_submission(submission_id: int, template: str, people: list[int], cause: dict[str, str]) -> int:
    """See `submission_mail`."""
    from registry.services.submission_mail import submission_mail

    return submission_mail(submission_id=submission_id, template=template, people=people, cause=cause)


@task()
def read_upload(upload_id: int, language: str) -> str:
    """See `upload_read`. Run again it does nothing, unless the upload was made ready for that."""
    from registry.services.upload import upload_read

    return upload_read(upload_id=upload_id, language=language)
