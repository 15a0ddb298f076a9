"""Lists of plain objects completed without the engine's work for every single field.

The engine spends several microseconds per field, which is most of the time of a page. Where everything
selected is an attribute of an object that is complete already, the selection is turned once into a chain of
functions, and these are run over the list. Aliases, fragments, @skip and @include are still the engine's
work. Anything unusual goes the ordinary way, errors too, so answers are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    is_leaf_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Complete = Callable[[Any], Any]


class NotPlainError(Exception):
    """Something in the list needs the engine: a null where there must be none, or a bad value."""


class PlainListExecutor(StrawberryGraphQLCoreExecutionContext):
    """The engine's executor with a short cut for lists."""

    def complete_list_value(
        self,
        return_type: GraphQLList[Any],
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if type(result) is list:
            complete = self._plan(return_type.of_type, field_details_list)
            if complete is not None:
                try:
                    return [complete(item) for item in result]
                except NotPlainError:
                    pass
        return super().complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _plan(self, output: GraphQLOutputType, details: Any) -> Complete | None:
        """How to complete a value of this type, or None if that is the engine's business."""
        if isinstance(output, GraphQLNonNull):
            inner = self._plan(output.of_type, details)
            return _required(inner) if inner else None
        if isinstance(output, GraphQLList):
            inner = self._plan(output.of_type, details)
            return _optional(_each(inner)) if inner else None
        if isinstance(output, GraphQLEnumType):
            return _optional(_remembered(output.coerce_output_value))
        if is_leaf_type(output):
            return _optional(_leaf(output.coerce_output_value))
        if isinstance(output, GraphQLObjectType):
            inner = self._object_plan(output, details)
            return _optional(inner) if inner else None
        return None

    def _object_plan(self, output: GraphQLObjectType, details: Any) -> Complete | None:
        collected = self.collect_subfields(output, details)
        if collected.new_defer_usages or collected.forbidden_directive_instances:
            return None
        steps: list[tuple[str, Complete, Complete]] = []
        for response_name, field_details in collected.grouped_field_set.items():
            step = self._field_plan(output, field_details)
            if step is None:
                return None
            steps.append((response_name, *step))
        return lambda item: {name: complete(get(item)) for name, get, complete in steps}

    def _field_plan(self, output: GraphQLObjectType, field_details: Any) -> tuple[Complete, Complete] | None:
        name = field_details[0].node.name.value
        if name == "__typename":
            return (lambda _item: output.name), _itself
        field = output.fields.get(name)
        definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if field else None
        if field is None or not isinstance(definition, StrawberryField):
            return None
        if not definition.is_basic_field or field.args:
            return None
        complete = self._plan(field.type, field_details)
        return (attrgetter(definition.python_name), complete) if complete else None


def _itself(value: Any) -> Any:
    return value


def _required(complete: Complete) -> Complete:
    def required(value: Any) -> Any:
        if value is None:
            raise NotPlainError
        return complete(value)

    return required


def _optional(complete: Complete) -> Complete:
    return lambda value: None if value is None else complete(value)


def _each(complete: Complete) -> Complete:
    def each(values: Any) -> Any:
        if type(values) is not list:
            raise NotPlainError
        return [complete(value) for value in values]

    return each


def _leaf(serialize: Complete) -> Complete:
    def leaf(value: Any) -> Any:
        try:
            return serialize(value)
        except Exception as error:
            raise NotPlainError from error

    return leaf


def _remembered(serialize: Complete) -> Complete:
    names: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        if value not in names:
            names[value] = _leaf(serialize)(value)
        return names[value]

    return remembered
