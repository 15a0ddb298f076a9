from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Page

from cms.blocks.figures import SelectionBlock
from registry.access import ANONYMOUS
from registry.languages import current_language

#: Parts of the portal that are no pages of the CMS.
PORTAL_PARTS = [
    ("registry:statistics", _("Statistics")),
    ("registry:availability", _("Data availability")),
    ("library:index", _("E-library")),
    ("library:documents", _("All documents")),
    ("glossary:index", _("Glossary")),
    ("institutions:index", _("Institutions")),
    ("search:search", _("Search")),
]


@dataclass(frozen=True, slots=True)
class LinkTarget:
    url: str
    text: str


class LinkValue(blocks.StructValue):
    """A link as stored. `link_targets` says where it leads."""


def link_targets(links: Iterable[LinkValue], request: HttpRequest | None) -> list[LinkTarget | None]:
    """Where each link leads in the active language; None for what is gone or not published.

    One query for all links. A page without a version in the active language is linked as it is.
    """
    links = list(links)
    chosen = [link["page"] for link in links if link["page"]]
    keys = [page.translation_key for page in chosen]
    pages: dict[Any, Page] = {}
    if keys:
        from cms.models.visibility import in_open_parts

        viewer = getattr(request, "viewer", ANONYMOUS)
        versions = in_open_parts(Page.objects.live().filter(translation_key__in=keys), viewer)
        ids = {page.pk for page in chosen}
        for version in versions.select_related("locale"):
            is_wanted = version.locale.language_code == current_language()
            if is_wanted or (version.pk in ids and version.translation_key not in pages):
                pages[version.translation_key] = version
    return [_link_target(link, pages, request) for link in links]


def _link_target(
    link: LinkValue, pages: Mapping[Any, Page], request: HttpRequest | None
) -> LinkTarget | None:
    if link["page"]:
        page = pages.get(link["page"].translation_key)
        url = page.get_url(request) if page else None
        return LinkTarget(url, link["text"] or page.title) if page and url else None
    if link["part"]:
        try:
            address = reverse(link["part"])
        except NoReverseMatch:
            return None
        query = (link.get("query") or "").strip().rpartition("?")[2]
        text = link["text"] or str(dict(PORTAL_PARTS)[link["part"]])
        return LinkTarget(f"{address}?{query}" if query else address, text)
    return LinkTarget(link["url"], link["text"] or link["url"])


class LinkBlock(blocks.StructBlock):
    """A link to exactly one of: a page, a part of the portal, another site."""

    text = blocks.CharBlock(
        label=_("Link text"),
        required=False,
        max_length=150,
        help_text=_("Empty: the title of what is linked."),
    )
    page = blocks.PageChooserBlock(
        label=_("Page"), required=False, help_text=_("Readers are led to its version in their language.")
    )
    part = blocks.ChoiceBlock(
        label=_("Part of the portal"), choices=PORTAL_PARTS, required=False, search_index=False
    )
    query = SelectionBlock(
        label=_("Choice within that part"),
        required=False,
        max_length=500,
        help_text=_(
            "What stands behind the ? of its address, such as kind=policy. It counts in every language."
        ),
        search_index=False,
    )
    url = blocks.URLBlock(label=_("Address of another site"), required=False)

    class Meta:
        label = _("Link")
        help_text = _("Fill in exactly one: a page, a part of the portal or an address.")
        icon = "link"
        value_class = LinkValue

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if sum(bool(cleaned[name]) for name in ("page", "part", "url")) != 1:
            raise StructBlockValidationError(
                block_errors={
                    "page": ValidationError(
                        _("Fill in exactly one: a page, a part of the portal or an address.")
                    )
                }
            )
        if cleaned["query"] and not cleaned["part"]:
            raise StructBlockValidationError(
                block_errors={"query": ValidationError(_("Only a part of the portal has a choice."))}
            )
        return cleaned


class LinkListBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Title"), required=False, max_length=150, help_text=_("Heading above the list. Empty: none.")
    )
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), min_num=1)

    class Meta:
        label = _("Links")
        icon = "list-ul"
        template = "cms/blocks/links.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        targets = link_targets(value["links"], context.get("request"))
        context["targets"] = [target for target in targets if target]
        return context


class PageTreeBlock(blocks.StaticBlock):
    """The site map: all published pages in the language of the page."""

    class Meta:
        label = _("Site map")
        icon = "site"
        admin_text = _("Lists all published pages.")
        template = "cms/blocks/page_tree.html"


class HighlightBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=100)
    text = blocks.TextBlock(label=_("Text"), max_length=300, help_text=_("One or two sentences."))
    link = LinkBlock(label=_("Link"))

    class Meta:
        label = _("Highlight")
        icon = "pick"


class HighlightsBlock(blocks.StreamBlock):
    """The cards on the home page."""

    highlight = HighlightBlock()

    class Meta:
        template = "cms/blocks/highlights.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        cards = [block.value for block in value]
        targets = link_targets([card["link"] for card in cards], context.get("request"))
        context["cards"] = list(zip(cards, targets, strict=True))
        return context
