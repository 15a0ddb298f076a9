"""Words as lists are narrowed by them: compared in small letters and whatever their ending."""

from __future__ import annotations

from collections.abc import Iterable

#: How many letters of a word may be its ending, by the length from which on that holds; the longest first.
_ENDINGS = {6: 2, 4: 1}
_MOST_WORDS = 10


def folded(texts: Iterable[str]) -> str:
    """Texts as words are compared: small letters, ё as е, one space between words."""
    return " ".join(" ".join(texts).casefold().replace("ё", "е").split())


def stems(words: str) -> list[str]:
    """What a folded text must contain to hold each of the words, whatever its ending."""
    return [_without_ending(word) for word in folded([words]).split()[:_MOST_WORDS]]


def _without_ending(word: str) -> str:
    ending = next((ending for least, ending in _ENDINGS.items() if len(word) >= least), 0)
    return word[: len(word) - ending] if word.isalpha() else word
