from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

import strawberry

from cms.models import EventPage
from cms.models.visibility import COUNTRY_PATH
from registry.models import Participant as ParticipantRow
from subgraph.types.participant import Participant, participant
from subgraph.types.text import LOCALES, Locale


@strawberry.type(description="When and where an event takes place.")
class EventTimes:
    starts_on: datetime.date = strawberry.field(description="The first day.")
    ends_on: datetime.date = strawberry.field(description="The last day.")
    starts_at: datetime.datetime | None = strawberry.field(
        description="The moment it begins; null where it takes whole days."
    )
    ends_at: datetime.datetime | None = strawberry.field(description="The moment it ends; null likewise.")
    time_zone: str = strawberry.field(description="The time zone of the place (IANA).")
    place: str = strawberry.field(description="The place.")
    registration_url: str | None = strawberry.field(description="Where to register, as long as one can.")


@strawberry.type(description="A page of the portal in one language.")
class PortalPage:
    id: strawberry.ID = strawberry.field(description="The same for a page in every language.")
    kind: str = strawberry.field(description="What it is: article, country, news, event, …")
    locale: Locale = strawberry.field(description="The language of the page.")
    title: str = strawberry.field(description="The title.")
    introduction: str = strawberry.field(description="Two or three sentences on what it says.")
    url: str = strawberry.field(description="Its address on the portal.")
    participant: Participant | None = strawberry.field(
        description="In whose country page it is, or whose it is; null for a page of the portal."
    )
    published_at: datetime.datetime | None = strawberry.field(description="When it was last published.")
    event: EventTimes | None = strawberry.field(description="For an event: when and where.")


def portal_page(row: Any, owners: Mapping[str, ParticipantRow], locale: Locale) -> PortalPage:
    """Needs the specific page, its locale being the one asked for."""
    owner = owners.get(row.path[:COUNTRY_PATH])
    return PortalPage(
        id=strawberry.ID(str(row.translation_key)),
        kind=getattr(row, "kind", ""),
        locale=LOCALES[locale.value],
        title=row.title,
        introduction=getattr(row, "introduction", ""),
        url=row.url or "",
        participant=participant(owner, locale) if owner else None,
        published_at=row.last_published_at,
        event=_times(row) if isinstance(row, EventPage) else None,
    )


def _times(row: EventPage) -> EventTimes:
    return EventTimes(
        starts_on=row.starts_on,
        ends_on=row.last_day,
        starts_at=row.starts if row.has_times else None,
        ends_at=row.ends if row.has_times else None,
        time_zone=row.time_zone,
        place=row.place,
        registration_url=row.registration_url if row.takes_registrations else None,
    )
