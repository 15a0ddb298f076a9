from __future__ import annotations

import secrets

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import Viewer
from registry.models.dataset import Dataset
from registry.models.submission import Submission, SubmissionAction


class UploadState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being read")
    DONE = "done", _("Done")
    FAILED = "failed", _("Refused")


def upload_storage() -> FileSystemStorage:
    """Files of figures lie apart from media and have no address."""
    return FileSystemStorage(location=settings.VAR_DIR / "uploads", base_url=None)


def upload_path(upload: Upload, name: str) -> str:
    """A random name: what a file was called by its sender is kept as text only."""
    return secrets.token_hex(16)


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, viewer: Viewer) -> UploadQuerySet:
        """Input is seen only by those of the owner who work on figures of the indicator (D091, D118)."""
        if not viewer.handles_figures:
            return self.none()
        own = self.filter(dataset__owner__code=viewer.participant)
        return own if viewer.figures_of is None else own.filter(dataset__indicator__in=viewer.figures_of)


class Upload(models.Model):
    """A file of figures on its way to a submission, read in the background (D097).

    ``problems`` holds what was found wrong with the file itself, as message code, arguments and place; the
    file is deleted once the submission is staged.
    """

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="uploads", verbose_name=_("dataset"))
    file = models.FileField(_("file"), upload_to=upload_path, storage=upload_storage, blank=True)
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    action = models.CharField(
        _("action"), max_length=20, choices=SubmissionAction, default=SubmissionAction.REPLACE
    )
    comment = models.TextField(_("comment"), blank=True)
    reason = models.JSONField(_("reason"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=UploadState, default=UploadState.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress, per cent"), default=0)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    attempt = models.PositiveSmallIntegerField(
        default=0, help_text=_("Counts the starts: what an earlier one found out no longer counts.")
    )
    started_at = models.DateTimeField(pgettext_lazy("upload", "started at"), null=True)
    submission = models.OneToOneField(
        Submission, models.SET_NULL, null=True, related_name="upload", verbose_name=_("submission")
    )
    replaces = models.ForeignKey(
        Submission,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("replaces the draft"),
        help_text=_("The draft its sender had and gave up for it."),
    )
    created_by = models.ForeignKey("registry.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(pgettext_lazy("upload", "finished at"), null=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
