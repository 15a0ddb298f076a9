from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import PARTICIPANTS, PUBLIC, Viewer
from registry.languages import Localized
from registry.models.base import WebAddressField
from registry.models.participant import Participant


class LegalKind(models.TextChoices):
    """What a legal or official document is (D026, D078)."""

    LAW = "law", _("Law")
    BYLAW = "bylaw", _("Decree or regulation")
    INSTRUCTION = "instruction", _("Instruction")
    FORM = "form", _("Registration or application form")
    POLICY = "policy", _("Policy or programme")
    AGREEMENT = "agreement", _("International agreement")


class LegalAudience(models.TextChoices):
    """Who may read of it: public or restricted (D026)."""

    OWNER = "owner", _("The participant itself")
    PARTICIPANTS = PARTICIPANTS, _("All participants")
    PUBLIC = PUBLIC, _("Everybody")


class LegalReferenceQuerySet(models.QuerySet["LegalReference"]):
    def visible_to(self, viewer: Viewer) -> LegalReferenceQuerySet:
        return self.filter(Q(audience__in=viewer.tokens) | Q(participant__code=viewer.participant))


class LegalReference(models.Model):
    """A law, form or policy that figures rest on; documentation tables point to it (D026, D078)."""

    participant = models.ForeignKey(
        Participant, models.CASCADE, related_name="legal_references", verbose_name=_("participant")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=LegalKind)
    title = Localized(models.CharField, pgettext_lazy("document", "title"), max_length=400)
    summary = Localized(models.TextField, _("summary"), blank=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    url = WebAddressField(_("address"), blank=True, help_text=_("Where the text is published."))
    audience = models.CharField(
        _("who may read of it"), max_length=20, choices=LegalAudience, default=LegalAudience.OWNER
    )

    objects = LegalReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")
        ordering = ["participant", "-adopted_on", "pk"]

    def __str__(self) -> str:
        return f"{self.title}, {self.number}" if self.number else str(self.title)
