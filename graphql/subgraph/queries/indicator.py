from __future__ import annotations

from typing import Annotated

import strawberry

from registry.selectors.indicator import indicator_list, with_dimensions
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.types.enums import IndicatorCollection
from subgraph.types.indicator import Indicator, indicator
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument

Code = Annotated[str, strawberry.argument(description="The code of the indicator.")]


@strawberry.type
class IndicatorQuery:
    @strawberry.field(
        description="The indicators: the shared ones, and the own ones of participants that are open to you."
    )
    def indicators(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        collection: Annotated[
            IndicatorCollection | None, strawberry.argument(description="Only those of this collection.")
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[Indicator]:
        wanted = collection.value if collection else None
        rows = indicator_list(viewer=info.context.viewer)
        return connection(
            rows.filter(collection=wanted) if wanted else rows,
            order=("order", "code"),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("indicators", wanted),
            load=lambda rows: with_dimensions(rows.select_related("owner")),
            make=lambda row: indicator(row, locale),
        )

    @strawberry.field(
        description="One indicator; null where there is none with this code, or none that is open to you."
    )
    def indicator(self, info: Info, code: Code, locale: LocaleArgument = DEFAULT_LOCALE) -> Indicator | None:
        rows = with_dimensions(indicator_list(viewer=info.context.viewer).select_related("owner"))
        row = rows.filter(code=code).first()
        return indicator(row, locale) if row else None
