from __future__ import annotations

from collections.abc import Collection

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Prefetch, QuerySet, Sum
from django.utils import timezone

from registry.access import Viewer
from registry.models import RoleAssignment, User


def person_list(*, viewer: Viewer) -> QuerySet[User]:
    """The people the viewer may know of, with participant and roles, by name. Two queries."""
    assignments = RoleAssignment.objects.select_related("indicator").order_by("role", "indicator__order")
    people = User.objects.visible_to(viewer).select_related("participant")
    return people.prefetch_related(Prefetch("role_assignments", assignments)).order_by(
        "participant__order", "last_name", "first_name", "username"
    )


def locked_usernames(*, usernames: Collection[str]) -> frozenset[str]:
    """Those of some accounts that are locked at one address or more. One query."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username__in=list(usernames), attempt_time__gte=since)
    counted = attempts.order_by().values("username", "ip_address").annotate(total=Sum("failures_since_start"))
    return frozenset(row["username"] for row in counted if row["total"] >= settings.AXES_FAILURE_LIMIT)
