"""Where links inside running text lead."""

from __future__ import annotations

from collections.abc import Collection

from wagtail.models import Page

from cms.models.visibility import visible_pages
from cms.selectors.addresses import address_in
from registry.access import Viewer
from registry.languages import current_language


def page_addresses(keys: Collection[int], *, viewer: Viewer) -> dict[int, str]:
    """Addresses in the active language by the keys of pages; those the viewer may not see are left out.

    A page leads to its version in that language; where none is to be seen it is read there in its own. Two
    queries, whatever the number of keys.
    """
    groups = dict(Page.objects.filter(pk__in=keys).values_list("pk", "translation_key")) if keys else {}
    if not groups:
        return {}
    wanted = current_language()
    versions = visible_pages(Page.objects.filter(translation_key__in=set(groups.values())), viewer)
    found: dict[object, str] = {}
    for page in versions.select_related("locale"):
        url = address_in(page, wanted)
        found[page.pk] = url
        if page.locale.language_code == wanted:
            found[page.translation_key] = url
    addresses = {key: found.get(group) or found.get(key) for key, group in groups.items()}
    return {key: url for key, url in addresses.items() if url}
