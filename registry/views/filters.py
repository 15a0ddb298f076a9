"""The filter form of an indicator: a plain GET form that carries the whole state of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from registry.languages import ServedText, served
from registry.models import Dataset
from registry.periods import Frequency
from registry.selectors.availability import AvailableDimension
from registry.selectors.cube import SOURCE, TIME_PERIOD, source_labels, time_labels
from registry.views.selection import ALL, Asked, query_of
from registry.views.table import Table


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class DimensionField:
    """``chosen_count`` of ``options`` are ticked; ``has_all``: none is, which asks for all of them.

    ``all_query`` is the query string of the same table with all of them.
    """

    code: str
    label: ServedText
    options: tuple[Option, ...]
    chosen_count: int
    has_all: bool
    summary: str
    all_query: str


@dataclass(frozen=True, slots=True)
class Filters:
    dimensions: tuple[DimensionField, ...]
    starts: tuple[Option, ...]
    ends: tuple[Option, ...]
    columns: tuple[Option, ...]
    frequencies: tuple[Option, ...]
    has_sources: bool
    by_source: bool


def filters_for(table: Table, datasets: Sequence[Dataset], language: str) -> Filters:
    """The form for a table, filled with its effective choice."""
    asked = table.asked
    periods = list(table.periods)
    return Filters(
        dimensions=tuple(_field(dimension, asked, language) for dimension in table.dimensions),
        starts=_periods(periods, asked.start),
        ends=_periods(list(reversed(periods)), asked.end),
        columns=_columns(table, language),
        frequencies=_frequencies(table, datasets),
        has_sources=sum(dataset.frequency == table.frequency for dataset in datasets) > 1,
        by_source=asked.by_source,
    )


def _field(dimension: AvailableDimension, asked: Asked, language: str) -> DimensionField:
    chosen = asked.members.get(dimension.code, (ALL,))
    has_all = ALL in chosen
    options = tuple(
        Option(
            member.code, served(member.labels, language) or member.code, not has_all and member.code in chosen
        )
        for member in dimension.members
    )
    ticked = [option.label for option in options if option.is_chosen]
    if has_all:
        summary = _("all")
    elif len(ticked) == 1:
        summary = ticked[0]
    else:
        summary = _("%(chosen)s of %(all)s") % {"chosen": len(ticked), "all": len(options)}
    everything = replace(asked, members={**asked.members, dimension.code: (ALL,)})
    return DimensionField(
        dimension.code,
        served(dimension.labels, language),
        options,
        len(ticked),
        has_all,
        summary,
        query_of(everything).urlencode(),
    )


def _periods(periods: list[str], chosen: str | None) -> tuple[Option, ...]:
    if chosen and chosen not in periods:
        periods = [chosen, *periods]
    return tuple(Option(period, period, period == chosen) for period in periods)


def _columns(table: Table, language: str) -> tuple[Option, ...]:
    labels = {dimension.code: dimension.labels for dimension in table.dimensions}
    labels |= {TIME_PERIOD: time_labels(), SOURCE: source_labels()}
    codes = [dimension.code for dimension in table.dimensions] + [TIME_PERIOD]
    if table.asked.by_source:
        codes.insert(0, SOURCE)
    return tuple(Option(code, served(labels[code], language), code in table.asked.columns) for code in codes)


def _frequencies(table: Table, datasets: Sequence[Dataset]) -> tuple[Option, ...]:
    """The frequencies there are figures of; nothing to choose when it is one."""
    labels = dict(Dataset._meta.get_field("frequency").flatchoices)
    there = {dataset.frequency for dataset in datasets} | {table.frequency}
    if len(there) < 2:
        return ()
    ordered = [frequency.value for frequency in Frequency if frequency.value in there]
    return tuple(Option(code, str(labels[code]), code == table.frequency) for code in ordered)
