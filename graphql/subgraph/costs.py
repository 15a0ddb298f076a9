"""The static cost of an operation: one per field, times the page size on the way down.

Values of variables and defaults count; a missing or unknown page size counts as the largest. Each fragment
is measured once. Numbers saturate, so nothing overflows.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from subgraph.connections import MAX_PAGE
from subgraph.errors import ApiError, ErrorCode, too_complex

#: What a field costs beyond 1: the work behind it.
EXTRA = {"Query.cube": 5_000, "Query.observations": 200, "Query.search": 500}
#: Arguments by which the selection below is multiplied; those of pages and of federation.
PAGES = ("first", "last")
REPRESENTATIONS = "representations"
#: Lists whose length is that of a page, counted at the field above.
COUNTED_ABOVE = frozenset({"edges", "hits"})
USUAL_LIST = 10
TOTAL_COUNT = 100
MOST_ROOT_FIELDS = 20
_CEILING = 10**9


class Costs:
    """Measures one operation of a valid document."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: str | None, variables: dict[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        self._operation: OperationDefinitionNode | None = None
        for node in document.definitions:
            if isinstance(node, FragmentDefinitionNode):
                self._fragments[node.name.value] = node
            elif isinstance(node, OperationDefinitionNode) and (
                operation is None or (node.name and node.name.value == operation)
            ):
                self._operation = node
        self._variables = {**self._defaults(), **variables}
        self._known: dict[str, int] = {}

    def total(self) -> int:
        """QUERY_TOO_COMPLEX for many root fields, GRAPHQL_VALIDATION_FAILED for schema and data in one."""
        if self._operation is None:
            return 0
        root = self._schema.get_root_type(self._operation.operation)
        self._check_roots(self._operation.selection_set)
        return self._selections(self._operation.selection_set, root)

    def _defaults(self) -> dict[str, Any]:
        if self._operation is None:
            return {}
        return {
            definition.variable.name.value: definition.default_value
            for definition in self._operation.variable_definitions or ()
            if definition.default_value is not None
        }

    def _check_roots(self, selections: SelectionSetNode) -> None:
        names: list[str] = []
        seen: set[str] = set()
        waiting = [selections]
        while waiting:
            for node in waiting.pop().selections:
                if isinstance(node, FieldNode):
                    names.append(node.name.value)
                elif isinstance(node, InlineFragmentNode):
                    waiting.append(node.selection_set)
                elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                    seen.add(node.name.value)
                    waiting.append(self._fragments[node.name.value].selection_set)
        if len(names) > MOST_ROOT_FIELDS:
            raise too_complex(
                _("The query is too large: at most %(most)s %(what)s are allowed."),
                most=MOST_ROOT_FIELDS,
                what=pgettext_lazy("at most", "fields of the query root"),
            )
        kinds = {name in ("__schema", "__type") for name in names if name != "__typename"}
        if len(kinds) > 1:
            raise ApiError(
                ErrorCode.GRAPHQL_VALIDATION_FAILED,
                _("Ask for the schema and for data in separate requests."),
            )

    def _selections(self, selections: SelectionSetNode | None, parent: Any) -> int:
        cost = 0
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                cost += self._field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                cost += self._selections(node.selection_set, self._condition(node.type_condition) or parent)
            elif isinstance(node, FragmentSpreadNode):
                cost += self._fragment(node.name.value)
        return min(cost, _CEILING)

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            fragment = self._fragments[name]
            self._known[name] = self._selections(
                fragment.selection_set, self._condition(fragment.type_condition)
            )
        return self._known[name]

    def _condition(self, node: Any) -> Any:
        return self._schema.get_type(node.name.value) if node else None

    def _field(self, node: FieldNode, parent: Any) -> int:
        name = node.name.value
        if name in ("__typename", "__schema", "__type"):
            return 1  # what the schema tells is bounded by its own size and by the rules on its depth
        field = (
            parent.fields.get(name) if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else None
        )
        if field is None:
            return 1
        below = self._selections(node.selection_set, get_named_type(field.type))
        own = 1 + EXTRA.get(f"{parent.name}.{name}", 0) + (TOTAL_COUNT if name == "totalCount" else 0)
        return min(own + self._factor(node, field) * below, _CEILING)

    def _factor(self, node: FieldNode, field: GraphQLField) -> int:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if any(page in field.args for page in PAGES):
            sizes = [self._size(given[page]) for page in PAGES if page in given]
            return max((size for size in sizes if size is not None), default=MAX_PAGE)
        if REPRESENTATIONS in field.args:
            return self._length(given.get(REPRESENTATIONS))
        is_list = isinstance(_unwrapped(field.type), GraphQLList)
        return USUAL_LIST if is_list and node.name.value not in COUNTED_ABOVE else 1

    def _size(self, value: Any) -> int | None:
        """A page size: a whole number from 0 up, None for null, and the largest page for anything else."""
        if isinstance(value, VariableNode):
            value = self._variables.get(value.name.value)
        if value is None or isinstance(value, NullValueNode):
            return None
        if isinstance(value, IntValueNode):
            value = int(value.value)
        return max(value, 0) if isinstance(value, int) else MAX_PAGE

    def _length(self, value: ValueNode | None) -> int:
        found: Any = value
        if isinstance(value, VariableNode):
            found = self._variables.get(value.name.value)
        if isinstance(found, ListValueNode):
            return len(found.values)
        return len(found) if isinstance(found, list) else 1


def _unwrapped(output: Any) -> Any:
    return output.of_type if isinstance(output, GraphQLNonNull) else output
