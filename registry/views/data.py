"""Downloads: the same selection as the page, in every format there is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.cube import Cube, CubeTooLarge
from registry.errors import Invalid
from registry.formats import LIMITS, Format, UnknownFormat, format_for_extension
from registry.languages import current_language
from registry.presentation.numbers import number_text
from registry.selectors.cube import cube_get
from registry.selectors.indicator import indicator_with_dimensions
from registry.views.http import kept_by_nobody_else, viewer_of
from registry.views.selection import asked_from

#: Up to so many cells an answer is made whole, with its length and an ETag; above, it is streamed.
MOST_CELLS_AT_ONCE = 100_000


@require_safe
@kept_by_nobody_else
def indicator_data(request: HttpRequest, code: str, extension: str) -> HttpResponseBase:
    """The figures of an indicator as a file. Dimensions not named in the query string are not filtered.

    404 for an unknown indicator or format. 400 in words for mistakes in the query string, and for more cells
    than a file may have: what is given out can be read in again.
    """
    viewer = viewer_of(request)
    file_format = _format(extension)
    indicator = indicator_with_dimensions(viewer=viewer, code=code)
    if indicator is None:
        raise Http404
    asked = asked_from(request.GET, indicator, viewer=viewer)
    if asked.problems:
        return _refused(asked.problems)
    try:
        cube = cube_get(viewer=viewer, indicator=indicator, selection=asked.selection(), limit=LIMITS.cells)
        file_format.check(cube)
    except Invalid as error:
        return _refused([str(error)])
    except CubeTooLarge as error:
        return _refused(_too_large(error, file_format))
    return _file(cube, file_format, current_language())


def _format(extension: str) -> Format:
    try:
        return format_for_extension(extension)
    except UnknownFormat:
        raise Http404(_("There is no such format.")) from None


def _file(cube: Cube, file_format: Format, language: str) -> HttpResponseBase:
    content_type = file_format.media_type
    if content_type.startswith("text/"):
        content_type += "; charset=utf-8"
    parts = file_format.write(cube, language=language)
    response: HttpResponseBase
    if len(cube.rows) * len(cube.time) <= MOST_CELLS_AT_ONCE:
        response = HttpResponse(b"".join(parts), content_type=content_type)
    else:
        response = StreamingHttpResponse(parts, content_type=content_type)
    name = f"{cube.code}_{language}.{file_format.extension}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Language"] = language
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _too_large(error: CubeTooLarge, file_format: Format) -> list[str]:
    most = number_text(error.limit, current_language())
    words = [
        _(
            "This choice is too large for one file: it has more than %(most)s cells, empty ones included. "
            "Choose fewer members or periods."
        )
        % {"most": most}
    ]
    if file_format.is_dense:
        words.append(_("A CSV file holds more, because it leaves out combinations without figures."))
    return words


def _refused(problems: tuple[str, ...] | list[str]) -> HttpResponse:
    response = HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response
