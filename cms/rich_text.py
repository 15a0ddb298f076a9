"""Links to pages inside running text: shown to whom the page is shown, kept by whom it is known to.

Wagtail turns the key of any page into its address, whoever looks and whoever wrote it. Here a link to a page
that the viewer may not see is its text alone (threat 17), and what an editor may not know is neither shown in
the editor nor stored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup
from django.utils.html import escape
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.rich_text.rewriters import extract_attrs

from cms.country.permissions import may_know
from cms.country.titles import asking_user
from cms.selectors.links import page_addresses
from registry.access import ANONYMOUS, Viewer
from registry.languages import current_language
from registry.row_security import viewer_now

_PAGE_LINK = re.compile(r"<a(\b[^>]*\blinktype=\"page\"[^>]*)>")


class VisiblePageLinks(PageLinkHandler):
    """The addresses of all links of one text at once, for the viewer of the moment."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        keys = [_key(attrs.get("id")) for attrs in attrs_list]
        found = _addresses({key for key in keys if key is not None})
        return [f'<a href="{escape(found[key])}">' if key in found else "<a>" for key in keys]


@dataclass(slots=True)
class _Expected:
    """The links of a page that is being shown to somebody, and once one was asked for, where they lead."""

    viewer: Viewer
    language: str
    keys: set[int]
    found: dict[int, str] | None = None


_expected: ContextVar[_Expected | None] = ContextVar("links_expected", default=None)


def expect_links(page: Page) -> None:
    """Have the links in all texts of a page looked up together, as soon as the first of them is shown."""
    viewer = viewer_now()
    if viewer is not ANONYMOUS:  # in a request there is always a viewer of its own
        streams = [field for field in page._meta.concrete_fields if isinstance(field, StreamField)]
        raw = [list(field.value_from_object(page).raw_data) for field in streams]
        keys = {key for text in _texts(raw) for key in _linked(text) if key is not None}
        _expected.set(_Expected(viewer, current_language(), keys))


def _addresses(keys: set[int]) -> dict[int, str]:
    viewer, expected = viewer_now(), _expected.get()
    if expected is None or expected.viewer is not viewer or expected.language != current_language():
        return page_addresses(keys, viewer=viewer)
    if expected.found is None or not keys <= expected.keys:
        expected.keys |= keys
        expected.found = page_addresses(expected.keys, viewer=viewer)
    return expected.found


def _texts(raw: Any) -> Iterator[str]:
    if isinstance(raw, str):
        yield raw
    elif isinstance(raw, Mapping):
        yield from _texts(list(raw.values()))
    elif isinstance(raw, list):
        for part in raw:
            yield from _texts(part)


def _linked(html: str) -> set[int | None]:
    """The keys of the pages linked; None among them where one is no key."""
    return {_key(extract_attrs(link).get("id")) for link in _PAGE_LINK.findall(html)}


class KnownPages(ContentstateConverter):
    """Between the editor and the database, without links to pages that the editor may not know."""

    def from_database_format(self, html: str) -> str:
        shown: str = super().from_database_format(_without_unknown(html))
        return shown

    def to_database_format(self, contentstate_json: str) -> str:
        return _without_unknown(super().to_database_format(contentstate_json))


class RichTextArea(DraftailRichTextArea):
    """The editor of running text (WAGTAILADMIN_RICH_TEXT_EDITORS)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.converter = KnownPages(self.features)


def _key(given: Any) -> int | None:
    """Longer numbers are the key of no page, and no database takes them."""
    text = str(given)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _without_unknown(html: str) -> str:
    """Links to pages that are gone stay: the editor marks them. One query if there are links to pages."""
    keys, user = _linked(html), asking_user()
    if not keys or user is None:
        return html
    linked = Page.objects.filter(pk__in=keys - {None})
    unknown = {page.pk for page in linked if not may_know(user, page)} | (keys & {None})
    if not unknown:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.find_all("a", linktype="page"):
        if _key(link.get("id")) in unknown:
            link.unwrap()
    return str(soup)
