"""Names of the world's languages in the languages of the portal, from CLDR by way of Babel."""

from __future__ import annotations

from functools import lru_cache

import pycountry
from babel import Locale
from babel.languages import get_official_languages
from django.utils.translation import gettext as _

from registry.languages import LANGUAGE_CODES, current_language

#: Codes of CLDR that stand for no language.
_NOT_ONE = frozenset({"mul", "mis", "und", "zxx", "root"})


def language_name(code: str) -> str:
    """The name in the active language; the code itself where CLDR has none."""
    return _names(current_language()).get(code, code)


def original_languages(area: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of codes and names to choose the language of an original text from; ours are left out.

    ``area`` is an ISO 3166 alpha-3 code: the official languages there come first.
    """
    names = {code: name for code, name in _names(current_language()).items() if code not in LANGUAGE_CODES}
    near = [code for code in _official(area) if code in names]
    groups = [
        (_("Official languages of the country"), [(code, names[code]) for code in near]),
        (_("All languages"), sorted(names.items(), key=lambda item: item[1].casefold().replace("ё", "е"))),
    ]
    return [group for group in groups if group[1]]


@lru_cache
def _names(language: str) -> dict[str, str]:
    found = Locale(language).languages.items()
    return {code: name for code, name in found if "_" not in code and code not in _NOT_ONE}


def _official(area: str) -> tuple[str, ...]:
    country = pycountry.countries.get(alpha_3=area) if area else None
    return tuple(get_official_languages(country.alpha_2, regional=True)) if country else ()
