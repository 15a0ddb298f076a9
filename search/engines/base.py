"""The engine port: what the portal asks of a search engine, whichever it is."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils import translation
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from registry.access import PUBLIC
from registry.languages import DEFAULT_LANGUAGE, ServedText, served
from search.documents import SearchDocument, Texts, document_id

MAX_OFFSET = 1000
MAX_FIRST = 100
MAX_QUERY = 200
MAX_WORDS = 20


class SearchError(Exception):
    """The engine cannot do what was asked. The text is for operators, not for visitors.

    ``message`` is a translatable text, ``arguments`` fill its named places.
    """

    def __init__(self, message: str | Promise, **arguments: object) -> None:
        super().__init__(message)
        self.message = message
        self.arguments = arguments

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.arguments if self.arguments else text

    @property
    def for_log(self) -> str:
        """The text in the default language, whatever language the visitor reads."""
        with translation.override(DEFAULT_LANGUAGE):
            return str(self)


class SearchUnavailableError(SearchError):
    """There is no usable index: none built yet, one of another version, or a damaged one."""


class SearchBusyError(SearchError):
    """Another process is writing, and did not finish within the time allowed."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and what may be found.

    A document is found only if it shares a token with ``tokens``, and: its key is in the ``scopes`` of its
    kind, or its kind has no scope and it is public. Scopes come from the database at the time of the
    query, so hits, totals, facets and suggestions are right even where the index lags behind.
    ``facets`` are alternatives within a facet, requirements between facets.
    """

    text: str
    language: str
    tokens: frozenset[str] = frozenset({PUBLIC})
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: int = 20
    offset: int = 0

    def bounded(self) -> Query:
        """The same within the limits of length and paging, and in characters that can be written down."""
        return replace(
            self,
            text=self.text[:MAX_QUERY].encode("utf-8", "ignore").decode(),
            first=max(0, min(self.first, MAX_FIRST)),
            offset=max(0, min(self.offset, MAX_OFFSET)),
        )


@dataclass(frozen=True, slots=True)
class Highlight:
    """Title and best passage in one language as safe HTML, the words found in ``<mark>``."""

    title: SafeString
    snippet: SafeString


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. Carries no score: a score would tell of documents that are hidden."""

    kind: str
    key: str
    url: Texts
    title: Texts
    summary: Texts
    facets: Mapping[str, tuple[str, ...]]
    date: datetime.date | None
    highlights: Mapping[str, Highlight]

    @property
    def id(self) -> str:
        return document_id(self.kind, self.key)

    def served_title(self, language: str) -> ServedText:
        return served(self.title, language)

    def served_summary(self, language: str) -> ServedText:
        return served(self.summary, language)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits and the counts over all of them.

    ``kinds`` counts as if no kind were chosen, ``facets[name]`` as if that facet were not filtered.
    ``is_partial`` tells that nothing holds all the words, and these hold some.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    is_partial: bool = False


class Engine(ABC):
    """A search engine. Every method may raise `SearchError` and nothing else of its own."""

    @abstractmethod
    def index(self, documents: Iterable[SearchDocument], *, replacing: Collection[str] = ()) -> int:
        """Add documents, in place of those of the same id and those named in ``replacing``.

        ``documents`` is consumed only once the engine is ready to write, so what it reads from the database
        cannot be older than what another writer has put in. All or nothing. Returns how many were added.
        """

    def delete(self, ids: Collection[str]) -> None:
        """Remove documents; unknown ids are passed over."""
        self.index((), replacing=ids)

    @abstractmethod
    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Replace the whole index at once. Until then, and if it fails, the old one answers."""

    @abstractmethod
    def search(self, query: Query) -> Results:
        """Hits, total and counts. No text of a query raises; one without words finds nothing."""

    @abstractmethod
    def suggest(self, query: Query) -> tuple[ServedText, ...]:
        """Titles of documents that may be found, whose words begin like the last word of the text."""
