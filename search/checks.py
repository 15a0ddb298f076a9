from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def register_checks() -> None:
    register(Tags.compatibility)(check_engine)


def check_engine(**_: Any) -> list[CheckMessage]:
    """search.E001: a server is configured that this version cannot use."""
    if not settings.SEARCH_URL:
        return []
    return [
        Error(
            "SEARCH_URL is set, but this version has only the embedded search engine.",
            hint="Unset SEARCH_URL; the index is then kept in the folder of VAR_DIR.",
            id="search.E001",
        )
    ]
