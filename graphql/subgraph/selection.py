"""From the arguments of a field to a `Selection`, in one place for all fields that give figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry
from django.utils.translation import gettext_lazy as _
from strawberry.types.nodes import SelectedField

from registry.selectors.selection import Selection
from subgraph.context import Info
from subgraph.errors import bad_input
from subgraph.types.enums import Frequency
from subgraph.types.scalars import Period

MOST_FILTERS = 20
MOST_CODES = 500


@strawberry.input(description="The codes wanted of one dimension. Dimensions not named are not narrowed.")
class DimensionFilter:
    dimension: str = strawberry.field(description="The code of the dimension.")
    codes: list[str] = strawberry.field(description="The codes wanted, at most 500.")


Filters = Annotated[
    list[DimensionFilter] | None, strawberry.argument(description="What to narrow; each dimension once.")
]
From = Annotated[Period | None, strawberry.argument(name="from", description="The first period wanted.")]
To = Annotated[Period | None, strawberry.argument(name="to", description="The last period wanted.")]
FrequencyArgument = Annotated[
    Frequency | None,
    strawberry.argument(description="The frequency; by default the usual one of the indicator."),
]


def selection_of(
    *,
    filters: Sequence[DimensionFilter] | None,
    start: str | None,
    end: str | None,
    frequency: Frequency | None,
    by_source: bool = False,
) -> Selection:
    """BAD_USER_INPUT for a dimension named twice or more codes than are allowed."""
    chosen: dict[str, list[str]] = {}
    for item in filters or ():
        if item.dimension in chosen:
            raise bad_input(_("The dimension “%(dimension)s” is filtered twice."), dimension=item.dimension)
        if len(item.codes) > MOST_CODES or len(chosen) == MOST_FILTERS:
            raise bad_input(
                _("At most %(filters)s dimensions can be filtered, each by at most %(codes)s codes."),
                filters=MOST_FILTERS,
                codes=MOST_CODES,
            )
        chosen[item.dimension] = sorted(set(item.codes))
    return Selection(
        filters=chosen,
        start=start,
        end=end,
        frequency=frequency.value if frequency else None,
        by_source=by_source,
    )


def asked_fields(info: Info) -> set[str]:
    """The names of the fields asked for directly below the field, whatever fragments they stand in."""
    names: set[str] = set()
    waiting = [part for field in info.selected_fields for part in field.selections]
    while waiting:
        part = waiting.pop()
        if isinstance(part, SelectedField):
            names.add(part.name)
        else:
            waiting += part.selections
    return names


def scope_of(selection: Selection) -> list[object]:
    """The selection as part of the scope of a cursor."""
    return [sorted(selection.filters.items()), selection.start, selection.end, selection.frequency]
