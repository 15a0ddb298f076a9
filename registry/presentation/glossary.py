"""Terms of the glossary marked where they first occur in a page, as links with their meaning beside them.

A marked word is a link to the glossary, followed by a button that shows the meaning at once. The button is
HTML's own ``popover``: it works without a script, closes with Escape and is known to screen readers. In a
table captions and headings are looked at; where a heading is a link, the button stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from registry.access import ANONYMOUS
from registry.languages import ServedText, current_language, served, texts
from registry.models import Term
from registry.morphology import WORD, lemmas
from registry.selectors.glossary import glossary_version, marked_terms

#: Elements whose text is never touched: headings, links, controls, labels, code, what defines terms itself.
_CLOSED = frozenset({
    "a", "abbr", "audio", "button", "caption", "cite", "code", "dfn", "dt", "figcaption", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "kbd", "label", "math", "nav", "object", "option", "pre", "samp", "script",
    "select", "style", "summary", "svg", "template", "textarea", "th", "time", "title", "var", "video",
})  # fmt: skip
#: In a table these are what is looked at.
_CLOSED_IN_TABLE = _CLOSED - {"caption", "th"}
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})  # fmt: skip
_MOST_TOGETHER = 24  # letters of a term that is not parted from its button at the end of a line
_PIECE = re.compile(r"""<!--.*?-->|<(?:"[^"]*"|'[^']*'|[^'">])*>|[^<]+|<""", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_HEADING = re.compile(r"<(caption|th)\b[^>]*>.*?</\1>", re.DOTALL)
_HIDDEN = re.compile(r"""<caption[^>]*class=["'][^"'>]*visually-hidden""")
_LANG = re.compile(r"""\slang\s*=\s*["']?([A-Za-z]+)""")
_ENTITY = re.compile(r"&(?:#\w+|\w+);")
#: What may stand between the words of one term.
_BETWEEN = re.compile(r"(?:&nbsp;|&#160;|[\s\xa0\u202f]|,\s|[-\u2010\u2011\u2013\u00ad])+\Z")


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown of a term."""

    code: str
    anchor: str
    name: str
    definition: ServedText


@dataclass(frozen=True, slots=True)
class Phrase:
    """One form of a term: for each of its words, the base forms it can have."""

    words: tuple[frozenset[str], ...]
    card: Card


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    card: Card


class Glossary:
    """The terms of one language, ready to be looked for."""

    def __init__(self, terms: Iterable[Term], language: str) -> None:
        self.language = language
        self._by_first: dict[str, list[Phrase]] = {}
        for term in terms:
            card = Card(
                term.code,
                term.anchor,
                texts(term, "name")[language],
                served(texts(term, "definition"), language),
            )
            for form in term.forms(language):
                self._add(Phrase(tuple(map(lemmas, WORD.findall(form))), card))

    def _add(self, phrase: Phrase) -> None:
        for first in phrase.words[0] if phrase.words else ():
            self._by_first.setdefault(first, []).append(phrase)

    def find(self, text: str) -> Iterator[Found]:
        """Terms in a text, the longest at each place, without overlap. ``text`` may hold HTML entities."""
        if not self._by_first:
            return
        readable = _ENTITY.sub(lambda entity: " " * len(entity[0]), text)
        words = [(match.start(), match.end(), lemmas(match.group())) for match in WORD.finditer(readable)]
        at = 0
        while at < len(words):
            phrase = self._longest(text, words, at)
            if phrase is None:
                at += 1
                continue
            last = at + len(phrase.words) - 1
            yield Found(words[at][0], words[last][1], phrase.card)
            at = last + 1

    def _longest(self, text: str, words: list[tuple[int, int, frozenset[str]]], at: int) -> Phrase | None:
        candidates = {
            id(phrase): phrase for lemma in words[at][2] for phrase in self._by_first.get(lemma, ())
        }
        best: Phrase | None = None
        for phrase in candidates.values():
            is_longer = best is None or len(phrase.words) > len(best.words)
            if is_longer and _fits(phrase, text, words, at):
                best = phrase
        return best


def _fits(phrase: Phrase, text: str, words: list[tuple[int, int, frozenset[str]]], at: int) -> bool:
    if at + len(phrase.words) > len(words):
        return False
    for offset, wanted in enumerate(phrase.words):
        if wanted.isdisjoint(words[at + offset][2]):
            return False
        if offset and not _BETWEEN.match(text[words[at + offset - 1][1] : words[at + offset][0]]):
            return False
    return True


def glossary_address() -> str:
    """The address of the glossary in the active language; empty where there is none."""
    try:
        return reverse("glossary:index")
    except NoReverseMatch:
        return ""


def glossary_now() -> Glossary:
    """The glossary in the active language. One query, a second one after a term has changed."""
    return _compiled(glossary_version(viewer=ANONYMOUS))


@lru_cache(maxsize=4)
def _compiled(version: tuple[object, ...]) -> Glossary:
    is_any = version[-1]
    return Glossary(marked_terms(viewer=ANONYMOUS) if is_any else (), current_language())


def marked(
    html: str, *, glossary: Glossary, address: str, seen: set[str], cards: set[str] | None = None
) -> SafeString:
    """Safe HTML with each term marked where it first occurs. ``seen`` receives their codes.

    Nothing is marked within headings, links, controls and the like, nor where the text has another language.
    ``cards`` are the terms whose meaning stands somewhere on the page already; it receives the new ones.
    """
    marks = _Marks(glossary, address, seen, set() if cards is None else cards)
    return mark_safe(marks.text(html, _CLOSED))  # noqa: S308 - the input is safe, what is put in is escaped


def marked_table(html: str, *, glossary: Glossary, address: str, cards: set[str] | None = None) -> SafeString:
    """The same of a table as safe HTML: each term once in its caption or its headings."""
    marks = _Marks(glossary, address, set(), set() if cards is None else cards, behind_links=True)

    def heading(found: re.Match[str]) -> str:
        return found[0] if _HIDDEN.match(found[0]) else marks.text(found[0], _CLOSED_IN_TABLE)

    return mark_safe(_HEADING.sub(heading, html))  # noqa: S308 - as above


@dataclass(frozen=True, slots=True)
class _Marks:
    """Marking one text after another. ``behind_links``: a term in a link gets its button behind the link."""

    glossary: Glossary
    address: str
    seen: set[str]
    cards: set[str]
    behind_links: bool = False

    def text(self, html: str, closing: Collection[str]) -> str:
        parts: list[str] = []
        closed: list[str] = []  # open elements from the outermost closed one inwards
        linked: list[Found] = []
        for piece in _PIECE.findall(html):
            if piece.startswith("<"):
                parts.append(piece)
                _follow(piece, closed, self.glossary.language, closing)
                if linked and not closed:
                    parts += [self._button(found.card) for found in linked]
                    linked.clear()
            elif not closed:
                parts.append(self._words(piece))
            else:
                if self.behind_links and closed == ["a"]:
                    linked += self._new(piece)
                parts.append(piece)
        return "".join(parts)

    def _new(self, text: str) -> Iterator[Found]:
        for found in self.glossary.find(text):
            if found.card.code not in self.seen:
                self.seen.add(found.card.code)
                yield found

    def _words(self, text: str) -> str:
        parts, position = [], 0
        for found in self._new(text):
            parts += [text[position : found.start], self._link(text[found.start : found.end], found.card)]
            position = found.end
        return "".join([*parts, text[position:]]) if parts else text

    def _link(self, written: str, card: Card) -> str:
        together = SafeString(" term-mark--short") if len(written) <= _MOST_TOGETHER else SafeString("")
        return format_html(
            '<span class="term-mark{}"><a class="term" href="{}#{}">{}</a>{}</span>{}',
            together,
            self.address,
            card.anchor,
            mark_safe(written),  # noqa: S308 - a piece of the HTML it came from
            _button(card),
            self._meaning(card),
        )

    def _button(self, card: Card) -> str:
        return format_html(
            '<span class="term-mark term-mark--behind">{}</span>{}', _button(card), self._meaning(card)
        )

    def _meaning(self, card: Card) -> SafeString:
        """What the button shows: once on a page, whatever the number of buttons."""
        if card.code in self.cards:
            return SafeString("")
        self.cards.add(card.code)
        lang = (
            format_html(' lang="{}"', card.definition.language)
            if card.definition.is_fallback
            else SafeString("")
        )
        name = (
            format_html('<a href="{}#{}">{}</a>', self.address, card.anchor, card.name)
            if self.behind_links
            else card.name
        )
        return format_html(
            '<span class="term-card" id="card-{}" popover><strong>{}</strong> <span{}>{}</span></span>',
            card.code,
            name,
            lang,
            card.definition,
        )


def _button(card: Card) -> SafeString:
    return format_html(
        '<button type="button" class="term-button" popovertarget="card-{}" aria-label="{}">?</button>',
        card.code,
        _("What “%(term)s” means") % {"term": card.name},
    )


def _follow(piece: str, closed: list[str], language: str, closing: Collection[str]) -> None:
    """Keep ``closed`` true to a tag just passed."""
    tag = _TAG.match(piece)
    if tag is None:
        return
    name = tag[2].lower()
    if name in _VOID or piece.endswith("/>"):
        return
    if tag[1]:
        if closed and closed[-1] == name:
            closed.pop()
        return
    lang = _LANG.search(piece)
    if closed or name in closing or (lang and lang[1].lower() != language):
        closed.append(name)
