"""Addresses of the statistics, under the language and ``statistics/``."""

from django.urls import path

from registry import converters  # noqa: F401
from registry.views.data import indicator_data
from registry.views.documentation import documentation_file, documentation_page
from registry.views.feed import changes_feed
from registry.views.statistics import availability, indicator_history, indicator_page, statistics_index

app_name = "registry"
urlpatterns = [
    path("", statistics_index, name="statistics"),
    path("availability/", availability, name="availability"),
    path("feed/", changes_feed, name="feed"),
    path("<identifier:code>/", indicator_page, name="indicator"),
    path(
        "<identifier:code>/documentation/<identifier:dataset>/",
        documentation_page,
        name="documentation",
    ),
    path(
        "<identifier:code>/documentation/<identifier:dataset>.csv",
        documentation_file,
        name="documentation-csv",
    ),
    path("<identifier:code>/feed/", changes_feed, name="indicator-feed"),
    path("<identifier:code>/history/", indicator_history, name="history"),
    path("<identifier:code>/data.<slug:extension>", indicator_data, name="data"),
]
