"""The releases of a dataset: what changed when, any two of them side by side, and withdrawal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView, TemplateView
from wagtail.admin import messages

from registry import authority
from registry.admin.base import DatasetMixin
from registry.admin.menu import DataMenuItem
from registry.cube import Cube, CubeTooLarge
from registry.errors import RegistryError
from registry.languages import LANGUAGES, current_language
from registry.models import Release
from registry.presentation.comparison import comparison_of
from registry.selectors.cube import cube_get
from registry.selectors.selection import Selection
from registry.selectors.vintage import release_list
from registry.services.release import dataset_withdraw

#: Figures with more cells than this are not laid side by side on a page.
MOST_CELLS = 1_000_000


class ReleaseMixin(DatasetMixin):
    tab = "releases"

    def releases(self) -> QuerySet[Release]:
        own = self.datasets().filter(pk=self.dataset.pk).order_by()
        return release_list(viewer=self.viewer, datasets=own).select_related("released_by")

    def may_withdraw(self) -> bool:
        is_released = self.dataset.current_release_id is not None
        return is_released and authority.may_withdraw(self.actor, self.dataset)


class ReleaseListView(ReleaseMixin, ListView[Release]):
    """Every release of a dataset, the last one first. Constant number of queries."""

    template_name = "registry/admin/release.html"
    context_object_name = "releases"
    paginate_by = 50
    page_kwarg = "p"  # what Wagtail's links to other pages say

    def get_queryset(self) -> QuerySet[Release]:
        return self.releases()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        numbers = [release.number for release in page if vars(release)["is_readable"]]
        return {
            **context,
            "may_withdraw": self.may_withdraw(),
            "may_correct": authority.may_submit(self.actor, self.dataset),
            "may_compare": len(numbers) > 1,
            "compared": numbers[:2],  # the later one first
            "elided_page_range": page.paginator.get_elided_page_range(page.number),
        }


class ReleaseComparisonView(ReleaseMixin, TemplateView):
    """Two releases cell by cell, ``before`` and ``after`` by number; 404 for one that cannot be read."""

    template_name = "registry/admin/release_comparison.html"
    page_title = _("Comparison of releases")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.GET.get("before") and request.GET.get("after")):
            messages.error(request, _("Choose two releases to compare."))
            return redirect("data:releases", self.dataset.code)
        return super().get(request, *args, **kwargs)

    def release(self, name: str) -> Release:
        number = self.request.GET.get(name, "")
        if not number.isdecimal() or len(number) > 9:
            raise Http404
        found = get_object_or_404(self.releases(), number=int(number))
        if not vars(found)["is_readable"]:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before, after = sorted(
            (self.release("before"), self.release("after")), key=lambda release: release.number
        )
        context: dict[str, Any] = {"before": before, "after": after}
        try:
            context["comparison"] = comparison_of(
                self.cube(after), self.cube(before), language=current_language()
            )
        except CubeTooLarge:
            context["comparison"] = None
        return super().get_context_data(**context, **kwargs)

    def cube(self, release: Release) -> Cube:
        selection = Selection(frequency=self.dataset.frequency, as_of=release)
        indicator = self.dataset.indicator
        return cube_get(viewer=self.viewer, indicator=indicator, selection=selection, limit=MOST_CELLS)


class WithdrawalForm(forms.Form):
    """The reason in every language of the portal: it is what remains to be read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"reason_{language.code}"] = forms.CharField(
                label=f"{_REASON} ({language.name})",
                max_length=2_000,
                widget=forms.Textarea(attrs={"rows": 3, "lang": language.code}),
            )

    def reason(self) -> dict[str, str]:
        return {language.code: self.cleaned_data[f"reason_{language.code}"] for language in LANGUAGES}


_REASON: Promise = _("Reason")


class WithdrawalView(ReleaseMixin, FormView[WithdrawalForm]):
    """Take a dataset's figures back: what that does, the reason, and the confirmation."""

    template_name = "registry/admin/release_withdrawal.html"
    form_class = WithdrawalForm
    page_title = _("Withdrawal")
    header_icon = "warning"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_withdraw():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: WithdrawalForm) -> HttpResponse:
        try:
            dataset_withdraw(dataset=self.dataset, actor=self.actor, reason=form.reason())
        except RegistryError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Withdrawn: the figures are no longer shown anywhere."))
        return redirect(reverse("data:releases", args=[self.dataset.code]))


urlpatterns = [
    path("datasets/<str:code>/releases/", ReleaseListView.as_view(), name="releases"),
    path(
        "datasets/<str:code>/releases/compare/", ReleaseComparisonView.as_view(), name="releases-comparison"
    ),
    path("datasets/<str:code>/releases/withdraw/", WithdrawalView.as_view(), name="withdrawal"),
]
MENU: list[DataMenuItem] = []
