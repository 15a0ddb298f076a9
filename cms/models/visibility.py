"""Which pages a viewer may see: the one condition behind menus, lists, search, feeds and addresses.

A country page that is kept national rules everything below it, in every language (D137, D156).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef
from django.db.models.functions import Left, Length, Substr
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from registry.access import ANONYMOUS, Viewer

PageT = TypeVar("PageT", bound=Page)

#: Country pages stand below the list of countries, which stands below the home page: always this deep.
COUNTRY_DEPTH = 4
COUNTRY_PATH = COUNTRY_DEPTH * int(Page.steplen)


def visible_pages(pages: PageQuerySet[PageT], viewer: Viewer) -> PageQuerySet[PageT]:
    """Those that are published, behind no restriction of Wagtail's, and open to the viewer. No query yet."""
    return in_open_parts(pages.live().filter(~is_restricted()), viewer)


def is_restricted() -> Exists:
    """Whether a page, or one above it, has a restriction of Wagtail's."""
    return Exists(
        PageViewRestriction.objects.filter(page__path=Substr(OuterRef("path"), 1, Length("page__path")))
    )


def in_open_parts(pages: PageQuerySet[PageT], viewer: Viewer) -> PageQuerySet[PageT]:
    """Without the pages of national parts closed to the viewer, whether or not they are published."""
    closed = closed_country_pages(viewer).values("path")
    return pages.alias(country_path=Left("path", COUNTRY_PATH)).exclude(country_path__in=closed)


def hidden_pages(paths: Collection[str]) -> PageQuerySet[Any]:
    """What is in these country pages, themselves included, and not seen by everybody: drafts too."""
    inside = Page.objects.alias(country_path=Left("path", COUNTRY_PATH)).filter(country_path__in=paths)
    shown = visible_pages(Page.objects.all(), ANONYMOUS).order_by().values("pk")
    return inside.exclude(pk__in=shown).order_by()


def without_countries(pages: PageQuerySet[PageT], paths: Collection[str]) -> PageQuerySet[PageT]:
    """Without these country pages and what is below them, in a form that Wagtail can search through."""
    if not paths:
        return pages
    inside = Page.objects.alias(country_path=Left("path", COUNTRY_PATH)).filter(country_path__in=paths)
    return pages.exclude(pk__in=inside.order_by().values("pk"))


def closed_country_pages(viewer: Viewer) -> PageQuerySet[Any]:
    """The country pages, in all languages, that only the people of another participant may see."""
    from cms.models.country import CountryPage

    closed = CountryPage.objects.filter(part__is_open=False)
    if viewer.participant is not None:
        closed = closed.exclude(part__participant__code=viewer.participant)
    return closed


def may_see(viewer: Viewer, page: Page) -> bool:
    """Whether its national part, if it is in one, is open to the viewer. At most one query."""
    if page.depth < COUNTRY_DEPTH:
        return True
    return not closed_country_pages(viewer).filter(path=page.path[:COUNTRY_PATH]).exists()


class PortalPageQuerySet(PageQuerySet[Any]):
    def visible_to(self, viewer: Viewer) -> PortalPageQuerySet:
        """See `visible_pages`."""
        found: PortalPageQuerySet = visible_pages(self, viewer)
        return found


PortalPageManager = PageManager.from_queryset(PortalPageQuerySet)
