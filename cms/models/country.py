"""Country pages: a participant's own part of the portal, open to everybody or national (D155–D157)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Collection, Page, Workflow
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from cms.blocks import BodyBlock, BoxesBlock
from cms.models.base import BODY_HELP, BasePage
from cms.models.pages import TextPage
from registry.access import ANONYMOUS, PUBLIC, participant_token
from registry.models import Participant


class NationalPart(models.Model):  # type: ignore[django-manager-missing]
    """What belongs to a participant's country page in all languages, and the box that opens it.

    ``keepers`` edit its pages and images; ``moderators`` approve what is handed in to the workflow. Both
    groups follow the roles of the registry and are put right by `cms.services.country`.
    """

    participant = models.OneToOneField(
        Participant, models.PROTECT, related_name="national_part", verbose_name=_("participant")
    )
    is_open = models.BooleanField(
        _("open to everybody"),
        default=False,
        help_text=_(
            "Not ticked: only the people of the participant see the country page and what is below it."
        ),
    )
    keepers = models.OneToOneField(Group, models.PROTECT, null=True, editable=False, related_name="+")
    moderators = models.OneToOneField(Group, models.PROTECT, null=True, editable=False, related_name="+")
    collection = models.OneToOneField(
        Collection, models.PROTECT, null=True, editable=False, related_name="national_part"
    )
    workflow = models.ForeignKey(Workflow, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("country page")
        verbose_name_plural = _("country pages")

    def __str__(self) -> str:
        return str(self.participant.name)

    @property
    def audiences(self) -> frozenset[str]:
        """The tokens of those who may see it (registry/access.py)."""
        own = participant_token(self.participant.code)
        return frozenset({own, PUBLIC}) if self.is_open else frozenset({own})


class CountryIndexPage(BasePage):
    """The list of the country pages that the viewer may see."""

    kind = "country_index"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.CountryPage"]
    template = "cms/country_index_page.html"

    class Meta:
        verbose_name = _("list of countries")
        verbose_name_plural = _("lists of countries")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """There is one, below the home page of each language."""
        return bool(super().can_create_at(parent)) and not cls.objects.child_of(parent).exists()

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.selectors.country import country_pages

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        viewer = getattr(request, "viewer", ANONYMOUS)
        context["countries"] = country_pages(viewer=viewer)
        return context


class CountryPage(BasePage):
    """The first page of a participant. It comes with the participant and is not created by hand."""

    kind = "country"
    served_with = ("part__participant",)
    part = models.ForeignKey(NationalPart, models.PROTECT, related_name="pages", editable=False)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True, help_text=BODY_HELP)
    boxes = StreamField(
        BoxesBlock(),
        verbose_name=_("boxes"),
        blank=True,
        help_text=_("Shown beside the text, before those the portal makes itself."),
    )

    content_panels = [*BasePage.content_panels, FieldPanel("body"), FieldPanel("boxes")]
    search_fields = [*BasePage.search_fields, index.SearchField("body"), index.SearchField("boxes")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        SynchronizedField("part", overridable=False),
    ]
    parent_page_types = ["cms.CountryIndexPage"]
    subpage_types = ["cms.CountrySubPage", "cms.LinksPage", "cms.NewsPage", "cms.EventPage"]
    template = "cms/country_page.html"

    class Meta:
        verbose_name = _("country page")
        verbose_name_plural = _("country pages")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        return False

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.selectors.country import country_menu, country_overview

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        viewer = getattr(request, "viewer", ANONYMOUS)
        context["overview"] = country_overview(viewer=viewer, page=self)
        context["side_menu"] = country_menu(page=self, request=request)
        return context

    @cached_property
    def participant(self) -> Participant:
        found: Participant = self.part.participant
        return found


class CountrySubPage(TextPage):
    """An article below a country page, with the menu of that country beside it."""

    kind = "country_sub"
    show_in_menus_default = True
    parent_page_types = ["cms.CountryPage", "cms.CountrySubPage"]
    subpage_types = ["cms.CountrySubPage", "cms.LinksPage"]
    template = "cms/article_page.html"

    class Meta:
        verbose_name = _("page of a country")
        verbose_name_plural = _("pages of a country")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.selectors.country import country_menu

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["side_menu"] = country_menu(page=self, request=request)
        return context
