"""The languages of the portal, in one place, and texts kept once per language.

Facts (countries, codes, indicators, …) are one row with one column per language; pages are one row
per language (wagtail-localize). Adding a language is a line here and ``manage.py makemigrations``.
Source: mission rows D171–D177.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, overload

from django.db import models
from django.utils.translation import get_language, override


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str  # in the language itself


LANGUAGES = (Language("en", "English"), Language("ru", "Русский"))
LANGUAGE_CODES = tuple(language.code for language in LANGUAGES)
DEFAULT_LANGUAGE = LANGUAGE_CODES[0]


def current_language() -> str:
    """The active language if the portal has it, else the default one."""
    code = (get_language() or "").split("-")[0]
    return code if code in LANGUAGE_CODES else DEFAULT_LANGUAGE


class ServedText(str):
    """A text together with the language it is really in.

    ``language`` is the language served; ``is_fallback`` tells that the one asked for has no version.
    """

    language: str
    is_fallback: bool

    def __new__(cls, text: str, language: str, is_fallback: bool) -> ServedText:
        self = super().__new__(cls, text)
        self.language = language
        self.is_fallback = is_fallback
        return self


def served(texts: Mapping[str, str], language: str | None = None) -> ServedText:
    """The text in ``language`` (default: the active one), else in the first language that has one."""
    wanted = language or current_language()
    for code in (wanted, *(code for code in LANGUAGE_CODES if code != wanted)):
        if texts.get(code):
            return ServedText(texts[code], code, code != wanted)
    return ServedText("", wanted, False)


class Localized:
    """One text column per language, ``name_en``, ``name_ru``, …, and ``name``: the one to show.

    Usage: ``name = Localized(models.CharField, _("name"), max_length=250)`` in a model. Reading
    ``obj.name`` gives a `ServedText` in the active language; ``texts(obj, "name")`` gives all of them.
    """

    def __init__(self, field_class: type[models.Field[Any, Any]], verbose_name: Any, **options: Any) -> None:
        self.field_class = field_class
        self.verbose_name = verbose_name
        self.options = options

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        self.name = name
        setattr(model, name, self)
        for language in LANGUAGES:
            options = {"verbose_name": self._label(language), **self.options}
            model.add_to_class(f"{name}_{language.code}", self.field_class(**options))

    def _label(self, language: Language) -> Any:
        from django.utils.text import format_lazy

        return format_lazy("{} ({})", self.verbose_name, language.name)

    @overload
    def __get__(self, instance: None, owner: type) -> Localized: ...
    @overload
    def __get__(self, instance: models.Model, owner: type) -> ServedText: ...
    def __get__(self, instance: models.Model | None, owner: type) -> Localized | ServedText:
        return self if instance is None else served(texts(instance, self.name))


def texts(instance: models.Model, name: str) -> dict[str, str]:
    """All language versions of a localized field: ``{"en": …, "ru": …}``."""
    return {code: getattr(instance, f"{name}_{code}") for code in LANGUAGE_CODES}


def in_every_language(text: Any) -> dict[str, str]:
    """A lazy text of the interface in each language: ``{"en": …, "ru": …}``."""
    found = {}
    for code in LANGUAGE_CODES:
        with override(code):
            found[code] = str(text)
    return found


def columns(name: str) -> Iterator[str]:
    """The column names of a localized field: ``name_en``, ``name_ru``, …"""
    return (f"{name}_{code}" for code in LANGUAGE_CODES)


def by_column(name: str, texts: Mapping[str, str] | None) -> dict[str, str]:
    """The texts of a localized field by its columns: ``{"name_en": …, "name_ru": …}``; missing ones empty."""
    given = texts or {}
    return {f"{name}_{code}": given.get(code, "") for code in LANGUAGE_CODES}
