"""Images of pages, served with the rights of the country page they belong to (threat 17).

Everything under MEDIA_URL goes through here: renditions of images only, never an upload itself.
"""

from __future__ import annotations

import posixpath

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.images import get_image_model
from wagtail.models import Collection

from cms.country.authority import may_keep_pages
from cms.models import NationalPart
from registry.models import User
from registry.views.http import viewer_of


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A rendition, for who may see the part of the portal whose collection the image is in."""
    rendition_model = get_image_model().get_rendition_model()
    found = rendition_model.objects.filter(file=path).select_related("image__collection").first()
    if found is None:
        raise Http404
    part = _part_of(found.image.collection)
    if part is not None and not part.is_open and not _may_see(request, part):
        raise Http404
    try:
        file = default_storage.open(path)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(file, filename=posixpath.basename(path))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if part is not None:
        patch_cache_control(response, private=True, no_cache=True)
    else:
        patch_cache_control(response, public=True, max_age=3600)
    return response


def _part_of(collection: Collection) -> NationalPart | None:
    """The national part whose collection this is, or is below of: restrictions are inherited."""
    length = Collection.steplen
    paths = [collection.path[:end] for end in range(length, len(collection.path) + 1, length)]
    parts = NationalPart.objects.filter(collection__path__in=paths).select_related("participant")
    return parts.first()


def _may_see(request: HttpRequest, part: NationalPart) -> bool:
    if viewer_of(request).participant == part.participant.code:
        return True
    user = request.user
    if not isinstance(user, User):
        return False
    return user.is_superuser or may_keep_pages(user, part.participant)
