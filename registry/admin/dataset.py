"""The datasets of one's own participant: the list, a new one, and the overview of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from registry.access import Viewer
from registry.admin.base import DataMixin, DatasetMixin
from registry.admin.contact_forms import ShownForm
from registry.admin.menu import DataMenuItem
from registry.admin.service_form import ServiceFormView
from registry.authority import may_report
from registry.languages import columns
from registry.models import Dataset
from registry.selectors.dataset import dataset_list
from registry.selectors.indicator import indicator_list
from registry.services.dataset import dataset_code, dataset_create


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
        Column("source", label=pgettext_lazy("figures", "Source"), accessor="source"),
        Column("release", label=_("Release"), accessor="current_release.number"),
        Column("released_at", label=_("Released at"), accessor="current_release.released_at"),
        BooleanColumn("is_official", label=_("Official")),
    )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self.header_buttons = (
            [HeaderButton(_("New dataset"), url=reverse("data:dataset_add"), icon_name="plus")]
            if may_report(self.actor)
            else []
        )
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context

    def get_base_queryset(self) -> QuerySet[Dataset]:
        own = dataset_list(viewer=self.viewer, owner=self.viewer.participant or "")
        return own.select_related("indicator", "current_release")


class DatasetForm(ShownForm):
    """What a dataset is; owner and code follow from who makes it."""

    class Meta:
        model = Dataset
        fields = (
            "indicator",
            "frequency",
            *columns("source"),
            "source_url",
            "is_official",
            "timeliness_days",
            "counting_unit",
            "disclosure_threshold",
            *columns("note"),
        )
        widgets: ClassVar = {name: forms.Textarea(attrs={"rows": 2}) for name in columns("note")}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = indicator_list(viewer=viewer)  # type: ignore[attr-defined]

    def clean_frequency(self) -> str:
        frequency: str = self.cleaned_data["frequency"]
        indicator = self.cleaned_data.get("indicator")
        if indicator is not None and frequency not in indicator.frequencies:
            labels = dict(Dataset._meta.get_field("frequency").flatchoices)
            known = ", ".join(str(labels[code]) for code in indicator.frequencies if code in labels)
            told = gettext("This indicator is not kept in that frequency; expected one of: %(known)s.")
            raise forms.ValidationError(told % {"known": known})
        return frequency


class DatasetAddView(ServiceFormView):
    """A new dataset of the own participant: seen by nobody else until it is opened (D109)."""

    page_title = _("New dataset")
    done = _("The dataset is there. Only your own people see it until you open it to others.")
    submit_label = _("Create")
    form_class = DatasetForm
    made: Dataset | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_report(self.actor):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def trail(self) -> Sequence[dict[str, Any]]:
        return [{"url": reverse("data:datasets"), "label": gettext("Datasets")}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "viewer": self.viewer}

    def act(self, form: Any) -> object:
        owner = self.actor.participant
        assert owner is not None
        fields = dict(form.cleaned_data)
        indicator = fields.pop("indicator")
        code = dataset_code(owner=owner, indicator=indicator)
        self.made = dataset_create(code=code, indicator=indicator, owner=owner, actor=self.actor, **fields)
        return self.made

    def back(self) -> str:
        if self.made is None:
            return reverse("data:datasets")
        return reverse("data:dataset", args=[self.made.code])


class DatasetView(DatasetMixin, TemplateView):
    """What a dataset is, what was released of it, and what waits."""

    tab = "dataset"
    template_name = "registry/admin/dataset.html"


urlpatterns = [
    path("datasets/", DatasetListView.as_view(), name="datasets"),
    path("datasets/add/", DatasetAddView.as_view(), name="dataset_add"),
    path("datasets/<str:code>/", DatasetView.as_view(), name="dataset"),
]
MENU = [DataMenuItem(_("Datasets"), "datasets", icon="table", order=100)]
