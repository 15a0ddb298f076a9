"""The text of web pages: a paragraph for each block, whatever is marked within it.

Used by the reader in its own process (cms/library/reader.py); knows nothing of Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_NO_TEXT = ("script", "style", "template", "noscript", "head", "title")
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"),
        *("dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu"),
        *("nav", "ol", "option", "p", "pre", "search", "section", "select", "summary", "table", "tbody"),
        *("tfoot", "thead", "tr", "ul"),
    )
)
_CELLS = frozenset(("td", "th"))
_BLOCK, _BREAK, _CELL = "\x01", "\x02", "\x03"  # no text that is taken holds them


def html_parts(text: str) -> Iterator[str]:
    """What stands in a row of a table is parted by tabs, ``br`` breaks a line, two of them a paragraph."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for element in soup(_NO_TEXT):
        element.decompose()
    flat = re.sub(r"\s+", " ", "".join(_pieces(soup)).replace("\u00ad", ""))
    for paragraph in re.split(rf" ?(?:{_BLOCK}|{_BREAK} ?{_BREAK})(?:[ {_BLOCK}{_BREAK}])*", flat):
        lines = (_line(line) for line in paragraph.split(_BREAK))
        yield "\n".join(line for line in lines if line)


def _line(line: str) -> str:
    return "\t".join(cell.strip() for cell in line.split(_CELL)).strip()


def _pieces(soup: Any) -> Iterator[str]:
    """The texts in their order, with the marks between them."""
    from bs4.element import NavigableString, Tag

    waiting: list[Any] = [soup]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str) and not isinstance(node, NavigableString):
            yield node
        elif type(node) is NavigableString:
            is_as_written = node.parent is not None and node.parent.name == "pre"
            yield re.sub(r"\r?\n", _BREAK, node) if is_as_written else str(node)
        elif isinstance(node, Tag):
            mark = _BLOCK if node.name in _BLOCKS else _CELL if node.name in _CELLS else ""
            if node.name == "br":
                yield _BREAK
            waiting.append(mark)
            waiting.extend(reversed(node.contents))
            waiting.append(mark if mark == _BLOCK else "")
