from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page
from wagtail.query import PageQuerySet
from wagtail.search import index

from cms.models import NationalPart
from cms.models.visibility import visible_pages
from cms.selectors.country import parts_of
from registry.access import PUBLIC, Viewer
from registry.languages import LANGUAGE_CODES
from search.builders.base import Builder, lines
from search.documents import SearchDocument

#: Search fields that are not body: they have places of their own or are not prose.
_NOT_BODY = {"title", "introduction"}
_EVERYBODY = frozenset({PUBLIC})


class PageBuilder(Builder):
    """Published pages behind no restriction; those of a national part for its participant only. All language
    versions of a page are one document.

    The key is the translation key. The text is what the page type declares in ``search_fields``.
    """

    kind = "page"
    label = _("Pages")

    def build(self, keys: Collection[str] | None = None) -> Iterator[SearchDocument]:
        """Four queries and one a page type; the addresses of sites come from the cache."""
        pages = _findable_pages(keys)
        locales = {locale.pk: locale for locale in Locale.objects.all()}
        versions: dict[uuid.UUID, list[Page]] = defaultdict(list)
        for page in pages.order_by("path").specific():
            page.locale = locales[page.locale_id]
            versions[page.translation_key].append(page)
        parts = parts_of([page.path for found in versions.values() for page in found])
        for found in versions.values():
            document = _document(found, parts.get(found[0].path))
            if document:
                yield document

    def scope(self, viewer: Viewer) -> frozenset[str]:
        """The second wall: a page that is closed counts no more, before the index knows of it."""
        visible = visible_pages(_findable_pages(None), viewer).order_by()
        return frozenset(map(str, visible.values_list("translation_key", flat=True).distinct()))


def _findable_pages(keys: Collection[str] | None) -> PageQuerySet[Page]:
    pages = Page.objects.live().public().filter(depth__gt=1, locale__language_code__in=LANGUAGE_CODES)
    return pages if keys is None else pages.filter(translation_key__in=list(keys))


def _document(versions: list[Page], part: NationalPart | None) -> SearchDocument | None:
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
        facets={
            "type": (str(getattr(versions[0], "kind", "")),),
            "participant": (part.participant.code,) if part else (),
        },
        date=max(dates).date() if dates else None,
        weight=1.5,
        audiences=part.audiences if part else _EVERYBODY,
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
