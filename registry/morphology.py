"""Base forms of words, so that «лиц без гражданства» is known for «лицо без гражданства».

The analyser of Russian is loaded once for the whole process; the search uses the same one.
"""

from __future__ import annotations

import logging
import re
from functools import cache, lru_cache

import pymorphy3  # type: ignore[import-untyped]

WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_CYRILLIC = re.compile(r"[а-яё]+\Z")
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"))


@cache
def analyser() -> pymorphy3.MorphAnalyzer:
    """Loaded at the first Russian word (0.2 s), kept for the life of the process."""
    logging.getLogger("pymorphy3").setLevel(logging.WARNING)
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=50_000)
def lemmas(word: str) -> frozenset[str]:
    """The base forms a written word can have; itself among them where it is not Russian."""
    small = word.lower()
    if _CYRILLIC.match(small):
        return frozenset(form.replace("ё", "е") for form in analyser().normal_forms(small))
    return frozenset({small, _singular(small)})


def _singular(word: str) -> str:
    for ending, instead in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + instead
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
