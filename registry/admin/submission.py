from __future__ import annotations

from django.urls import path
from django.views.generic import TemplateView

from registry.admin.base import DatasetMixin
from registry.admin.menu import DataMenuItem


class PlaceholderView(DatasetMixin, TemplateView):
    tab = "submissions"
    template_name = "registry/admin/dataset_base.html"


urlpatterns = [path("datasets/<str:code>/submissions/", PlaceholderView.as_view(), name="submissions")]
MENU: list[DataMenuItem] = []
