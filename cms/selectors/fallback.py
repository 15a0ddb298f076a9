"""Pages read in a language they lack: what they are read in instead, and what of them is translated.

A page with no version in a language is in the lists and menus of that language all the same, marked, with
title and summary translated where translators have done so (D176–D180).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.http import HttpRequest
from wagtail.models import Page
from wagtail_localize.models import StringTranslation

from cms.selectors.addresses import address_in
from registry.languages import LANGUAGE_CODES, LANGUAGES, Language, ServedText, current_language, served
from registry.presentation.languages import language_name

_TOLD = ("title", "introduction")


@dataclass(frozen=True, slots=True)
class Fallback:
    """``language`` is that of the text; title and summary are in the one asked for, where they exist."""

    language: str
    name: str
    title: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a list says of a page. ``language`` is that of the page, where it is not the active one."""

    title: ServedText
    introduction: ServedText
    url: str
    language: Language | None = None


def fallback_of(page: Page) -> Fallback | None:
    """None where the page is in the active language. At most two queries."""
    wanted = current_language()
    language = page.locale.language_code
    if language == wanted and page.alias_of_id:  # an alias shows the text of the page it stands for
        language = page.alias_of.locale.language_code
    if language == wanted:
        return None
    told = _translated([page.translation_key], wanted).get(page.translation_key, {})
    original = page.alias_of if page.alias_of_id else page
    return Fallback(
        language,
        language_name(language),
        told.get("title", ""),
        told.get("introduction", ""),
        original.get_url() or "",
    )


def in_language(language: str | None = None) -> Q:
    """The pages of a language (default: the active one), and those of others that have no version in it."""
    wanted = language or current_language()
    found, before = Q(locale__language_code=wanted), [wanted]
    for code in LANGUAGE_CODES:
        if code == wanted:
            continue
        versions = Page.objects.filter(
            translation_key=OuterRef("translation_key"), live=True, locale__language_code__in=list(before)
        )
        found |= Q(~Exists(versions), locale__language_code=code)
        before.append(code)
    return found


def own_first(language: str | None = None) -> Case:
    """To order by: the pages of a language (default: the active one) before those of others."""
    own = When(locale__language_code=language or current_language(), then=Value(0))
    return Case(own, default=Value(1), output_field=IntegerField())


def tell(pages: Iterable[Any], request: HttpRequest | None = None) -> list[Any]:
    """The same pages, read with their locales, each with a `Told` as ``told``.

    No query, one where any has no version in the active language.
    """
    listed, wanted = list(pages), current_language()
    foreign = {page.translation_key for page in listed if page.locale.language_code != wanted}
    translated = _translated(foreign, wanted) if foreign else {}
    for page in listed:
        page.told = _told(page, wanted, translated.get(page.translation_key, {}), request)
    return listed


def _told(page: Page, wanted: str, translated: dict[str, str], request: HttpRequest | None) -> Told:
    own = page.locale.language_code
    introduction = getattr(page, "introduction", "")
    if own == wanted:
        return Told(
            ServedText(page.title, own, False),
            ServedText(introduction, own, False),
            page.get_url(request) or "",
        )
    return Told(
        served({wanted: translated.get("title", ""), own: page.title}, wanted),
        served({wanted: translated.get("introduction", ""), own: introduction}, wanted),
        address_in(page, wanted, request),
        _language(own),
    )


def _translated(keys: Collection[UUID], language: str) -> dict[UUID, dict[str, str]]:
    """Title and introduction in a language, by translation key, as translators have written them so far."""
    found = StringTranslation.objects.filter(
        context__object_id__in=keys,
        context__path__in=_TOLD,
        locale__language_code=language,
        has_error=False,
    ).order_by("updated_at")
    texts: dict[UUID, dict[str, str]] = {}
    for key, path, text in found.values_list("context__object_id", "context__path", "data"):
        texts.setdefault(key, {})[path] = text
    return texts


def _language(code: str) -> Language:
    return next(language for language in LANGUAGES if language.code == code)
