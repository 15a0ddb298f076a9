from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.languages import Localized
from registry.models.base import PublicQuerySet, validate_identifier
from registry.models.codelist import Code


class ParticipantKind(models.TextChoices):
    STATE = "state", _("State")
    ORGANISATION = "organisation", _("International organisation")


class ReleaseAuthority(models.TextChoices):
    """Who releases a participant's figures (contradiction X6)."""

    NATIONAL = "national", _("The participant itself")
    SECRETARIAT = "secretariat", _("The secretariat")


class Participant(models.Model):
    """A State or an international organisation. It owns datasets, documents and a country page.

    An observer (D008) attends and shares documents, but is not among "all participants" for figures.
    """

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[validate_identifier])
    kind = models.CharField(_("kind"), max_length=20, choices=ParticipantKind)
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=250)
    area = models.ForeignKey(
        Code, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reference area")
    )
    is_observer = models.BooleanField(_("observer"), default=False)
    is_active = models.BooleanField(pgettext_lazy("participant", "active"), default=True)
    release_authority = models.CharField(
        _("figures are released by"),
        max_length=20,
        choices=ReleaseAuthority,
        default=ReleaseAuthority.NATIONAL,
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    objects = PublicQuerySet["Participant"].as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return str(self.name)
