"""Buttons of wagtail-localize in lists of pages: known for all rows at once, not by two queries a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as of_localize  # its own texts, in its own catalogue
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Locale, Page
from wagtail_localize import wagtail_hooks as localize
from wagtail_localize.models import TranslationSource

HOOK = "register_page_listing_more_buttons"


def with_translations(pages: Iterable[Page]) -> None:
    """Note on every page what its buttons depend on. Three queries, whatever the number of rows."""
    listed = list(pages)
    keys = {page.translation_key for page in listed}
    languages = Locale.objects.count()
    own = Page.objects.filter(translation_key__in=keys, alias_of__isnull=True).order_by()
    written: dict[UUID, set[int]] = defaultdict(set)
    for key, locale in own.values_list("translation_key", "locale_id"):
        written[key].add(locale)
    rows = TranslationSource.objects.filter(object_id__in=keys, translations__enabled=True).order_by()
    sources = {(key, locale): pk for pk, key, locale in rows.values_list("pk", "object_id", "locale_id")}
    for page in listed:
        page.lacks_a_language = len(written[page.translation_key]) < languages
        page.source_key = sources.get((page.translation_key, page.locale_id))


def translation_buttons(
    page: Page, user: Any, view_name: str | None = None, next_url: str | None = None
) -> Iterator[Button]:
    """ "Translate" where a language is missing, "Sync" on the page the others were translated from."""
    if not hasattr(page, "lacks_a_language"):  # shown elsewhere than in our lists
        yield from localize.page_listing_more_buttons(page, user, view_name=view_name, next_url=next_url)
    elif user.has_perm("wagtail_localize.submit_translation") and not page.is_root():
        if page.lacks_a_language:
            url = reverse("wagtail_localize:submit_page_translation", args=[page.alias_of_id or page.pk])
            icon = "wagtail-localize-language"
            yield Button(of_localize("Translate this page"), url, priority=60, icon_name=icon)
        if page.source_key is not None:
            url = reverse("wagtail_localize:update_translations", args=[page.source_key])
            url += f"?{urlencode({'next': next_url})}" if next_url else ""
            yield Button(of_localize("Sync translated pages"), url, priority=60, icon_name="resubmit")


def install() -> None:
    """In place of wagtail-localize's own; what it registered cannot be taken back otherwise."""
    registered = hooks._hooks[HOOK]
    registered[:] = [
        (translation_buttons if button is localize.page_listing_more_buttons else button, order)
        for button, order in registered
    ]
