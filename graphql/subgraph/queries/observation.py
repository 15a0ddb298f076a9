from __future__ import annotations

from typing import Annotated

import strawberry

from registry.selectors.cube import source_of
from registry.selectors.indicator import indicator_with_dimensions
from registry.selectors.observation import Place, observation_page
from subgraph.connections import After, Connection, Edge, Page, page_info
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.selection import Filters, FrequencyArgument, From, To, scope_of, selection_of
from subgraph.types.observation import Observation, Observations
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class ObservationQuery:
    @strawberry.field(
        description="Single figures of an indicator, those of the official national dataset first, then "
        "by series and "
        "period; null where there is no such indicator, or none that is open to you."
    )
    def observations(
        self,
        info: Info,
        indicator: Annotated[str, strawberry.argument(description="The code of the indicator.")],
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: After = None,
        filters: Filters = None,
        start: From = None,
        end: To = None,
        frequency: FrequencyArgument = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> Connection[Observation] | None:
        viewer = info.context.viewer
        page = Page.of(first=first, after=after)
        selection = selection_of(filters=filters, start=start, end=end, frequency=frequency)
        cursors = Cursors("observations", indicator, scope_of(selection))
        place = _place(cursors, after)
        row = indicator_with_dimensions(viewer=viewer, code=indicator)
        if row is None:
            return None
        found = observation_page(
            viewer=viewer, indicator=row, selection=selection, first=page.count, after=place
        )
        sources = {dataset.pk: source_of(dataset) for dataset in {cell.dataset for cell in found.cells}}
        types = Observations(list(row.dimensions.all()), found.labels, locale)
        edges = [
            Edge(
                cursor=cursors.encode(tuple(cell.place)),
                node=types.observation(cell, sources[cell.dataset.pk]),
            )
            for cell in found.cells
        ]
        return Connection(edges=edges, page_info=page_info(edges, page, found.has_next))


def _place(cursors: Cursors, after: str | None) -> Place | None:
    if after is None:
        return None
    rank, key, period = cursors.decode(after)
    return Place(tuple(rank), key, period)
