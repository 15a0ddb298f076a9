from __future__ import annotations

from datetime import datetime

import orjson
import strawberry

from registry.cube import Dimension, Member, Source
from registry.selectors.columns import Columns
from subgraph.types.enums import DimensionRole, Frequency
from subgraph.types.scalars import CubeNotes, CubeStatuses, CubeValues
from subgraph.types.text import Locale, LocalizedText, as_json, localized


@strawberry.type(description="A code on an axis.")
class CubeMember:
    code: str = strawberry.field(description="The code.")
    label: LocalizedText = strawberry.field(description="The name.")
    parent: str | None = strawberry.field(description="The code of the parent, if it is on the axis too.")


@strawberry.type(description="An axis of a cube.")
class CubeDimension:
    code: str = strawberry.field(description="The code (SDMX concept), as used in filters.")
    label: LocalizedText = strawberry.field(description="The name.")
    role: DimensionRole = strawberry.field(description="What it stands for.")
    members: list[CubeMember] = strawberry.field(
        description="The codes that occur, in the order of the code list."
    )


@strawberry.type(description="A dataset from which figures come.")
class FigureSource:
    dataset_code: str = strawberry.field(description="The dataset.")
    owner_code: str = strawberry.field(description="The participant that owns it.")
    label: LocalizedText = strawberry.field(description="Owner and source, ready to show.")
    is_official: bool = strawberry.field(
        description="Whether the State decided that these are its official figures."
    )
    licence: str | None = strawberry.field(description="The licence of the figures.")
    released_at: datetime | None = strawberry.field(
        description="When its current figures were released (UTC)."
    )


@strawberry.type(
    description="Figures of one indicator as a table of any number of dimensions: the union of the "
    "datasets open "
    "to you. Where several give the same cell, the official national one is taken."
)
class Cube:
    indicator_code: str = strawberry.field(description="The indicator.")
    name: LocalizedText = strawberry.field(description="The name of the indicator.")
    dimensions: list[CubeDimension] = strawberry.field(description="The axes in order; the last one is time.")
    sizes: list[int] = strawberry.field(description="The number of members of each dimension.")
    values: CubeValues = strawberry.field(description="All figures.")
    statuses: CubeStatuses = strawberry.field(description="The statuses of those figures that have one.")
    notes: CubeNotes = strawberry.field(description="The notes to single figures.")
    unit: LocalizedText = strawberry.field(description="The unit of measure.")
    decimals: int = strawberry.field(description="How many decimals figures have.")
    frequency: Frequency = strawberry.field(description="How often figures are given.")
    table_notes: list[LocalizedText] = strawberry.field(description="Notes to the whole table.")
    sources: list[FigureSource] = strawberry.field(
        description="Where the figures come from, the first choice first."
    )
    updated: datetime | None = strawberry.field(
        description="When the latest of the sources was released (UTC)."
    )


def cube(code: str, names: dict[str, str], columns: Columns, locale: Locale) -> Cube:
    released = [source.released_at for source in columns.sources if source.released_at]
    return Cube(
        indicator_code=code,
        name=localized(names, locale),
        dimensions=[_dimension(dimension, locale) for dimension in columns.dimensions],
        sizes=columns.sizes,
        values=CubeValues(orjson.Fragment(columns.values)),
        statuses=CubeStatuses({str(at): status for at, status in sorted(columns.statuses.items())}),
        notes=CubeNotes({str(at): as_json(note, locale) for at, note in sorted(columns.notes.items())}),
        unit=localized(columns.unit, locale),
        decimals=columns.decimals,
        frequency=Frequency(columns.frequency),
        table_notes=[localized(note, locale) for note in columns.table_notes],
        sources=[figure_source(source, locale) for source in columns.sources],
        updated=max(released, default=None),
    )


def figure_source(source: Source, locale: Locale) -> FigureSource:
    return FigureSource(
        dataset_code=source.dataset,
        owner_code=source.owner,
        label=localized(source.labels, locale),
        is_official=source.is_official,
        licence=source.licence or None,
        released_at=source.released_at,
    )


def _dimension(dimension: Dimension, locale: Locale) -> CubeDimension:
    return CubeDimension(
        code=dimension.code,
        label=localized(dimension.labels, locale),
        role=DimensionRole(dimension.role.value),
        members=[_member(member, locale) for member in dimension.members],
    )


def _member(member: Member, locale: Locale) -> CubeMember:
    return CubeMember(code=member.code, label=localized(member.labels, locale), parent=member.parent)
