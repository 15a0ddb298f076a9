from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.languages import Localized, ServedText, texts
from registry.models.base import PublicQuerySet


class TermTopic(models.TextChoices):
    """What a term speaks of."""

    DATA = "data", _("Kinds of data")
    MEASURE = "measure", _("Stock, flow and counting")
    PERSONS = "persons", _("Persons and migration")
    QUALITY = "quality", _("Indicators and quality")
    PROCESS = "process", _("Sharing and access")
    SOURCES = "sources", _("Sources and national terms")


class Term(models.Model):
    """A term of the glossary with its meaning, the same for all participants (D063–D065).

    ``other_forms`` are synonyms and inflected or shorter forms, one a line; texts are searched for them too.
    The code is the anchor of the term on the glossary page and never changes.
    """

    code = models.SlugField(
        _("code"),
        max_length=60,
        unique=True,
        help_text=_("Part of the address of the term. Small Latin letters, digits and hyphens."),
    )
    topic = models.CharField(_("topic"), max_length=20, choices=TermTopic)
    name = Localized(models.CharField, _("term"), max_length=150)
    other_forms = Localized(
        models.TextField,
        _("synonyms and other forms"),
        max_length=1_000,
        blank=True,
        help_text=_("One a line. They are recognised in texts like the term itself."),
    )
    definition = Localized(models.TextField, _("definition"), max_length=2_000)
    source = Localized(
        models.CharField,
        _("source"),
        max_length=400,
        blank=True,
        help_text=_("Where this meaning comes from."),
    )
    related = models.ManyToManyField("self", blank=True, verbose_name=_("related terms"))
    is_marked = models.BooleanField(
        _("marked in texts"),
        default=True,
        help_text=_("Off for words too common to be explained wherever they stand."),
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PublicQuerySet["Term"].as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def anchor(self) -> str:
        """The id of the term on the glossary page."""
        return f"term-{self.code}"

    @property
    def other_name(self) -> ServedText | None:
        """The term in the first other language that has it, to read beside the one shown."""
        shown = self.name.language
        for code, name in texts(self, "name").items():
            if name and code != shown:
                return ServedText(name, code, False)
        return None

    def forms(self, language: str) -> list[str]:
        """All forms in one language, the term itself first; none where it has no name there."""
        name = texts(self, "name")[language]
        others = texts(self, "other_forms")[language].splitlines()
        return [form for form in (name, *map(str.strip, others)) if form] if name else []
