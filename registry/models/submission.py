from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.languages import Localized
from registry.models.dataset import Dataset
from registry.rules.messages import message


class SubmissionState(models.TextChoices):
    """draft → submitted → validated → released, with returned and withdrawn."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", pgettext_lazy("figures", "Submitted")
    VALIDATED = "validated", _("Validated")
    RELEASED = "released", _("Released")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SubmissionAction(models.TextChoices):
    """What the figures are to the last release (SDMX dataset action)."""

    REPLACE = "replace", _("Replace the whole dataset")
    MERGE = "merge", _("Add to the last release, or correct cells of it")


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, viewer: Viewer, *, level: str = "figures") -> SubmissionQuerySet:
        """Input is seen only by those of the owner who work on figures of the indicator (D091, D118).

        At ``level`` "workflow", where no figure is shown, also by the secretariat for the participants
        whose figures it releases (X6), once they are validated.
        """
        if level == "workflow" and viewer.administers_system:
            return self.filter(
                dataset__owner__release_authority="secretariat", state=SubmissionState.VALIDATED
            )
        if not viewer.handles_figures:
            return self.none()
        own = self.filter(dataset__owner__code=viewer.participant)
        return own if viewer.figures_of is None else own.filter(dataset__indicator__in=viewer.figures_of)


class Submission(models.Model):
    """Figures on their way to release. Drafts live here and in `StagedSeries`, never in public tables."""

    dataset = models.ForeignKey(
        Dataset, models.PROTECT, related_name="submissions", verbose_name=_("dataset")
    )
    state = models.CharField(
        _("state"), max_length=20, choices=SubmissionState, default=SubmissionState.DRAFT
    )
    action = models.CharField(
        _("action"), max_length=20, choices=SubmissionAction, default=SubmissionAction.REPLACE
    )
    base_release = models.ForeignKey(
        "registry.Release", models.PROTECT, null=True, related_name="+", verbose_name=_("based on release")
    )
    base_number = models.PositiveIntegerField(
        default=0, help_text=_("Releases there were when it was staged.")
    )
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    description = models.JSONField(_("description"), default=dict, blank=True)
    reason = Localized(models.TextField, _("reason"), blank=True)
    follows = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="followed_by",
        verbose_name=_("corrects"),
        help_text=_("The returned submission whose figures these correct."),
    )
    series_count = models.PositiveIntegerField(_("series"), default=0)
    value_count = models.PositiveIntegerField(_("values"), default=0)
    created_by = models.ForeignKey("registry.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    submitted_by = models.ForeignKey("registry.User", models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    validated_by = models.ForeignKey("registry.User", models.PROTECT, null=True, related_name="+")
    validated_at = models.DateTimeField(_("validated at"), null=True)
    released_by = models.ForeignKey("registry.User", models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(_("released at"), null=True)
    release_at = models.DateTimeField(
        _("to be released at"), null=True, blank=True, help_text=_("Embargo: not before this time, UTC.")
    )
    scheduled_by = models.ForeignKey("registry.User", models.PROTECT, null=True, related_name="+")

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["dataset", "state"], name="submission_state"),
            models.Index(
                fields=["release_at"], condition=Q(release_at__isnull=False), name="submission_release_at"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True)
                | Q(validated_by__isnull=True)
                | ~Q(validated_by=F("submitted_by")),
                name="submission_four_eyes_validation",
                violation_error_message=_("Who validates must not be who submitted."),
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True)
                | Q(released_by__isnull=True)
                | ~Q(released_by=F("submitted_by")),
                name="submission_four_eyes_release",
                violation_error_message=_("Who releases must not be who submitted."),
            ),
            models.CheckConstraint(
                condition=Q(submitted_by__isnull=True)
                | Q(scheduled_by__isnull=True)
                | ~Q(scheduled_by=F("submitted_by")),
                name="submission_four_eyes_schedule",
                violation_error_message=_("Who releases must not be who submitted."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} #{self.pk} {self.state}"


class StagedSeries(models.Model):
    """One series of a submission, in the same shape as a released one (see `SeriesRevision`)."""

    pk = models.CompositePrimaryKey("submission_id", "key")
    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="staged_series", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=250)
    start = models.CharField(max_length=10)
    values_json = models.TextField()
    statuses_json = models.TextField(default="")
    notes_json = models.TextField(default="")
    value_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.submission_id} {self.key}"


class Severity(models.TextChoices):
    """An error stops the submission; a warning is shown and decided by a person."""

    ERROR = "error", _("Error")
    WARNING = "warning", _("Warning")


class Problem(models.Model):
    """What automatic validation found, at which cell. The text is made from code and arguments on reading."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="problems")
    rule = models.CharField(_("rule"), max_length=40)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    key = models.CharField(_("series"), max_length=250, blank=True)
    period = models.CharField(_("period"), max_length=10, blank=True)
    arguments = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["submission", "severity", "pk"]

    def __str__(self) -> str:
        return f"{self.rule} {self.key} {self.period}"

    @property
    def text(self) -> str:
        """Row of the file where it is known, place and message, in the active language."""
        place = " ".join(filter(None, (self.key, self.period)))
        text = f"{place}: {self.told}" if place else self.told
        return gettext("Row %(row)s: %(message)s") % {"row": self.row, "message": text} if self.row else text

    @property
    def told(self) -> str:
        """The message in the active language, without the place."""
        return message(self.rule, self.arguments)

    @property
    def row(self) -> int:
        """The row of the file the series stood in, 0 where the figures came in another way."""
        row: int = self.arguments.get("file_row", 0)
        return row


class Remark(models.Model):
    """What people say to each other about a submission: of the whole, or of one cell.

    ``state`` is the one the submission was in, or came into, when it was said. Without an author it is the
    portal itself that speaks, in every language.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="remarks")
    key = models.CharField(_("series"), max_length=250, blank=True)
    period = models.CharField(_("period"), max_length=10, blank=True)
    text = models.TextField(_("remark"), max_length=4000)
    state = models.CharField(_("state"), max_length=20, choices=SubmissionState)
    author = models.ForeignKey("registry.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("said at"), auto_now_add=True)

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.key, self.period, self.text[:40])))

    @property
    def author_name(self) -> str:
        """Who says it, as people are called; empty for the portal itself."""
        return str(self.author.get_full_name() or self.author) if self.author else ""
