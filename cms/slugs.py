"""Addresses of pages in Latin letters, whatever the title is written in.

The letters are those of the package anyascii, in the form of the editor as on the server.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from anyascii import anyascii
from django.utils.text import slugify
from wagtail.admin.widgets import SlugInput

#: As many characters as the column has.
LONGEST = 255
_CYRILLIC = range(0x0400, 0x0530)


def latin_slug(text: str) -> str:
    """Small Latin letters, digits, hyphens and underscores; empty where there is nothing to make them of."""
    return slugify(anyascii(text))[:LONGEST].rstrip("-_")


def slug_input(language: str, *, keeps_letters: bool = False) -> SlugInput:
    """What editors type in, filled from the title; ``keeps_letters``: it leaves what it has."""
    if keeps_letters:
        return SlugInput({"data-w-slug-allow-unicode-value": "true"}, locale=language)
    return SlugInput(formatters=_formatters(), locale=language)


@cache
def _formatters() -> list[tuple[str, str]]:
    """Patterns of Cyrillic letters, each with what its letters become."""
    letters: defaultdict[str, str] = defaultdict(str)
    for letter in map(chr, _CYRILLIC):
        if letter.isalpha():
            letters[re.sub(r"\W", "", anyascii(letter)).lower()] += letter
    return [(f"[{found}]", latin) for latin, found in letters.items()]
