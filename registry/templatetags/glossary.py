"""Explaining the terms of a text: ``{% glossary %}…{% endglossary %}`` around what is rendered."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString

from registry.presentation.glossary import Glossary, glossary_address, glossary_now, marked

register = template.Library()
_PLACE = "_glossary"


class GlossaryNode(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        html = self.nodelist.render(context)
        address = glossary_address()
        if not address or not html.strip():
            return html
        glossary, seen = _of_page(context)
        return marked(html, glossary=glossary, address=address, seen=seen)


def _of_page(context: Context) -> tuple[Glossary, set[str]]:
    """The glossary and the terms already explained on this page: read once for a request."""
    request = context.get("request")
    if request is None:
        return glossary_now(), set()
    kept = getattr(request, _PLACE, None)
    if kept is None:
        kept = (glossary_now(), set())
        setattr(request, _PLACE, kept)
    found: tuple[Glossary, set[str]] = kept
    return found


@register.tag
def glossary(parser: Parser, token: Token) -> GlossaryNode:
    """Marks each term where it first occurs on the page. One query a page."""
    nodelist = parser.parse(("endglossary",))
    parser.delete_first_token()
    return GlossaryNode(nodelist)
