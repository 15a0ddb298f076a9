"""Addresses of the page chooser, under admin/choose-page/, before those of Wagtail and by the same names."""

from __future__ import annotations

from django.urls import path
from wagtail.admin.auth import require_admin_access

from cms.explorer.chooser import PageBrowseView, PageSearchView

_browse = require_admin_access(PageBrowseView.as_view())

urlpatterns = [
    path("", _browse, name="wagtailadmin_choose_page"),
    path("<int:parent_page_id>/", _browse, name="wagtailadmin_choose_page_child"),
    path("search/", require_admin_access(PageSearchView.as_view()), name="wagtailadmin_choose_page_search"),
]
