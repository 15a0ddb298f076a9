"""The choice of the engine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from search.engines.base import Engine


def get_engine() -> Engine:
    """The engine of this installation: the embedded one (other engines: see search/checks.py)."""
    return _embedded(str(settings.SEARCH_INDEX_DIR))


@lru_cache(maxsize=8)
def _embedded(directory: str) -> Engine:
    from search.engines.tantivy import TantivyEngine

    return TantivyEngine(Path(directory))
