from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.access import Viewer
from registry.languages import LANGUAGE_CODES, Localized, columns
from registry.models.base import WebAddressField
from registry.models.codelist import Code
from registry.models.participant import Participant
from registry.words import folded


class InstitutionKind(models.TextChoices):
    """What an entry of the inventory is (M1)."""

    INSTITUTION = "institution", _("Institution")
    INFORMATION_SOURCE = "information_source", _("Information source")


class InstitutionCategory(models.TextChoices):
    """The five categories of the inventory (M8)."""

    GOVERNMENT = "government", pgettext_lazy("category of institutions", "Government")
    NON_PROFIT = "non_profit", pgettext_lazy("category of institutions", "Non-profit")
    ACADEMIC = "academic", pgettext_lazy("category of institutions", "Academic")
    INTERNATIONAL = "international", pgettext_lazy("category of institutions", "International")
    OTHER = "other", pgettext_lazy("category of institutions", "Other")


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def visible_to(self, viewer: Viewer) -> InstitutionQuerySet:
        """What is listed is everybody's; the rest is known to those who keep it."""
        listed = Q(is_listed=True)
        if not viewer.keeps_institutions:
            return self.filter(listed)
        if viewer.participant is None:
            return self.all()
        return self.filter(listed | Q(participant__code=viewer.participant))


class Institution(models.Model):
    """An entry of the public inventory of institutions and other information sources on migration (M1–M11).

    ``code`` is its address and never changes. ``area`` is the country it works in; none where it is of no
    single country. ``parent`` is the body it is a part of. ``participant`` is whose people keep the entry
    beside the secretariat. ``folded`` holds what is looked through by words.

    An `Agency` of the contact chart (D029) is something else: closed to those who take part, with the
    people who hold its positions. Here are public facts of a body and no person, so neither points to
    the other and nothing is kept twice.
    """

    code = models.SlugField(
        _("code"),
        max_length=80,
        unique=True,
        help_text=_("Part of the address of the entry. Small Latin letters, digits and hyphens."),
    )
    kind = models.CharField(
        _("kind"), max_length=20, choices=InstitutionKind, default=InstitutionKind.INSTITUTION
    )
    category = models.CharField(_("category"), max_length=20, choices=InstitutionCategory)
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=250)
    acronym = Localized(models.CharField, _("acronym"), max_length=40, blank=True)
    area = models.ForeignKey(
        Code,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reference area"),
        help_text=_("Empty: of no single country."),
    )
    location = Localized(
        models.CharField, _("location"), max_length=250, blank=True, help_text=_("City or postal address.")
    )
    url = WebAddressField(_("website"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Of the institution, not of a person."))
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    contact_url = WebAddressField(_("contact page"), blank=True)
    summary = Localized(
        models.TextField,
        _("what it does"),
        max_length=1_500,
        blank=True,
        help_text=_("One or two sentences on its work on migration."),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
        help_text=_("The body it belongs to: a ministry for its department."),
    )
    participant = models.ForeignKey(
        Participant,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="institutions",
        verbose_name=_("participant"),
        help_text=_("Its administrators and content managers keep the entry too."),
    )
    source = Localized(
        models.CharField,
        _("source"),
        max_length=400,
        blank=True,
        help_text=_("Where this description comes from."),
    )
    source_url = WebAddressField(_("address of the source"), blank=True)
    checked_on = models.DateField(
        _("checked on"), null=True, blank=True, help_text=_("When somebody last made sure that it is true.")
    )
    is_listed = models.BooleanField(
        _("listed"),
        default=True,
        help_text=_("Off: a draft, or an entry taken back. Only those who keep it see it."),
    )
    folded = models.TextField(editable=False, default="")
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        ordering = ["code"]
        constraints = [
            *(
                models.UniqueConstraint(
                    F(name),
                    Coalesce("area", 0),
                    Coalesce("parent", 0),
                    name=f"institution_{name}_unique",
                    violation_error_message=_("There is an entry of this name already."),
                )
                for name in (f"name_{code}" for code in LANGUAGE_CODES)
            ),
            models.CheckConstraint(
                condition=Q(*((f"name_{code}__gt", "") for code in LANGUAGE_CODES)),
                name="institution_is_named",
            ),
            models.CheckConstraint(
                condition=Q(category__in=[value for value, _label in InstitutionCategory.choices]),
                name="institution_category_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[value for value, _label in InstitutionKind.choices]),
                name="institution_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                name="institution_no_part_of_itself",
                violation_error_message=_("An institution is no part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else str(self.name)

    @property
    def is_information_source(self) -> bool:
        return self.kind == InstitutionKind.INFORMATION_SOURCE


def folded_institution(institution: Institution) -> str:
    """What an entry is looked through for: names, acronyms, summary and place in every language."""
    names = ("name", "acronym", "location", "summary")
    parts: list[Any] = [getattr(institution, column) for name in names for column in columns(name)]
    return folded([*parts, institution.code.replace("-", " ")])
