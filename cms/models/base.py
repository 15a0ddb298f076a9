from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page, PageViewRestriction
from wagtail.search import index
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField

from cms.models.visibility import PortalPageManager

#: First parts of addresses that other parts of the portal own; a page of that name would be unreachable.
RESERVED_SLUGS = frozenset({"account", "feeds", "glossary", "library", "search", "statistics"})


class BasePage(Page):
    """What all page types share. One row per language; wagtail-localize keeps the rows together.

    The slug is the same in every language and follows the page it was translated from, so that an address
    differs only in its language. Title, introduction and description are translated. ``kind`` names the
    page type in the API and in the search.
    """

    kind: ClassVar[str] = ""
    #: Texts of the page type that nobody looks for.
    not_searched: ClassVar[frozenset[str]] = frozenset()
    #: What is read with the page when it is served.
    served_with: ClassVar[tuple[str, ...]] = ()

    #: All pages above, unpublished ones too, where the address was followed to this one.
    above: tuple[Page, ...] | None = None

    #: Known, where the address was followed to this page, to have no restriction of Wagtail's.
    is_unrestricted = False

    introduction = models.TextField(
        _("introduction"),
        max_length=600,
        help_text=_("Two or three sentences. Shown under the title, in lists and in search results."),
    )

    content_panels: list[Panel] = [*Page.content_panels, FieldPanel("introduction")]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]
    override_translatable_fields: Iterable[BaseTranslatableField] = [
        SynchronizedField("slug", overridable=False)
    ]

    objects: ClassVar[Any] = PortalPageManager()

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.depth in {None, 3} and self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another part of the portal.")})

    def permissions_for_user(self, user: Any) -> Any:
        """Wagtail's, and nobody but its keepers has any on a country page and below it."""
        from cms.country.permissions import PortalPermissionTester

        return PortalPermissionTester(user, self)

    def get_view_restrictions(self) -> Any:
        """Wagtail's, in one query instead of two; in none where there are known to be none."""
        if self.is_unrestricted:
            return PageViewRestriction.objects.none()
        length = type(self).steplen
        paths = [self.path[:end] for end in range(length, len(self.path) + 1, length)]
        return PageViewRestriction.objects.filter(page__path__in=paths)

    @property
    def description(self) -> str:
        """The text for search engines."""
        return str(self.search_description or self.introduction)

    @cached_property
    def versions(self) -> list[Page]:
        """The published versions in all languages, and this one. One query."""
        published = self.get_translations(inclusive=True).select_related("locale")
        return [page for page in published if page.live or page.pk == self.pk]

    @cached_property
    def trail(self) -> list[Page]:
        """The pages above this one, home page first. One query; none where the address was followed to it."""
        return list(self.get_ancestors().filter(depth__gte=2).live())
