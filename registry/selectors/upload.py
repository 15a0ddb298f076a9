"""Uploads, and what was found wrong with a file, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from registry.access import Viewer
from registry.formats.problems import FormatProblem
from registry.languages import served
from registry.models import Dataset, Upload, UploadState

#: A read that has said nothing for so long may have died with its worker.
PATIENCE = timedelta(minutes=2)


def upload_list(*, viewer: Viewer, dataset: Dataset | None = None) -> QuerySet[Upload]:
    found = Upload.objects.visible_to(viewer).select_related(
        "dataset__indicator", "dataset__owner", "created_by"
    )
    return found if dataset is None else found.filter(dataset=dataset)


def unfinished(uploads: QuerySet[Upload]) -> QuerySet[Upload]:
    """Those that wait, are read, or were refused lately: all that the list of submissions does not show."""
    since = timezone.now() - timedelta(days=7)
    return uploads.exclude(state=UploadState.DONE).filter(created_at__gte=since)


def upload_problems(upload: Upload) -> list[str]:
    """What was wrong with the file, with row and column, in the active language."""
    return [
        served(found["texts"])
        if "texts" in found
        else str(
            FormatProblem(
                found["code"], found.get("row"), found.get("column", ""), found.get("arguments", {})
            )
        )
        for found in upload.problems
    ]


_UNFINISHED = (UploadState.WAITING, UploadState.RUNNING)


def silent(uploads: QuerySet[Upload]) -> QuerySet[Upload]:
    """Those whose read has taken so long that it may be started again."""
    since = timezone.now() - PATIENCE
    begun = Q(started_at__lt=since) | Q(started_at__isnull=True, created_at__lt=since)
    return uploads.filter(begun, state__in=_UNFINISHED)


def may_be_dead(upload: Upload) -> bool:
    """The same of an upload at hand."""
    since = timezone.now() - PATIENCE
    return upload.state in _UNFINISHED and (upload.started_at or upload.created_at) < since
