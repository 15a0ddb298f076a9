"""The text of a PDF as paragraphs. A PDF knows lines only: where a paragraph ends, their places tell.

Used by the reader in its own process (cms/library/reader.py); knows nothing of Django.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median
from typing import Any

from cms.library.hyphens import Hyphens

#: What PDFium puts for a hyphen that ends a line, and hyphens that are there for the line's sake only.
_UNKNOWN_HYPHENS = "\x02\ufffe-"
_SOFT_HYPHENS = "\u00ad\u2010"
_LINE = re.compile(r"[^\r\n\x02\ufffe]+[\x02\ufffe]?")
_BULLET = re.compile(r"[•▪▫■□●○◦‣⁃✓➢]")
_ITEM = re.compile(
    r"[–—-]\s|\d{1,3}(?:\.\d{1,3})*[.)]?\s|[a-zа-яё]\)\s|[IVXLC]{1,6}[.)]\s"
    r"|(?:Статья|Глава|Раздел|Часть|Приложение|Article|Chapter|Section|Part|Annex)\s+[\dIVXLC]"
)
_NUMBERS = re.compile(r"[^a-zа-яё ]+(?: [^a-zа-яё ]+)+", re.I)  # a row of a table
_SENTENCE_END = re.compile(r"[.!?:;…][»”\")\]]*\Z")
_PAGE_NUMBER = re.compile(r"[–—-]?\s*(\d{1,4})\s*[–—-]?")
_FRONT_MATTER = 30  # how far the number printed on a page may be from its place in the file
_NEIGHBOURS = 8  # lines before and after that show how wide a column is
_WIDER_GAP = 1.35  # times the usual distance of lines


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, in points; ``first_word``: its width. Its ``hyphen`` is left out of the text."""

    text: str
    left: float
    right: float
    bottom: float
    height: float
    first_word: float
    weights: tuple[int, int]
    hyphen: str = ""

    @property
    def ends_sentence(self) -> bool:
        return not self.hyphen and _SENTENCE_END.search(self.text) is not None

    @property
    def goes_on_small(self) -> bool:
        return self.text[0].islower()


def pdf_paragraphs(path: Path) -> Iterator[str]:
    """Page by page; a paragraph that goes on over pages stays whole."""
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

    document = PdfDocument(path)
    hyphens = Hyphens()
    opened, last = "", None
    for number in range(len(document)):
        lines = _without_number(_lines(document[number]), number + 1)
        hyphens.learn(line.text for line in lines)
        pitch = _pitch(lines)
        for at, line in enumerate(lines):
            if last is not None and (_flows(lines, at, pitch) if at else _goes_over(last, line)):
                opened = _joined(opened, last, line, hyphens)
            else:
                yield _ended(opened, last)
                opened = line.text
            last = line
    yield _ended(opened, last)


def _joined(opened: str, last: Line, line: Line, hyphens: Hyphens) -> str:
    if last.hyphen == "?":
        return hyphens.joined(opened, line.text)
    return opened + ("" if last.hyphen else " ") + line.text


def _ended(opened: str, last: Line | None) -> str:
    """A hyphen after which nothing comes divided no word."""
    return f"{opened}-" if last is not None and last.hyphen else opened


def _lines(page: Any) -> list[Line]:
    text_page = page.get_textpage()
    try:
        text = text_page.get_text_range(errors="replace")
        place = _places(text)
        found = []
        for match in _LINE.finditer(text):
            content = match[0].strip()
            if content:
                begin = match.start() + match[0].index(content)
                found.append(_line(text_page, content, lambda at, begin=begin: place(begin + at)))  # type: ignore[misc]
        return found
    finally:
        text_page.close()
        page.close()


def _places(text: str) -> Callable[[int], int]:
    """From places in the text to those PDFium knows, which counts units of UTF-16."""
    if text and max(text) > "\uffff":
        units = [0, *accumulate(1 + (letter > "\uffff") for letter in text)]
        return units.__getitem__
    return lambda at: at


def _line(text_page: Any, content: str, place: Callable[[int], int]) -> Line:
    from pypdfium2 import raw

    hyphen = ""
    if len(content) > 1 and content[-2].isalnum():
        hyphen = "soft" if content[-1] in _SOFT_HYPHENS else "?" if content[-1] in _UNKNOWN_HYPHENS else ""
    word = len(content.split(" ", 1)[0])
    keys = [
        max(0, raw.FPDFText_GetCharIndexFromTextIndex(text_page.raw, place(at)))
        for at in (0, word - 1, len(content) - 1)
    ]
    first, end_of_word, last = (text_page.get_charbox(key, loose=True) for key in keys)
    return Line(
        text=re.sub(r"[ \t]+", " ", content[:-1] if hyphen else content).replace("\u00ad", ""),
        left=first[0],
        right=last[2],
        bottom=first[1],
        height=first[3] - first[1],
        first_word=end_of_word[2] - first[0],
        weights=tuple(raw.FPDFText_GetFontWeight(text_page.raw, key) for key in (keys[0], keys[2])),
        hyphen=hyphen,
    )


def _without_number(lines: list[Line], number: int) -> list[Line]:
    """Without the number of the page above or below."""
    for at in (-1, 0):
        told = _PAGE_NUMBER.fullmatch(lines[at].text) if lines else None
        if told and abs(int(told[1]) - number) <= _FRONT_MATTER:
            del lines[at]
            break
    return lines


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance of lines, in their heights."""
    steps = [
        (above.bottom - below.bottom) / above.height
        for above, below in pairwise(lines)
        if above.height > 0 and _is_same_size(above, below) and above.bottom > below.bottom
    ]
    return min(median(steps), 2.5) if len(steps) > 2 else 1.2


def _is_same_size(one: Line, other: Line) -> bool:
    return abs(one.height - other.height) <= 0.12 * max(one.height, other.height)


def _goes_over(last: Line, line: Line) -> bool:
    """Whether a paragraph goes on in another column or on another page."""
    if last.hyphen and line.goes_on_small:
        return True
    return _is_same_size(last, line) and not last.ends_sentence and line.goes_on_small


def _flows(lines: Sequence[Line], at: int, pitch: float) -> bool:
    """Whether a line belongs to the paragraph of the line before it."""
    last, line = lines[at - 1], lines[at]
    step = last.bottom - line.bottom
    if step <= 0.3 * last.height or last.right <= last.left:
        return _goes_over(last, line)
    if last.hyphen:
        return step < 2 * pitch * last.height
    if not _is_same_size(last, line) or step > _WIDER_GAP * pitch * last.height or _BULLET.match(line.text):
        return False
    return not (_is_heading_before(last, line) or _breaks(lines, at))


def _is_heading_before(last: Line, line: Line) -> bool:
    """A line in bold before one that is not."""
    begins, ends = last.weights
    return begins == ends > 1.1 * line.weights[0] > 0 and not last.text.endswith(",")


def _breaks(lines: Sequence[Line], at: int) -> bool:
    """Whether the line before ended where it need not: the next word would have found room there."""
    last, line = lines[at - 1], lines[at]
    if (last.ends_sentence and _ITEM.match(line.text)) or _NUMBERS.fullmatch(line.text):
        return True
    is_indented = line.left > last.left + last.height
    if is_indented and last.ends_sentence and not _ITEM.match(last.text):
        return True
    edge = _right_edge(lines, at - 1)
    needed = line.first_word + 0.4 * last.height
    if line.goes_on_small and not last.ends_sentence:
        # Words that hold together, pictures at the side: only a line far shorter than others ends here.
        needed += min(6 * last.height, (edge - last.left) / 4)
    return edge - last.right > needed


def _right_edge(lines: Sequence[Line], at: int) -> float:
    """Where the column ends, as the lines around show it."""
    here = lines[at]
    around = lines[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]
    return max(
        line.right
        for line in around
        if _is_same_size(line, here) and abs(line.left - here.left) < 4 * here.height
    )
