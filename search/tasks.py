"""Background work of the search, and how it is asked for."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Collection, Iterator
from contextvars import ContextVar

from django.db import transaction
from django_tasks import task

from search.services.indexing import documents_refresh

logger = logging.getLogger(__name__)
_collected: ContextVar[set[str] | None] = ContextVar("search_collected", default=None)


@task()
def refresh_documents(ids: list[str]) -> bool:
    """See `documents_refresh`."""
    return documents_refresh(ids=ids)


def refresh_later(ids: Collection[str]) -> None:
    """Have these documents brought up to date once the current transaction is committed.

    Never raises, so that a search that is out of order does not stop editors.
    """
    if ids:
        transaction.on_commit(lambda: _enqueue(sorted(ids)), robust=True)


@contextlib.contextmanager
def refreshed_together() -> Iterator[None]:
    """For bulk work: everything asked for inside is brought up to date once, at the end."""
    collected: set[str] = set()
    token = _collected.set(collected)
    try:
        yield
    finally:
        _collected.reset(token)
        if collected:
            refresh_later(collected)


def _enqueue(ids: list[str]) -> None:
    collected = _collected.get()
    if collected is not None:
        collected.update(ids)
        return
    try:
        refresh_documents.enqueue(ids)
    except Exception:
        logger.exception("Search documents not brought up to date: %s", ", ".join(ids))
