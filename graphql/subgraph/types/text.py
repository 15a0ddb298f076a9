"""Languages, and texts that say in which language they are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any

import strawberry
from django.utils.translation import get_language_info

from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES, ServedText, served

_value: Any = strawberry.enum_value


@strawberry.enum(description="A language of the portal.")
class Locale(Enum):
    _ignore_ = ["language"]
    for language in LANGUAGE_CODES:
        vars()[language.upper()] = _value(language, description=f"{get_language_info(language)['name']}.")


DEFAULT_LOCALE = Locale(DEFAULT_LANGUAGE)
LOCALES = {locale.value: locale for locale in Locale}
LocaleArgument = Annotated[
    Locale,
    strawberry.argument(
        description="The language of texts. Where a text has no such version, the other one is given."
    ),
]


@strawberry.type(description="A text and the language it is really in.")
class LocalizedText:
    text: str = strawberry.field(description="The text.")
    served_locale: Locale = strawberry.field(description="The language of the text.")
    is_fallback: bool = strawberry.field(
        description="Whether the language asked for has no version of this text."
    )


def localized(texts: Mapping[str, str], locale: Locale) -> LocalizedText:
    """The version to show; an empty text where there is none at all."""
    text = texts.get(locale.value)
    if text:  # the usual case, met for every code of a cube
        return LocalizedText(text=text, served_locale=locale, is_fallback=False)
    return _made(served(texts, locale.value))


def localized_or_none(texts: Mapping[str, str], locale: Locale) -> LocalizedText | None:
    """The version to show, or None where there is none at all."""
    found = served(texts, locale.value)
    return _made(found) if found else None


def as_json(texts: Mapping[str, str], locale: Locale) -> dict[str, object]:
    """A `LocalizedText` within a scalar, with the same names."""
    found = served(texts, locale.value)
    return {
        "text": str(found),
        "servedLocale": LOCALES[found.language].name,
        "isFallback": found.is_fallback,
    }


def _made(found: ServedText) -> LocalizedText:
    return LocalizedText(
        text=str(found), served_locale=LOCALES[found.language], is_fallback=found.is_fallback
    )
