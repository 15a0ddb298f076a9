"""What the work of translators adds to the Wagtail admin. Loaded when the app is ready."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, re_path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.translation import turn, urls, whole  # noqa: F401
from cms.translation.panel import TranslationPanel
from cms.translation.report import may_see_report


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_report(request.user)


# wagtail-localize's own report shows everybody the titles of all pages, those of national parts too: ours
# stands before its address.
@hooks.register("register_admin_urls", order=-100)
def report_urls() -> list[Any]:
    return [
        re_path(r"^localize/reports/translations/", _ours),
        path("reports/", include(urls)),
    ]


def _ours(request: HttpRequest) -> HttpResponse:
    return redirect("translation:report")


@hooks.register("register_reports_menu_item")
def report_item() -> MenuItem:
    url = reverse_lazy("translation:report")
    return ReportMenuItem(_("Translations"), url, name="languages", icon_name="site", order=100)


@hooks.register("construct_reports_menu", order=100)
def one_report_of_translations(request: HttpRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if not type(item).__module__.startswith("wagtail_localize")]


@hooks.register("construct_homepage_panels", order=100)
def translation_panel(request: HttpRequest, panels: list[Any]) -> None:
    if may_see_report(request.user):
        panels.append(TranslationPanel(request))
