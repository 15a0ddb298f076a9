from __future__ import annotations

from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import BaseTranslatableField

from cms.blocks import BodyBlock, HighlightsBlock
from cms.models.base import BasePage


class HomePage(BasePage):
    """The first page of a language. There is one per language: the others are translations of the first."""

    hero_title = models.CharField(
        _("headline"), max_length=150, help_text=_("The large line at the top of the page.")
    )
    highlights = StreamField(HighlightsBlock(), verbose_name=_("highlights"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("hero_title"),
        FieldPanel("introduction"),
        FieldPanel("highlights"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("hero_title"),
        index.SearchField("highlights"),
    ]
    # Home pages of all languages stand side by side under the root, so their slugs must differ.
    override_translatable_fields = [BaseTranslatableField("slug")]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms.SectionPage", "cms.ArticlePage"]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Only the first one is created by hand; the others come by "Translate this page"."""
        return bool(super().can_create_at(parent)) and not cls.objects.exists()


class SectionPage(BasePage):
    """A part of the portal: a short text and the list of the pages in it."""

    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types = ["cms.SectionPage", "cms.ArticlePage"]
    template = "cms/section_page.html"

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["children"] = self.listed_children()
        return context

    def listed_children(self) -> list[Page]:
        """The published pages in this section that everybody may read, without their bodies."""
        return list(self.get_children().live().public().defer_streamfields().specific())


class Heading(NamedTuple):
    anchor: str
    text: str


class ArticlePage(BasePage):
    """A text made of typed blocks."""

    body = StreamField(BodyBlock(), verbose_name=_("body"))

    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types: list[str] = []
    template = "cms/article_page.html"

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def contents(self) -> list[Heading]:
        """The main headings, for the table of contents. Anchors are the same in every language."""
        return [
            Heading(f"s-{block.id[:8]}", block.value["text"])
            for block in self.body
            if block.block_type == "heading" and block.value["level"] == "2"
        ]
