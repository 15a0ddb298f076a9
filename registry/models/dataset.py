from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.languages import Localized, in_every_language
from registry.models.base import WebAddressField, open_to, validate_identifier
from registry.models.indicator import CountingUnit, Indicator
from registry.models.participant import Participant
from registry.periods import Frequency


@cache
def cases_note() -> dict[str, str]:
    """Where cases are counted, a footnote says so, whatever else is said of the table (D057)."""
    return in_every_language(_("Counted in cases, not persons."))


class DatasetQuerySet(models.QuerySet["Dataset"]):
    def visible_to(self, viewer: Viewer, *, level: str = "documentation") -> DatasetQuerySet:
        """Datasets opened to the viewer at ``level``; who may see data may see documentation too."""
        from registry.models.access import DatasetAudience

        audience = DatasetAudience.objects.filter(open_to(viewer))
        if level == "data":
            audience = audience.filter(level="data")
        return self.filter(pk__in=audience.values("dataset"))


class Dataset(models.Model):
    """What one participant reports for one indicator from one source. Its owner decides who sees it.

    ``current_release`` is empty before the first release and after a withdrawal.
    """

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[validate_identifier])
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, related_name="datasets", verbose_name=_("indicator")
    )
    owner = models.ForeignKey(Participant, models.PROTECT, related_name="datasets", verbose_name=_("owner"))
    source = Localized(models.CharField, _("source"), max_length=300)
    source_url = WebAddressField(_("address of the source"), blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    note = Localized(models.TextField, _("note to the table"), blank=True)
    frequency = models.CharField(
        _("frequency"),
        max_length=1,
        default=Frequency.ANNUAL.value,
        choices=[
            (Frequency.ANNUAL.value, _("Annual")),
            (Frequency.HALF_YEARLY.value, _("Half-yearly")),
            (Frequency.QUARTERLY.value, _("Quarterly")),
            (Frequency.MONTHLY.value, _("Monthly")),
        ],
    )
    timeliness_days = models.PositiveIntegerField(
        _("timeliness, days"),
        null=True,
        blank=True,
        help_text=_("Days from the end of a period to its release."),
    )
    is_official = models.BooleanField(
        _("official"), default=False, help_text=_("The figures the State decided are its official ones.")
    )
    counting_unit = models.CharField(
        _("counting unit"),
        max_length=10,
        blank=True,
        choices=CountingUnit,
        help_text=_("Empty: as the indicator counts. Cases are always told in a footnote."),
    )
    disclosure_threshold = models.PositiveSmallIntegerField(
        _("smallest count shown"),
        null=True,
        blank=True,
        help_text=_("Counts from 1 to below this are warned about before release."),
    )
    documentation_reminded_on = models.DateField(
        _("reminded of its documentation on"), null=True, blank=True, editable=False
    )
    current_release = models.OneToOneField(
        "registry.Release", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    objects = DatasetQuerySet.as_manager()

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["indicator__order", "owner__order", "code"]

    def __str__(self) -> str:
        return self.code

    def notes(self) -> tuple[dict[str, Any], ...]:
        """The table notes of a cube of this dataset: its own, and the compulsory one on cases (D057).

        Needs the indicator at hand, unless the dataset tells itself what it counts.
        """
        from registry.languages import texts

        note = {code: text for code, text in texts(self, "note").items() if text}
        own = (note,) if note else ()
        counted = self.counting_unit or self.indicator.counting_unit
        return (*own, cases_note()) if counted == CountingUnit.CASES else own
