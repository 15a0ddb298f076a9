from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.languages import Localized
from registry.models.audience import Audience, SeenBy
from registry.models.dataset import Dataset
from registry.models.submission import Submission


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, viewer: Viewer) -> ReleaseQuerySet:
        """Releases that changed something the viewer sees; who sees the whole dataset sees all of them.

        So a viewer of a slice learns nothing of what happens outside it, not even when.
        """
        return self.filter(Exists(ReleaseAudience.objects.filter(SeenBy(viewer), release=OuterRef("pk"))))

    def readable_by(self, viewer: Viewer) -> ReleaseQuerySet:
        """Those whose figures may still be read, as a vintage or as the current ones.

        A withdrawal takes back all that was released before it, except from those of the owner who work on
        figures.
        """
        withdrawn = Release.objects.filter(
            dataset=OuterRef("dataset"), is_withdrawal=True, number__gt=OuterRef("number")
        )
        stands = Q(~Exists(withdrawn))
        if viewer.handles_figures:
            own = Q(dataset__owner__code=viewer.participant)
            if viewer.figures_of is not None:
                own &= Q(dataset__indicator__in=viewer.figures_of)
            stands |= own
        return self.filter(stands, is_withdrawal=False)

    def latest_to(self, viewer: Viewer) -> ReleaseQuerySet:
        """Of each dataset with figures in force the last release that changed something the viewer sees."""
        later = Release.objects.visible_to(viewer).filter(
            dataset=OuterRef("dataset"), is_withdrawal=False, number__gt=OuterRef("number")
        )
        found = self.visible_to(viewer).readable_by(viewer)
        return found.filter(~Exists(later), dataset__current_release__isnull=False)


class Release(models.Model):
    """An immutable revision of a dataset, numbered from 1; a withdrawal is a release without figures."""

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="releases", verbose_name=_("dataset"))
    number = models.PositiveIntegerField(_("number"))
    submission = models.OneToOneField(
        Submission, models.PROTECT, null=True, related_name="release", verbose_name=_("submission")
    )
    is_withdrawal = models.BooleanField(_("withdrawal"), default=False)
    released_at = models.DateTimeField(_("released at"))
    released_by = models.ForeignKey("registry.User", models.PROTECT, related_name="+")
    embargo_until = models.DateTimeField(
        _("embargo until"), null=True, blank=True, help_text=_("The time it had been set to appear at, UTC.")
    )
    reason = Localized(models.TextField, _("reason"), blank=True)
    new_count = models.PositiveIntegerField(_("new series"), default=0)
    changed_count = models.PositiveIntegerField(_("changed series"), default=0)
    removed_count = models.PositiveIntegerField(_("removed series"), default=0)
    unchanged_count = models.PositiveIntegerField(_("unchanged series"), default=0)
    value_count = models.PositiveIntegerField(_("values"), default=0)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["dataset", "-number"]
        constraints = [models.UniqueConstraint(fields=["dataset", "number"], name="release_number_unique")]

    def __str__(self) -> str:
        return f"{self.dataset_id} #{self.number}"


class ReleaseAudience(models.Model):
    """Who learns of a release: the audiences of the series it wrote or superseded, and of the whole dataset.

    Derived by services/access.py whenever a release is made or access changes; a few rows per release.
    """

    release = models.ForeignKey(Release, models.CASCADE, related_name="audiences")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "audience"], name="release_audience_unique")
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.audience_id}"


class NoticeKind(models.TextChoices):
    RELEASED = "released", _("Released")
    CORRECTED = "corrected", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, viewer: Viewer) -> NoticeQuerySet:
        """Notices of changes go to those who may see the data (D104)."""
        return self.filter(release__in=Release.objects.visible_to(viewer))


class Notice(models.Model):
    """The announcement of a change of figures (D103, D104). Its text is made on reading."""

    release = models.OneToOneField(Release, models.PROTECT, related_name="notice")
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind)
    created_at = models.DateTimeField(_("created at"))
    tried_at = models.DateTimeField(
        _("last tried at"), null=True, help_text=_("When its delivery was begun last.")
    )
    delivered_at = models.DateTimeField(
        _("delivered at"), null=True, help_text=_("When everybody whom it concerned had been told.")
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["created_at"], condition=Q(delivered_at__isnull=True), name="notice_undelivered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.kind}"


class Delivery(models.Model):
    """A notice to one person: when it was sent by e-mail, and when it was read in the admin."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    user = models.ForeignKey("registry.User", models.CASCADE, related_name="notices_received")
    sent_at = models.DateTimeField(_("sent at"), null=True)
    read_at = models.DateTimeField(_("read at"), null=True)

    class Meta:
        verbose_name = _("delivery of a notice")
        verbose_name_plural = _("deliveries of notices")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.user_id}"
