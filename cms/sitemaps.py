"""sitemap.xml and robots.txt: what search engines are told of, the same for whoever asks.

Everything that everybody may read, in every language it is in, and nothing else. Source: sitemaps.org 0.9 and
the ``hreflang`` extension of its ``xhtml:link``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.sitemaps import Sitemap, views
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, path, reverse
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from cms.blocks.navigation import PORTAL_PARTS
from cms.models import LibraryDocument
from cms.models.visibility import visible_pages
from cms.selectors.documents import document_list
from registry.access import ANONYMOUS
from registry.models import Indicator, Institution, Release
from registry.views.http import kept_by_nobody_else

#: Searching is for people: every word would be a page of its own.
_NOT_LISTED = {"search:search"}
_CLOSED = ("/admin/", "/graphql/", "/*/account/", "/*/search/")


class PagesSitemap(Sitemap[Page]):
    """The pages of Wagtail; each names its versions. Three queries, whatever the number of pages."""

    limit = 2_000

    def items(self) -> QuerySet[Page]:
        return self._pages().select_related("locale").order_by("path")

    def location(self, item: Page) -> str:
        return str(item.get_url_parts()[2])

    def lastmod(self, item: Page) -> datetime | None:
        published: datetime | None = item.last_published_at
        return published

    def get_latest_lastmod(self) -> datetime | None:
        found: datetime | None = self._pages().aggregate(latest=Max("last_published_at"))["latest"]
        return found

    def _pages(self) -> QuerySet[Page]:
        below_sites = Q(pk__in=[])
        for root in Site.get_site_root_paths():
            below_sites |= Q(url_path__startswith=root.root_path)
        pages: QuerySet[Page] = visible_pages(Page.objects.filter(below_sites), ANONYMOUS)
        return pages.filter(alias_of__isnull=True)

    def _urls(self, page: Any, protocol: str, domain: str) -> list[dict[str, Any]]:
        urls: list[dict[str, Any]] = super()._urls(page, protocol, domain)  # type: ignore[misc]
        keys = {url["item"].translation_key for url in urls}
        versions: dict[UUID, list[dict[str, str]]] = defaultdict(list)
        for version in self.items().filter(translation_key__in=keys):
            address = f"{protocol}://{domain}{self.location(version)}"
            alternate = {"location": address, "lang_code": version.locale.language_code}
            versions[version.translation_key].append(alternate)
        return [{**url, "alternates": versions[url["item"].translation_key]} for url in urls]


class _FactsSitemap(Sitemap[Any]):
    """What has an address in every language."""

    i18n = True
    alternates = True
    limit = 5_000


class PartsSitemap(_FactsSitemap):
    """The parts of the portal that are no pages of Wagtail. No query."""

    def items(self) -> list[str]:
        names = [name for name, _label in PORTAL_PARTS if name not in _NOT_LISTED]
        return [name for name in names if _exists(name)]

    def location(self, item: str) -> str:
        return reverse(item)


class IndicatorsSitemap(_FactsSitemap):
    """The indicators everybody may know of, with their last public release. Two queries."""

    def items(self) -> list[Indicator]:
        releases = Release.objects.visible_to(ANONYMOUS).order_by().values_list("dataset__indicator")
        self._released = dict(releases.annotate(latest=Max("released_at")))
        return list(Indicator.objects.visible_to(ANONYMOUS).order_by("order", "code"))

    def location(self, item: Indicator) -> str:
        return reverse("registry:indicator", args=[item.code])

    def lastmod(self, item: Indicator) -> datetime | None:
        found: datetime | None = self._released.get(item.pk)
        return found


class DocumentsSitemap(_FactsSitemap):
    """The public documents of the e-library. One query."""

    def items(self) -> list[LibraryDocument]:
        rows = document_list(viewer=ANONYMOUS).only("pk", "code", "updated_at")
        return list(rows.order_by("pk"))

    def location(self, item: LibraryDocument) -> str:
        return reverse("library:document", args=[item.code])

    def lastmod(self, item: LibraryDocument) -> datetime | None:
        return item.updated_at


class InstitutionsSitemap(_FactsSitemap):
    """The listed entries of the inventory of institutions. One query."""

    def items(self) -> list[Institution]:
        rows = Institution.objects.visible_to(ANONYMOUS).only("pk", "code", "updated_at")
        return list(rows.order_by("pk"))

    def location(self, item: Institution) -> str:
        return reverse("institutions:detail", args=[item.code])

    def lastmod(self, item: Institution) -> datetime | None:
        return item.updated_at


SITEMAPS: dict[str, type[Sitemap[Any]]] = {
    "pages": PagesSitemap,
    "parts": PartsSitemap,
    "indicators": IndicatorsSitemap,
    "documents": DocumentsSitemap,
    "institutions": InstitutionsSitemap,
}


def _exists(name: str) -> bool:
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False


def _by_content(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Asked for again each time by its ETag; a date would not tell that a page was closed."""

    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        response = view(request, **kwargs)
        del response["Last-Modified"]
        return response

    return kept_by_nobody_else(answered)


@require_safe
@_by_content
def index(request: HttpRequest) -> HttpResponse:
    """sitemap.xml: where the others are."""
    return views.index(request, sitemaps=_made(), sitemap_url_name="sitemap_section")


@require_safe
@_by_content
def section(request: HttpRequest, section: str) -> HttpResponse:
    return views.sitemap(request, sitemaps=_made(), section=section)


@require_safe
@_by_content
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: what is of no use to a search engine, and where the sitemap is. It protects nothing."""
    lines: Sequence[str] = [
        "User-agent: *",
        *(f"Disallow: {start}" for start in _CLOSED),
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _made() -> dict[str, type[Sitemap[Any]] | Sitemap[Any]]:
    """New for every request: they remember what they have read."""
    return {name: kind() for name, kind in SITEMAPS.items()}


urlpatterns = [
    path("sitemap.xml", index, name="sitemap"),
    path("sitemap-<slug:section>.xml", section, name="sitemap_section"),
    path("robots.txt", robots, name="robots"),
]
