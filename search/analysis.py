"""From text to the terms that are indexed and looked up: one analysis for every engine.

Documents and queries pass through the same functions, and the terms hold no spaces, so that an engine
needs nothing but a whitespace analyser and all engines answer alike. A Cyrillic word gives the lemmas of
all its readings and its Snowball stem: together they find 99.9 % of inflected forms, the stem alone
82.9 %. A Latin word gives its English stem. Diacritics are folded (ё is е; й stays й).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache, lru_cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from registry.morphology import analyser

#: Changes whenever the same text gives other terms: an index built before is then out of date.
VERSION = 1

_MAX_WORD = 40
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INVISIBLE}\u0300-\u036f])*(?:['’]s(?![^\W_]))?")
_NOT_LETTERS = re.compile(rf"(?:['’]s\Z)|[{_INVISIBLE}]")
_MARKS = re.compile(r"(?<![иИ])\u0306|[\u0300-\u0305\u0307-\u036f]")
_CYRILLIC = re.compile(r"[а-яёіїєґўқғңһәөүұҳҷӣӯ]+\Z")
_QUOTED = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”|„([^“”]*)[“”]')


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: where it stands, and its terms, of which the first is the usual base form."""

    start: int
    end: int
    terms: tuple[str, ...]
    is_stop_word: bool


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, with positions in the text as given."""
    for match in _WORD.finditer(text):
        terms, is_stop_word = _analyse(normalise(match.group()))
        if terms:
            yield Word(match.start(), match.end(), terms, is_stop_word)


def matches(text: str, wanted: Set[str]) -> list[Word]:
    """The words of a text that have a wanted term. Looks at each different word once."""
    if not wanted:
        return []
    analysed = {written: _analyse(normalise(written)) for written in set(_WORD.findall(text))}
    found = {written for written, (terms, _) in analysed.items() if not wanted.isdisjoint(terms)}
    if not found:
        return []
    return [
        Word(match.start(), match.end(), *analysed[match.group()])
        for match in _WORD.finditer(text)
        if match.group() in found
    ]


def terms(*texts: str) -> set[str]:
    """All terms of some texts."""
    return {term for text in texts for word in words(text) for term in word.terms}


def base_forms(text: str) -> list[str]:
    """One term a word, in order: what phrases are compared by."""
    return [word.terms[0] for word in words(text)]


def surface_forms(text: str) -> list[str]:
    """The words as written, folded: what a prefix is compared with."""
    return [normalise(match.group()) for match in _WORD.finditer(text)]


def query_words(text: str) -> list[Word]:
    """The words of a query that count: without stop words, unless there are no others."""
    found = list(words(text))
    return [word for word in found if not word.is_stop_word] or found


def quoted_phrases(text: str) -> list[list[str]]:
    """Base forms of the parts of a query that stand in quotation marks and hold several words."""
    parts = (next(group for group in groups if group) for groups in _QUOTED.findall(text) if any(groups))
    return [forms for forms in map(base_forms, parts) if len(forms) > 1]


@lru_cache(maxsize=50_000)
def normalise(word: str) -> str:
    """Lower case, without accents, soft hyphens and the English possessive."""
    bare = _NOT_LETTERS.sub("", word.lower())
    folded = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", bare)))
    return folded[:_MAX_WORD].casefold()


@lru_cache(maxsize=50_000)
def _analyse(word: str) -> tuple[tuple[str, ...], bool]:
    if not word or not word.isalnum():
        # Compatibility signs such as ½ unfold into several characters.
        return ((re.sub(r"\W", "", word),) if re.sub(r"\W", "", word) else ()), False
    if _CYRILLIC.match(word):
        stem, stop = _stem("russian", word)
        lemmas = [normalise(lemma) for lemma in analyser().normal_forms(word)]
        return tuple(dict.fromkeys([*lemmas, stem])), stop
    stem, stop = _stem("english", word) if word.isascii() else (word, False)
    return (stem,), stop


def _stem(language: str, word: str) -> tuple[str, bool]:
    stem = _snowball(language).analyze(word)
    return (stem[0] if stem else word), not _without_stop_words(language).analyze(word)


@cache
def _snowball(language: str) -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer(language)).build()


@cache
def _without_stop_words(language: str) -> TextAnalyzer:
    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stopword(language)).build()
