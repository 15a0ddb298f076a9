"""Errors of the API: a closed list of codes, texts in the caller's language, nothing told about the inside.

Messages follow ``Accept-Language``; codes never change with the language. Source: GraphQL over HTTP, and
the names Apollo's tools know.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from graphql import GraphQLError, GraphQLSyntaxError

from registry.cube import CubeTooLarge
from registry.errors import Conflict, NotAllowed, RegistryError
from registry.languages import DEFAULT_LANGUAGE

logger = logging.getLogger("subgraph")
#: More errors than this help nobody, and answering all of them would be a lever.
MOST_ERRORS = 10


class ErrorCode(StrEnum):
    """Every value that ``extensions.code`` can have."""

    BAD_REQUEST = "BAD_REQUEST"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    CONFLICT = "CONFLICT"
    FORBIDDEN = "FORBIDDEN"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    NOT_FOUND = "NOT_FOUND"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    RATE_LIMITED = "RATE_LIMITED"
    UNAUTHENTICATED = "UNAUTHENTICATED"


class ApiError(GraphQLError):
    """A refusal with a code and a text for the caller; ``arguments`` fill the text's named places."""

    def __init__(self, code: ErrorCode, message: str | Promise, **arguments: object) -> None:
        text = str(message)
        super().__init__(text % arguments if arguments else text, extensions={"code": code.value})


def bad_input(message: str | Promise, **arguments: object) -> ApiError:
    return ApiError(ErrorCode.BAD_USER_INPUT, message, **arguments)


def too_complex(message: str | Promise, **arguments: object) -> ApiError:
    return ApiError(ErrorCode.QUERY_TOO_COMPLEX, message, **arguments)


def formatted_errors(
    errors: Sequence[GraphQLError], *, is_valid: bool, operation: str
) -> list[dict[str, Any]]:
    """The errors of an answer, at most ten, each text once. Unknown ones are logged and masked.

    ``is_valid`` tells whether the document had passed validation; ``operation`` is its name, for the log.
    """
    shown: dict[tuple[Any, ...], dict[str, Any]] = {}
    for error in errors:
        answer = _formatted(error, is_valid, operation)
        shown.setdefault((answer["message"], *answer.get("path", ())), answer)
        if len(shown) == MOST_ERRORS:
            break
    return list(shown.values())


def _formatted(error: GraphQLError, is_valid: bool, operation: str) -> dict[str, Any]:
    code, message = _known(error, is_valid)
    answer: dict[str, Any] = {"message": message, "extensions": {"code": code.value}}
    if code is ErrorCode.INTERNAL_SERVER_ERROR:
        answer["extensions"]["id"] = _logged(error, operation)
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path:
        answer["path"] = list(error.path)
    return answer


def _known(error: GraphQLError, is_valid: bool) -> tuple[ErrorCode, str]:
    """Code and text of an error; whatever is not known here is an internal one."""
    original = error.original_error or error
    if isinstance(original, ApiError):
        return ErrorCode(original.extensions["code"]), original.message  # type: ignore[index]
    if isinstance(original, CubeTooLarge):
        return _too_large(original)
    if isinstance(original, RegistryError):
        return _registry_code(original), str(original)
    if isinstance(original, GraphQLSyntaxError):
        return ErrorCode.GRAPHQL_PARSE_FAILED, _explained(_("The query cannot be read"), original.message)
    if isinstance(original, GraphQLError):
        if not is_valid:
            reason = _("The query does not fit the schema")
            return ErrorCode.GRAPHQL_VALIDATION_FAILED, _explained(reason, original.message)
        # Before a resolver runs, the engine itself complains of variables (without a path) and of arguments.
        if not error.path or original.message.startswith("Argument "):
            return ErrorCode.BAD_USER_INPUT, _explained(_("A value cannot be accepted"), original.message)
    return ErrorCode.INTERNAL_SERVER_ERROR, gettext("Something went wrong here. Tell us the id if it lasts.")


def _too_large(error: CubeTooLarge) -> tuple[ErrorCode, str]:
    message = gettext(
        "The table would have at least %(cells)s cells, and at most %(limit)s can be served at once. "
        "Choose fewer codes or periods."
    )
    return ErrorCode.QUERY_TOO_COMPLEX, message % {"cells": error.cells, "limit": error.limit}


def _registry_code(error: RegistryError) -> ErrorCode:
    if isinstance(error, NotAllowed):
        return ErrorCode.FORBIDDEN
    return ErrorCode.CONFLICT if isinstance(error, Conflict) else ErrorCode.BAD_USER_INPUT


def _explained(reason: str | Promise, detail: str) -> str:
    """The engine's own text, which is English; elsewhere introduced in the caller's language."""
    if (get_language() or DEFAULT_LANGUAGE).split("-")[0] == DEFAULT_LANGUAGE:
        return detail
    return f"{reason}: {detail}"


def _logged(error: GraphQLError, operation: str) -> str:
    """Log what happened, without the variables, under an id that the caller is told."""
    number = uuid.uuid4().hex
    original = error.original_error or error
    logger.error(
        "GraphQL error %s in %s at %s",
        number,
        operation or "an unnamed operation",
        ".".join(map(str, error.path or ())) or "no field",
        exc_info=(type(original), original, original.__traceback__),
    )
    return number
