"""Keeping the index true to the database.

Indexing never fails the act that caused it: a document that cannot be brought up to date is logged and
noted, and taken along by the next update; ``manage.py search_rebuild`` repairs everything. Meanwhile
nothing leaks, because searching asks the database who may find what (search/selectors/search.py).
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator

from search.builders import BUILDERS
from search.documents import SearchDocument, split_id
from search.engines import get_engine
from search.engines.base import SearchError, SearchUnavailableError
from search.models import PendingDocument

logger = logging.getLogger(__name__)


def documents_refresh(*, ids: Collection[str]) -> bool:
    """Bring the documents of these ids up to date: made anew, or removed where there is nothing to find.

    Takes along what earlier updates had to leave. Where there is no usable index it is rebuilt.
    Returns whether it worked; never raises for a reason that lies in the engine.
    """
    pending = dict(PendingDocument.objects.values_list("pk", "document_id"))
    wanted = {*ids, *pending.values()}
    if not wanted:
        return True
    try:
        get_engine().index(_documents(wanted), replacing=wanted)
    except SearchUnavailableError as error:
        logger.warning("%s It is rebuilt now.", error.for_log)
        return _rebuild_instead(ids)
    except SearchError as error:
        return _note(ids, error)
    PendingDocument.objects.filter(pk__in=list(pending)).delete()
    return True


def index_rebuild(*, progress: Callable[[str], None] | None = None) -> Counter[str]:
    """Build the whole index anew from the database and put it in place at once.

    ``progress`` is called with the kind of every document. Returns the number of documents by kind.
    Raises `SearchError`; the old index then stays.
    """
    counts: Counter[str] = Counter()
    pending = list(PendingDocument.objects.values_list("pk", flat=True))

    def documents() -> Iterator[SearchDocument]:
        for kind, builder in BUILDERS.items():
            counts[kind] = 0
            for document in builder.build():
                counts[kind] += 1
                if progress:
                    progress(kind)
                yield document

    get_engine().rebuild(documents())
    PendingDocument.objects.filter(pk__in=pending).delete()
    if PendingDocument.objects.exists():  # updates that gave up while the rebuild was writing
        documents_refresh(ids=())
    return counts


def _documents(ids: Collection[str]) -> Iterator[SearchDocument]:
    keys = defaultdict(set)
    for kind, key in map(split_id, sorted(ids)):
        keys[kind].add(key)
    for kind, builder in BUILDERS.items():
        if keys[kind]:
            yield from builder.build(keys[kind])


def _rebuild_instead(ids: Collection[str]) -> bool:
    try:
        index_rebuild()
    except SearchError as error:
        return _note(ids, error)
    return True


def _note(ids: Collection[str], error: SearchError) -> bool:
    logger.error("Search documents not brought up to date: %s. %s", ", ".join(sorted(ids)), error.for_log)
    PendingDocument.objects.bulk_create([PendingDocument(document_id=value) for value in sorted(ids)])
    return False
