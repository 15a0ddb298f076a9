"""A page read in a language it lacks: what it is read in instead, and what of it is translated."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail.models import Page
from wagtail_localize.models import StringTranslation

from registry.languages import LANGUAGES, current_language

_TOLD = ("title", "introduction")


@dataclass(frozen=True, slots=True)
class Fallback:
    """``language`` is that of the text; title and summary are in the one asked for, where they exist."""

    language: str
    name: str
    title: str
    summary: str
    url: str


def fallback_of(page: Page) -> Fallback | None:
    """None where the page is in the active language. At most two queries."""
    wanted = current_language()
    language = page.locale.language_code
    if language == wanted and page.alias_of_id:  # an alias shows the text of the page it stands for
        language = page.alias_of.locale.language_code
    if language == wanted:
        return None
    told = _translated(page, wanted)
    original = page.alias_of if page.alias_of_id else page
    name = next(each.name for each in LANGUAGES if each.code == language)
    return Fallback(
        language, name, told.get("title", ""), told.get("introduction", ""), original.get_url() or ""
    )


def _translated(page: Page, language: str) -> dict[str, str]:
    """Title and introduction in a language, as translators have written them so far."""
    found = StringTranslation.objects.filter(
        context__object_id=page.translation_key,
        context__path__in=_TOLD,
        locale__language_code=language,
        has_error=False,
    ).order_by("updated_at")
    return dict(found.values_list("context__path", "data"))
