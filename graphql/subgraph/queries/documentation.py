from __future__ import annotations

from typing import Annotated

import strawberry

from registry.selectors.documentation import documentation_list
from registry.selectors.legal import legal_of_tables
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.types.documentation import Documentation, documentation
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class DocumentationQuery:
    @strawberry.field(
        description="The current data documentation tables that are open to you, by code of the dataset."
    )
    def documentation(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        indicator: Annotated[
            str | None, strawberry.argument(description="Only those of the indicator with this code.")
        ] = None,
        dataset: Annotated[
            str | None, strawberry.argument(description="Only that of the dataset with this code.")
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[Documentation]:
        documents = legal_of_tables(viewer=info.context.viewer)
        return connection(
            documentation_list(viewer=info.context.viewer, indicator=indicator, dataset=dataset),
            order=("dataset__code",),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("documentation", indicator, dataset),
            load=lambda rows: rows.select_related("dataset").prefetch_related(documents),
            make=lambda row: documentation(row, locale),
        )
