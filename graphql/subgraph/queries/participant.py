from __future__ import annotations

from typing import Annotated

import strawberry

from registry.selectors.participant import participant_list
from subgraph.connections import After, Before, CountedConnection, First, Last, Page, connection
from subgraph.context import Info
from subgraph.cursors import Cursors
from subgraph.types.enums import ParticipantKind
from subgraph.types.participant import Participant, participant
from subgraph.types.text import DEFAULT_LOCALE, LocaleArgument


@strawberry.type
class ParticipantQuery:
    @strawberry.field(description="The States and organisations taking part, in their order.")
    def participants(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        kind: Annotated[ParticipantKind | None, strawberry.argument(description="Only these.")] = None,
        locale: LocaleArgument = DEFAULT_LOCALE,
    ) -> CountedConnection[Participant]:
        wanted = kind.value if kind else None
        return connection(
            participant_list(viewer=info.context.viewer, kind=wanted),
            order=("order", "code"),
            page=Page.of(first=first, after=after, last=last, before=before),
            cursors=Cursors("participants", wanted),
            load=lambda rows: rows,
            make=lambda row: participant(row, locale),
        )
