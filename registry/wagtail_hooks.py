"""What the registry adds to the Wagtail admin: the section "Data" with its addresses and menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import include, path, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem, SubmenuMenuItem
from wagtail.admin.views.home import WhatsNewInWagtailVersionPanel

from registry.admin import urls
from registry.admin.dashboard import DashboardPanel, is_shown
from registry.admin.menu import data_menu
from registry.admin.notice import MailChoicePanel
from registry.admin.term import GlossaryMenuItem


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    return [path("data/", include(urls))]


@hooks.register("register_admin_menu_item")
def admin_menu_item() -> MenuItem:
    return SubmenuMenuItem(_("Data"), data_menu, name="data", icon_name="table", order=90)


@hooks.register("register_admin_menu_item")
def glossary_menu_item() -> MenuItem:
    url = reverse_lazy("data:terms")
    return GlossaryMenuItem(_("Glossary"), url, name="glossary", icon_name="openquote", order=160)


@hooks.register("construct_homepage_panels")
def homepage_panels(request: HttpRequest, panels: list[Any]) -> None:
    """What waits for the person comes first; news of the framework are for those who run it."""
    panels[:] = [panel for panel in panels if not isinstance(panel, WhatsNewInWagtailVersionPanel)]
    if is_shown(request.viewer):  # type: ignore[attr-defined]
        panels.append(DashboardPanel(request))


@hooks.register("insert_global_admin_css")
def admin_css() -> str:
    """The section's few rules, also for its panel on the home page."""
    return format_html('<link rel="stylesheet" href="{}">', static("registry/admin.css"))


hooks.register("register_account_settings_panel", MailChoicePanel)

for item in urls.MENU:
    hooks.register("register_data_menu_item", lambda item=item: item)
