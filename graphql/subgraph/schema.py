"""The schema: an Apollo Federation v2 subgraph. ``make schema`` writes it to graphql/schema.graphql."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry import federation
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.federation.schema import FederationAny
from strawberry.types import ExecutionContext

from registry.languages import current_language
from subgraph.context import Info
from subgraph.entities import entities
from subgraph.executor import PlainListExecutor
from subgraph.limits import Limits
from subgraph.queries.cube import CubeQuery
from subgraph.queries.dataset import DatasetQuery
from subgraph.queries.document import DocumentQuery
from subgraph.queries.documentation import DocumentationQuery
from subgraph.queries.indicator import IndicatorQuery
from subgraph.queries.observation import ObservationQuery
from subgraph.queries.page import PageQuery
from subgraph.queries.participant import ParticipantQuery
from subgraph.queries.search import SearchQuery
from subgraph.queries.term import TermQuery
from subgraph.types.scalars import config
from subgraph.types.text import LOCALES


@strawberry.type(description="What can be asked. Everything shows only what is open to whoever asks.")
class Query(
    CubeQuery,
    DatasetQuery,
    DocumentQuery,
    DocumentationQuery,
    IndicatorQuery,
    ObservationQuery,
    PageQuery,
    ParticipantQuery,
    SearchQuery,
    TermQuery,
):
    pass


class Schema(federation.Schema):
    """The library's schema with entities resolved in batches, and errors left to the view."""

    def entities_resolver(self, info: Info, representations: list[FederationAny]) -> list[FederationAny]:
        """Texts are in the language of the request: the gateway passes on what its client accepts."""
        viewer, locale = info.context.viewer, LOCALES[current_language()]
        return entities(viewer=viewer, representations=representations, locale=locale)

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: subgraph.errors logs what is worth it, and no values of variables."""


schema = Schema(
    query=Query,
    config=config(),
    extensions=[Limits, ParserCache, ValidationCache],
    execution_context_class=PlainListExecutor,
)
