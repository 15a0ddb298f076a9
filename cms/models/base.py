from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import BaseTranslatableField, SynchronizedField

#: First parts of addresses that other parts of the portal own; a page of that name would be unreachable.
RESERVED_SLUGS = frozenset({"account", "search", "statistics"})


class BasePage(Page):
    """What all page types share. One row per language; wagtail-localize keeps the rows together.

    The slug is the same in every language and follows the page it was translated from, so that an address
    differs only in its language. Title, introduction and description are translated.
    """

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

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.depth in {None, 3} and self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to another part of the portal.")})

    @property
    def description(self) -> str:
        """The text for search engines."""
        return str(self.search_description or self.introduction)

    @cached_property
    def trail(self) -> list[Page]:
        """The pages above this one, home page first. One query."""
        return list(self.get_ancestors().filter(depth__gte=2).live())
