"""Relay connections with keyset cursors.

One of ``first`` and ``last`` is always given, from 1 to 100; a cursor never widens a page. Pages stay right
while rows come and go, since a cursor names a place in the order and no number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from subgraph.cursors import Cursors
from subgraph.errors import bad_input

NodeT = TypeVar("NodeT")
RowT = TypeVar("RowT", bound=Model)
MAX_PAGE = 100

First = Annotated[int | None, strawberry.argument(description="How many from the beginning, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Begin behind this cursor. Goes with first.")]
Last = Annotated[int | None, strawberry.argument(description="How many from the end, 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="End before this cursor. Goes with last.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether there are more before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last edge.")


@strawberry.type(description="An element of a list, with its place.")
class Edge(Generic[NodeT]):
    cursor: str = strawberry.field(description="The place, to go on from.")
    node: NodeT = strawberry.field(description="The element.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeT]):
    edges: list[Edge[NodeT]] = strawberry.field(description="The elements with their places.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type(name="Connection", description="One page of a list whose length is known.")
class CountedConnection(Connection[NodeT], Generic[NodeT]):
    rows: strawberry.Private[QuerySet[Any]]

    @strawberry.field(description="How many elements open to you the whole list has.")
    def total_count(self) -> int:
        return self.rows.count()


@dataclass(frozen=True, slots=True)
class Page:
    """The paging arguments of a field, checked: ``count`` elements behind or before a cursor."""

    count: int
    cursor: str | None
    is_backward: bool

    @classmethod
    def of(
        cls, *, first: int | None, after: str | None, last: int | None = None, before: str | None = None
    ) -> Page:
        if (first is None) == (last is None):
            raise bad_input(_("Give either first or last, from 1 to %(most)s."), most=MAX_PAGE)
        if (first is not None and before is not None) or (last is not None and after is not None):
            raise bad_input(_("after goes with first, and before goes with last."))
        count = first if first is not None else last
        if count is None or not 1 <= count <= MAX_PAGE:
            raise bad_input(
                _("%(argument)s must be from 1 to %(most)s, and not %(count)s."),
                argument="first" if last is None else "last",
                most=MAX_PAGE,
                count=count,
            )
        return cls(count, after if last is None else before, last is not None)


def connection(
    rows: QuerySet[RowT],
    *,
    order: Sequence[str],
    page: Page,
    cursors: Cursors,
    load: Callable[[QuerySet[RowT]], QuerySet[RowT]],
    make: Callable[[RowT], NodeT],
) -> CountedConnection[NodeT]:
    """A page of rows in a fixed order.

    ``order`` are columns without nulls, ascending, the last one unique. ``load`` puts the relations at hand
    that ``make`` needs to turn a row into its type.
    """
    around = rows
    if page.cursor is not None:
        around = _beyond(rows, order, cursors.decode(page.cursor), page.is_backward)
    directed = around.order_by(*(f"-{column}" if page.is_backward else column for column in order))
    found = list(load(directed)[: page.count + 1])
    has_more = len(found) > page.count
    found = found[: page.count]
    if page.is_backward:
        found.reverse()
    edges = [Edge(cursor=cursors.encode(_place(row, order)), node=make(row)) for row in found]
    info = page_info(edges, page, has_more)
    return CountedConnection(edges=edges, page_info=info, rows=rows)


def page_info(edges: Sequence[Edge[Any]], page: Page, has_more: bool) -> PageInfo:
    return PageInfo(
        has_next_page=has_more if not page.is_backward else page.cursor is not None,
        has_previous_page=has_more if page.is_backward else page.cursor is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )


def _beyond(
    rows: QuerySet[RowT], order: Sequence[str], place: Sequence[Any], is_backward: bool
) -> QuerySet[RowT]:
    """The rows behind a place in the order, or before it."""
    comparison = "lt" if is_backward else "gt"
    condition, equal = Q(), Q()
    for column, value in zip(order, place, strict=True):
        condition |= equal & Q(**{f"{column}__{comparison}": value})
        equal &= Q(**{column: value})
    return rows.filter(condition)


def _place(row: Model, order: Sequence[str]) -> list[Any]:
    place = []
    for column in order:
        value: Any = row
        for name in column.split("__"):
            value = getattr(value, name)
        place.append(value)
    return place
