from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import Viewer
from registry.languages import Localized
from registry.models.contact import Contact
from registry.models.participant import Participant


class PlanTaskQuerySet(models.QuerySet["PlanTask"]):
    def visible_to(self, viewer: Viewer) -> PlanTaskQuerySet:
        """The plan is between a participant and the secretariat."""
        if viewer.administers_system:
            return self.all()
        return self.filter(participant__code=viewer.participant)


class PlanTask(models.Model):
    """A task of a participant's action plan, with its term (D025)."""

    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="plan_tasks", verbose_name=_("participant")
    )
    title = Localized(models.CharField, pgettext_lazy("action plan", "task"), max_length=300)
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plan_tasks",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)

    objects = PlanTaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task of the action plan")
        verbose_name_plural = _("action plan")
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return str(self.title)
