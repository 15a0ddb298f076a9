"""Files of figures on their way to a draft (D097): kept, read in the background, staged or refused.

A file is read by one worker at a time. Each start has a number, and only what the last one found counts, so
that a read left over by a killed worker can be started again at any moment. Nothing is half staged: the
figures, their findings and the state of the upload are written in one transaction.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from django.core.files.base import File
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid, RegistryError
from registry.formats import BadFile, Format, format_named
from registry.formats.base import LIMITS, Limits
from registry.formats.problems import FormatProblem
from registry.formats.text import announced_size
from registry.languages import LANGUAGE_CODES, current_language, in_every_language
from registry.models import Dataset, Upload, UploadState, User
from registry.models.submission import SubmissionAction
from registry.row_security import as_service
from registry.selectors.upload import silent
from registry.services.audit import audit_record
from registry.services.draft import draft_stage, replaceable_draft
from registry.services.writable import clean_arguments, clean_text

logger = logging.getLogger(__name__)

#: The largest file taken in, in bytes.
LARGEST = 50 * 1024 * 1024
UPLOAD_LIMITS = Limits(bytes=LARGEST, document_bytes=LARGEST, cells=LIMITS.cells)
_BLOCK = 64 * 1024


@as_service()
@transaction.atomic
def upload_create(
    *,
    dataset: Dataset,
    file: BinaryIO | File[bytes],
    file_name: str,
    actor: User,
    action: SubmissionAction = SubmissionAction.REPLACE,
    comment: str = "",
    reason: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Upload:
    """Keep a file; `upload_begin` has it read. ``replace``: the draft the actor has now may be replaced.

    NotAllowed unless the actor submits for the owner. Invalid for a file that is empty or too large, and
    while there is a draft that may not be replaced.
    """
    authority.require_submitter(actor, dataset)
    replaces = replaceable_draft(dataset=dataset, actor=actor, replace=replace)
    size, sha256 = _measured(file)
    upload = Upload(
        dataset=dataset,
        file_name=clean_text(file_name)[:255] or "?",
        size=size,
        sha256=sha256,
        action=action,
        comment=comment,
        reason={code: (reason or {}).get(code, "") for code in LANGUAGE_CODES},
        replaces=replaces,
        created_by=actor,
    )
    upload.file.save(upload.file_name, file if isinstance(file, File) else File(file), save=False)
    upload.save()
    audit_record(
        actor=actor,
        action="upload.create",
        target=upload,
        participant=dataset.owner,
        dataset=dataset.code,
        size=size,
        sha256=sha256,
    )
    return upload


def upload_begin(*, upload: Upload) -> None:
    """Have a file read: in the request or by a worker, as TASKS in the settings says."""
    from registry.tasks import read_upload

    read_upload.enqueue(upload.pk, current_language())


@as_service()
@transaction.atomic
def upload_restart(*, upload: Upload, actor: User) -> None:
    """Make ready to be read again, because the worker seems to have died.

    Conflict if it has finished, and while it may still be at work (`registry.selectors.upload.silent`).
    """
    authority.require_submitter(actor, upload.dataset)
    started = silent(Upload.objects.filter(pk=upload.pk)).update(
        state=UploadState.WAITING, progress=0, started_at=timezone.now(), attempt=F("attempt") + 1
    )
    if started != 1:
        raise Conflict(_("The file has been read already, or it is being read."))
    audit_record(
        actor=actor,
        action="upload.restart",
        target=upload,
        participant=upload.dataset.owner,
        dataset=upload.dataset.code,
    )


@as_service()
def upload_read(*, upload_id: int, language: str) -> str:
    """Read a waiting file and stage what is in it. The state it ends in; "" if another one is reading it.

    ``language`` is that of texts where the file does not tell.
    """
    started = Upload.objects.filter(pk=upload_id, state=UploadState.WAITING).update(
        state=UploadState.RUNNING, progress=5, started_at=timezone.now(), attempt=F("attempt") + 1
    )
    if not started:
        return ""
    upload = Upload.objects.select_related(
        "dataset__owner__area", "dataset__indicator", "dataset__current_release", "created_by"
    ).get(pk=upload_id)
    try:
        _stage(upload, language)
        return UploadState.DONE
    except BadFile as bad:
        return _refused(upload, [_told(problem) for problem in bad.problems])
    except RegistryError as error:
        return _refused(upload, [{"texts": in_every_language(error)}])
    except _Overtaken:
        return ""
    except Exception:
        # Whatever a file does to the reader, its sender is told, and the next file is read.
        logger.exception("Upload %s could not be read", upload.pk)
        return _refused(upload, [{"code": "unreadable"}])


class _Overtaken(Exception):
    """The file was started anew meanwhile: what this start found no longer counts."""


def _stage(upload: Upload, language: str) -> None:
    dataset = upload.dataset
    dimensions = [dimension.code for dimension in dataset.indicator.dimensions.all()]
    with upload.file.open("rb") as file:
        stream = cast(BinaryIO, file)
        reading = sniffed(stream).inspect(stream, UPLOAD_LIMITS, language=language, dimensions=dimensions)
    _mine(upload).update(progress=50)
    with transaction.atomic():
        submission = draft_stage(
            dataset=dataset,
            reading=reading.in_order(dimensions),
            actor=upload.created_by,
            replaces=upload.replaces_id,
            action=SubmissionAction(upload.action),
            comment=upload.comment,
            reason=upload.reason,
            file_name=upload.file_name,
            sha256=upload.sha256,
        )
        _finish(upload, UploadState.DONE, submission=submission)


def sniffed(file: BinaryIO | File[bytes]) -> Format:
    """The format of a file by what is in it, whatever it is called."""
    head = file.read(512)
    file.seek(0)
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return format_named("xlsx")
    return format_named("jsonstat" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "csv")


def _mine(upload: Upload) -> QuerySet[Upload]:
    """The upload while it has not been started anew."""
    return Upload.objects.filter(pk=upload.pk, state=UploadState.RUNNING, attempt=upload.attempt)


def _finish(upload: Upload, state: UploadState, **fields: Any) -> None:
    """The end of a read; the file is deleted once that is written down, it has done its service."""
    finished = {"state": state, "progress": 100, "finished_at": timezone.now(), "file": ""}
    if _mine(upload).update(**finished, **fields) != 1:
        raise _Overtaken
    storage, name = upload.file.storage, str(upload.file.name)
    transaction.on_commit(lambda: storage.delete(name), robust=True)


@transaction.atomic
def _refused(upload: Upload, problems: list[dict[str, Any]]) -> str:
    """The state it ends in; "" if it was started anew meanwhile."""
    try:
        _finish(upload, UploadState.FAILED, problems=problems)
    except _Overtaken:
        return ""
    audit_record(
        actor=upload.created_by,
        action="upload.refuse",
        target=upload,
        participant=upload.dataset.owner,
        dataset=upload.dataset.code,
    )
    return UploadState.FAILED


def _told(problem: FormatProblem) -> dict[str, Any]:
    """A problem as it is kept, to be shown later in either language: see `upload_problems`."""
    return {
        "code": problem.code,
        "row": problem.row,
        "column": clean_text(problem.column),
        "arguments": clean_arguments(problem.arguments),
    }


def _measured(file: BinaryIO | File[bytes]) -> tuple[int, str]:
    """Size and checksum; Invalid where there is nothing in it or too much."""
    too_large = Invalid(
        _("The file is larger than %(limit)s MB, the most that is read."), limit=LARGEST // 1024**2
    )
    announced = file.size if isinstance(file, File) else announced_size(file)
    if announced and announced > LARGEST:
        raise too_large
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        size += len(block)
        if size > LARGEST:
            raise too_large
        digest.update(block)
    if not size:
        raise Invalid(_("The file is empty."))
    file.seek(0)
    return size, digest.hexdigest()
