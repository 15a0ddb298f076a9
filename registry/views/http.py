"""What every view of the statistics shares: who looks, and who may keep the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import conditional_page

from registry.access import Viewer

View = Callable[..., HttpResponseBase]


def viewer_of(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def kept_by_nobody_else(view: View) -> View:
    """Caching that never outlives a right: what a signed-in person sees is not stored anywhere.

    What everybody sees may be stored, but is asked for again each time: an ETag of the content answers
    with "not modified" while it is the same, and a revocation counts at the next request.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if viewer_of(request).is_anonymous:
            patch_cache_control(response, public=True, no_cache=True)
        else:
            patch_cache_control(response, private=True, no_store=True)
        patch_vary_headers(response, ["Cookie", "Accept-Language"])
        return response

    return conditional_page(wrapped)
