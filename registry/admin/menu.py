"""The section "Data" in the admin's menu."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from wagtail.admin.menu import Menu, MenuItem

from registry.access import Viewer


class DataMenuItem(MenuItem):
    """A page of the section, shown to the viewers it is for."""

    def __init__(
        self,
        label: str | Promise,
        url_name: str,
        *,
        icon: str,
        order: int,
        shown: Callable[[Viewer], bool] = lambda viewer: viewer.participant is not None,
    ) -> None:
        name = f"data-{url_name}"
        super().__init__(label, reverse_lazy(f"data:{url_name}"), name=name, icon_name=icon, order=order)
        self.shown = shown

    def is_shown(self, request: HttpRequest) -> bool:
        return self.shown(request.viewer)  # type: ignore[attr-defined]


#: What `registry.wagtail_hooks` registers under "data"; the modules of this package add theirs by its hook.
data_menu = Menu(register_hook_name="register_data_menu_item")
