"""The form of a document in the admin. It checks; the services write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from cms.library.formats import FORMATS
from cms.library.reading import ReadFile, file_read
from cms.models import LibraryDocument, LibraryFile, LibraryTopic
from cms.models.documents import language_choices
from cms.selectors.documents import kept_documents
from cms.services.documents import DESCRIBABLE, document_create, document_update, file_add, file_remove
from registry.access import ANONYMOUS, Viewer
from registry.errors import RegistryError
from registry.languages import LANGUAGES
from registry.models import Indicator
from registry.selectors.viewer import viewer_for

#: How many files can be added at once: one for each language of the portal, and one in another.
SLOTS = (*(language.code for language in LANGUAGES), "other")
_ADDRESS = re.compile(r"[-a-zA-Z0-9_]+(?=/?\Z)")
ACCEPT = ",".join(f".{name}" for name in FORMATS)


class TopicField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Topics as a list of boxes in the order of the tree."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, topic: Model) -> str:
        assert isinstance(topic, LibraryTopic)
        return f"{topic.parent} — {topic}" if topic.parent else str(topic)


class DocumentForm(WagtailAdminModelForm):
    """Texts in both languages, relations, and the files: some to add, some to take away."""

    instance: LibraryDocument

    topics = TopicField(queryset=LibraryTopic.objects.none(), label=gettext_lazy("Topics"))
    languages = forms.MultipleChoiceField(
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Languages of the text"),
        required=False,
    )
    indicators = forms.ModelMultipleChoiceField(
        queryset=Indicator.objects.visible_to(ANONYMOUS),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Related indicators"),
        required=False,
    )
    related = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Related documents"),
        required=False,
        help_text=gettext_lazy("One address or code of a document per line."),
    )
    removed = forms.ModelMultipleChoiceField(
        queryset=LibraryFile.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Files to take away"),
        required=False,
        help_text=gettext_lazy("The search does not find their text any more either."),
    )
    other_language = forms.ChoiceField(
        choices=lambda: [("", "—"), *language_choices()],
        label=gettext_lazy("Language of that file"),
        required=False,
        help_text=gettext_lazy("Needed if a file in another language is added."),
    )

    class Meta:
        model = LibraryDocument
        fields = DESCRIBABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read_files: dict[str, ReadFile] = {}
        topics = LibraryTopic.objects.visible_to(self.viewer).select_related("parent")
        self.fields["topics"].queryset = _in_tree_order(topics)
        self.fields["indicators"].queryset = Indicator.objects.visible_to(self.viewer).order_by(
            "order", "code"
        )
        self.fields["removed"].queryset = LibraryFile.objects.none()
        if self.instance.pk:
            self.fields["removed"].queryset = self.instance.files.defer("text")
            self.initial |= {
                "topics": self.instance.topics.all(),
                "languages": [item.code for item in self.instance.text_languages.all()],
                "indicators": self.instance.indicators.all(),
                "related": "\n".join(self._shown(self.instance.related).values_list("code", flat=True)),
            }

    @cached_property
    def viewer(self) -> Viewer:
        return viewer_for(self.for_user)

    def clean_related(self) -> list[LibraryDocument]:
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["related"].splitlines())):
            code = _ADDRESS.search(line)
            document = self._linkable().filter(code=code.group()).first() if code else None
            if document is None:
                message = _("There is no document “%(line)s” that is open to you.")
                raise ValidationError(message % {"line": line[:100]})
            found.append(document)
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for slot in SLOTS:
            upload = cleaned.get(f"file_{slot}")
            if isinstance(upload, UploadedFile):
                self._read(slot, upload)
        self._check_twice(cleaned)
        if "other" in self.read_files and not cleaned.get("other_language"):
            self.add_error("other_language", _("Say in which language the file is."))
        self._check_where(cleaned)
        return cleaned

    def _read(self, slot: str, upload: UploadedFile[bytes]) -> None:
        try:
            self.read_files[slot] = file_read(upload, name=upload.name or "")
        except RegistryError as error:
            self.add_error(f"file_{slot}", str(error))

    def _check_twice(self, cleaned: dict[str, Any]) -> None:
        if not self.instance.pk:
            return
        stays = self.instance.files.exclude(pk__in=[file.pk for file in cleaned.get("removed") or ()])
        known = set(stays.values_list("sha256", "language"))
        for slot, read in list(self.read_files.items()):
            language = cleaned.get("other_language") if slot == "other" else slot
            if (read.sha256, language) in known:
                self.add_error(f"file_{slot}", _("The document has this very file already."))

    def _check_where(self, cleaned: dict[str, Any]) -> None:
        """A reader must learn where the text is."""
        removed = len(cleaned.get("removed") or ())
        kept = self.instance.files.count() - removed if self.instance.pk else 0
        said = any(cleaned.get(name) for name in ("url", *(f"place_{code.code}" for code in LANGUAGES)))
        if not (said or kept > 0 or self.read_files or self.errors):
            self.add_error(
                "url", _("Add a file, give an address, or say in words where the text is published.")
            )

    def save(self, commit: bool = True) -> LibraryDocument:
        """By the services, all or nothing."""
        actor, cleaned = self.for_user, self.cleaned_data
        values = {name: cleaned[name] for name in DESCRIBABLE}
        values |= {"topics": cleaned["topics"], "languages": cleaned["languages"]}
        values["indicators"] = [*cleaned["indicators"], *self._unseen("indicators")]
        values["related"] = [*cleaned["related"], *self._unseen("related")]
        with transaction.atomic():
            document = self.instance
            for file in cleaned["removed"]:
                file_remove(file=file, actor=actor)
            if document.pk:
                document_update(document=document, actor=actor, **values)
            else:
                document = document_create(participant=actor.participant, actor=actor, **values)
            for slot, read in self.read_files.items():
                language = cleaned["other_language"] if slot == "other" else slot
                file_add(document=document, read=read, language=language, actor=actor)
        self.instance = document
        return document

    def _linkable(self) -> QuerySet[LibraryDocument]:
        own = kept_documents(actor=self.for_user).values("pk")
        visible = LibraryDocument.objects.visible_to(self.viewer).values("pk")
        rows = LibraryDocument.objects.filter(pk__in=visible) | LibraryDocument.objects.filter(pk__in=own)
        return rows.exclude(pk=self.instance.pk)

    def _shown(self, related: Any) -> QuerySet[LibraryDocument]:
        return self._linkable().filter(pk__in=related.values("pk")).order_by("code")

    def _unseen(self, name: str) -> Iterable[Model]:
        """What is linked already and hidden from this person stays linked."""
        if not self.instance.pk:
            return []
        shown = self._linkable() if name == "related" else Indicator.objects.visible_to(self.viewer)
        linked: QuerySet[Any] = getattr(self.instance, name).all()
        return linked.exclude(pk__in=shown.values("pk"))


def _in_tree_order(topics: QuerySet[LibraryTopic]) -> QuerySet[LibraryTopic]:
    chapter = Coalesce("parent__order", "order")
    return topics.order_by(chapter, F("parent").asc(nulls_first=True), "order", "code")


def _file_field(slot: str) -> forms.FileField:
    names = {language.code: language.name for language in LANGUAGES}
    label: Any = gettext_lazy("File in another language")
    if slot in names:
        label = format_lazy("{}: {}", gettext_lazy("File"), names[slot])
    widget = forms.ClearableFileInput(attrs={"accept": ACCEPT})
    return forms.FileField(label=label, required=False, widget=widget)


for _slot in SLOTS:
    # Wagtail builds its forms from the declared ones.
    DocumentForm.declared_fields[f"file_{_slot}"] = DocumentForm.base_fields[f"file_{_slot}"] = _file_field(
        _slot
    )
