"""The schema is committed, complete and described."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLObjectType, is_introspection_type
from strawberry.printer import print_schema

from cms.models import DocumentKind
from registry.cube import Role, Status
from registry.languages import LANGUAGE_CODES
from registry.models import IndicatorCollection, LegalKind, ParticipantKind, TermTopic
from registry.models.indicator import CountingUnit, Nature
from registry.periods import Frequency
from subgraph.entities import LOADERS
from subgraph.schema import schema
from subgraph.types import enums
from subgraph.types.text import Locale
from tests.paths import ROOT

FEDERATION = {"_Any", "_Entity", "_Service"}


def own_types() -> list[Any]:
    types = schema._schema.type_map.values()
    return [
        kind
        for kind in types
        if not is_introspection_type(kind)
        and kind.name not in FEDERATION
        and "__" not in kind.name
        and not kind.name.startswith("_")
    ]


def test_the_committed_schema_is_the_one_served() -> None:
    committed = (ROOT / "graphql" / "schema.graphql").read_text()
    assert committed.strip() == print_schema(schema).strip(), "Run 'make schema' and read the diff."


def test_the_service_field_tells_the_schema(data: Any) -> None:
    assert data("{ _service { sdl } }") == {"_service": {"sdl": print_schema(schema)}}


def test_everything_has_a_description() -> None:
    missing = []
    for kind in own_types():
        if not kind.description:
            missing.append(kind.name)
        if isinstance(kind, GraphQLEnumType):
            missing += [f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            for name, field in kind.fields.items():
                if name in ("_entities", "_service"):
                    continue
                missing += [] if field.description else [f"{kind.name}.{name}"]
                arguments = getattr(field, "args", {})
                missing += [
                    f"{kind.name}.{name}({key})" for key, item in arguments.items() if not item.description
                ]
    assert missing == []


@pytest.mark.parametrize(
    ("ours", "registry"),
    [
        (Locale, LANGUAGE_CODES),
        (enums.Frequency, list(Frequency)),
        (enums.DimensionRole, list(Role)),
        (enums.IndicatorCollection, IndicatorCollection.values),
        (enums.Nature, Nature.values),
        (enums.CountingUnit, CountingUnit.values),
        (enums.ParticipantKind, ParticipantKind.values),
        (enums.DocumentKind, DocumentKind.values),
        (enums.ObservationStatus, list(Status)),
        (enums.LegalKind, LegalKind.values),
        (enums.TermTopic, TermTopic.values),
    ],
)
def test_the_lists_of_values_are_those_of_the_registry(ours: type[Enum], registry: Any) -> None:
    assert [item.value for item in ours] == list(registry)


def test_every_entity_has_a_batched_loader() -> None:
    entity = schema._schema.type_map["_Entity"]
    assert {kind.name for kind in entity.types} == set(LOADERS)  # type: ignore[attr-defined]
