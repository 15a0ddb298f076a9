from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from registry.access import ANONYMOUS, PUBLIC, Viewer
from registry.languages import LANGUAGE_CODES
from search.documents import SearchDocument
from search.engines import get_engine
from search.engines.base import Engine, Query, Results
from search.selectors.search import search_documents


@pytest.fixture
def index_folder(search_index_folder: Path) -> Path:
    return search_index_folder


@pytest.fixture
def engine(index_folder: Path) -> Engine:
    """An engine with an empty index."""
    engine = get_engine()
    engine.rebuild([])
    return engine


def document(key: str, en: str, ru: str = "", **fields: Any) -> SearchDocument:
    """A document of the kind "page" with titles; ``body_en`` and ``body_ru`` for its text."""
    body = {code: fields.pop(f"body_{code}", "") for code in LANGUAGE_CODES}
    defaults = {"kind": "page", "url": {"en": f"/en/{key}/", "ru": f"/ru/{key}/"}, "body": body}
    return SearchDocument(key=key, title={"en": en, "ru": ru}, **{**defaults, **fields})


def find(
    engine: Engine, text: str, *, language: str = "en", tokens: set[str] | None = None, **options: Any
) -> Results:
    return engine.search(Query(text, language, frozenset(tokens or {PUBLIC}), **options))


def keys(results: Results) -> list[str]:
    return [hit.key for hit in results.hits]


def titles(text: str, viewer: Viewer = ANONYMOUS, language: str = "en", **options: Any) -> list[str]:
    """The titles the portal's search finds, in the language."""
    results = search_documents(viewer=viewer, text=text, language=language, **options)
    assert results.total == len(results.hits) == sum(results.kinds.values())
    return [str(hit.served_title(language)) for hit in results.hits]


@pytest.fixture
def committing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> Callable[[], Any]:
    """``with committing():`` does what happens after commit, at the end.

    What was to happen before counts as done: a test is one transaction, in which an announcement that waits
    since the beginning would stand for all later ones.
    """

    @contextlib.contextmanager
    def committed() -> Iterator[None]:
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield
        connection.run_on_commit.clear()

    return committed
