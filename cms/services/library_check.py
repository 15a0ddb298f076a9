"""Is the e-library whole? Every document described in every language, and its files in their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import File
from django.core.files.storage import Storage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.events import announce_documents
from cms.library.reading import BadFile, file_read
from cms.models import LibraryDocument, LibraryFile
from cms.models.documents import library_storage
from registry.languages import LANGUAGES, texts

#: A file that nothing points to may be on its way in.
_GRACE = timedelta(hours=1)
_SAID = {
    "title": _("no title in %(language)s"),
    "summary": _("no summary in %(language)s"),
}


@dataclass(frozen=True, slots=True)
class LibraryProblem:
    """``document``: its code, or the path of a file that belongs to none."""

    document: str
    problem: str


def library_problems() -> list[LibraryProblem]:
    """Everything that is wrong; nothing is changed. Rules D178–D180, and what a reader needs."""
    rows = LibraryDocument.objects.prefetch_related("topics", "files").order_by("code").defer("folded")
    found = [problem for row in rows.iterator(chunk_size=200) for problem in _of_document(row)]
    found += [*_of_files()]
    found += [LibraryProblem(path, str(_("this file belongs to no document"))) for path in orphans()]
    return found


def orphans() -> list[str]:
    """Files that no document has, left by an interrupted upload."""
    storage = library_storage()
    known = set(LibraryFile.objects.values_list("path", flat=True))
    latest = timezone.now() - _GRACE
    return [
        path for path in _stored(storage) if path not in known and storage.get_modified_time(path) < latest
    ]


def orphans_delete() -> int:
    """Delete them; returns how many there were."""
    found = orphans()
    for path in found:
        library_storage().delete(path)
    return len(found)


def texts_read_again() -> int:
    """Read the texts of all files anew, after the reader has learnt to read better; how many changed.

    A file that cannot be read now keeps the text it has.
    """
    changed = []
    for file in LibraryFile.objects.order_by("pk").iterator(chunk_size=20):
        try:
            with library_storage().open(file.path) as content:
                found = file_read(File(content), name=file.name)
        except (FileNotFoundError, BadFile):
            continue
        if found.format.name == file.format and found.text != file.text:
            file.text, file.is_cut = found.text, found.is_cut
            file.save(update_fields=["text", "is_cut"])
            changed.append(file.document_id)
    announce_documents(changed)
    return len(changed)


def _of_document(row: LibraryDocument) -> Iterator[LibraryProblem]:
    for name, message in _SAID.items():
        for language in LANGUAGES:
            if not texts(row, name)[language.code].strip():
                yield LibraryProblem(row.code, str(message) % {"language": language.name})
    if not row.topics.all():
        yield LibraryProblem(row.code, str(_("no topic")))
    if not (row.files.all() or row.url or row.place):
        yield LibraryProblem(
            row.code, str(_("neither a file, nor an address, nor a word on where it is published"))
        )


def _of_files() -> Iterator[LibraryProblem]:
    storage = library_storage()
    for file in LibraryFile.objects.select_related("document").defer("text").order_by("pk"):
        values = {"file": file.name}
        if not storage.exists(file.path):
            yield LibraryProblem(file.document.code, str(_("the file %(file)s is not in its place")) % values)
        elif storage.size(file.path) != file.size:
            yield LibraryProblem(file.document.code, str(_("the file %(file)s has another size")) % values)


def _stored(storage: Storage) -> Iterator[str]:
    if not storage.exists(""):
        return
    folders, _files = storage.listdir("")
    for folder in folders:
        yield from (f"{folder}/{name}" for name in storage.listdir(folder)[1])
