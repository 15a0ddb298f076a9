"""What Wagtail's admin says in English whatever the language, because its code names no translation."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables.pages import PageTitleColumn
from wagtail.admin.views.generic.chooser import ChooseViewMixin
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.models import Page

_header_context = PageTitleColumn.get_header_context_data


def _items_count(paginator: Any) -> str:
    """How many there are, in languages too that have more than one plural."""
    name = paginator.verbose_name if paginator.count == 1 else paginator.verbose_name_plural
    text = pgettext("number of things in a list", "%(count)s %(things)s")
    return text % {"count": paginator.count, "things": name}


def _named_header_context(column: Any, parent_context: Any) -> Any:
    """A list of all pages tells no name of what it lists."""
    context = _header_context(column, parent_context)
    if context.get("model_name") is None:
        is_one = context.get("items_count") == 1
        context["model_name"] = Page._meta.verbose_name if is_one else Page._meta.verbose_name_plural
    return context


def translation_editor_words() -> dict[str, str]:
    """What the script of the translation editor writes without asking for a translation."""
    return {
        # Translators: {source} and {target} are names of languages as they call themselves.
        "title": _("Translation: {source} → {target}"),
        "more": pgettext("translation editor", "More actions"),
    }


def install() -> None:
    label = cached_property(_items_count)
    label.__set_name__(WagtailPaginator, "items_count_label")
    WagtailPaginator.items_count_label = label
    PageTitleColumn.get_header_context_data = _named_header_context
    ChooseViewMixin.search_tab_label = ChooserViewSet.search_tab_label = gettext_lazy("Search")
