from __future__ import annotations

from datetime import datetime

import strawberry
from strawberry import federation

from registry.languages import texts
from registry.models import Dataset as Row
from registry.models import Indicator as IndicatorRow
from registry.models import Release as ReleaseRow
from subgraph.types.enums import Frequency
from subgraph.types.indicator import Indicator, indicator
from subgraph.types.participant import Participant, participant
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(description="An immutable revision of a dataset.")
class Release:
    number: int = strawberry.field(description="The number, counted from 1 within the dataset.")
    released_at: datetime = strawberry.field(description="When it was released (UTC).")
    reason: LocalizedText | None = strawberry.field(description="Why, where a reason was given.")


@federation.type(keys=["code"], description="What one participant reports for one indicator from one source.")
class Dataset:
    code: str = strawberry.field(description="The code.")
    indicator: Indicator | None = strawberry.field(
        description="What it measures; null where that is not open to you."
    )
    owner: Participant = strawberry.field(
        description="Whose figures they are; the owner decides who sees them."
    )
    source: LocalizedText = strawberry.field(description="Where the figures come from.")
    source_url: str | None = strawberry.field(description="The address of the source.")
    licence: str | None = strawberry.field(description="The licence of the figures.")
    frequency: Frequency = strawberry.field(description="How often figures are given.")
    is_official: bool = strawberry.field(
        description="Whether the State decided that these are its official figures."
    )
    current_release: Release | None = strawberry.field(
        description="The release in force; null where nothing is released, or not to you."
    )
    note: LocalizedText | None = strawberry.field(description="A note to the whole table.")


def dataset(row: Row, locale: Locale) -> Dataset:
    """Needs what belongs to it at hand, as the viewer may see it (`registry.selectors.dataset`)."""
    measured: IndicatorRow | None = row.visible_indicator  # type: ignore[attr-defined]
    release: ReleaseRow | None = next(iter(row.visible_releases), None)  # type: ignore[attr-defined]
    return Dataset(
        code=row.code,
        indicator=indicator(measured, locale) if measured else None,
        owner=participant(row.owner, locale),
        source=localized(texts(row, "source"), locale),
        source_url=row.source_url or None,
        licence=row.licence or None,
        frequency=Frequency(row.frequency),
        is_official=row.is_official,
        current_release=_release(release, locale) if release else None,
        note=localized_or_none(texts(row, "note"), locale),
    )


def _release(row: ReleaseRow, locale: Locale) -> Release:
    return Release(
        number=row.number,
        released_at=row.released_at,
        reason=localized_or_none(texts(row, "reason"), locale),
    )
