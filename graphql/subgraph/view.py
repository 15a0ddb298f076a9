"""GraphQL over HTTP: POST and JSON only, and every answer says what it is.

Errors in requests are 400 with ``application/graphql-response+json`` and 200 with ``application/json``,
as clients of either expect. Source: the GraphQL over HTTP specification.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from graphql import GraphQLError
from strawberry.django.views import GraphQLView as StrawberryView
from strawberry.http import GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from subgraph.context import Context
from subgraph.errors import ApiError, ErrorCode, bad_input, formatted_errors
from subgraph.limits import check_variables

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
MOST_BYTES = 100_000


class Refused(Exception):
    """A request that does not reach GraphQL: a status and an error."""

    def __init__(self, status: int, error: ApiError, **headers: str) -> None:
        super().__init__(error.message)
        self.status, self.error, self.headers = status, error, headers


class _CsrfCheck(CsrfViewMiddleware):
    """Django's own check, giving its reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)


@method_decorator(csrf_exempt, name="dispatch")
class GraphQLView(StrawberryView[Context, None]):
    """The library's view with the transport done to the letter.

    Exempt from the CSRF middleware, which would refuse every client without cookies; whoever is known by a
    session cookie passes the same check here, and answers for it with Django's CSRF token.
    """

    graphql_ide = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        media_type = _accepted(request)
        try:
            data = self._request_data(request, media_type)
            context = Context(request, request.viewer)  # type: ignore[attr-defined]
            result = self._result(data, context)
        except Refused as refused:
            body = {"errors": formatted_errors([refused.error], is_valid=False, operation="")}
            response = _response(body, refused.status, media_type or JSON)
            for name, value in refused.headers.items():
                response[name] = value
        else:
            response = _answer(result, context, media_type or JSON, data.operation_name or "")
        return _with_caching(request, response)

    def _request_data(self, request: HttpRequest, media_type: str | None) -> GraphQLRequestData:
        if request.method != "POST":
            raise Refused(405, _bad_request(_("Send requests with POST.")), Allow="POST")
        if media_type is None:
            message = _("Accept %(graphql)s or %(json)s.")
            raise Refused(406, _bad_request(message, graphql=GRAPHQL_JSON, json=JSON))
        charset = request.content_params.get("charset", "utf-8") if request.content_params else "utf-8"
        if request.content_type != JSON or charset.lower() not in ("utf-8", "utf8"):
            raise Refused(415, _bad_request(_("Send %(json)s in UTF-8."), json=JSON))
        _check_forgery(request)
        return _parsed(_body(request))

    def _result(self, data: GraphQLRequestData, context: Context) -> ExecutionResult:
        try:
            return self.schema.execute_sync(
                data.query,
                variable_values=data.variables,
                context_value=context,
                operation_name=data.operation_name,
                allowed_operation_types=[OperationType.QUERY],
                operation_extensions=data.extensions,
            )
        except CannotGetOperationTypeError:
            message = _("Name one of the operations of the document in operationName.")
            return ExecutionResult(data=None, errors=[_bad_request(message)])
        except InvalidOperationTypeError:
            message = _("Only queries are served.")
            return ExecutionResult(data=None, errors=[_bad_request(message)])


def _accepted(request: HttpRequest) -> str | None:
    """The media type of the answer the caller likes best; parameters such as charset do not matter."""
    for accepted in request.accepted_types:
        for media_type in (JSON, GRAPHQL_JSON):
            main_type, sub_type = media_type.split("/")
            if accepted.main_type in ("*", main_type) and accepted.sub_type in ("*", sub_type):
                return media_type
    return None


def _bad_request(message: Any, **arguments: object) -> ApiError:
    return ApiError(ErrorCode.BAD_REQUEST, message, **arguments)


def _check_forgery(request: HttpRequest) -> None:
    """Whoever is known by a cookie proves that the request was meant (CSRF)."""
    if not request.user.is_authenticated:
        return
    check = _CsrfCheck(lambda _request: HttpResponse())
    check.process_request(request)
    if check.process_view(request, _unprotected, (), {}) is not None:
        message = _("The CSRF token is missing or wrong: send it in the header X-CSRFToken.")
        raise Refused(403, ApiError(ErrorCode.FORBIDDEN, message))


def _unprotected(request: HttpRequest) -> HttpResponse:
    """Stands for a view without exemption."""
    return HttpResponse()


def _body(request: HttpRequest) -> bytes:
    """The body, never more than the limit of it in memory."""
    announced = request.headers.get("Content-Length", "0")
    body = b"" if announced.isdigit() and int(announced) > MOST_BYTES else request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES or (announced.isdigit() and int(announced) > MOST_BYTES):
        raise Refused(413, _bad_request(_("A request has at most %(most)s bytes."), most=MOST_BYTES))
    return body


def _parsed(body: bytes) -> GraphQLRequestData:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate in string" in str(error):
            message = _("A text holds a character that is not allowed (NUL, or half of a surrogate pair).")
            raise Refused(400, bad_input(message)) from None
        raise Refused(400, _bad_request(_("The body is not JSON."))) from None
    if isinstance(data, list):
        raise Refused(400, _bad_request(_("Send one operation at a time; lists are not served.")))
    if not isinstance(data, dict) or not isinstance(data.get("query"), str) or not data["query"]:
        raise Refused(400, _bad_request(_("Send a JSON object with the document as text in query.")))
    for name, kind in (("variables", dict), ("extensions", dict), ("operationName", str)):
        if not isinstance(data.get(name), kind | None):
            message = _("%(name)s has the wrong type.")
            raise Refused(400, _bad_request(message, name=name))
    try:
        check_variables(data.get("variables") or {})
    except ApiError as error:
        raise Refused(400, error) from None
    # An empty name means the same as none.
    operation = data.get("operationName") or None
    return GraphQLRequestData(data["query"], data.get("variables"), operation, data.get("extensions"))


def _answer(result: ExecutionResult, context: Context, media_type: str, operation: str) -> HttpResponse:
    errors: list[GraphQLError] = result.errors or []
    # Errors without a place in the answer arose before there was one.
    executed = result.data is not None or any(error.path for error in errors)
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = formatted_errors(errors, is_valid=context.is_valid, operation=operation)
    if executed:
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return _response(body, 200 if executed or media_type == JSON else 400, media_type)


def _response(body: dict[str, Any], status: int, media_type: str) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), status=status, content_type=f"{media_type}; charset=utf-8")


def _with_caching(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Accept", "Accept-Language", "Authorization", "Cookie"])
    if request.user.is_authenticated:
        response["Cache-Control"] = "no-store"
    return response
