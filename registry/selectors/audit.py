from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from registry.access import Viewer
from registry.models import AuditEvent, RowChange


def audit_list(*, viewer: Viewer) -> QuerySet[AuditEvent]:
    """The trail the viewer may read, the latest first."""
    return AuditEvent.objects.visible_to(viewer).order_by("-at", "-pk")


def row_change_list(*, viewer: Viewer) -> QuerySet[RowChange]:
    """Changes made past the application that the viewer may read of, the latest first."""
    return RowChange.objects.visible_to(viewer).past_services().order_by("-at", "-pk")


def row_changes_lately(*, viewer: Viewer, days: int = 30) -> int:
    """How many changes past the application the last days brought. One query."""
    return row_change_list(viewer=viewer).filter(at__gte=timezone.now() - timedelta(days=days)).count()


def has_row_changes() -> bool:
    """Whether this database records changes by itself."""
    return connection.vendor == "postgresql"


def audit_actions(*, viewer: Viewer) -> list[str]:
    """The acts that occur in the trail the viewer may read."""
    found = AuditEvent.objects.visible_to(viewer).order_by("action")
    return list(found.values_list("action", flat=True).distinct())
