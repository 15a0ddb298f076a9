"""Explaining the terms of a text: ``{% glossary %}…{% endglossary %}`` around what is rendered.

Around a table it is ``{% glossary_table %}…{% endglossary_table %}``.
"""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from registry.presentation.glossary import Glossary, glossary_address, glossary_now, marked, marked_table

register = template.Library()
_PLACE = "_glossary"


class GlossaryNode(template.Node):
    def __init__(self, nodelist: NodeList, *, is_table: bool = False) -> None:
        self.nodelist = nodelist
        self.is_table = is_table

    def render(self, context: Context) -> SafeString:
        html = self.nodelist.render(context)
        address = glossary_address()
        if not address or not html.strip() or (self.is_table and context.get("plain_headings")):
            return html
        glossary, seen, cards = _of_page(context)
        if self.is_table:
            return marked_table(html, glossary=glossary, address=address, cards=cards)
        return marked(html, glossary=glossary, address=address, seen=seen, cards=cards)


def _of_page(context: Context) -> tuple[Glossary, set[str], set[str]]:
    """The glossary, the terms marked in texts of this page and those whose meaning stands on it.

    Read once for a request.
    """
    request = context.get("request")
    if request is None:
        return glossary_now(), set(), set()
    kept = getattr(request, _PLACE, None)
    if kept is None:
        kept = (glossary_now(), set(), set())
        setattr(request, _PLACE, kept)
    found: tuple[Glossary, set[str], set[str]] = kept
    return found


@register.tag
def glossary(parser: Parser, token: Token) -> GlossaryNode:
    """Marks each term where it first occurs in the texts of the page. One query a page."""
    nodelist = parser.parse(("endglossary",))
    parser.delete_first_token()
    return GlossaryNode(nodelist)


@register.tag
def glossary_table(parser: Parser, token: Token) -> GlossaryNode:
    """Marks each term where it first occurs in caption and headings of the table. The same query.

    A table that is included ``with plain_headings=True`` stays as it is: where the portal's look is missing.
    """
    nodelist = parser.parse(("endglossary_table",))
    parser.delete_first_token()
    return GlossaryNode(nodelist, is_table=True)
