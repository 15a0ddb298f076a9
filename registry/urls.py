"""Addresses of the statistics, under the language and ``statistics/``."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from registry.views.data import indicator_data
from registry.views.statistics import availability, indicator_page, statistics_index


class IdentifierConverter(StringConverter):
    """A code as `registry.models.base.validate_identifier` allows it."""

    regex = r"[A-Za-z0-9_@$\-]+"


register_converter(IdentifierConverter, "identifier")

app_name = "registry"
urlpatterns = [
    path("", statistics_index, name="statistics"),
    path("availability/", availability, name="availability"),
    path("<identifier:code>/", indicator_page, name="indicator"),
    path("<identifier:code>/data.<slug:extension>", indicator_data, name="data"),
]
