"""Tags of the portal's templates. They read through selectors and decide nothing themselves."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.models import Page

from cms.blocks.data import IndicatorLinkValue
from cms.models import EventPage
from cms.selectors.addresses import home_url
from cms.selectors.fallback import Fallback, fallback_of
from cms.selectors.navigation import (
    LanguageLink,
    MenuItem,
    PageTree,
    breadcrumb_items,
    language_links,
    menu_items,
    page_tree,
)
from cms.selectors.sitemap import portal_parts
from cms.selectors.statistics import IndicatorGroup, indicator_groups, indicator_url
from cms.when import days, moments, zone_name
from registry.access import ANONYMOUS

register = template.Library()


def _page(context: Context) -> Page | None:
    page = context.get("page")
    return page if isinstance(page, Page) else None


def _viewer(context: Context) -> Any:
    return getattr(context.get("request"), "viewer", ANONYMOUS)


@register.simple_tag(takes_context=True)
def main_menu(context: Context) -> list[MenuItem]:
    """``{% main_menu as menu %}``"""
    return menu_items(request=context["request"]) if context.get("request") else []


@register.simple_tag(takes_context=True)
def breadcrumb_trail(context: Context) -> list[MenuItem]:
    """``{% breadcrumb_trail as trail %}``: what stands above the page shown."""
    return breadcrumb_items(request=context["request"], page=_page(context)) if context.get("request") else []


@register.simple_tag(takes_context=True)
def page_languages(context: Context) -> list[LanguageLink]:
    """``{% page_languages as languages %}``: this place in every language."""
    return language_links(request=context["request"], page=_page(context)) if context.get("request") else []


@register.simple_tag(takes_context=True)
def page_fallback(context: Context, languages: list[LanguageLink]) -> Fallback | None:
    """``{% page_fallback languages as fallback %}``: set where the page is not in the active language."""
    page = _page(context)
    if page is None or not page.pk:
        return None
    is_other = any(language.is_current and language.is_fallback for language in languages)
    return fallback_of(page) if is_other or page.alias_of_id else None


@register.simple_tag(takes_context=True)
def text_lang(context: Context) -> str:
    """``<h1{% text_lang %}>``: what the page itself says, where it is not in the active language."""
    fallback: Fallback | None = context.get("fallback")
    return format_html(' lang="{}"', fallback.language) if fallback else ""


@register.simple_tag(takes_context=True)
def page_stylesheets(context: Context) -> list[str]:
    """``{% page_stylesheets as sheets %}``: what blocks of the page need beside the portal's own."""
    found = (getattr(block.block.meta, "stylesheet", "") for block in getattr(_page(context), "body", ()))
    return sorted(set(filter(None, found)))


@register.simple_tag
def event_when(event: EventPage) -> SafeString:
    """``{% event_when event %}``: the days of an event, with hours and time zone where it has them."""
    if event.starts_at is None:
        return days(event.starts_on, event.ends_on)
    return format_html(
        '{} <span class="time-zone">({})</span>',
        moments(event.starts_on, event.starts_at, event.ends_on, event.ends_at),
        zone_name(event.time_zone),
    )


@register.simple_tag
def portal_home() -> str:
    """The address of the home page in the active language."""
    return home_url()


@register.simple_tag
def portal_url(view: str, *args: Any) -> str:
    """Like ``{% url %}``, but empty where that part of the portal is not installed."""
    try:
        return reverse(view, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def absolute(context: Context, url: str) -> str:
    """The full address of a path on this host, without a query string."""
    return str(context["request"].build_absolute_uri(url.partition("?")[0]))


@register.simple_tag(takes_context=True)
def linked_indicator(context: Context, value: IndicatorLinkValue) -> Any:
    """``{% linked_indicator value as indicator %}``: None where the viewer may not know of it."""
    return value.indicator(_viewer(context))


@register.simple_tag
def indicator_address(code: str) -> str:
    return indicator_url(code)


@register.simple_tag(takes_context=True)
def site_map(context: Context) -> PageTree | None:
    """``{% site_map as tree %}``"""
    return page_tree(request=context["request"]) if context.get("request") else None


@register.simple_tag(takes_context=True)
def parts_of_portal(context: Context) -> list[MenuItem]:
    """``{% parts_of_portal as parts %}``: what of the portal is no page, for the site map."""
    return portal_parts(request=context["request"]) if context.get("request") else []


@register.inclusion_tag("cms/includes/statistics.html", takes_context=True)
def statistics_overview(context: Context) -> dict[str, list[IndicatorGroup]]:
    """The indicators this viewer may know of, grouped; for the home page."""
    return {"groups": indicator_groups(viewer=_viewer(context))}
