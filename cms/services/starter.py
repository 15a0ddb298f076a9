"""Fills an empty portal with its first pages, in all languages.

Each page is written in the default language and translated with wagtail-localize: afterwards an editor
changes the source, presses "update translations", and finds the texts as segments like any others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.blocks import StreamValue
from wagtail.models import Locale, Page, Site, Task, Workflow
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    TranslatableObject,
    Translation,
    TranslationSource,
)
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from cms.models import (
    ArticlePage,
    BasePage,
    ContactPage,
    CountryIndexPage,
    CountryPage,
    CountrySubPage,
    EventIndexPage,
    EventPage,
    HomePage,
    LinksPage,
    NewsIndexPage,
    NewsPage,
    SectionPage,
    SitemapPage,
)
from cms.services.starter_texts import StarterError, StarterPage, starter_pages
from registry.access import ANONYMOUS
from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES
from registry.selectors.institution import institution_list

_TYPES: tuple[type[BasePage], ...] = (
    *(HomePage, SectionPage, ArticlePage, ContactPage, SitemapPage, LinksPage),
    *(NewsIndexPage, NewsPage, EventIndexPage, EventPage, CountryIndexPage, CountryPage, CountrySubPage),
)
COMMON_WORKFLOW = "Approval by moderators / утверждение модераторами"
#: By the name a starter file gives; it is the kind of the page type.
PAGE_TYPES: dict[str, type[BasePage]] = {model.kind: model for model in _TYPES}


@dataclass(frozen=True, slots=True)
class StarterResult:
    """How many pages were created (translations not counted) and how many were left alone."""

    created: int
    kept: int


@transaction.atomic
def starter_pages_load() -> StarterResult:
    """Create the starter pages that were never created before, with their translations, and publish them.

    A page that exists is not touched, one that an editor deleted is not created again.
    """
    locales = locales_ensure()
    pages = starter_pages()
    new = [page for page in pages if not _was_loaded(page)]
    if any(page.type == "home" for page in new):
        _welcome_page_delete()
    created = [(page, instance) for page in new if (instance := _create(page, locales[DEFAULT_LANGUAGE]))]
    for page, instance in created:
        page_fill(page, instance)
    for page, instance in created:
        for code in LANGUAGE_CODES:
            if code != DEFAULT_LANGUAGE:
                page_translate(page, instance, locales[code])
    if created:
        _editors_translate()
    _common_workflow_name()
    return StarterResult(len(created), len(pages) - len(created))


def locales_ensure() -> dict[str, Locale]:
    """The locales of the portal's languages, created where missing."""
    return {code: Locale.objects.get_or_create(language_code=code)[0] for code in LANGUAGE_CODES}


def _editors_translate() -> None:
    """Let the groups that write and publish pages translate them too, which Wagtail does not by itself."""
    permission = Permission.objects.get(
        content_type__app_label="wagtail_localize", codename="submit_translation"
    )
    for group in Group.objects.filter(name__in=["Editors", "Moderators"]):
        group.permissions.add(permission)


def _common_workflow_name() -> None:
    """Wagtail's own workflow and its task have one name for everybody: in both languages."""
    for model in (Workflow, Task):
        model.objects.filter(name="Moderators approval").update(name=COMMON_WORKFLOW)


def _was_loaded(page: StarterPage) -> bool:
    # TranslatableObject outlives the page (WAGTAILLOCALIZE_DISABLE_ON_DELETE), so it remembers deleted ones.
    return bool(TranslatableObject.objects.filter(translation_key=page.translation_key).exists())


def _welcome_page_delete() -> None:
    """Remove the page that Wagtail's own migrations put there."""
    for welcome in Page.objects.filter(depth=2, content_type__app_label="wagtailcore"):
        Site.objects.filter(root_page=welcome).update(root_page=Page.get_first_root_node())
        welcome.delete()


def _create(page: StarterPage, locale: Locale) -> BasePage | None:
    """The page without its blocks, which may link to pages still to come. None if its parent was deleted."""
    parent = _starter_page(page.parent, locale) if page.parent else Page.get_first_root_node()
    if parent is None:
        return None
    instance = PAGE_TYPES[page.type](
        slug=page.slug,
        locale=locale,
        translation_key=page.translation_key,
        show_in_menus=page.in_menu,
        **page.field_values(DEFAULT_LANGUAGE),
    )
    parent.add_child(instance=instance)
    if page.type == "home":
        _site_ensure(instance)
    return instance


def _starter_page(key: str, locale: Locale) -> Page | None:
    wanted = next(page for page in starter_pages() if page.key == key)
    return Page.objects.filter(translation_key=wanted.translation_key, locale=locale).first()


def _site_ensure(home: BasePage) -> None:
    site = Site.objects.filter(is_default_site=True).first() or Site(
        hostname="localhost", is_default_site=True
    )
    if site.root_page_id and site.root_page.depth > 1:
        return  # someone already chose a home page
    site.root_page = home
    site.site_name = site.site_name or _in_all_languages(gettext_lazy("Clearinghouse"))
    site.save()


def _in_all_languages(text: Promise) -> str:
    """For what has one name for everybody."""
    names = []
    for code in LANGUAGE_CODES:
        with translation.override(code):
            names.append(str(text))
    return " / ".join(names)


def page_fill(page: StarterPage, instance: BasePage, language: str = DEFAULT_LANGUAGE) -> None:
    """Put in the blocks, now that the pages they link to are there, and publish."""
    instance.refresh_from_db()
    _set_streams(page, instance, language)
    instance.full_clean()
    instance.save_revision().publish()


def _set_streams(page: StarterPage, instance: BasePage, language: str) -> None:
    locale = Locale.objects.get(language_code=DEFAULT_LANGUAGE)

    def lookup(kind: str, key: str) -> int | None:
        if kind == "institution":
            listed = institution_list(viewer=ANONYMOUS, codes=[key])
            return listed.values_list("pk", flat=True).first()
        linked = _starter_page(key, locale)
        if linked is None:
            problem = _("there is no page “%(page)s” to link to") % {"page": key}
            raise StarterError(f"{page.key}.toml", problem)
        return int(linked.pk)

    for name in page.streams:
        stream_block: Any = instance._meta.get_field(name).stream_block
        raw = page.stream(name, language, lookup)
        setattr(instance, name, StreamValue(stream_block, raw, is_lazy=True))


def page_translate(page: StarterPage, instance: BasePage, locale: Locale) -> None:
    """Submit the page for translation, put in the texts we have, and publish the result."""
    source = TranslationSource.update_or_create_from_instance(instance)[0]
    translation = Translation.objects.get_or_create(source=source, target_locale=locale)[0]
    texts = _translated_strings(page, locale.language_code)
    for segment in (
        StringSegment.objects.filter(source=source).select_related("context", "string").order_by("order")
    ):
        path = segment.context.path
        if not texts.get(path):
            problem = _("too few texts in the language %(language)s") % {"language": locale.language_code}
            raise StarterError(f"{page.key}.toml, {path}", problem)
        StringTranslation.from_text(segment.string, locale, segment.context, texts[path].pop(0))
    left = [path for path, strings in texts.items() if strings]
    if left:
        problem = _("too many texts in the language %(language)s") % {"language": locale.language_code}
        raise StarterError(f"{page.key}.toml, {', '.join(left)}", problem)
    translation.save_target(publish=False)
    source.get_translated_instance(locale).latest_revision.publish()


def _translated_strings(page: StarterPage, language: str) -> dict[str, list[str]]:
    """The strings of the page as wagtail-localize would cut them, by path, in the other language."""
    instance = PAGE_TYPES[page.type](slug=page.slug, **page.field_values(language))
    _set_streams(page, instance, language)
    strings: dict[str, list[str]] = {}
    for segment in extract_segments(instance):
        if isinstance(segment, StringSegmentValue):
            strings.setdefault(segment.path, []).append(segment.string.data)
    return strings
