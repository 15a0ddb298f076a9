"""Words that a line's end divides: whether the hyphen is of the line or of the word ("кто-то", "well-known").

Used by the reader in its own process (cms/library/reader.py); knows nothing of Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

_WORD = re.compile(r"\w+(?:-\w+)*")
_LAST = re.compile(r"[^\W\d_]+\Z")
_FIRST = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_RUSSIAN_PARTICLES = frozenset(("то", "либо", "нибудь", "таки", "ка"))
_RUSSIAN_PREFIXES = frozenset(("кое", "по", "из", "во", "в", "экс", "вице"))
_ENGLISH_PREFIXES = frozenset(
    (
        *("all", "cross", "ex", "full", "half", "high", "ill", "large", "long", "low", "mid", "multi", "non"),
        *("on", "part", "second", "self", "short", "small", "so", "socio", "third", "well"),
    )
)
_MOST_WORDS = 200_000


class Hyphens:
    """What a text taught of its own words decides, then a dictionary of Russian, then what is usual."""

    def __init__(self) -> None:
        self.words: set[str] = set()

    def learn(self, lines: Iterable[str]) -> None:
        for line in lines:
            if len(self.words) < _MOST_WORDS:
                self.words.update(_WORD.findall(line.casefold()))

    def joined(self, before: str, after: str) -> str:
        """The text before a hyphen at a line's end, which is left out of it, with the text after it."""
        first, second = _LAST.search(before), _FIRST.match(after)
        if first is None or second is None or not after[0].islower():
            return f"{before}-{after}"  # of numbers, names and abbreviations
        is_kept = self._is_of_word(first[0].casefold(), second[0].casefold())
        return f"{before}-{after}" if is_kept else before + after

    def _is_of_word(self, first: str, second: str) -> bool:
        if first + second in self.words:
            return False
        if f"{first}-{second}" in self.words:
            return True
        if not _CYRILLIC.match(first):
            return first in _ENGLISH_PREFIXES
        if self._knows(first + second):
            return False
        if second in _RUSSIAN_PARTICLES or first in _RUSSIAN_PREFIXES:
            return True
        is_part = first.endswith(("о", "е")) or self._knows(first)
        return len(first) > 2 and len(second) > 3 and is_part and self._knows(second)

    def _knows(self, word: str) -> bool:
        return bool(self._dictionary.word_is_known(word))

    @cached_property
    def _dictionary(self) -> Any:
        from pymorphy3 import MorphAnalyzer  # type: ignore[import-untyped]

        return MorphAnalyzer(lang="ru")
