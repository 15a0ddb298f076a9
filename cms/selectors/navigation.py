"""Menus, breadcrumbs and the way from a page to its versions in other languages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db.models import Case, F, Q, When
from django.db.models.functions import Length, Substr
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse, translate_url
from django.utils import translation
from django.utils.translation import get_language_from_path, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.blocks.navigation import PORTAL_PARTS
from cms.models import BasePage
from cms.models.visibility import may_see, visible_pages
from cms.selectors.addresses import address_in, home_url
from cms.selectors.fallback import in_language, own_first, tell
from registry.access import ANONYMOUS, Viewer
from registry.languages import LANGUAGES, Language, current_language

#: What the main menu says of the parts of the portal that are no pages: each with what stands below it, by
#: view, query and label ("" for the name of the part). Sections can add their pages (D151, D152).
MENU_PARTS: tuple[tuple[str, tuple[tuple[str, str, Any], ...]], ...] = (
    (
        "registry:statistics",
        (
            ("registry:availability", "", ""),
            ("search:search", "kind=indicator", gettext_lazy("Search for reports")),
            ("glossary:index", "", ""),
        ),
    ),
    ("library:index", (("library:documents", "", ""),)),
    ("institutions:index", ()),
)
ON_A_SITE_MAP = 300
HOME_DEPTH = 2  # the root of Wagtail's tree has depth 1
MENU_DEPTHS = (HOME_DEPTH + 1, HOME_DEPTH + 2)


@dataclass(slots=True)
class MenuItem:
    """``is_current``: this very page; ``is_open``: this page or one below it.

    ``language`` is that of the page where it has no version in the active one; ``label`` may be translated.
    ``part`` names the part of the portal that this is, or for a section the one in whose menu it stands.
    """

    label: str
    url: str
    is_current: bool = False
    is_open: bool = False
    children: list[MenuItem] = field(default_factory=list)
    language: Language | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """The page in one language. ``is_fallback``: it has no version there, so this leads to another page."""

    code: str
    name: str
    url: str
    is_current: bool
    is_fallback: bool


def menu_items(*, request: HttpRequest) -> list[MenuItem]:
    """Home, the portal's own parts, then the pages an editor put in the menu, with theirs below them.

    The pages of a section that belongs to a part stand below that part. One query, whatever the number of
    items. Pages the viewer may not see are left out.
    """
    home = menu_item(request, _("Home"), home_url())
    home.is_open = home.is_current
    parts = {item.part: item for item in part_items(request=request)}
    others = []
    for item in _menu_pages(request):
        part = parts.get(item.part)
        if part is None:
            others.append(item)
        else:
            part.children += item.children
            part.is_open |= item.is_open
    for part in parts.values():
        part.is_open |= any(child.is_open for child in part.children)
    return [home, *parts.values(), *others]


def part_items(*, request: HttpRequest) -> list[MenuItem]:
    """The parts of the portal that are installed, with what each has of its own below it. No query."""
    names = dict(PORTAL_PARTS)
    items = []
    for view, below in MENU_PARTS:
        url = _address(view)
        if not url:
            continue
        item = menu_item(request, str(names[view]), url)
        item.part = view
        for child, query, label in below:
            address = _address(child)
            if address:
                where = f"{address}?{query}" if query else address
                item.children.append(menu_item(request, str(label or names[child]), where))
        items.append(item)
    return items


def menu_rows(*, request: HttpRequest, also: Q | None = None) -> list[Page]:
    """The pages of the main menu in the order of the tree, and others in the same query.

    Those of the active language come first. A view that has a menu of its own asks first, for what is then
    marked ``is_also``; the main menu takes what it finds then.
    """
    known: list[Page] | None = getattr(request, "portal_menu_rows", None)
    if known is not None and also is None:
        return known
    chosen = Q(depth__in=MENU_DEPTHS, show_in_menus=True)
    pages = visible_pages(Page.objects.select_related("locale"), viewer_in(request)).filter(in_language())
    pages = pages.annotate(menu_part=F("sectionpage__part"))
    if also is None:
        return list(pages.filter(chosen).order_by(own_first(), "path"))
    marked = pages.filter(chosen | also).annotate(is_also=Case(When(also, then=True), default=False))
    request.portal_menu_rows = rows = list(marked.order_by(own_first(), "path"))  # type: ignore[attr-defined]
    return rows


def _menu_pages(request: HttpRequest) -> list[MenuItem]:
    rows = [page for page in menu_rows(request=request) if page.depth in MENU_DEPTHS and page.show_in_menus]
    return nested(rows, request=request, top=MENU_DEPTHS[0])


def nested(rows: Sequence[Page], *, request: HttpRequest, top: int) -> list[MenuItem]:
    """The items of a menu from pages in the order of the tree, those of the active language first.

    ``top``: the depth of the items at the top; what is below a page that is not among them is left out. A
    page without a version in the active language stands below the version of the page above it.
    """
    above = _keys_above([page for page in rows if page.locale.language_code != current_language()], top)
    by_path: dict[str, MenuItem] = {}
    by_key: dict[UUID, MenuItem] = {}
    items: list[MenuItem] = []
    for page in tell(rows, request):
        if not page.told.url:
            continue
        item = page_item(request, page)
        parent_path = page.path[: -Page.steplen]
        parent = by_path.get(parent_path) or by_key.get(above.get(parent_path))  # type: ignore[arg-type]
        if page.depth <= top:
            items.append(item)
        elif parent:
            parent.children.append(item)
        else:
            continue
        by_path[page.path] = by_key[page.translation_key] = item
    return items


def _keys_above(pages: Collection[Page], top: int) -> dict[str, UUID]:
    """The translation keys of the pages above, by path. One query if there are any."""
    paths = {page.path[: -Page.steplen] for page in pages if page.depth > top}
    found = Page.objects.filter(path__in=paths).values_list("path", "translation_key") if paths else ()
    return dict(found)


def page_item(request: HttpRequest, page: Any) -> MenuItem:
    """The item of a page that is told of (see `tell`)."""
    item = menu_item(request, page.told.title, page.told.url)
    item.language = page.told.language
    item.part = getattr(page, "menu_part", None) or ""
    return item


def viewer_in(request: HttpRequest) -> Viewer:
    """Who looks; a request that nobody prepared is a visitor's."""
    viewer: Viewer = getattr(request, "viewer", ANONYMOUS)
    return viewer


def section_menu(*, request: HttpRequest, page: Page) -> list[MenuItem]:
    """The page above, where it is published, and those beside the page that are in menus.

    One query, two where something has no version in the active language.
    """
    if page.depth <= HOME_DEPTH:
        return []
    above = page.path[: -Page.steplen]
    key = Page.objects.filter(path=above).values("translation_key")
    versions = Page.objects.filter(translation_key__in=key)
    section = Q(path_above__in=versions.values("path"))
    if page.depth > HOME_DEPTH + 1:
        section |= Q(pk__in=versions.values("pk"))
    pages = visible_pages(Page.objects.select_related("locale"), viewer_in(request)).filter(in_language())
    path_above = Substr("path", 1, Length("path") - int(Page.steplen))
    rows = pages.alias(path_above=path_above).filter(section).order_by(own_first(), "path")
    found = [one for one in rows if one.depth < page.depth or one.show_in_menus or one.pk == page.pk]
    return [page_item(request, one) for one in tell(found, request)]


def menu_item(request: HttpRequest, label: str, url: str) -> MenuItem:
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
    if trail and trail[0].get_url(request) != home_url():
        trail = _in_active_language(trail)
    return [
        MenuItem(_("Home") if above.depth == HOME_DEPTH else above.title, above.get_url(request) or "")
        for above in trail
    ]


def _in_active_language(pages: list[Page]) -> list[Page]:
    """Those pages in the active language, where they have such a version; one query."""
    found = Page.objects.live().filter(
        translation_key__in=[page.translation_key for page in pages],
        locale__language_code=current_language(),
    )
    versions = {version.translation_key: version for version in found}
    return [versions.get(page.translation_key, page) for page in pages]


def language_links(*, request: HttpRequest, page: Page | None) -> list[LanguageLink]:
    """The same place in every language, the chosen selection (query string) included (D176).

    Where a page has no version in a language, the same address there shows it in the other one.
    """
    if page is None or not page.pk:
        return [_view_link(request, language.code, language.name) for language in LANGUAGES]
    found = page.versions if isinstance(page, BasePage) else [page]
    versions = {version.locale.language_code: version for version in found if version.live}
    own = next((code for code, version in versions.items() if version.pk == page.pk), None)
    own = own or page.locale.language_code
    # What is shown at an address of another language is not the version of that language.
    shown = current_language() if own not in versions or current_language() not in versions else own
    links = []
    for language in LANGUAGES:
        version = versions.get(language.code)
        is_current = language.code == shown
        url = (version.get_url(request) if version else None) or (
            request.path if is_current else address_in(page, language.code)
        )
        is_fallback = version is None and language.code != own
        links.append(
            LanguageLink(language.code, language.name, _with_query(url, request), is_current, is_fallback)
        )
    return links


def _view_link(request: HttpRequest, code: str, name: str) -> LanguageLink:
    is_current = code == current_language()
    here = request.get_full_path()
    url = here if is_current else translate_url(here, code)
    if url == here and not is_current:
        return LanguageLink(code, name, home_url(code), False, True)
    return LanguageLink(code, name, url, is_current, False)


def place_in_language(*, request: HttpRequest, url: str) -> str:
    """An address of the portal in the active language, where there is that place in it; else as it is."""
    path, mark, query = url.partition("?")
    other = get_language_from_path(path)
    if other is None or other == current_language():
        return url
    wanted = current_language()
    with translation.override(other):
        try:
            match = resolve(path)
        except Resolver404:
            return url
        if match.url_name != "wagtail_serve":
            return translate_url(url, wanted)
        page = Page.find_for_request(request, match.args[0] if match.args else "")
    if page is not None and not may_see(viewer_in(request), page):
        return url
    versions = page.get_translations().live().filter(locale__language_code=wanted) if page else None
    version = versions.first() if versions is not None else None
    return f"{version.get_url(request)}{mark}{query}" if version else url


def _with_query(url: str, request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{url}?{query}" if query else url


@dataclass(frozen=True, slots=True)
class PageTree:
    """One page of the site map; the pages above its first one come again, so that all have their place.

    ``others`` have no version in the active language.
    """

    items: list[MenuItem]
    others: list[MenuItem]
    page: ListPage[Any]


def page_tree(*, request: HttpRequest) -> PageTree:
    """The pages that the viewer may see, nested, some hundreds at a time; those of the active language first.

    ``page`` in the query string says which. Four queries at most, whatever the number of pages.
    """
    pages = visible_pages(Page.objects.select_related("locale"), viewer_in(request)).filter(
        in_language(), depth__gte=HOME_DEPTH
    )
    listed = Paginator(pages.order_by(own_first(), "path"), ON_A_SITE_MAP).get_page(request.GET.get("page"))
    shown = list(listed.object_list)
    if listed.has_previous():
        path, step = shown[0].path, int(Page.steplen)
        above = [path[:end] for end in range(step, len(path), step)]
        shown = [*pages.filter(path__in=above).order_by("path"), *shown]
    tree = PageTree([], [], listed)
    seen: dict[str, MenuItem] = {}
    for page in tell(shown, request):
        item = page_item(request, page)
        parent = seen.get(page.path[: -Page.steplen])
        seen[page.path] = item
        (parent.children if parent else tree.others if item.language else tree.items).append(item)
    return tree
