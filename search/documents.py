"""The search document: the one shape in which everything findable reaches a search engine.

Builders (search/builders) turn objects into documents; engines (search/engines) know nothing else.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.access import PUBLIC

#: One text per language code; a language without a version is absent or empty.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One findable thing in all its languages.

    ``kind`` names the builder, ``key`` the object within the kind. ``facets`` are values to filter and
    count by. ``weight`` is a factor on the score, from 1 to 4. ``audiences`` are the tokens of those
    who may find it (registry/access.py).
    """

    kind: str
    key: str
    url: Texts
    title: Texts
    summary: Texts = field(default_factory=dict)
    body: Texts = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    date: datetime.date | None = None
    weight: float = 1.0
    audiences: frozenset[str] = frozenset({PUBLIC})

    @property
    def id(self) -> str:
        """Unique over all kinds, the same as long as the object lives: ``indicator:17``."""
        return document_id(self.kind, self.key)


def document_id(kind: str, key: object) -> str:
    """The id of the document of an object, whether or not there is one."""
    return f"{kind}:{key}"


def split_id(value: str) -> tuple[str, str]:
    """Kind and key of a document id."""
    kind, _, key = value.partition(":")
    return kind, key
