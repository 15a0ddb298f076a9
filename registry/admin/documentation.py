"""The documentation table of a dataset: read, edited, reviewed, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, TemplateView, View
from wagtail.admin import messages

from registry import authority
from registry.admin.base import DatasetMixin, attempt
from registry.admin.documentation_form import DocumentationForm, initial_of, taken_over
from registry.admin.menu import DataMenuItem
from registry.errors import Conflict, RegistryError
from registry.models import Documentation, LegalReference
from registry.presentation.documentation import (
    SECTIONS,
    compared,
    compared_documents,
    label_of,
)
from registry.presentation.languages import language_name
from registry.selectors.documentation import (
    ASKED_FIELDS,
    documentation_current,
    documentation_filled,
    documentation_version,
    documentation_versions,
)
from registry.selectors.legal import legal_list
from registry.services.documentation import (
    documentation_restore,
    documentation_review,
    documentation_write,
)


class DocumentationMixin(DatasetMixin):
    """A page of the tab; ``may_write`` is what the services ask."""

    tab = "documentation"

    @cached_property
    def may_write(self) -> bool:
        return authority.may_document(self.actor, self.dataset)

    @cached_property
    def current(self) -> Documentation | None:
        return documentation_current(viewer=self.viewer, datasets=[self.dataset]).get(self.dataset.pk)

    def address(self, name: str = "documentation", *args: Any) -> str:
        return reverse(f"data:{name}", args=[self.dataset.code, *args])

    def trail(self) -> Sequence[dict[str, Any]]:
        above = [*super().trail()]
        if self.page_title and str(self.page_title) != _("Documentation"):
            above.append({"url": self.address(), "label": _("Documentation")})
        return above

    def version_or_404(self, version: object) -> Documentation:
        """The version of the dataset with this number, which may come from an address."""
        number = int(version) if str(version).isdecimal() and len(str(version)) < 9 else 0  # type: ignore[call-overload]
        found = documentation_version(viewer=self.viewer, dataset=self.dataset, version=number)
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_write=self.may_write, current=self.current, **kwargs)


def shown(table: Documentation | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """The sections of a table with their fields; those that are neither answered nor asked are left out."""
    sections = []
    for section in SECTIONS:
        rows = []
        for name in section.fields:
            answer = table.answer(name) if table is not None else {}
            original = answer.pop("original", "")
            if any(answer.values()) or original or name in ASKED_FIELDS:
                rows.append({"label": label_of(name), "texts": answer.items(), "original": original})
        sections.append((str(section.label), rows))
    return sections


class DocumentationView(DocumentationMixin, TemplateView):
    """The current version, in all languages beside each other."""

    page_title = gettext_lazy("Documentation")
    template_name = "registry/admin/documentation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        table = self.current
        return super().get_context_data(
            table=table,
            sections=shown(table) if table else (),
            original_language=language_name(table.original_language) if table else "",
            filled=documentation_filled(datasets=[self.dataset])[self.dataset.pk],
            **kwargs,
        )


class DocumentationEditView(DocumentationMixin, FormView[DocumentationForm]):
    """The editing form. Saving makes a version; what somebody else saved meanwhile is told and kept."""

    page_title = gettext_lazy("Edit the documentation")
    template_name = "registry/admin/documentation_form.html"
    form_class = DocumentationForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.may_write:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def references(self) -> QuerySet[LegalReference]:
        return legal_list(viewer=self.viewer, participant=self.dataset.owner.code)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "dataset": self.dataset, "references": self.references()}

    def get_initial(self) -> dict[str, Any]:
        return _initial(self.current)

    def form_valid(self, form: DocumentationForm) -> HttpResponse:
        base = form.cleaned_data["version"]
        try:
            written = documentation_write(
                dataset=self.dataset,
                actor=self.actor,
                base=base,
                legal_references=form.cleaned_data["legal_references"],
                **form.content(),
            )
        except Conflict as error:
            messages.error(self.request, str(error))
            return self._conflicting(base)
        except ValidationError as error:
            _add_errors(form, error)
            return self.form_invalid(form)
        except RegistryError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if written.version == base:
            messages.info(self.request, _("Nothing was changed, so there is no new version."))
        else:
            messages.success(self.request, _("Saved as version %(number)s.") % {"number": written.version})
        return redirect(self.address())

    def form_invalid(self, form: DocumentationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def _conflicting(self, base: int) -> HttpResponse:
        """The form again, started from what is current now, with what would be lost or undone shown."""
        started = documentation_version(viewer=self.viewer, dataset=self.dataset, version=base)
        theirs = self.current
        assert theirs is not None  # or there would be no conflict
        typed = taken_over(self.request.POST, _initial(started), _initial(theirs))
        form = DocumentationForm(typed, dataset=self.dataset, references=self.references())
        yours = Documentation(**{**theirs.content(), **(form.content() if form.is_valid() else {})})
        both = set(yours.changed_from(theirs))
        before = started or Documentation()
        conflict = {
            "theirs": theirs,
            "changes": [(change, change.name in both) for change in compared(before, theirs)],
            "documents": compared_documents(_documents(started), _documents(theirs)),
            "yours": compared(theirs, yours),
        }
        return self.render_to_response(self.get_context_data(form=form, conflict=conflict), status=409)


def _initial(table: Documentation | None) -> dict[str, Any]:
    return initial_of(table, _documents(table))


def _documents(table: Documentation | None) -> list[LegalReference]:
    documents: list[LegalReference] = getattr(table, "visible_references", [])
    return documents


def _add_errors(form: DocumentationForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems)


class DocumentationReviewView(DocumentationMixin, View):
    """“Reviewed today, nothing to change”."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        base = request.POST.get("version", "")
        with attempt(request, _("Recorded: reviewed today by you.")):
            documentation_review(
                dataset=self.dataset,
                actor=self.actor,
                base=int(base) if base.isdecimal() and len(base) < 9 else 0,
                today=timezone.localdate(),
            )
        return redirect(self.address())


class DocumentationHistoryView(DocumentationMixin, ListView[Documentation]):
    """All versions: who, when, and how much they changed."""

    page_title = gettext_lazy("History")
    template_name = "registry/admin/documentation_history.html"
    paginate_by = 50
    page_kwarg = "p"

    def get_queryset(self) -> QuerySet[Documentation]:
        return documentation_versions(viewer=self.viewer, dataset=self.dataset)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        page = context["page_obj"]
        versions = list(page.object_list)
        # The version before the oldest of the page stands on the next one.
        before = list(self.get_queryset()[page.end_index() : page.end_index() + 1]) if versions else []
        older = [*versions[1:], *before, Documentation()][: len(versions)]
        rows = [_history_row(*pair) for pair in zip(versions, older, strict=True)]
        elided = page.paginator.get_elided_page_range(page.number)
        return {**context, "rows": rows, "paged": page.has_other_pages(), "elided_page_range": elided}


def _history_row(version: Documentation, older: Documentation) -> dict[str, Any]:
    changed = version.changed_from(older)
    documents = compared_documents(_documents(older), _documents(version))
    if documents:
        changed.append("legal_references")
    is_review = changed == ["reviewed_on"]
    return {"version": version, "changed": [label_of(name) for name in changed], "is_review": is_review}


class DocumentationVersionView(DocumentationMixin, TemplateView):
    """One version as it was."""

    template_name = "registry/admin/documentation_version.html"

    @property
    def page_title(self) -> str:  # type: ignore[override]
        return _("Version %(number)s") % {"number": self.kwargs["version"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        table = self.version_or_404(self.kwargs["version"])
        return super().get_context_data(
            table=table,
            sections=shown(table),
            original_language=language_name(table.original_language),
            **kwargs,
        )


class DocumentationRestoreView(DocumentationMixin, View):
    """The text of an old version becomes a new one."""

    def post(self, request: HttpRequest, code: str, version: int) -> HttpResponse:
        old = self.version_or_404(version)
        message = _("The text of version %(number)s is current again.") % {"number": old.version}
        with attempt(request, message):
            documentation_restore(dataset=self.dataset, actor=self.actor, version=old.version)
        return redirect(self.address())


class DocumentationComparisonView(DocumentationMixin, TemplateView):
    """Two versions field by field, word by word: ``?from=1&to=3``."""

    page_title = gettext_lazy("Comparison")
    template_name = "registry/admin/documentation_comparison.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = (self.request.GET.get(name, "") for name in ("from", "to"))
        older, newer = (self.version_or_404(version) for version in asked)
        return super().get_context_data(
            older=older,
            newer=newer,
            changes=compared(older, newer),
            documents=compared_documents(_documents(older), _documents(newer)),
            **kwargs,
        )


_AT = "datasets/<str:code>/documentation/"
urlpatterns = [
    path(_AT, DocumentationView.as_view(), name="documentation"),
    path(f"{_AT}edit/", DocumentationEditView.as_view(), name="documentation-edit"),
    path(f"{_AT}review/", DocumentationReviewView.as_view(), name="documentation-review"),
    path(f"{_AT}history/", DocumentationHistoryView.as_view(), name="documentation-history"),
    path(f"{_AT}comparison/", DocumentationComparisonView.as_view(), name="documentation-comparison"),
    path(f"{_AT}<int:version>/", DocumentationVersionView.as_view(), name="documentation-version"),
    path(f"{_AT}<int:version>/restore/", DocumentationRestoreView.as_view(), name="documentation-restore"),
]
MENU: list[DataMenuItem] = []
