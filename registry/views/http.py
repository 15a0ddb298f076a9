"""What every view of the statistics shares: who looks, and who may keep the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from registry.access import Viewer
from registry.caching import keep_from_others

View = Callable[..., HttpResponseBase]


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def kept_by_nobody_else(view: View) -> View:
    """The rule of `registry.caching` for answers that are no pages; pages have it from the middleware."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        keep_from_others(request, response)
        return response

    return wrapped
