from __future__ import annotations

from typing import Annotated

import strawberry

from registry.languages import texts
from registry.selectors.columns import columns_of
from subgraph.context import Info
from subgraph.selection import Filters, FrequencyArgument, From, To, asked_fields, selection_of
from subgraph.types.cube import Cube, cube
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument

Indicator = Annotated[str, strawberry.argument(description="The code of the indicator.")]
BySource = Annotated[
    bool, strawberry.argument(description="Keep the sources apart, on an axis SOURCE of their own.")
]


@strawberry.type
class CubeQuery:
    @strawberry.field(
        description="Figures of an indicator as a table; null where there is no such indicator, or none "
        "that is open "
        "to you. All cubes of a request together have at most 1,000,000 cells."
    )
    def cube(
        self,
        info: Info,
        indicator: Indicator,
        filters: Filters = None,
        start: From = None,
        end: To = None,
        frequency: FrequencyArgument = None,
        by_source: BySource = False,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> Cube | None:
        context = info.context
        selection = selection_of(
            filters=filters, start=start, end=end, frequency=frequency, by_source=by_source
        )
        found = columns_of(
            viewer=context.viewer,
            code=indicator,
            selection=selection,
            limit=context.cells_left,
            with_releases=not {"sources", "updated"}.isdisjoint(asked_fields(info)),
        )
        if found is None:
            return None
        row, columns = found
        context.spend_cells(columns.cell_count)
        return cube(row.code, texts(row, "name"), columns, locale)
