from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, viewer: Viewer) -> AuditEventQuerySet:
        """An administrator reads the trail of what they administer, and nobody else's."""
        if viewer.administers_participant:
            return self.filter(participant__isnull=False, participant=viewer.participant)
        if viewer.administers_system:
            return self.filter(participant__isnull=True)
        return self.none()


class AuditEvent(models.Model):
    """Who did what to which object, when. Rows are never changed: triggers refuse it in both databases.

    Names are kept as text, so that the trail outlives what it speaks of. ``data`` never holds figures.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.CharField(_("actor"), max_length=150, blank=True)
    participant = models.CharField(_("participant"), max_length=20, null=True, blank=True)  # noqa: DJ001
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("object type"), max_length=60)
    object_id = models.CharField(_("object"), max_length=60)
    data = models.JSONField(_("details"), default=dict)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["participant", "-at"], name="audit_participant")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.object_type} {self.object_id}"
