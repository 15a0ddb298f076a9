"""Marking what was searched for in a text: safe HTML, the same for every engine."""

from __future__ import annotations

from collections.abc import Sequence, Set

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from search.analysis import Word, matches

SNIPPET_LENGTH = 240


def highlight(text: str, wanted: Set[str]) -> SafeString:
    """The whole text, escaped, with the words that have a wanted term in ``<mark>``."""
    return _marked(text, 0, len(text), matches(text, wanted))


def snippet(text: str, wanted: Set[str], length: int = SNIPPET_LENGTH) -> SafeString:
    """The part of the text with the most different wanted terms, at most ``length`` characters of it."""
    found = matches(text, wanted)
    start = _best_start(found, wanted, length)
    start, end = _whole_words(text, start, length)
    marked = _marked(text, start, end, found)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    return mark_safe(f"{before}{marked}{after}")  # noqa: S308 - escaped in _marked


def telling(summary: str, body: str, wanted: Set[str]) -> str:
    """The text to take a snippet from: the summary alone, unless the body has more of what is wanted."""
    whole = " ".join(filter(None, [summary, body]))
    return summary if summary and _found(summary, wanted) == _found(whole, wanted) else whole


def _found(text: str, wanted: Set[str]) -> set[str]:
    return {term for word in matches(text, wanted) for term in word.terms} & wanted


def _best_start(found: Sequence[Word], wanted: Set[str], length: int) -> int:
    """Where the window with the most different terms begins; a third of it is room before the first."""
    best, best_count, lead = 0, 0, length // 3
    last = 0
    for first, word in enumerate(found):
        last = max(last, first)
        while last < len(found) and found[last].end - word.start <= length - lead:
            last += 1
        count = len({term for match in found[first:last] for term in match.terms} & wanted)
        if count > best_count:
            best, best_count = word.start, count
            if count == len(wanted):
                break
    return max(0, best - lead) if best > length - lead else 0


def _whole_words(text: str, start: int, length: int) -> tuple[int, int]:
    """The window without a cut word at either side."""
    if start:
        space = text.find(" ", start, start + 40)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + length)
    if end < len(text):
        space = text.rfind(" ", end - 40, end)
        end = space if space > start else end
    return start, end


def _marked(text: str, start: int, end: int, found: Sequence[Word]) -> SafeString:
    parts, position = [], start
    for word in found:
        if word.start < start or word.end > end:
            continue
        parts += [escape(text[position : word.start]), f"<mark>{escape(text[word.start : word.end])}</mark>"]
        position = word.end
    parts.append(escape(text[position:end]))
    return mark_safe("".join(parts))  # noqa: S308 - every part of the text is escaped above
