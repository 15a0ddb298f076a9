from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import Viewer
from registry.languages import Localized
from registry.models.base import WebAddressField
from registry.models.indicator import Indicator
from registry.models.participant import Participant


class AgencyQuerySet(models.QuerySet["Agency"]):
    def visible_to(self, viewer: Viewer) -> AgencyQuerySet:
        """The contact chart is for those who take part, and for the secretariat (D013, D029)."""
        known = viewer.participant is not None or viewer.administers_system
        return self.all() if known else self.none()


class Agency(models.Model):
    """A body of a participant that has to do with its migration statistics (D029, D030)."""

    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="agencies", verbose_name=_("participant")
    )
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=250)
    url = WebAddressField(_("website"), blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["participant", "order", "pk"]

    def __str__(self) -> str:
        return str(self.name)


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, viewer: Viewer) -> ContactQuerySet:
        return self.filter(agency__in=Agency.objects.visible_to(viewer))


class Contact(models.Model):
    """A position at an agency, and who holds it now: a focal point survives staff rotation (D027, D028)."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="contacts", verbose_name=_("agency"))
    position = Localized(models.CharField, _("position"), max_length=250)
    person = models.CharField(_("held by"), max_length=150, blank=True, help_text=_("First and last name."))
    user = models.ForeignKey(
        "registry.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("account"),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    is_focal_point = models.BooleanField(_("focal point"), default=False)
    duties = Localized(
        models.TextField,
        _("what it coordinates"),
        blank=True,
        help_text=_("Where a country has several focal points: which of them does what."),
    )
    indicators = models.ManyToManyField(
        Indicator,
        blank=True,
        related_name="+",
        verbose_name=_("indicators"),
        help_text=_("Empty: all indicators."),
    )
    order = models.PositiveIntegerField(_("order"), default=0)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["agency", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.position} ({self.person})" if self.person else str(self.position)
