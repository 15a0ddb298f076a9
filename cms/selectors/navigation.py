"""Menus, breadcrumbs and the way from a page to its versions in other languages."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.blocks.navigation import PORTAL_PARTS
from cms.models import BasePage
from registry.languages import LANGUAGES, current_language

HOME_DEPTH = 2  # the root of Wagtail's tree has depth 1


@dataclass(slots=True)
class MenuItem:
    """``is_current``: this very page; ``is_open``: this page or one below it."""

    label: str
    url: str
    is_current: bool = False
    is_open: bool = False
    children: list[MenuItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The page in one language. ``is_fallback``: it has no version there, so this leads to another page."""

    code: str
    name: str
    url: str
    is_current: bool
    is_fallback: bool


def home_url(language: str | None = None) -> str:
    """The address of the portal's first page in a language (default: the active one)."""
    with translation.override(language or current_language()):
        return reverse("wagtail_serve", args=[""])


def menu_items(*, request: HttpRequest) -> list[MenuItem]:
    """Home, the portal's own parts, then the pages an editor put in the menu, with theirs below them.

    Two queries, whatever the number of items. Pages behind a restriction are left out.
    """
    items = [_menu_item(request, _("Home"), home_url())]
    items[0].is_open = items[0].is_current
    for view, label in PORTAL_PARTS:
        if view == "search:search":
            continue  # the search box stands in the header
        url = _address(view)
        if url:
            items.append(_menu_item(request, str(label), url))
    return items + _menu_pages(request)


def _menu_pages(request: HttpRequest) -> list[MenuItem]:
    depths = [HOME_DEPTH + 1, HOME_DEPTH + 2]
    pages = (
        Page.objects.live()
        .public()
        .filter(depth__in=depths, show_in_menus=True, locale__language_code=current_language())
    )
    items: dict[str, MenuItem] = {}
    for page in pages.order_by("path"):
        url = page.get_url(request)
        if not url:
            continue
        item = _menu_item(request, page.title, url)
        parent = items.get(page.path[: -Page.steplen])
        if page.depth == depths[0]:
            items[page.path] = item
        elif parent:
            parent.children.append(item)
    return list(items.values())


def _menu_item(request: HttpRequest, label: str, url: str) -> MenuItem:
    return MenuItem(label, url, is_current=request.path == url, is_open=request.path.startswith(url))


def _address(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""


def breadcrumb_items(*, request: HttpRequest, page: Page | None) -> list[MenuItem]:
    """The pages above a page, the home page first. One query for a page, none for other views."""
    if page is None:
        return [MenuItem(_("Home"), home_url())]
    trail = (
        page.trail if isinstance(page, BasePage) else list(page.get_ancestors().filter(depth__gte=HOME_DEPTH))
    )
    return [
        MenuItem(_("Home") if above.depth == HOME_DEPTH else above.title, above.get_url(request) or "")
        for above in trail
    ]


def language_links(*, request: HttpRequest, page: Page | None) -> list[LanguageLink]:
    """The same place in every language, the chosen selection (query string) included (D176).

    A page without a version in a language leads to the nearest page above it that has one.
    """
    if page is None or not page.pk:
        return [_view_link(request, language.code, language.name) for language in LANGUAGES]
    versions = {
        version.locale.language_code: version
        for version in page.get_translations(inclusive=True).live().select_related("locale")
    }
    own = next((code for code, version in versions.items() if version.pk == page.pk), None)
    links = []
    for language in LANGUAGES:
        version = versions.get(language.code)
        is_current = language.code == (own or page.locale.language_code)
        url = (version.get_url(request) if version else None) or (request.path if is_current else None)
        if url:
            links.append(
                LanguageLink(language.code, language.name, _with_query(url, request), is_current, False)
            )
        else:
            url = _nearest_url(request, page, language.code)
            links.append(LanguageLink(language.code, language.name, url, is_current, True))
    return links


def _nearest_url(request: HttpRequest, page: Page, language: str) -> str:
    keys = [above.translation_key for above in page.get_ancestors().filter(depth__gte=HOME_DEPTH)]
    nearest = (
        Page.objects.live()
        .filter(translation_key__in=keys, locale__language_code=language)
        .order_by("-depth")
        .first()
    )
    return (nearest.get_url(request) if nearest else None) or home_url(language)


def _view_link(request: HttpRequest, code: str, name: str) -> LanguageLink:
    is_current = code == current_language()
    here = request.get_full_path()
    url = here if is_current else translate_url(here, code)
    if url == here and not is_current:
        return LanguageLink(code, name, home_url(code), False, True)
    return LanguageLink(code, name, url, is_current, False)


def _with_query(url: str, request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{url}?{query}" if query else url


def page_tree(*, request: HttpRequest) -> list[MenuItem]:
    """All published pages of the active language that everybody may read, nested. Two queries."""
    pages = (
        Page.objects.live().public().filter(depth__gte=HOME_DEPTH, locale__language_code=current_language())
    )
    roots: list[MenuItem] = []
    seen: dict[str, MenuItem] = {}
    for page in pages.order_by("path"):
        item = MenuItem(page.title, page.get_url(request) or "")
        parent = seen.get(page.path[: -Page.steplen])
        seen[page.path] = item
        (parent.children if parent else roots).append(item)
    return roots
