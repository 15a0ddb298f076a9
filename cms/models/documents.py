"""The e-library: documents about migration and its statistics, whose texts may lie here as files.

A document is a fact, one row with its texts in every language, so that it has a title and a summary in
each of them whatever language it is written in (D178–D180). Chapters are those of Annex 20 (D170).
"""

from __future__ import annotations

import secrets

from babel import Locale
from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.library.formats import FORMATS, FileFormat
from registry.access import PARTICIPANTS, PUBLIC, Viewer, participant_token
from registry.languages import LANGUAGE_CODES, Localized, columns, current_language
from registry.models import Indicator, LegalAudience, Participant, User
from registry.models.base import PublicQuerySet, WebAddressField

#: Languages that texts of the library are written in (ISO 639-1): the working ones, then those of the region.
TEXT_LANGUAGES = (
    *LANGUAGE_CODES,
    *("az", "be", "de", "es", "fr", "hy", "ka", "kk", "ky", "ro", "tg", "tk", "uk", "uz"),
    *("ar", "da", "it", "nb", "pl", "tr", "zh"),
)
STORAGE = "library"


def language_name(code: str) -> str:
    """The name of a language in the active one, with a small letter as both write it in lists."""
    return str(Locale(current_language()).languages.get(code, code))


def language_choices() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in TEXT_LANGUAGES]


def library_storage() -> Storage:
    """Where the files lie: apart from media, without an address of their own."""
    return storages[STORAGE]


class DocumentKind(models.TextChoices):
    """What a document is."""

    LEGISLATION = "legislation", _("Legislation")
    POLICY = "policy", _("Policy")
    STATISTICAL_REPORT = "statistical_report", _("Statistical report")
    GUIDELINE = "guideline", _("Guideline or methodology")
    MEETING_REPORT = "meeting_report", _("Meeting report or papers")
    PUBLICATION = "publication", _("Publication")
    FORM = "form", _("Form or questionnaire")
    TRAINING = "training", _("Training material")


class LibraryTopic(models.Model):
    """A chapter of the library, or a section of one. Chapters have no parent."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("chapter"),
    )
    name = Localized(models.CharField, pgettext_lazy("of a thing", "name"), max_length=200)
    description = Localized(models.TextField, _("description"), blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    objects = PublicQuerySet["LibraryTopic"].as_manager()

    class Meta:
        verbose_name = _("topic of the library")
        verbose_name_plural = _("topics of the library")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return str(self.name)


class LibraryDocumentQuerySet(models.QuerySet["LibraryDocument"]):
    def visible_to(self, viewer: Viewer) -> LibraryDocumentQuerySet:
        return self.filter(_open_to(viewer))


def _open_to(viewer: Viewer, prefix: str = "") -> Q:
    """Its audience holds the viewer, or its owner is the viewer's own participant."""
    condition = Q(**{f"{prefix}audience__in": sorted({PUBLIC, PARTICIPANTS} & viewer.tokens)})
    if viewer.participant is not None:
        condition |= Q(**{f"{prefix}participant__code": viewer.participant})
    return condition


class LibraryDocument(models.Model):
    """A document. Without files it says where its text can be read.

    The code is its address and never changes. ``folded`` holds what is looked through by words, in small
    letters, because SQLite compares no others without regard to case.
    """

    code = models.SlugField(_("code"), max_length=80, unique=True, editable=False)
    kind = models.CharField(_("type"), max_length=20, choices=DocumentKind)
    title = Localized(models.CharField, pgettext_lazy("document", "title"), max_length=400)
    summary = Localized(models.TextField, _("summary"), max_length=2_000)
    participant = models.ForeignKey(
        Participant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="library_documents",
        verbose_name=_("participant"),
        help_text=_("Whose document it is. Empty: common to all, kept by the secretariat."),
    )
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1800), MaxValueValidator(2100)],
        help_text=_("When it was adopted or published."),
    )
    publisher = Localized(models.CharField, _("publisher"), max_length=250, blank=True)
    url = WebAddressField(
        _("address"), max_length=500, blank=True, help_text=_("Where the text is published on the Internet.")
    )
    place = Localized(
        models.CharField,
        _("where it is published"),
        max_length=300,
        blank=True,
        help_text=_(
            "In words, such as the journal or the book. Needed where there is no file and no address."
        ),
    )
    topics = models.ManyToManyField(LibraryTopic, related_name="documents", verbose_name=_("topics"))
    indicators = models.ManyToManyField(
        Indicator, blank=True, related_name="library_documents", verbose_name=_("related indicators")
    )
    related = models.ManyToManyField(
        "self",
        blank=True,
        symmetrical=False,
        related_name="related_from",
        verbose_name=_("related documents"),
    )
    audience = models.CharField(
        _("who may read it"),
        max_length=20,
        choices=LegalAudience,
        default=LegalAudience.OWNER,
        help_text=_("A document that is common to all and kept for the owner is seen in the admin only."),
    )
    folded = models.TextField(editable=False, default="")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = LibraryDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = [models.F("year").desc(nulls_last=True), "code"]
        indexes = [models.Index(fields=["audience", "-year"], name="library_audience_year")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(**{column: ""}),
                name=f"library_document_{column}",
                violation_error_message=_("Give the title and the summary in every language."),
            )
            for name in ("title", "summary")
            for column in columns(name)
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def audiences(self) -> frozenset[str]:
        """The tokens of those who may read it (registry/access.py)."""
        tokens = set() if self.audience == LegalAudience.OWNER else {str(self.audience)}
        if self.participant is not None:
            tokens.add(participant_token(self.participant.code))
        return frozenset(tokens)

    @property
    def kind_label(self) -> str:
        return str(DocumentKind(self.kind).label)

    @property
    def language_names(self) -> list[str]:
        """The languages of the text. Needs ``text_languages`` at hand."""
        return [language_name(item.code) for item in self.text_languages.all()]


class TextLanguage(models.Model):
    """A language the text of a document is written in, with or without a file."""

    document = models.ForeignKey(LibraryDocument, models.CASCADE, related_name="text_languages")
    code = models.CharField(_("language of the text"), max_length=2)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["document", "code"], name="library_text_language")]

    def __str__(self) -> str:
        return self.code


class LibraryFileQuerySet(models.QuerySet["LibraryFile"]):
    def visible_to(self, viewer: Viewer) -> LibraryFileQuerySet:
        """A file is as open as its document."""
        return self.filter(_open_to(viewer, "document__"))


def _file_key() -> str:
    return secrets.token_hex(16)


class LibraryFile(models.Model):
    """The text of a document in one language, as a file that was checked (cms/library/reading.py).

    ``path`` is random and tells nothing; ``name`` is what it is offered as. ``text`` is what it says.
    """

    document = models.ForeignKey(LibraryDocument, models.CASCADE, related_name="files")
    key = models.CharField(max_length=32, unique=True, default=_file_key, editable=False)
    language = models.CharField(_("language"), max_length=2)
    name = models.CharField(_("file name"), max_length=255)
    format = models.CharField(_("format"), max_length=10)
    size = models.PositiveBigIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=100, unique=True)
    text = models.TextField(blank=True)
    is_cut = models.BooleanField(default=False)
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = LibraryFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a document")
        verbose_name_plural = _("files of documents")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def file_format(self) -> FileFormat:
        return FORMATS[self.format]

    @property
    def media_type(self) -> str:
        return self.file_format.media_type

    @property
    def language_name(self) -> str:
        return language_name(self.language)


class LoadedRecord(models.Model):
    """A document of the starter content that was loaded once: deleted, it does not come back."""

    code = models.SlugField(_("code"), max_length=80, unique=True)

    def __str__(self) -> str:
        return self.code
