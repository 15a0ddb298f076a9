from __future__ import annotations

from typing import Annotated

import strawberry
from django.utils.translation import gettext_lazy as _

from search.builders import BUILDERS
from search.engines.base import SearchError
from search.selectors.search import search_documents
from subgraph.connections import Page
from subgraph.context import Info
from subgraph.errors import ApiError, ErrorCode, bad_input
from subgraph.types.search import SearchAnswer, search_answer
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class SearchQuery:
    @strawberry.field(
        description="Indicators, documentation tables, documents and pages that hold the words, in any of "
        "their forms."
    )
    def search(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="The words.")],
        first: Annotated[int, strawberry.argument(description="How many hits, 1 to 100.")],
        kinds: Annotated[
            list[str] | None, strawberry.argument(description="Only these kinds, such as indicator or page.")
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> SearchAnswer:
        page = Page.of(first=first, after=None)
        unknown = sorted(set(kinds or ()) - set(BUILDERS))
        if unknown:
            raise bad_input(
                _("There is no kind “%(kind)s”; expected one of %(expected)s."),
                kind=unknown[0],
                expected=", ".join(sorted(BUILDERS)),
            )
        try:
            results = search_documents(
                viewer=info.context.viewer, text=text, language=locale.value, kinds=kinds, first=page.count
            )
        except SearchError as error:
            raise ApiError(
                ErrorCode.INTERNAL_SERVER_ERROR, _("The search is not available at the moment.")
            ) from error
        return search_answer(results, locale)
