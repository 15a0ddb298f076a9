"""What the statistics index and the availability page show: indicators and the figures open of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from registry.access import Viewer
from registry.languages import texts
from registry.models import Indicator, Participant
from registry.models.indicator import IndicatorCollection
from registry.selectors.availability import OpenDataset, open_datasets
from registry.selectors.indicator import indicator_list

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class CollectionGroup(Generic[ItemT]):
    """What belongs to one collection of indicators, ``code``. ``label`` is in the active language."""

    code: str
    label: str
    items: list[ItemT]


@dataclass(frozen=True, slots=True)
class OpenIndicator:
    """An indicator and what of it is open to the viewer; nothing else is counted."""

    indicator: Indicator
    open: list[OpenDataset] = field(default_factory=list)

    @property
    def period(self) -> str:
        """From the first to the last period: “2010–2020”, empty where nothing is open."""
        return _whole_span(self.open)

    @property
    def participants(self) -> int:
        return len({found.dataset.owner_id for found in self.open})

    def period_of(self, owner: Participant) -> str:
        """The same of one participant's figures."""
        return _whole_span([found for found in self.open if found.dataset.owner_id == owner.pk])


def by_collection(
    items: Iterable[ItemT], indicator_of: Callable[[ItemT], Indicator]
) -> list[CollectionGroup[ItemT]]:
    """Things that belong to indicators, by collection in its order; collections without any are left out."""
    grouped: dict[str, list[ItemT]] = {value: [] for value in IndicatorCollection.values}
    for item in items:
        grouped.setdefault(indicator_of(item).collection, []).append(item)
    return [
        CollectionGroup(value, str(IndicatorCollection(value).label), found)
        for value, found in grouped.items()
        if found
    ]


def open_indicators(*, viewer: Viewer) -> list[OpenIndicator]:
    """Every indicator the viewer may know of with the datasets that have figures open. Three queries."""
    rows = {indicator.pk: OpenIndicator(indicator) for indicator in indicator_list(viewer=viewer)}
    for found in open_datasets(viewer=viewer):
        if found.dataset.indicator_id in rows:
            rows[found.dataset.indicator_id].open.append(found)
    return list(rows.values())


def of_participant(rows: Iterable[OpenIndicator], code: str) -> list[OpenIndicator]:
    """The indicators of which a participant's figures are open, with those alone."""
    narrowed = (
        OpenIndicator(row.indicator, [found for found in row.open if found.dataset.owner.code == code])
        for row in rows
    )
    return [row for row in narrowed if row.open]


def of_words(rows: Iterable[OpenIndicator], text: str) -> list[OpenIndicator]:
    """The indicators with every word of a text in their code, number or name, in any language."""
    words = _folded(text).split()
    return [row for row in rows if all(word in _searched(row.indicator) for word in words)]


def owners_of(rows: Iterable[OpenIndicator]) -> list[Participant]:
    """The participants whose figures are open, in their order."""
    owners = {found.dataset.owner for row in rows for found in row.open}
    return sorted(owners, key=lambda owner: (owner.order, owner.code))


def span_text(start: str, end: str) -> str:
    """A span of periods as it is written: “2010–2020”, or the one period."""
    return start if start == end else f"{start}–{end}"


def _whole_span(opened: Sequence[OpenDataset]) -> str:
    if not opened:
        return ""
    starts, ends = zip(*(found.span for found in opened), strict=True)
    return span_text(min(starts), max(ends))


def _searched(indicator: Indicator) -> str:
    return _folded(" ".join((indicator.code, indicator.table_number, *texts(indicator, "name").values())))


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")
