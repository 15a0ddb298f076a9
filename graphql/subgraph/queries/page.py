from __future__ import annotations

from typing import Annotated

import strawberry
from django.utils.translation import gettext_lazy as _

from cms.selectors.page import owners, page_list, page_types
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.errors import bad_input
from subgraph.types.page import PortalPage, portal_page
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class PageQuery:
    @strawberry.field(
        description="The pages of the portal that are open to you and written in the language asked for, as "
        "they stand in its tree."
    )
    def pages(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        kind: Annotated[
            str | None, strawberry.argument(description="Only these: article, country, news, event, …")
        ] = None,
        participant: Annotated[
            str | None,
            strawberry.argument(
                description="Only the country page of the participant with this code, and below."
            ),
        ] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[PortalPage]:
        viewer = info.context.viewer
        if kind is not None and kind not in page_types():
            raise bad_input(
                _("There is no kind “%(kind)s”; expected one of %(expected)s."),
                kind=kind,
                expected=", ".join(sorted(page_types())),
            )
        owned = owners(viewer=viewer)
        return connection(
            page_list(viewer=viewer, language=locale.value, kind=kind, participant=participant),
            order=("path",),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("pages", locale.value, kind, participant),
            load=lambda rows: rows.defer_streamfields().specific(),  # type: ignore[attr-defined]
            make=lambda row: portal_page(row, owned, locale),
        )
