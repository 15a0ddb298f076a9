from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

from registry.database import TransactionMark
from registry.models import AuditEvent, Participant, User

_waiting: ContextVar[list[AuditEvent] | None] = ContextVar("audit_waiting", default=None)


@contextmanager
def audited_together() -> Iterator[None]:
    """For one act of many steps: the rows of all of them are written at the end, in one statement.

    Inside a transaction that any error ends, so that no step is kept without its row.
    """
    events: list[AuditEvent] = []
    token = _waiting.set(events)
    try:
        yield
    finally:
        _waiting.reset(token)
    AuditEvent.objects.bulk_create(events)


def audit_record(
    *,
    actor: User | None,
    action: str,
    target: models.Model,
    participant: Participant | None = None,
    **data: Any,
) -> None:
    """Write one row of the audit trail, inside the caller's transaction. No actor: the system itself.

    ``data`` must hold no figures.
    """
    event = AuditEvent(
        actor=actor.get_username() if actor else "",
        participant=participant.code if participant else None,
        action=action,
        object_type=target._meta.model_name or "",
        object_id=str(target.pk),
        data=data,
        transaction=TransactionMark(),
    )
    waiting = _waiting.get()
    if waiting is None:
        event.save(force_insert=True)
    else:
        waiting.append(event)
