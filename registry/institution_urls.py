"""Addresses of the inventory of institutions, under the language and ``institutions/``."""

from django.urls import path

from registry.views import institution

app_name = "institutions"
urlpatterns = [
    path("", institution.index, name="index"),
    path("<slug:code>/", institution.detail, name="detail"),
]
