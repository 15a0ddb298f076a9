from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page
from wagtail.query import PageQuerySet
from wagtail.search import index

from registry.access import Viewer
from registry.languages import LANGUAGE_CODES
from search.builders.base import Builder, lines
from search.documents import SearchDocument

#: Search fields that are not body: they have places of their own or are not prose.
_NOT_BODY = {"title", "introduction"}


class PageBuilder(Builder):
    """Published pages that everybody may read. All language versions of a page are one document.

    The key is the translation key. The text is what the page type declares in ``search_fields``.
    """

    kind = "page"
    label = _("Pages")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """Three queries and one a page type; the addresses of sites come from the cache."""
        pages = _public_pages(keys)
        locales = {locale.pk: locale for locale in Locale.objects.all()}
        versions: dict[uuid.UUID, list[Page]] = defaultdict(list)
        for page in pages.order_by("path").specific():
            page.locale = locales[page.locale_id]
            versions[page.translation_key].append(page)
        for found in versions.values():
            document = _document(found)
            if document:
                yield document

    def confirm(self, keys: Collection[str], viewer: Viewer) -> set[str]:
        return set(map(str, _public_pages(keys).values_list("translation_key", flat=True)))


def _public_pages(keys: Collection[str] | None) -> PageQuerySet[Page]:
    pages = Page.objects.live().public().filter(depth__gt=1, locale__language_code__in=LANGUAGE_CODES)
    return pages if keys is None else pages.filter(translation_key__in=list(keys))


def _document(versions: list[Page]) -> SearchDocument | None:
    addresses = {page.locale.language_code: _path(page) for page in versions}
    # An alias stands in for a translation that is not there yet: it has an address, but no text of its own.
    written = {page.locale.language_code: page for page in versions if page.alias_of_id is None}
    if not written or not any(addresses.values()):
        return None
    dates = [page.last_published_at for page in written.values() if page.last_published_at]
    return SearchDocument(
        kind=PageBuilder.kind,
        key=str(versions[0].translation_key),
        url={code: address for code, address in addresses.items() if address},
        title={code: page.title for code, page in written.items()},
        summary={code: getattr(page, "introduction", "") for code, page in written.items()},
        body={code: _body(page) for code, page in written.items()},
        date=max(dates).date() if dates else None,
        weight=1.5,
    )


def _path(page: Page) -> str:
    parts = page.get_url_parts()
    return (parts[2] or "") if parts else ""


def _body(page: Page) -> str:
    fields = {
        field.field_name: field for field in page.get_search_fields() if isinstance(field, index.SearchField)
    }
    values = [field.get_value(page) for name, field in fields.items() if name not in _NOT_BODY]
    return lines(*(text for value in values for text in _flat(value)))


def _flat(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for part in value for text in _flat(part)]
    return [str(value)] if value else []
