from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import PARTICIPANTS, PUBLIC, Viewer, participant_token, reciprocal
from registry.models.base import in_force
from registry.models.dataset import Dataset
from registry.models.participant import Participant


class Level(models.TextChoices):
    """What a grant opens. Data includes documentation."""

    DOCUMENTATION = "documentation", _("Documentation")
    DATA = "data", _("Data")


class AudienceKind(models.TextChoices):
    """The ladder of audiences, narrow to wide."""

    PARTICIPANT = "participant", _("A named participant")
    PARTICIPANTS = "participants", _("All participants")
    PUBLIC = "public", _("Everybody")


class AccessGrantQuerySet(models.QuerySet["AccessGrant"]):
    def visible_to(self, viewer: Viewer) -> AccessGrantQuerySet:
        """Grants are the owner's business (D110)."""
        return self.filter(dataset__owner__code=viewer.participant)

    def held_by(self, viewer: Viewer, indicator: str) -> AccessGrantQuerySet:
        """The grants in force that open datasets of an indicator to the viewer."""
        to = Q()
        for kind, base in (
            (Q(audience=AudienceKind.PUBLIC), PUBLIC),
            (Q(audience=AudienceKind.PARTICIPANTS), PARTICIPANTS),
            (Q(participant__code=viewer.participant), participant_token(viewer.participant or "")),
        ):
            if reciprocal(base, indicator) in viewer.tokens:
                to |= kind
            elif base in viewer.tokens:
                to |= kind & Q(is_reciprocal=False)
        return self.filter(to, in_force(), revoked_at__isnull=True)


class AccessGrant(models.Model):
    """An explicit, logged act of the owner that opens a dataset, or a slice of it (D109–D117).

    ``slice`` maps dimension codes to lists of codes; empty means the whole dataset. With
    ``is_reciprocal`` the grantee sees it only while it shares data for the indicator itself (X8, ADR 0006).
    """

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="grants", verbose_name=_("dataset"))
    audience = models.CharField(_("audience"), max_length=20, choices=AudienceKind)
    participant = models.ForeignKey(
        Participant,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="grants_received",
        verbose_name=_("participant"),
    )
    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.DATA)
    slice = models.JSONField(_("slice"), default=dict, blank=True)
    is_reciprocal = models.BooleanField(_("reciprocal"), default=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by = models.ForeignKey(
        "registry.User", models.PROTECT, related_name="+", editable=False, verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("access grant")
        verbose_name_plural = _("access grants")
        ordering = ["dataset", "-granted_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience="participant", participant__isnull=False)
                | (~models.Q(audience="participant") & models.Q(participant__isnull=True)),
                name="grant_names_participant",
                violation_error_message=_("Name the participant for this audience, and only for this one."),
            ),
            models.CheckConstraint(
                condition=~models.Q(audience="public", is_reciprocal=True),
                name="grant_public_not_reciprocal",
                violation_error_message=_("The public cannot reciprocate: open it without reciprocity."),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__isnull=True)
                | models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gt=models.F("starts_at")),
                name="grant_span_ordered",
                violation_error_message=_("The end must be later than the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} → {self.participant or self.get_audience_display()}"


class DatasetAudience(models.Model):
    """Who sees that a dataset exists and reads its documentation, or also its data. Derived from grants."""

    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="audiences")
    level = models.CharField(max_length=20, choices=Level)
    token = models.CharField(max_length=120)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dataset", "token"], name="dataset_audience")]

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.level} {self.token}"
