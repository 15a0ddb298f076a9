from __future__ import annotations

import strawberry
from strawberry import federation

from registry.languages import texts
from registry.models import Participant as Row
from subgraph.types.enums import ParticipantKind
from subgraph.types.text import Locale, LocalizedText, localized


@federation.type(keys=["code"], description="A State or an international organisation that owns figures.")
class Participant:
    code: str = strawberry.field(description="The code: ISO 3166-1 alpha-3 for a State.")
    kind: ParticipantKind = strawberry.field(description="What it is.")
    name: LocalizedText = strawberry.field(description="The name.")
    area_code: str | None = strawberry.field(
        description="The code of its reference area; null for an organisation."
    )
    is_observer: bool = strawberry.field(
        description="Whether it attends without being among all participants for figures."
    )


def participant(row: Row, locale: Locale) -> Participant:
    """Needs the area at hand."""
    return Participant(
        code=row.code,
        kind=ParticipantKind(row.kind),
        name=localized(texts(row, "name"), locale),
        area_code=row.area.code if row.area else None,
        is_observer=row.is_observer,
    )
