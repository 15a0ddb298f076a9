"""What the work of translators adds to the Wagtail admin. Loaded when the app is ready."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, re_path, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.admin_words import translation_editor_words
from cms.translation import turn, urls, whole  # noqa: F401
from cms.translation.panel import TranslationPanel
from cms.translation.po import po_download, po_upload
from cms.translation.report import may_see_report


class ReportMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_see_report(request.user)


# wagtail-localize's own report shows everybody the titles of all pages, those of national parts too, and its
# PO files see cms/translation/po.py: ours stand before its addresses.
@hooks.register("register_admin_urls", order=-100)
def report_urls() -> list[Any]:
    return [
        re_path(r"^localize/reports/translations/", _ours),
        path("localize/translate/<int:translation_id>/pofile/download/", po_download, name="po_download"),
        path("localize/translate/<int:translation_id>/pofile/upload/", po_upload, name="po_upload"),
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


@hooks.register("insert_editor_js")
def words_of_the_editor() -> SafeString:
    words = translation_editor_words()
    return format_html(
        '<script src="{}" data-title="{}" data-more="{}"></script>',
        static("cms/js/translation_editor.js"),
        words["title"],
        words["more"],
    )


@hooks.register("construct_homepage_panels", order=100)
def translation_panel(request: HttpRequest, panels: list[Any]) -> None:
    if may_see_report(request.user):
        panels.append(TranslationPanel(request))
