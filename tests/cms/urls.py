"""The portal's addresses, with stand-ins for the statistics and search pages (tested elsewhere)."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from cms.views.pages import serve


def stand_in(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return render(request, "base.html")


statistics = [path("", stand_in, name="statistics"), path("<str:code>/", stand_in, name="indicator")]
search = [path("", stand_in, name="search")]

urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    *i18n_patterns(
        path("statistics/", include((statistics, "registry"))),
        path("search/", include((search, "search"))),
        path("account/", include("cms.urls")),
        path("feeds/", include("cms.feeds")),
        re_path(wagtail_urls.serve_pattern, serve, name="wagtail_serve"),
        path("", include(wagtail_urls)),
    ),
]
