from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import strawberry

from registry.cube import Source, Texts
from registry.models import IndicatorDimension
from registry.selectors.observation import Cell
from subgraph.types.cube import FigureSource, figure_source
from subgraph.types.enums import ObservationStatus
from subgraph.types.scalars import Period
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(description="A code of a figure at one dimension.")
class ObservationCode:
    dimension: str = strawberry.field(description="The code of the dimension.")
    code: str = strawberry.field(description="The code.")
    label: LocalizedText = strawberry.field(description="The name.")


@strawberry.type(description="One figure of one dataset.")
class Observation:
    series_key: str = strawberry.field(description="The codes joined by dots (SDMX series key).")
    codes: list[ObservationCode] = strawberry.field(description="The codes in the order of the dimensions.")
    period: Period = strawberry.field(description="The reference period.")
    value: Decimal | None = strawberry.field(
        description="The figure; null where the status tells why there is none."
    )
    status: ObservationStatus | None = strawberry.field(description="The status; null for a normal figure.")
    note: LocalizedText | None = strawberry.field(description="A note to this figure.")
    source: FigureSource = strawberry.field(description="The dataset it comes from.")


class Observations:
    """Makes the types of one page; what cells share is made once."""

    def __init__(
        self,
        dimensions: Sequence[IndicatorDimension],
        labels: Mapping[tuple[str, str], Texts],
        locale: Locale,
    ) -> None:
        self._dimensions = [dimension.code for dimension in dimensions]
        self._labels = labels
        self._locale = locale
        self._codes: dict[str, list[ObservationCode]] = {}
        self._sources: dict[str, FigureSource] = {}

    def observation(self, cell: Cell, source: Source) -> Observation:
        if cell.key not in self._codes:
            self._codes[cell.key] = [
                self._code(dimension, code)
                for dimension, code in zip(self._dimensions, cell.codes, strict=True)
            ]
        if source.dataset not in self._sources:
            self._sources[source.dataset] = figure_source(source, self._locale)
        return Observation(
            series_key=cell.key,
            codes=self._codes[cell.key],
            period=Period(cell.period),
            value=None if cell.value is None else Decimal(str(cell.value)),
            status=ObservationStatus(cell.status) if cell.status else None,
            note=localized_or_none(cell.note, self._locale),
            source=self._sources[source.dataset],
        )

    def _code(self, dimension: str, code: str) -> ObservationCode:
        label = localized(self._labels.get((dimension, code), {}), self._locale)
        return ObservationCode(dimension=dimension, code=code, label=label)
