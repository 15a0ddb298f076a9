from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import Viewer
from registry.cube import Role as DimensionRole
from registry.languages import Localized
from registry.models.base import validate_identifier
from registry.models.codelist import Code, Codelist
from registry.models.participant import Participant
from registry.periods import Frequency


class IndicatorCollection(models.TextChoices):
    """Where an indicator comes from; groups the statistics index."""

    DSM = "dsm", _("Data Sharing Mechanism")
    CLEARINGHOUSE = "clearinghouse", _("Clearinghouse tables")
    INTERNATIONAL = "international", _("International sources")
    NATIONAL = "national", _("National indicators")


class Nature(models.TextChoices):
    STOCK = "stock", _("Stock")
    FLOW = "flow", _("Flow")


class CountingUnit(models.TextChoices):
    PERSONS = "persons", _("Persons")
    CASES = "cases", _("Cases")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, viewer: Viewer) -> IndicatorQuerySet:
        """Shared indicators are everybody's; a participant's own only with something to see in it (D066)."""
        from registry.models.dataset import Dataset

        opened = Dataset.objects.visible_to(viewer).values("indicator")
        return self.filter(
            Q(owner__isnull=True) | Q(owner__code=viewer.participant) | Q(pk__in=opened), is_active=True
        )


class Indicator(models.Model):
    """A shared indicator or a participant's own one. Adding one is a row, never a migration (D068)."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_identifier])
    table_number = models.CharField(_("table number"), max_length=10, blank=True)
    collection = models.CharField(
        pgettext_lazy("indicator", "collection"), max_length=20, choices=IndicatorCollection
    )
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=300)
    definition = Localized(models.TextField, _("definition"), blank=True)
    unit = Localized(models.CharField, _("unit of measure"), max_length=100)
    nature = models.CharField(_("nature"), max_length=10, choices=Nature)
    counting_unit = models.CharField(
        _("counting unit"), max_length=10, choices=CountingUnit, default=CountingUnit.PERSONS
    )
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    can_be_negative = models.BooleanField(
        _("can be negative"), default=False, help_text=_("For balances such as net migration.")
    )
    frequencies = models.JSONField(_("frequencies"), default=list)
    owner = models.ForeignKey(
        Participant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="own_indicators",
        verbose_name=_("owner"),
        help_text=_("Empty: shared by all participants."),
    )
    is_active = models.BooleanField(pgettext_lazy("indicator", "active"), default=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def frequency(self) -> str:
        """The usual frequency: the first of those agreed (D099)."""
        return self.frequencies[0] if self.frequencies else Frequency.ANNUAL


class IndicatorDimension(models.Model):
    """A dimension of an indicator, in order. Time is always the last one and has no row."""

    indicator = models.ForeignKey(
        Indicator, models.CASCADE, related_name="dimensions", verbose_name=_("indicator")
    )
    position = models.PositiveSmallIntegerField(pgettext_lazy("dimension", "position"))
    code = models.CharField(_("code"), max_length=40, validators=[validate_identifier])
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=250)
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=[(role.value, role.value) for role in DimensionRole if role is not DimensionRole.TIME],
        default=DimensionRole.CLASSIFICATION.value,
    )
    codelist = models.ForeignKey(Codelist, models.PROTECT, related_name="+", verbose_name=_("code list"))
    default_member = models.ForeignKey(
        Code, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("default member")
    )

    class Meta:
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")
        ordering = ["indicator", "position"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "position"], name="dimension_position_unique"),
            models.UniqueConstraint(fields=["indicator", "code"], name="dimension_code_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
