"""The datasets of one's own participant, and the overview of each."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from registry.admin.base import DataMixin, DatasetMixin
from registry.admin.menu import DataMenuItem
from registry.models import Dataset
from registry.selectors.dataset import dataset_list


class DatasetListView(DataMixin, BaseListingView):
    """The datasets of the viewer's participant. Constant number of queries."""

    page_title = _("Datasets")
    model = Dataset
    paginate_by = 50
    is_searchable = True
    search_fields = ("code", "indicator__name_en", "indicator__name_ru")
    search_backend_name = None
    index_url_name = "data:datasets"
    default_ordering = "code"
    columns = (
        TitleColumn("code", label=_("Dataset"), get_url=lambda row: reverse("data:dataset", args=[row.code])),
        Column("indicator", label=_("Indicator"), accessor="indicator.name"),
        Column("source", label=_("Source"), accessor="source"),
        Column("release", label=_("Release"), accessor="current_release.number"),
        Column("released_at", label=_("Released at"), accessor="current_release.released_at"),
        BooleanColumn("is_official", label=_("Official")),
    )

    def get_base_queryset(self) -> QuerySet[Dataset]:
        own = dataset_list(viewer=self.viewer, owner=self.viewer.participant or "")
        return own.select_related("indicator", "current_release")


class DatasetView(DatasetMixin, TemplateView):
    """What a dataset is, what was released of it, and what waits."""

    tab = "dataset"
    template_name = "registry/admin/dataset.html"


urlpatterns = [
    path("datasets/", DatasetListView.as_view(), name="datasets"),
    path("datasets/<str:code>/", DatasetView.as_view(), name="dataset"),
]
MENU = [DataMenuItem(_("Datasets"), "datasets", icon="table", order=100)]
