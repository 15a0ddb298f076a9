from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.access import Viewer
from registry.languages import Localized, texts
from registry.models.dataset import Dataset
from registry.models.legal import LegalReference


class DocumentationQuerySet(models.QuerySet["Documentation"]):
    def visible_to(self, viewer: Viewer) -> DocumentationQuerySet:
        """The documentation of the datasets that are open to the viewer at that level."""
        return self.filter(dataset__in=Dataset.objects.visible_to(viewer))

    def current(self) -> DocumentationQuerySet:
        return self.filter(is_current=True)


class Documentation(models.Model):
    """The data documentation table of a dataset, one row per version (D073–D083).

    The fields are those that the sources say a documentation table answers. ``original`` keeps the
    text in the national language as supplied, by field name, when it is neither of the portal's.
    """

    dataset = models.ForeignKey(
        Dataset, models.CASCADE, related_name="documentation", verbose_name=_("dataset")
    )
    version = models.PositiveIntegerField(_("version"))
    is_current = models.BooleanField(_("current"), default=True)

    definition = Localized(models.TextField, _("national definition"), blank=True)
    event = Localized(models.TextField, _("what each number stands for"), blank=True)
    reference = Localized(models.TextField, _("reference period or date"), blank=True)
    counting_unit = Localized(models.TextField, _("counting unit"), blank=True)
    categories = Localized(models.TextField, _("categories used"), blank=True)
    instance = Localized(models.TextField, _("instance"), blank=True)
    coverage = Localized(models.TextField, _("coverage"), blank=True)
    inclusions = Localized(models.TextField, _("inclusions and exclusions"), blank=True)
    duration = Localized(models.TextField, _("duration threshold"), blank=True)
    stateless = Localized(models.TextField, _("treatment of stateless persons"), blank=True)
    double_citizenship = Localized(models.TextField, _("treatment of double citizenship"), blank=True)
    source = Localized(models.TextField, _("source of the data"), blank=True)
    provider = Localized(models.TextField, _("collecting body"), blank=True)
    collection_method = Localized(models.TextField, _("method of collection"), blank=True)
    forms = Localized(models.TextField, _("registration and application forms"), blank=True)
    attributes = Localized(models.TextField, _("attributes of the data"), blank=True)
    dissemination = Localized(models.TextField, _("method of dissemination"), blank=True)
    periodicity = Localized(models.TextField, _("periodicity"), blank=True)
    timeliness = Localized(models.TextField, _("timeliness"), blank=True)
    legal_basis = Localized(models.TextField, _("legal basis"), blank=True)
    context = Localized(models.TextField, _("political and legislative context"), blank=True)
    quality = Localized(models.TextField, _("quality and known problems"), blank=True)
    gaps = Localized(models.TextField, _("gaps"), blank=True)
    methodology = Localized(models.TextField, _("methodological notes"), blank=True)
    footnotes = Localized(models.TextField, _("footnotes"), blank=True)

    original_language = models.CharField(_("original language"), max_length=10, blank=True)
    original = models.JSONField(_("original text"), default=dict, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    legal_references = models.ManyToManyField(
        LegalReference, blank=True, related_name="documentation", verbose_name=_("legal documents")
    )
    written_by = models.ForeignKey(
        "registry.User", models.PROTECT, null=True, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)

    objects = DocumentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("data documentation table")
        verbose_name_plural = _("data documentation tables")
        ordering = ["dataset", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="documentation_version_unique"),
            models.UniqueConstraint(
                fields=["dataset"], condition=models.Q(is_current=True), name="documentation_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset_id} v{self.version}"

    def content(self) -> dict[str, Any]:
        """What the version says, by column; without the legal documents."""
        return {
            field.name: getattr(self, field.name)
            for field in self._meta.concrete_fields
            if field.name not in OF_THE_VERSION
        }

    def answer(self, name: str) -> dict[str, str]:
        """The texts of a field by language, and as ``original`` the one in the original language."""
        return {**texts(self, name), "original": self.original.get(name, "")}

    def changed_from(self, older: Documentation) -> list[str]:
        """The fields that say something else; an answer is one field in all its languages."""
        answers = [name for name in DOCUMENTATION_FIELDS if self.answer(name) != older.answer(name)]
        others = ("original_language", "reviewed_on")
        return [*answers, *(name for name in others if getattr(self, name) != getattr(older, name))]


#: Columns that tell which version it is, not what it says.
OF_THE_VERSION = frozenset({"id", "dataset", "version", "is_current", "written_by", "written_at"})

#: The answers of a documentation table in the order they are shown.
DOCUMENTATION_FIELDS = tuple(
    name for name, value in vars(Documentation).items() if isinstance(value, Localized)
)
