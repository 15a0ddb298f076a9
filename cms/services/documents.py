"""Writing the e-library. One transaction each, with its audit row; a file is stored last and whole."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cms.authority import require_document_keeper
from cms.events import announce_documents
from cms.library.headers import safe_name
from cms.library.reading import ReadFile
from cms.models import LibraryDocument, LibraryFile, TextLanguage
from cms.models.documents import TEXT_LANGUAGES, library_storage
from registry.errors import Invalid
from registry.languages import columns, texts
from registry.models import Participant, User
from registry.services.audit import audit_record
from registry.words import folded

#: What may be said of a document; its owner and its code never change.
DESCRIBABLE = (
    "kind",
    *columns("title"),
    *columns("summary"),
    "year",
    *columns("publisher"),
    "url",
    *columns("place"),
    "audience",
)
RELATIONS = ("topics", "indicators", "related")
MOST_FILES = 30


@transaction.atomic
def document_create(
    *, participant: Participant | None, actor: User | None, code: str = "", **values: Any
) -> LibraryDocument:
    """A new document. No actor: the system itself; no code: one is made from the title.

    ``values`` are the columns of DESCRIBABLE, ``topics``, ``indicators`` and ``related`` as collections of
    rows, and ``languages`` of the text as codes. NotAllowed, or ValidationError naming the fields.
    """
    if actor is not None:
        require_document_keeper(actor, participant)
    document = LibraryDocument(participant=participant, code=code or _code(values.get("title_en", "")))
    _write(document, values)
    _record(actor, "document.create", document, document)
    return document


@transaction.atomic
def document_update(*, document: LibraryDocument, actor: User | None, **values: Any) -> list[str]:
    """Change what ``values`` give; what they leave out stays. Returns the names of what has changed."""
    document = LibraryDocument.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if actor is not None:
        require_document_keeper(actor, document.participant)
    changed = _write(document, values)
    if changed:
        _record(actor, "document.update", document, document, changed=changed)
    return changed


@transaction.atomic
def document_delete(*, document: LibraryDocument, actor: User) -> None:
    """The document and its files; the trail keeps its code and title."""
    require_document_keeper(actor, document.participant)
    for file in document.files.all():
        _forget(file.path)
    _record(actor, "document.delete", document, document, titles=texts(document, "title"))
    document.delete()


@transaction.atomic
def file_add(*, document: LibraryDocument, read: ReadFile, language: str, actor: User) -> LibraryFile:
    """Store a checked file. The bytes lie under a random name, and nowhere if anything goes wrong."""
    require_document_keeper(actor, document.participant)
    _check_language(language)
    if document.files.count() >= MOST_FILES:
        raise Invalid(_("A document has at most %(most)s files."), most=MOST_FILES)
    if document.files.filter(sha256=read.sha256, language=language).exists():
        raise Invalid(_("The document has this very file already."))
    key = secrets.token_hex(16)
    path = library_storage().save(f"{key[:2]}/{key}", read.content)
    try:
        with transaction.atomic():
            file = LibraryFile.objects.create(
                document=document,
                language=language,
                name=safe_name(read.name, read.format.name),
                format=read.format.name,
                size=read.size,
                sha256=read.sha256,
                path=path,
                text=read.text,
                is_cut=read.is_cut,
                added_by=actor,
            )
            TextLanguage.objects.get_or_create(document=document, code=language)
            _record(actor, "document.file_add", file, document, name=file.name, sha256=file.sha256)
    except BaseException:
        library_storage().delete(path)
        raise
    return file


@transaction.atomic
def file_remove(*, file: LibraryFile, actor: User) -> None:
    """Take a file away; the bytes go once that is certain."""
    document = file.document
    require_document_keeper(actor, document.participant)
    _record(actor, "document.file_remove", file, document, name=file.name, sha256=file.sha256)
    _forget(file.path)
    file.delete()


def _write(document: LibraryDocument, values: Mapping[str, Any]) -> list[str]:
    known = {*DESCRIBABLE, *RELATIONS, "languages"}
    if unknown := set(values) - known:
        raise Invalid(_("This cannot be said of a document: %(names)s."), names=", ".join(sorted(unknown)))
    changed = []
    for name in DESCRIBABLE:
        if name in values:
            value = values[name].strip() if isinstance(values[name], str) else values[name]
            if getattr(document, name) != value:
                setattr(document, name, value)
                changed.append(name)
    said = ("title", "summary", "publisher", "place")
    document.folded = folded(
        [document.code, *(text for name in said for text in texts(document, name).values())]
    )
    if document.pk is None or changed:
        document.full_clean()
        document.save()
    for name in RELATIONS:
        if name in values and _set_rows(document, name, values[name]):
            changed.append(name)
    if "languages" in values and _set_languages(document, values["languages"]):
        changed.append("languages")
    if not document.topics.exists():
        raise ValidationError({"topics": [_("Choose at least one topic.")]})
    return changed


def _set_rows(document: LibraryDocument, name: str, rows: Iterable[models.Model]) -> bool:
    relation = getattr(document, name)
    wanted = {row.pk for row in rows} - ({document.pk} if name == "related" else set())
    if set(relation.values_list("pk", flat=True)) == wanted:
        return False
    relation.set(wanted)
    return True


def _set_languages(document: LibraryDocument, chosen: Collection[str]) -> bool:
    """Those chosen, and always those of its files."""
    for code in chosen:
        _check_language(code)
    codes = {*chosen, *document.files.values_list("language", flat=True)}
    stored = set(document.text_languages.values_list("code", flat=True))
    document.text_languages.exclude(code__in=codes).delete()
    ordered = [code for code in TEXT_LANGUAGES if code in codes and code not in stored]
    TextLanguage.objects.bulk_create(TextLanguage(document=document, code=code) for code in ordered)
    return stored != codes


def _check_language(code: str) -> None:
    if code not in TEXT_LANGUAGES:
        raise Invalid(_("There is no language “%(code)s” to choose."), code=code)


def _code(title: str) -> str:
    """Readable, and with letters by chance, so that no code tells of another document of the same title."""
    return f"{slugify(title)[:60].strip('-') or 'document'}-{secrets.token_hex(3)}"


def _forget(path: str) -> None:
    transaction.on_commit(lambda: library_storage().delete(path), robust=True)


def _record(
    actor: User | None, action: str, target: models.Model, document: LibraryDocument, **data: Any
) -> None:
    """The system itself announces what it did, all at once, and is not in the trail of people."""
    if actor is not None:
        announce_documents([document.pk])
        audit_record(
            actor=actor,
            action=action,
            target=target,
            participant=document.participant,
            document=document.code,
            **data,
        )
