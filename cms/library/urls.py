"""Addresses of the e-library, under the language and ``library/``; the same in every language."""

from __future__ import annotations

from django.urls import path

from cms.library import views

app_name = "library"

urlpatterns = [
    path("", views.index, name="index"),
    path("documents/", views.documents, name="documents"),
    path("documents/<slug:code>/", views.document, name="document"),
    path("documents/<slug:code>/text/<slug:key>/", views.text, name="text"),
    path("files/<slug:key>/", views.file, name="file"),
]
