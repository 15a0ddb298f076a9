from __future__ import annotations

from typing import Any

from django.db import models

from registry.models import AuditEvent, Participant, User


def audit_record(
    *, actor: User, action: str, target: models.Model, participant: Participant | None = None, **data: Any
) -> AuditEvent:
    """Write one row of the audit trail, inside the caller's transaction. ``data`` must hold no figures."""
    return AuditEvent.objects.create(
        actor=actor.get_username(),
        participant=participant.code if participant else None,
        action=action,
        object_type=target._meta.model_name or "",
        object_id=str(target.pk),
        data=data,
    )
