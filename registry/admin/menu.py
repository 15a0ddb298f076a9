"""The section "Data" in the admin's menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import Promise
from wagtail.admin.menu import Menu, MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

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


class CountingMenuItem(DataMenuItem):
    """The same with the number of things that wait behind its label, where there are any."""

    def __init__(self, *args: Any, count: Callable[[Viewer], int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.count = count

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        component: LinkMenuItem = super().render_component(request)
        if waiting := self.count(request.viewer):  # type: ignore[attr-defined]
            component.label = f"{component.label} ({waiting})"
        return component


#: What `registry.wagtail_hooks` registers under "data"; the modules of this package add theirs by its hook.
data_menu = Menu(register_hook_name="register_data_menu_item")
