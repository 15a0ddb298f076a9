"""What the registry adds to the Wagtail admin: the section "Data" with its addresses and menu."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem, SubmenuMenuItem

from registry.admin import urls
from registry.admin.menu import data_menu


@hooks.register("register_admin_urls")
def admin_urls() -> list[Any]:
    return [path("data/", include(urls))]


@hooks.register("register_admin_menu_item")
def admin_menu_item() -> MenuItem:
    return SubmenuMenuItem(_("Data"), data_menu, name="data", icon_name="table", order=90)


for item in urls.MENU:
    hooks.register("register_data_menu_item", lambda item=item: item)
