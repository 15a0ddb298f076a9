from __future__ import annotations

from typing import Annotated

import strawberry

from registry.selectors.dataset import dataset_list, with_relations
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.types.dataset import Dataset, dataset
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class DatasetQuery:
    @strawberry.field(description="The datasets whose documentation, or more, is open to you, by code.")
    def datasets(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        indicator: Annotated[
            str | None, strawberry.argument(description="Only those of the indicator with this code.")
        ] = None,
        owner: Annotated[
            str | None, strawberry.argument(description="Only those of the participant with this code.")
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[Dataset]:
        viewer = info.context.viewer
        return connection(
            dataset_list(viewer=viewer, indicator=indicator, owner=owner),
            order=("code",),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("datasets", indicator, owner),
            load=lambda rows: with_relations(rows, viewer=viewer),
            make=lambda row: dataset(row, locale),
        )
