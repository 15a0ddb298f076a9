"""Other sites, described: what a page of links is made of (D154)."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks


class SiteValue(blocks.StructValue):
    @property
    def host(self) -> str:
        """Where the link leads, for readers who want to know before they follow it."""
        return str(urlsplit(self["url"]).netloc).removeprefix("www.")


class SiteBlock(blocks.StructBlock):
    name = blocks.CharBlock(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=250,
        help_text=_("What the site is called, in the language of the page."),
    )
    url = blocks.URLBlock(label=_("Address"), search_index=False)
    about = blocks.TextBlock(
        label=_("What is to be found there"),
        required=False,
        max_length=400,
        help_text=_("One or two sentences for readers who do not know the site."),
    )

    class Meta:
        label = _("Site")
        icon = "site"
        value_class = SiteValue


class LinkGroupBlock(blocks.StructBlock):
    """Sites of one kind: agencies of the region, of other regions, international organisations."""

    title = blocks.CharBlock(label=_("Title"), max_length=150)
    sites = blocks.ListBlock(SiteBlock(), label=_("Sites"), min_num=1)

    class Meta:
        label = _("Group of links")
        icon = "list-ul"
        template = "cms/blocks/link_group.html"


class LinkGroupsBlock(blocks.StreamBlock):
    group = LinkGroupBlock()
