from __future__ import annotations

from django.urls import URLPattern

from registry.admin.menu import DataMenuItem

urlpatterns: list[URLPattern] = []
MENU: list[DataMenuItem] = []
