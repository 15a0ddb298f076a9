"""The search page."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.languages import LANGUAGES, current_language, served
from registry.middleware import IN_PLACE_OF_NUL
from search.builders import BUILDERS
from search.engines.base import MAX_OFFSET, MAX_QUERY, Hit, Results, SearchError
from search.selectors.search import search_documents

PAGE_SIZE = 20
LAST_PAGE = MAX_OFFSET // PAGE_SIZE

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit as the page shows it. ``other_language``: the language it is in, if not in the active one."""

    url: str
    title: SafeString
    title_language: str
    snippet: SafeString
    snippet_language: str
    other_language: str
    kind: str
    hit: Hit


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of the filter or of the paging."""

    label: str
    url: str
    is_current: bool = False
    count: int = 0


# What is found differs from viewer to viewer, so no shared cache may keep the answer.
@never_cache
@require_safe
def search_view(request: HttpRequest) -> HttpResponse:
    """``?q=…&kind=…&page=…``. Anything unusable in the address is passed over, never an error."""
    text = request.GET.get("q", "").replace(IN_PLACE_OF_NUL, "").strip()[:MAX_QUERY]
    kinds = [kind for kind in BUILDERS if kind in request.GET.getlist("kind")]
    number = _page_number(request.GET.get("page", ""))
    context: dict[str, Any] = {"text": text, "kinds": kinds, "max_length": MAX_QUERY}
    try:
        results = search_documents(
            viewer=request.viewer,  # type: ignore[attr-defined]
            text=text,
            language=current_language(),
            kinds=kinds,
            first=PAGE_SIZE,
            offset=(number - 1) * PAGE_SIZE,
        )
    except SearchError as error:
        logger.error("Search page: %s", error.for_log)
        return render(request, "search/search.html", {**context, "is_unavailable": True}, status=503)
    return render(request, "search/search.html", context | _shown(results, text, kinds, number))


def _shown(results: Results, text: str, kinds: list[str], number: int) -> dict[str, Any]:
    pages = min(-(-results.total // PAGE_SIZE), LAST_PAGE)
    return {
        "results": results,
        "rows": [_row(hit) for hit in results.hits],
        "filters": _filters(results, text, kinds),
        "first_number": (number - 1) * PAGE_SIZE + 1,
        "page_number": number,
        "page_count": pages,
        "previous_url": _url(text, kinds, min(number - 1, pages)) if number > 1 and pages else "",
        "next_url": _url(text, kinds, number + 1) if number < pages else "",
    }


def _row(hit: Hit) -> HitRow:
    language = current_language()
    title, summary = hit.served_title(language), hit.served_summary(language)
    # A title may exist in both languages (a fact) while the text behind it is in one only.
    text = summary if summary.is_fallback else title
    names = {item.code: item.name for item in LANGUAGES}
    return HitRow(
        url=str(served(hit.url, language)),
        title=hit.highlights[title.language].title,
        title_language=title.language,
        snippet=hit.highlights[text.language].snippet,
        snippet_language=text.language,
        other_language=names[text.language] if text.is_fallback else "",
        kind=str(BUILDERS[hit.kind].label),
        hit=hit,
    )


def _filters(results: Results, text: str, kinds: Sequence[str]) -> list[Choice]:
    """One link a kind that has hits, and one to all; none where there is nothing to choose."""
    if len(results.kinds) < 2 and not kinds:
        return []
    everything = Choice(_("All"), _url(text, []), not kinds, sum(results.kinds.values()))
    return [everything] + [
        Choice(str(builder.label), _url(text, [kind]), list(kinds) == [kind], results.kinds.get(kind, 0))
        for kind, builder in BUILDERS.items()
        if kind in results.kinds or kind in kinds
    ]


def _url(text: str, kinds: Sequence[str], page: int = 1) -> str:
    parameters = [("q", text), *(("kind", kind) for kind in kinds)]
    return "?" + urlencode(parameters + ([("page", str(page))] if page > 1 else []))


def _page_number(value: str) -> int:
    return max(1, min(int(value), LAST_PAGE)) if value.isascii() and value.isdigit() and len(value) < 6 else 1
