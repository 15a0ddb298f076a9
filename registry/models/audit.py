from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    ``transaction`` ties the act to the changes of rows it made (`RowChange`); empty on SQLite.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.CharField(_("actor"), max_length=150, blank=True)
    participant = models.CharField(_("participant"), max_length=20, null=True, blank=True)  # noqa: DJ001
    action = models.CharField(_("action"), max_length=60)
    object_type = models.CharField(_("object type"), max_length=60)
    object_id = models.CharField(_("object"), max_length=60)
    data = models.JSONField(_("details"), default=dict)
    transaction = models.CharField(_("transaction"), max_length=40, null=True, editable=False)  # noqa: DJ001

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["participant", "-at"], name="audit_participant"),
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["transaction"], name="audit_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.action} {self.object_type} {self.object_id}"


class Operation(models.TextChoices):
    """What a statement did to the rows of a table."""

    INSERT = "insert", _("Added")
    UPDATE = "update", _("Changed")
    DELETE = "delete", pgettext_lazy("audit", "Deleted")
    TRUNCATE = "truncate", _("Emptied")


class RowChangeQuerySet(models.QuerySet["RowChange"]):
    def visible_to(self, viewer: Viewer) -> RowChangeQuerySet:
        """The secretariat reads all of it, an administrator what is known to be of its own participant."""
        if viewer.administers_system:
            return self.all()
        if viewer.administers_participant:
            return self.filter(participant__isnull=False, participant=viewer.participant)
        return self.none()

    def past_services(self) -> RowChangeQuerySet:
        """Changes in whose transaction no service recorded an act: made past the application."""
        return self.filter(~Exists(AuditEvent.objects.filter(transaction=OuterRef("transaction"))))


class RowChange(models.Model):
    """What one SQL statement did to a watched table, written by PostgreSQL's own triggers, whoever ran it.

    It tells which objects and columns, never values. ``actor`` is who was signed in, where the statement
    came through the application; ``participant`` and ``dataset`` are empty where several are concerned.
    """

    at = models.DateTimeField(_("at"))
    table = models.CharField(_("table"), max_length=63)
    operation = models.CharField(_("operation"), max_length=10, choices=Operation)
    rows = models.BigIntegerField(_("rows"))
    objects_told = models.TextField(_("objects"), db_column="objects")
    columns = models.TextField(_("columns"))
    participant = models.CharField(_("participant"), max_length=20, null=True)  # noqa: DJ001
    dataset = models.CharField(_("dataset"), max_length=60)
    database_user = models.CharField(_("database user"), max_length=63)
    actor = models.CharField(_("person"), max_length=150)
    transaction = models.CharField(_("transaction"), max_length=40)

    objects = RowChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of rows")
        verbose_name_plural = _("changes of rows")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="rowchange_at"),
            models.Index(fields=["participant", "-at"], name="rowchange_participant"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.database_user} {self.operation} {self.table} {self.rows}"
