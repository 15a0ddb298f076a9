"""What the site map lists beside the pages: the parts of the portal that are none."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cms.blocks.navigation import PORTAL_PARTS
from cms.models import LibraryTopic
from cms.selectors.navigation import MenuItem, viewer_in
from registry.access import Viewer
from registry.selectors.indicator import indicator_list
from registry.selectors.statistics import by_collection

#: Parts that stand below another one.
_BELOW = ("registry:availability", "library:documents")


def portal_parts(*, request: HttpRequest) -> list[MenuItem]:
    """Every part with what is below it, each address once; what is not served is left out. Two queries."""
    viewer = viewer_in(request)
    below = {
        "registry:statistics": lambda item: _statistics(item, viewer),
        "library:index": lambda item: _library(viewer),
    }
    parts = []
    for view, label in PORTAL_PARTS:
        if view in _BELOW:
            continue
        for item in _items(str(label), view):
            item.children = below[view](item) if view in below else []
            parts.append(item)
    return [
        *parts,
        *_items(_("News feed (Atom)"), "feeds:news"),
        *_items(_("Feed of upcoming events (Atom)"), "feeds:events"),
        *_items(_("Calendar of events (iCalendar)"), "feeds:calendar"),
    ]


def _items(label: str, view: str, *args: str) -> list[MenuItem]:
    """One item, none where the part is not served."""
    try:
        return [MenuItem(label, reverse(view, args=args))]
    except NoReverseMatch:
        return []


def _statistics(index: MenuItem, viewer: Viewer) -> list[MenuItem]:
    found = _items(_("Data availability"), "registry:availability")
    for group in by_collection(indicator_list(viewer=viewer), lambda indicator: indicator):
        item = MenuItem(group.label, f"{index.url}#group-{group.code}")
        for indicator in group.items:
            item.children += _items(indicator.name, "registry:indicator", indicator.code)
        found.append(item)
    return found + _items(_("Feed of changed figures (Atom)"), "registry:feed")


def _library(viewer: Viewer) -> list[MenuItem]:
    found = _items(_("All documents"), "library:documents")
    if not found:
        return []
    topics: Sequence[LibraryTopic] = list(LibraryTopic.objects.visible_to(viewer))
    items = {topic.pk: MenuItem(topic.name, f"{found[0].url}?topic={topic.code}") for topic in topics}
    for topic in topics:
        (found if topic.parent_id is None else items[topic.parent_id].children).append(items[topic.pk])
    return found
