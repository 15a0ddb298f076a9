from __future__ import annotations

import contextlib
from typing import Any, NamedTuple

from django.core.paginator import Page as ListPage
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField

from cms.blocks import BodyBlock, HighlightsBlock
from cms.models.base import BODY_HELP, BasePage
from cms.models.visibility import is_restricted, visible_pages
from registry.access import ANONYMOUS, Viewer

IN_A_SECTION = 60  # pages told of at once


def followed(request: Any, root: str, components: list[str]) -> Any:
    """The page at an address below a home page, as Wagtail would find it: in two queries, not two a level.

    ``root`` is the ``url_path`` of the home page. Raises Http404 where there is nothing.
    """
    addresses = [f"{root}{'/'.join([*components[:end], ''])}" for end in range(1, len(components) + 1)]
    slugs = {root.strip("/").rpartition("/")[2], *components}  # they are indexed, whole addresses are not
    pages = Page.objects.filter(slug__in=slugs, url_path__in=[root, *addresses])
    found = list(pages.annotate(is_restricted=is_restricted()).order_by("depth"))
    if [page.url_path for page in found] != [root, *addresses]:
        raise Http404
    model: Any = found[-1].specific_class
    if not issubclass(model, BasePage):
        return found[-1].specific.route(request, [])
    page = model.objects.select_related(*model.served_with).get(pk=found[-1].pk)
    page.above = tuple(found[:-1])
    page.trail = [above for above in page.above if above.live]
    page.is_unrestricted = not found[-1].is_restricted
    return page.route(request, [])


class HomePage(BasePage):
    """The first page of a language. There is one per language: the others are translations of the first."""

    kind = "home"
    hero_title = models.CharField(
        _("headline"), max_length=150, help_text=_("The large line at the top of the page.")
    )
    highlights = StreamField(
        HighlightsBlock(),
        verbose_name=_("highlights"),
        blank=True,
        help_text=_(
            "Cards below the headline, each leading to a page, a part of the portal or another site."
        ),
    )

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
    subpage_types = [
        "cms.SectionPage",
        "cms.ArticlePage",
        "cms.NewsIndexPage",
        "cms.EventIndexPage",
        "cms.LinksPage",
        "cms.ContactPage",
        "cms.SitemapPage",
        "cms.CountryIndexPage",
    ]
    template = "cms/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def route(self, request: Any, path_components: list[str]) -> Any:
        """A page that this language lacks is shown in another one, at the address it would have (D176)."""
        try:
            return self._followed(request, path_components)
        except Http404:
            homes = HomePage.objects.live().filter(translation_key=self.translation_key).exclude(pk=self.pk)
            for home in homes if path_components else ():
                with contextlib.suppress(Http404):
                    return home._followed(request, path_components)
            raise

    def _followed(self, request: Any, path_components: list[str]) -> Any:
        if not path_components:
            return super().route(request, path_components)
        return followed(request, self.url_path, path_components)

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Only the first one is created by hand; the others come by "Translate this page"."""
        return bool(super().can_create_at(parent)) and not cls.objects.exists()


class Layout(models.TextChoices):
    """How a text is laid out: the templates an editor chooses from (D161)."""

    STANDARD = "standard", _("Text with its contents beside it")
    SIDE_MENU = "side_menu", _("Text with the menu of its section beside it")
    WIDE = "wide", _("As wide as the page, for tables and charts")


class SectionLayout(models.TextChoices):
    """How a section shows the pages in it (D161)."""

    CARDS = "cards", _("Text, and below it the pages as cards")
    LIST = "list", _("Text, and below it the pages as a list")
    SIDE = "side", _("Text with the pages beside it")


class SectionPart(models.TextChoices):
    """The parts of the portal that are no pages but have a menu, by their views (D151, D152)."""

    STATISTICS = "registry:statistics", _("Statistics")
    LIBRARY = "library:index", _("E-library")


LAYOUT_HELP = _("How the page is laid out, in every language. Look at it in the preview.")


class SectionPage(BasePage):
    """A part of the portal: a short text and the list of the pages in it."""

    kind = "section"
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True, help_text=BODY_HELP)
    layout = models.CharField(
        _("layout"), max_length=20, choices=SectionLayout, default=SectionLayout.CARDS, help_text=LAYOUT_HELP
    )
    part = models.CharField(
        _("in the menu of"),
        max_length=40,
        choices=SectionPart,
        blank=True,
        help_text=_(
            "The pages of this section then stand in the menu below that part of the portal. Empty: the "
            "section has a place of its own in the menu."
        ),
    )

    content_panels = [*BasePage.content_panels, FieldPanel("layout"), FieldPanel("body")]
    promote_panels = [*BasePage.promote_panels, FieldPanel("part")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("layout", overridable=False),
        SynchronizedField("part", overridable=False),
    ]
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types = [
        "cms.SectionPage",
        "cms.ArticlePage",
        "cms.NewsIndexPage",
        "cms.EventIndexPage",
        "cms.LinksPage",
        "cms.ContactPage",
        "cms.SitemapPage",
    ]
    template = "cms/section_page.html"
    layouts = {
        SectionLayout.CARDS: "cms/section_page.html",
        SectionLayout.LIST: "cms/section_page_list.html",
        SectionLayout.SIDE: "cms/section_page_side.html",
    }

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        viewer = getattr(request, "viewer", ANONYMOUS)
        context["children"] = self.listed_children(viewer, request.GET.get("page"))
        return context

    def listed_children(self, viewer: Viewer = ANONYMOUS, number: str | None = None) -> ListPage[Any]:
        """One page of the pages in this section that the viewer may see, with their introductions, told of.

        Those that have no version in the active language come last.
        """
        from cms.selectors.fallback import in_language, own_first, tell
        from cms.selectors.page import introduced

        below = Q()
        for version in self.versions:
            below |= Q(path__startswith=version.path, depth=version.depth + 1)
        pages = visible_pages(Page.objects.filter(below), viewer).filter(in_language())
        ordered = pages.select_related("locale").order_by(own_first(), "path")
        listed = Paginator(ordered, IN_A_SECTION).get_page(number)
        listed.object_list = tell(introduced(listed.object_list))
        return listed


class Heading(NamedTuple):
    anchor: str
    text: str


class TextPage(BasePage):
    """What articles share: typed blocks in one of several layouts."""

    body = StreamField(BodyBlock(), verbose_name=_("body"), help_text=BODY_HELP)
    layout = models.CharField(
        _("layout"), max_length=20, choices=Layout, default=Layout.STANDARD, help_text=LAYOUT_HELP
    )

    content_panels = [*BasePage.content_panels, FieldPanel("layout"), FieldPanel("body")]
    search_fields = [*BasePage.search_fields, index.SearchField("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("layout", overridable=False),
    ]
    template = "cms/article_page.html"
    layouts = {
        Layout.STANDARD: "cms/article_page.html",
        Layout.SIDE_MENU: "cms/article_page_side_menu.html",
        Layout.WIDE: "cms/article_page_wide.html",
    }

    class Meta:
        abstract = True

    @property
    def contents(self) -> list[Heading]:
        """The main headings, for the table of contents. Anchors are the same in every language."""
        return [
            Heading(f"s-{block.id[:8]}", block.value["text"])
            for block in self.body
            if block.block_type == "heading" and block.value["level"] == "2"
        ]


class ArticlePage(TextPage):
    """A text made of typed blocks."""

    kind = "article"
    parent_page_types = ["cms.HomePage", "cms.SectionPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.selectors.navigation import section_menu

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        if self.layout == Layout.SIDE_MENU:
            context["side_menu"] = section_menu(request=request, page=self)
        return context
