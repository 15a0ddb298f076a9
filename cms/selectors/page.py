"""Pages as the API tells of them: one row per language, each with what every page type has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from wagtail.models import Page, get_page_models

from cms.models import BasePage, CountryPage
from cms.models.visibility import visible_pages
from registry.access import Viewer
from registry.models import Participant


def page_types() -> dict[str, type[BasePage]]:
    """The page types by their kind."""
    return {model.kind: model for model in get_page_models() if issubclass(model, BasePage)}


def page_list(
    *, viewer: Viewer, language: str, kind: str | None = None, participant: str | None = None
) -> Any:
    """The pages of a language that the viewer may see, in the order of the tree."""
    pages = visible_pages(Page.objects.filter(depth__gt=1, locale__language_code=language), viewer)
    if kind is not None:
        pages = pages.exact_type(page_types()[kind])
    if participant is not None:
        roots = CountryPage.objects.filter(part__participant__code=participant).values_list("path", flat=True)
        below = Q(pk__in=[])
        for root in roots:
            below |= Q(path__startswith=root)
        pages = pages.filter(below)
    return pages


def owners(*, viewer: Viewer) -> dict[str, Participant]:
    """The participants by the paths of the country pages that the viewer may see. One query."""
    pages = CountryPage.objects.visible_to(viewer).select_related("part__participant__area")
    return {page.path: page.part.participant for page in pages.defer_streamfields()}


def introduced(pages: Iterable[Page]) -> list[Page]:
    """The same pages, each with its introduction. One query, whatever their types."""
    listed = list(pages)
    keys = [page.pk for page in listed]
    first, *others = (
        model.objects.filter(pk__in=keys).order_by().values_list("pk", "introduction")
        for model in page_types().values()
    )
    texts = dict(first.union(*others, all=True)) if keys else {}
    for page in listed:
        page.introduction = texts.get(page.pk, "")
    return listed
