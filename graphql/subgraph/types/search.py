from __future__ import annotations

import datetime

import strawberry

from registry.languages import served
from search.engines.base import Hit
from search.selectors.search import SearchResults
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(description="Something found, whatever it is.")
class SearchHit:
    kind: str = strawberry.field(description="What it is: indicator, documentation, document, page, …")
    url: str = strawberry.field(
        description="Its address on the portal, in the language asked for if it has that."
    )
    title: LocalizedText = strawberry.field(description="Its title.")
    summary: LocalizedText | None = strawberry.field(description="A short description.")
    title_highlight: str = strawberry.field(
        description="The title as safe HTML in the language of the title, the words found in mark elements."
    )
    text_highlight: str = strawberry.field(
        description="The best passage as safe HTML in that language, the words found in mark elements."
    )
    date: datetime.date | None = strawberry.field(description="When it was published or released.")


@strawberry.type(description="How many things of one kind were found.")
class SearchKindCount:
    kind: str = strawberry.field(description="The kind.")
    count: int = strawberry.field(description="How many of it, whatever kinds were asked for.")


@strawberry.type(description="What was found among the things open to you.")
class SearchAnswer:
    total_count: int = strawberry.field(description="How many things were found.")
    is_partial: bool = strawberry.field(
        description="Whether nothing holds all the words, and these hold some."
    )
    kinds: list[SearchKindCount] = strawberry.field(description="How many of each kind.")
    hits: list[SearchHit] = strawberry.field(description="The first of them, the best first.")


def search_answer(results: SearchResults, locale: Locale) -> SearchAnswer:
    return SearchAnswer(
        total_count=results.total,
        is_partial=results.is_partial,
        kinds=[SearchKindCount(kind=kind, count=count) for kind, count in sorted(results.kinds.items())],
        hits=[_hit(hit, locale) for hit in results.hits],
    )


def _hit(hit: Hit, locale: Locale) -> SearchHit:
    title = served(hit.title, locale.value)
    highlight = hit.highlights.get(title.language)
    return SearchHit(
        kind=hit.kind,
        url=str(served(hit.url, locale.value)),
        title=localized(hit.title, locale),
        summary=localized_or_none(hit.summary, locale),
        title_highlight=str(highlight.title) if highlight else "",
        text_highlight=str(highlight.snippet) if highlight else "",
        date=hit.date,
    )
