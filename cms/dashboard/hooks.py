"""What the first page of the admin gains. Loaded when the app is ready."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import PagesSummaryItem, SummaryItem

from cms.authority import may_keep_documents
from cms.dashboard.guide import guide, has_guide, picture
from cms.dashboard.panels import DocumentsPanel, DraftsPanel, EventsPanel, OwnPagesSummary, StartPanel
from cms.translation.report import may_see_report
from registry.models import User


@hooks.register("register_admin_urls")
def guide_urls() -> list[Any]:
    return [
        path("guide/", guide, name="guide"),
        path("guide/<slug:name>/", guide, name="guide_page"),
        path("guide/pictures/<path:name>.png", picture, name="guide_picture"),
    ]


class _GuideItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return has_guide()


@hooks.register("register_help_menu_item")
def guide_item() -> MenuItem:
    return _GuideItem(_("Guide for editors"), reverse_lazy("guide"), icon_name="help", order=50)


@hooks.register("construct_homepage_panels", order=90)
def panels_of_work(request: HttpRequest, panels: list[Any]) -> None:
    user = request.user
    if not isinstance(user, User):
        return
    keeps_pages, keeps_documents = may_see_report(user), may_keep_documents(user, user.participant)
    if keeps_pages or keeps_documents:
        panels.append(StartPanel(request))
    if keeps_pages:
        panels += [DraftsPanel(request), EventsPanel(request)]
    if keeps_documents:
        panels.append(DocumentsPanel(request))


@hooks.register("construct_homepage_summary_items", order=100)
def own_pages_counted(request: HttpRequest, items: list[SummaryItem]) -> None:
    items[:] = [OwnPagesSummary(request) if type(item) is PagesSummaryItem else item for item in items]
