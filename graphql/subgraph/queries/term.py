from __future__ import annotations

from typing import Annotated

import strawberry

from registry.selectors.glossary import term_list
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.types.enums import TermTopic
from subgraph.types.term import Term, term
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class TermQuery:
    @strawberry.field(description="The terms of the glossary, by code.")
    def terms(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        topic: Annotated[
            TermTopic | None, strawberry.argument(description="Only those of this topic.")
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[Term]:
        wanted = topic.value if topic else None
        return connection(
            term_list(viewer=info.context.viewer, topic=wanted),
            order=("code",),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("terms", wanted),
            load=lambda rows: rows.prefetch_related("related"),
            make=lambda row: term(row, locale),
        )

    @strawberry.field(description="One term; null where there is none with this code.")
    def term(
        self,
        info: Info,
        code: Annotated[str, strawberry.argument(description="The code of the term.")],
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> Term | None:
        rows = term_list(viewer=info.context.viewer).prefetch_related("related")
        row = rows.filter(code=code).first()
        return term(row, locale) if row else None
