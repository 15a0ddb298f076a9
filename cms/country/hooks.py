"""What the country pages add to Wagtail and its admin. Loaded by cms/wagtail_hooks.py."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from cms.country.authority import may_keep_pages, may_open_country
from cms.country.bulk import BULK_ACTIONS
from cms.country.permissions import closed_paths
from cms.country.views import country_home, country_open_view
from cms.models import CountryPage
from cms.models.visibility import hidden_pages, may_see
from registry.access import ANONYMOUS


@hooks.register("before_serve_page", order=-100)
def hidden_is_absent(page: Page, request: HttpRequest, *args: Any) -> None:
    """A page in a closed part answers like an address where there is nothing, whoever published it."""
    viewer = getattr(request, "viewer", ANONYMOUS)
    above = getattr(page, "above", None)
    if above is not None and not any(one.specific_class is CountryPage for one in (*above, page)):
        return
    if isinstance(page, CountryPage):
        is_open = page.part.is_open or page.participant.code == viewer.participant
    else:
        is_open = may_see(viewer, page)
    if not is_open:
        raise Http404


@hooks.register("construct_page_chooser_queryset")
def choosable_pages(pages: Any, request: HttpRequest) -> Any:
    """Pages of other countries are chosen only where everybody sees them."""
    closed = closed_paths(request.user)
    return pages.exclude(pk__in=hidden_pages(closed).values("pk")) if closed else pages


@hooks.register("register_admin_urls")
def country_urls() -> list[Any]:
    return [
        path("country/", country_home, name="country_home"),
        path("country/<str:code>/open/", country_open_view, name="country_open"),
    ]


@hooks.register("construct_reports_menu")
def no_report_without_permissions(request: HttpRequest, items: list[MenuItem]) -> None:
    """The guard closes its address."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name != "page-types-usage"]


for action in BULK_ACTIONS:
    hooks.register("register_bulk_action", action, order=100)  # in place of Wagtail's


class _OwnCountryItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        participant = getattr(request.user, "participant", None)
        return participant is not None and may_keep_pages(request.user, participant)  # type: ignore[arg-type]


@hooks.register("register_admin_menu_item")
def country_item() -> MenuItem:
    return _OwnCountryItem(_("Country page"), reverse("country_home"), icon_name="globe", order=150)


@hooks.register("register_page_header_buttons")
def open_button(page: Page, user: Any, view_name: str = "", next_url: str | None = None, **_more: Any) -> Any:
    if page.specific_class is not CountryPage:
        return
    participant = page.specific.participant
    if may_open_country(user, participant):
        url = reverse("country_open", args=[participant.code])
        yield Button(_("Who sees it"), url, icon_name="view", priority=15)


@hooks.register("before_copy_page")
def country_pages_are_not_copied(request: HttpRequest, page: Page) -> HttpResponse | None:
    if page.specific_class is CountryPage:
        raise Http404
    return None
