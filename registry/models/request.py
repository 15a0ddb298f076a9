from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.models.indicator import Indicator
from registry.models.participant import Participant


class AccessRequestState(models.TextChoices):
    OPEN = "open", _("Open")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def visible_to(self, viewer: Viewer) -> AccessRequestQuerySet:
        """Who asks and who is asked, and nobody else."""
        if viewer.participant is None:
            return self.none()
        return self.filter(Q(participant__code=viewer.participant) | Q(owner__code=viewer.participant))


class AccessRequest(models.Model):
    """A participant asks another one for its figures of an indicator.

    It names indicator and owner, never a dataset, so that asking tells nothing of what there is.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="+", verbose_name=_("indicator"))
    owner = models.ForeignKey(
        Participant, models.CASCADE, related_name="requests_received", verbose_name=_("owner")
    )
    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="requests_made", verbose_name=_("asked by")
    )
    message = models.TextField(_("message"), max_length=2000)
    state = models.CharField(
        _("state"), max_length=20, choices=AccessRequestState, default=AccessRequestState.OPEN
    )
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    created_by = models.ForeignKey("registry.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    answered_by = models.ForeignKey("registry.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for access")
        verbose_name_plural = _("requests for access")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "owner", "participant"],
                condition=Q(state="open"),
                name="access_request_one_open",
                violation_error_message=_("You have asked already; the answer is awaited."),
            ),
            models.CheckConstraint(
                condition=~Q(owner=models.F("participant")),
                name="access_request_of_another",
                violation_error_message=_("These are your own figures."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant} → {self.owner} {self.indicator}"
