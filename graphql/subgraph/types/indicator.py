from __future__ import annotations

import strawberry
from strawberry import federation

from registry.languages import texts
from registry.models import Indicator as Row
from registry.models import IndicatorDimension
from subgraph.types.enums import CountingUnit, DimensionRole, Frequency, IndicatorCollection, Nature
from subgraph.types.text import Locale, LocalizedText, localized, localized_or_none


@strawberry.type(
    name="IndicatorDimension",
    description="A dimension of an indicator. Time is always the last one and is not listed.",
)
class IndicatorDimensionType:
    code: str = strawberry.field(description="The code (SDMX concept), as used in filters.")
    label: LocalizedText = strawberry.field(description="The name.")
    role: DimensionRole = strawberry.field(description="What it stands for.")
    codelist_code: str = strawberry.field(description="The code list its members come from.")
    default_member: str | None = strawberry.field(description="The code to begin with, usually the total.")


@federation.type(
    keys=["code"], description="What is measured: a shared indicator or a participant's own one."
)
class Indicator:
    code: str = strawberry.field(description="The code.")
    table_number: str | None = strawberry.field(description="The number of the table in its collection.")
    collection: IndicatorCollection = strawberry.field(description="Where it comes from.")
    name: LocalizedText = strawberry.field(description="The name.")
    definition: LocalizedText | None = strawberry.field(description="What is counted, and what is not.")
    unit: LocalizedText = strawberry.field(description="The unit of measure.")
    nature: Nature = strawberry.field(description="Stock or flow.")
    counting_unit: CountingUnit = strawberry.field(description="What is counted.")
    decimals: int = strawberry.field(description="How many decimals figures have.")
    frequencies: list[Frequency] = strawberry.field(
        description="The frequencies agreed, the usual one first."
    )
    owner_code: str | None = strawberry.field(description="Whose own indicator it is; null for a shared one.")
    dimensions: list[IndicatorDimensionType] = strawberry.field(
        description="The dimensions in order, without time."
    )


def indicator(row: Row, locale: Locale) -> Indicator:
    """Needs the owner and the dimensions at hand (`registry.selectors.indicator.with_dimensions`)."""
    return Indicator(
        code=row.code,
        table_number=row.table_number or None,
        collection=IndicatorCollection(row.collection),
        name=localized(texts(row, "name"), locale),
        definition=localized_or_none(texts(row, "definition"), locale),
        unit=localized(texts(row, "unit"), locale),
        nature=Nature(row.nature),
        counting_unit=CountingUnit(row.counting_unit),
        decimals=row.decimals,
        frequencies=[Frequency(frequency) for frequency in row.frequencies],
        owner_code=row.owner.code if row.owner else None,
        dimensions=[_dimension(dimension, locale) for dimension in row.dimensions.all()],
    )


def _dimension(row: IndicatorDimension, locale: Locale) -> IndicatorDimensionType:
    return IndicatorDimensionType(
        code=row.code,
        label=localized(texts(row, "name"), locale),
        role=DimensionRole(row.role),
        codelist_code=row.codelist.code,
        default_member=row.default_member.code if row.default_member else None,
    )
