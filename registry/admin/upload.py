"""The way in: templates to download, a file to upload, and the page that waits for it to be read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.views.generic import FormView, TemplateView, View

from registry.admin.figures import FiguresMixin, require_for_page
from registry.admin.menu import DataMenuItem
from registry.admin.service_form import told
from registry.caching import keep_from_others
from registry.cube import CubeTooLarge
from registry.formats import format_named
from registry.formats.template import write_csv, write_workbook
from registry.languages import current_language
from registry.models import Dataset, Upload, UploadState
from registry.models.submission import SubmissionAction
from registry.selectors.submission import own_draft
from registry.selectors.template import Template, template_of
from registry.selectors.upload import may_be_dead, upload_list, upload_problems
from registry.services.upload import LARGEST, upload_begin, upload_create, upload_restart

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File with the figures"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.json"}),
    )
    action = forms.ChoiceField(
        label=gettext_lazy("What the file holds"),
        choices=SubmissionAction.choices,
        initial=SubmissionAction.REPLACE,
        widget=forms.RadioSelect,
    )
    replace = forms.BooleanField(label=gettext_lazy("Replace my draft"), required=False)

    def __init__(self, *args: Any, has_release: bool, has_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = gettext(
            "Excel workbook (.xlsx), CSV or JSON-stat, at most %(limit)s MB."
        ) % {"limit": LARGEST // 1024**2}
        if not has_release:
            del self.fields["action"]
        if not has_draft:
            del self.fields["replace"]


class NewSubmissionView(FiguresMixin, FormView):  # type: ignore[type-arg]
    """The start: take a template, send a file, or type the figures in."""

    template_name = "registry/admin/submission_new.html"
    form_class = UploadForm
    page_title = gettext_lazy("New submission")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_for_page(self)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def draft(self) -> Any:
        return own_draft(viewer=self.viewer, dataset=self.dataset, person=self.actor)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "has_release": self.dataset.current_release_id is not None,
            "has_draft": self.draft is not None,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        file = form.cleaned_data["file"]
        kept: list[Upload] = []

        def create() -> None:
            kept.append(
                upload_create(
                    dataset=self.dataset,
                    file=file,
                    file_name=file.name,
                    actor=self.actor,
                    action=SubmissionAction(form.cleaned_data.get("action") or SubmissionAction.REPLACE),
                    replace=form.cleaned_data.get("replace", False),
                )
            )

        if not told(form, create):
            return self.form_invalid(form)
        upload_begin(upload=kept[0])
        return redirect("data:upload", kept[0].pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            draft=self.draft, has_release=self.dataset.current_release_id is not None, **kwargs
        )


class UploadView(FiguresMixin, TemplateView):
    """How far the reading of a file is. It can be left and come back to; when done it leads to the draft."""

    page_title = pgettext_lazy("figures", "Upload")
    template_name = "registry/admin/upload.html"

    @cached_property
    def upload(self) -> Upload:
        return get_object_or_404(upload_list(viewer=self.viewer), pk=self.kwargs["pk"])

    @cached_property
    def dataset(self) -> Dataset:
        return self.upload.dataset

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.upload.state == UploadState.DONE and self.upload.submission_id:
            return redirect("data:submission", self.upload.submission_id)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Start again, where the worker seems to have died."""
        from registry.admin.base import attempt

        with attempt(request) as act:
            upload_restart(upload=self.upload, actor=self.actor)
        if act.succeeded:
            upload_begin(upload=self.upload)
        return redirect("data:upload", self.upload.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        upload = self.upload
        return super().get_context_data(
            upload=upload,
            is_waiting=upload.state in (UploadState.WAITING, UploadState.RUNNING),
            may_restart=may_be_dead(upload),
            problems=upload_problems(upload),
            **kwargs,
        )


class TemplateFileView(FiguresMixin, View):
    """The template of a dataset as a file; ``?prefill=1`` with the last release, ``?delimiter=;`` for CSV."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        extension = self.kwargs["extension"]
        if extension not in ("xlsx", "csv"):
            raise Http404
        prefill = request.GET.get("prefill") == "1"
        template = template_of(self.dataset, prefill=prefill)
        try:
            response = self._workbook(template) if extension == "xlsx" else self._lines(template)
        except CubeTooLarge as error:
            return self._too_large(error)
        name = f"{self.dataset.code}_{'figures' if prefill else 'template'}.{extension}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        keep_from_others(request, response)
        return response

    def _workbook(self, template: Template) -> HttpResponseBase:
        format_named("xlsx").check(template.cube)
        parts = write_workbook(
            template.cube,
            name=self.dataset.code,
            language=current_language(),
            blank_rows=template.blank_rows,
        )
        return HttpResponse(b"".join(parts), content_type=_SHEET)

    def _lines(self, template: Template) -> HttpResponseBase:
        delimiter = ";" if self.request.GET.get("delimiter") == ";" else ","
        lines = write_csv(template.cube, language=current_language(), delimiter=delimiter)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")

    def _too_large(self, error: CubeTooLarge) -> HttpResponseBase:
        """Back to where the other templates are; those who only verify have no such page."""
        told = gettext(
            "The table has %(cells)s cells; an Excel template holds %(limit)s at most. Take the CSV template."
        )
        messages.error(self.request, told % {"cells": error.cells, "limit": error.limit})
        page = "data:submission-new" if self.may_submit else "data:submissions"
        return redirect(page, self.dataset.code)


urlpatterns = [
    path("datasets/<str:code>/submissions/new/", NewSubmissionView.as_view(), name="submission-new"),
    path("datasets/<str:code>/template.<str:extension>", TemplateFileView.as_view(), name="template"),
    path("uploads/<int:pk>/", UploadView.as_view(), name="upload"),
]
MENU: list[DataMenuItem] = []
