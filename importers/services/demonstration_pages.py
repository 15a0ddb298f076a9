"""Pages and a document of a State in the demonstration: what its content managers add to the country page."""

from __future__ import annotations

from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils import translation
from wagtail.models import Locale
from wagtail_localize.models import TranslatableObject

from cms.library.reading import file_read
from cms.models import CountryPage, CountrySubPage, LibraryTopic
from cms.services.documents import document_create, file_add
from cms.services.starter import page_fill, page_translate
from cms.services.starter_texts import StarterPage, starter_page_read
from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES
from registry.models import LegalAudience, Participant, User

FOLDER = Path(__file__).resolve().parent.parent / "demonstration" / "pages"
OWNER = "MDA"
DOCUMENT = "population-register-note"
_IN_ALL_LANGUAGES = "population-register"
_IN_ONE_LANGUAGE = ("exchange", "ru")


@transaction.atomic
def demonstration_pages_load(*, actor: User) -> int:
    """Add what was never added before; returns how many pages and documents. ``actor`` keeps them."""
    countries = CountryPage.objects.filter(part__participant__code=OWNER).select_related("locale")
    by_language = {page.locale.language_code: page for page in countries}
    if set(by_language) != set(LANGUAGE_CODES):
        return 0
    written = 0
    page = starter_page_read(FOLDER / f"{_IN_ALL_LANGUAGES}.toml")
    if _is_new(page):
        source = _add(page, by_language[DEFAULT_LANGUAGE], DEFAULT_LANGUAGE)
        for code in LANGUAGE_CODES:
            if code != DEFAULT_LANGUAGE:
                page_translate(page, source, Locale.objects.get(language_code=code))
        written += 1
    name, language = _IN_ONE_LANGUAGE
    page = starter_page_read(FOLDER / f"{name}.toml")
    if _is_new(page):
        made = _add(page, by_language[language], language)
        # So that a second run remembers it, should it be deleted.
        TranslatableObject.objects.get_or_create_from_instance(made)
        written += 1
    return written + _document(actor)


def _is_new(page: StarterPage) -> bool:
    return not TranslatableObject.objects.filter(translation_key=page.translation_key).exists()


def _add(page: StarterPage, parent: CountryPage, language: str) -> CountrySubPage:
    instance = CountrySubPage(
        slug=page.slug,
        locale=parent.locale,
        translation_key=page.translation_key,
        show_in_menus=page.in_menu,
        **page.field_values(language),
    )
    parent.add_child(instance=instance)
    page_fill(page, instance, language)
    return instance


def _document(actor: User) -> int:
    """A note with its text, as a file that was read: the portal shows it and finds its words."""
    owner = Participant.objects.get(code=OWNER)
    if owner.library_documents.filter(code=DOCUMENT).exists():
        return 0
    document = document_create(
        participant=owner,
        actor=actor,
        code=DOCUMENT,
        kind="guideline",
        year=2026,
        audience=LegalAudience.PUBLIC,
        title_en="The population register as a source on migration (demonstration)",
        title_ru="Регистр населения как источник данных о миграции (демонстрация)",
        summary_en="What is counted, and what the register does not know. Written for the demonstration.",
        summary_ru="Что считается и чего регистр не знает. Написано для демонстрации.",
        languages=["ru"],
        topics=LibraryTopic.objects.filter(code="state-data"),
    )
    path = FOLDER / "register-note.html"
    with path.open("rb") as file, translation.override(DEFAULT_LANGUAGE):
        file_add(document=document, read=file_read(File(file), name=path.name), language="ru", actor=actor)
    return 1
