"""How much one request may ask for, found out before anything is read.

In this order: characters and tokens before parsing; structure before validation, so that nothing the
validation does can grow out of hand; cost, with the values of variables and defaults, before execution.
Each fragment is measured once, however often it is spread, so every check takes time linear in the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Lexer,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    StringValueNode,
    TokenKind,
)
from strawberry.extensions import SchemaExtension

from subgraph.costs import Costs
from subgraph.errors import ApiError, ErrorCode, bad_input, too_complex

MOST_CHARACTERS = 15_000
MOST_TOKENS = 2_000
MOST_NESTED = 50  # brackets of any kind
MOST_DEEP = 12  # fields within fields
SCHEMA_DEPTH = 8  # that many more for questions about the schema, which tools ask with long type references
MOST_FIELDS = 500
MOST_ALIASES = 30
MOST_DIRECTIVES = 50
MOST_FRAGMENTS = 50
MOST_COST = 25_000
_OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})


class Limits(SchemaExtension):
    """Puts the checks in their places. Goes before all other extensions."""

    def on_parse(self) -> Iterator[None]:
        check_text(self.execution_context.query or "")
        yield
        document = self.execution_context.graphql_document
        if document is not None:
            check_structure(document)
            # Without a name the library takes the first of several operations; the standard has none taken.
            operations = sum(isinstance(node, OperationDefinitionNode) for node in document.definitions)
            if operations > 1 and self.execution_context._provided_operation_name is None:
                message = _("Name one of the operations of the document in operationName.")
                raise ApiError(ErrorCode.BAD_REQUEST, message)

    def on_execute(self) -> Iterator[None]:
        context = self.execution_context
        assert context.graphql_document is not None
        context.context.is_valid = True
        check_cost(
            context.schema._schema, context.graphql_document, context.operation_name, context.variables or {}
        )
        yield


@lru_cache(maxsize=256)
def check_text(text: str) -> None:
    """Length, tokens and brackets. QUERY_TOO_COMPLEX; GraphQLSyntaxError for what cannot be tokens."""
    _at_most(len(text), MOST_CHARACTERS, pgettext_lazy("at most", "characters"))
    lexer = Lexer(Source(text))
    tokens = nested = 0
    while (kind := lexer.advance().kind) is not TokenKind.EOF:
        tokens += 1
        nested += (kind in _OPENING) - (kind in _CLOSING)
        _at_most(tokens, MOST_TOKENS, pgettext_lazy("at most", "tokens"))
        _at_most(nested, MOST_NESTED, pgettext_lazy("at most", "nested brackets"))


@lru_cache(maxsize=256)
def check_structure(document: DocumentNode) -> None:
    """Fields, aliases, directives, fragments, depth. QUERY_TOO_COMPLEX; BAD_USER_INPUT for a NUL in text."""
    fields = aliases = directives = 0
    for node in _nodes(document):
        if isinstance(node, FieldNode):
            fields += 1
            aliases += node.alias is not None
        directives += len(getattr(node, "directives", None) or ())
        if isinstance(node, StringValueNode):
            check_string(node.value)
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    _at_most(fields, MOST_FIELDS, pgettext_lazy("at most", "fields"))
    _at_most(aliases, MOST_ALIASES, pgettext_lazy("at most", "aliases"))
    _at_most(directives, MOST_DIRECTIVES, pgettext_lazy("at most", "directives"))
    _at_most(len(fragments), MOST_FRAGMENTS, pgettext_lazy("at most", "fragments"))
    depths = _Depths(fragments)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _at_most(
                depths.of(node.selection_set), MOST_DEEP, pgettext_lazy("at most", "fields within fields")
            )


def check_cost(schema: Any, document: DocumentNode, operation: str | None, variables: dict[str, Any]) -> None:
    """The cost of an operation of a valid document. QUERY_TOO_COMPLEX."""
    cost = Costs(schema, document, operation, variables).total()
    if cost > MOST_COST:
        raise too_complex(
            _(
                "The query costs %(cost)s, and at most %(most)s is allowed. Ask for fewer fields or "
                "shorter pages."
            ),
            cost=cost,
            most=MOST_COST,
        )


def check_string(text: str) -> None:
    """BAD_USER_INPUT for what no database can store."""
    if "\0" in text or (not text.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in text)):
        raise bad_input(_("A text holds a character that is not allowed (NUL, or half of a surrogate pair)."))


def check_variables(variables: dict[str, Any]) -> None:
    """The same for all texts within variables."""
    waiting: list[Any] = [variables]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            check_string(value)
        elif isinstance(value, dict):
            waiting += value.keys()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


class _Depths:
    """How deep fields lie within fields, fragments included; each fragment is looked at once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, int] = {}

    def of(self, selections: SelectionSetNode, level: int = 0) -> int:
        # Refused on the way down, so that this itself never goes deep.
        _at_most(level, 2 * MOST_NESTED, pgettext_lazy("at most", "fields within fields"))
        depth = 0
        for node in selections.selections:
            if isinstance(node, FieldNode):
                below = self.of(node.selection_set, level + 1) if node.selection_set else 0
                if node.name.value in ("__schema", "__type"):
                    below = max(below - SCHEMA_DEPTH, 0)
                depth = max(depth, 1 + below)
            elif isinstance(node, InlineFragmentNode):
                depth = max(depth, self.of(node.selection_set, level + 1))
            elif isinstance(node, FragmentSpreadNode):
                depth = max(depth, self._fragment(node.name.value, level))
        return depth

    def _fragment(self, name: str, level: int) -> int:
        if name not in self._known:
            self._known[name] = 0  # a fragment within itself: validation refuses it
            fragment = self._fragments.get(name)
            self._known[name] = self.of(fragment.selection_set, level + 1) if fragment else 0
        return self._known[name]


def _nodes(document: DocumentNode) -> Iterator[Node]:
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        yield node
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, Node):
                waiting.append(value)
            elif isinstance(value, list | tuple):
                waiting += [item for item in value if isinstance(item, Node)]


def _at_most(count: int, most: int, what: Any) -> None:
    if count > most:
        raise too_complex(
            _("The query is too large: at most %(most)s %(what)s are allowed."), most=most, what=what
        )
