"""Reference areas: countries of ISO 3166-1 within the regions of M49, named in every language."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import pycountry
from babel import Locale

from registry.languages import DEFAULT_LANGUAGE, LANGUAGE_CODES
from registry.starter.content import StarterCode, Texts

WORLD = "001"

#: Abbreviations of CLDR, spelt out. Word by word, in this order.
_SPELT_OUT: Mapping[str, tuple[tuple[str, str], ...]] = {
    "en": ((" & ", " and "), ("St. ", "Saint ")),
    "ru": (("о-ва", "острова"), ("о-в", "остров")),
}


def area_codes(table: Mapping[str, Any]) -> tuple[StarterCode, ...]:
    """The list of areas, depth first: World, then each region with its countries in alphabetical order.

    ``table`` is areas.toml.
    """
    regions: Mapping[str, str] = table["regions"]
    unknown: str = table["unknown"]
    codes = (WORLD, *regions, *country_codes(table), unknown)
    names = {code: area_name(code, table) for code in codes}

    def inside(region: str) -> Iterator[StarterCode]:
        for code in (code for code, parent in regions.items() if parent == region):
            yield StarterCode(code, names[code], region)
            yield from inside(code)
        countries = table["countries"].get(region, "").split()
        for code in sorted(countries, key=lambda code: sort_key(names[code])):
            yield StarterCode(code, names[code], region)

    world = StarterCode(WORLD, names[WORLD], is_total=True)
    return (world, *inside(WORLD), StarterCode(unknown, names[unknown], WORLD))


def country_list(table: Mapping[str, Any], parent: str) -> tuple[StarterCode, ...]:
    """All countries and areas in alphabetical order, each with ``parent``."""
    countries = [StarterCode(code, area_name(code, table), parent) for code in country_codes(table)]
    return tuple(sorted(countries, key=lambda country: sort_key(country.name)))


def country_codes(table: Mapping[str, Any]) -> list[str]:
    return [code for codes in table["countries"].values() for code in codes.split()]


def area_name(code: str, table: Mapping[str, Any]) -> Texts:
    """Names of a country (alpha-3) or region (M49): those of the table, else CLDR's, spelt out."""
    own: Mapping[str, str] = table["names"].get(code, {})
    return {language: own.get(language) or _cldr_name(code, language) for language in LANGUAGE_CODES}


def _cldr_name(code: str, language: str) -> str:
    country = pycountry.countries.get(alpha_3=code)
    name: str = Locale(language).territories[country.alpha_2 if country else code]
    for short, full in _SPELT_OUT.get(language, ()):
        name = name.replace(short, full)
    return name[0].upper() + name[1:]


def sort_key(name: Texts) -> str:
    """Alphabetical order without regard to accents: Åland beside Albania."""
    text = unicodedata.normalize("NFKD", name[DEFAULT_LANGUAGE])
    return "".join(letter for letter in text if not unicodedata.combining(letter)).casefold()
