from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.languages import Localized
from registry.models.base import PublicQuerySet, validate_identifier


class Codelist(models.Model):
    """A code list (SDMX): reference areas, citizenship, sex, age, …"""

    code = models.CharField(_("code"), max_length=60, unique=True, validators=[validate_identifier])
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=250)
    description = Localized(models.TextField, _("description"), blank=True)

    objects = PublicQuerySet["Codelist"].as_manager()

    class Meta:
        verbose_name = _("code list")
        verbose_name_plural = _("code lists")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Code(models.Model):
    """One code of a list, with its label per language, its order and its parent."""

    codelist = models.ForeignKey(Codelist, models.PROTECT, related_name="codes", verbose_name=_("code list"))
    code = models.CharField(_("code"), max_length=40, validators=[validate_identifier])
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=250)
    order = models.PositiveIntegerField(_("order"), default=0)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    is_total = models.BooleanField(_("is a total"), default=False)

    objects = PublicQuerySet["Code"].as_manager()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["codelist", "order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["codelist", "code"], name="code_unique_in_codelist"),
            models.UniqueConstraint(
                fields=["codelist"], condition=models.Q(is_total=True), name="code_one_total_in_codelist"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
