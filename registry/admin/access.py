"""Who sees a dataset: the ladder of audiences, its grants, a form to open it, and how others see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from registry import authority
from registry.access import Viewer
from registry.admin.access_form import GrantForm
from registry.admin.base import DatasetMixin, attempt
from registry.admin.menu import DataMenuItem
from registry.errors import RegistryError
from registry.languages import current_language, served
from registry.models import AccessGrant, Dataset, Indicator, Participant
from registry.selectors.access import (
    GrantState,
    ListedGrant,
    grant_list,
    grants_listed,
    ladder,
    viewer_as,
)
from registry.selectors.availability import datasets_documented
from registry.selectors.code import codes_by_list
from registry.selectors.documentation import documentation_current
from registry.selectors.indicator import indicator_with_dimensions
from registry.selectors.participant import participant_list
from registry.services.access import grant_create, grant_revoke
from registry.views.documentation import Documented, documented
from registry.views.figures import figures_context
from registry.views.selection import asked_from
from registry.views.table import table_for

#: In the address of the preview: nobody signed in, and any participant. Codes of participants are capitals.
ANYBODY, ANY_PARTICIPANT = "anonymous", "participant"


@dataclass(frozen=True, slots=True)
class ShownGrant:
    """A grant as a line of the page; ``slice`` by name of the dimension and labels of its members."""

    listed: ListedGrant
    slice: Sequence[tuple[str, str]]


class AccessMixin(DatasetMixin):
    tab = "access"

    @cached_property
    def may_open(self) -> bool:
        return authority.may_open(self.actor, self.dataset.owner)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_open=self.may_open, **kwargs)


class AccessView(AccessMixin, FormView[GrantForm]):
    """Who sees the dataset now, later and formerly; its administrator opens it here."""

    template_name = "registry/admin/access.html"
    form_class = GrantForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "dataset": self.dataset, "viewer": self.viewer}

    def form_valid(self, form: GrantForm) -> HttpResponse:
        try:
            grant_create(dataset=self.dataset, actor=self.actor, **form.terms())
        except (RegistryError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Opened."))
        return redirect("data:access", self.dataset.code)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = grants_listed(viewer=self.viewer, dataset=self.dataset)
        shown = shown_grants(self.viewer, self.dataset, listed)
        by_grant = {line.listed.grant.pk: line for line in shown}
        rungs = [
            (rung.audience, [by_grant[listed.grant.pk] for listed in rung.grants]) for rung in ladder(listed)
        ]
        standing = (GrantState.IN_FORCE, GrantState.LATER)
        return super().get_context_data(
            rungs=rungs,
            standing=[line for line in shown if line.listed.state in standing],
            past=[line for line in shown if line.listed.state not in standing],
            **kwargs,
        )


def shown_grants(viewer: Viewer, dataset: Dataset, listed: Sequence[ListedGrant]) -> list[ShownGrant]:
    """Grants with their slices in words. Two queries if any has one."""
    if not any(line.grant.slice for line in listed):
        return [ShownGrant(line, ()) for line in listed]
    dimensions = {dimension.code: dimension for dimension in dataset.indicator.dimensions.all()}
    codelists = {dimension.codelist_id for dimension in dimensions.values()}
    wanted = {code for line in listed for codes in line.grant.slice.values() for code in codes}
    found = codes_by_list(viewer=viewer, codelists=codelists, codes=dict.fromkeys(codelists, wanted))
    labels = {(codelist, row.code): row.labels for codelist, rows in found.items() for row in rows}
    return [
        ShownGrant(
            line,
            [
                (
                    str(dimensions[name].name),
                    ", ".join(str(served(labels[dimensions[name].codelist_id, code])) for code in codes),
                )
                for name, codes in line.grant.slice.items()
            ],
        )
        for line in listed
    ]


class RevokeView(AccessMixin, TemplateView):
    """Asks once more, then closes what a grant opened."""

    page_title = gettext_lazy("Revoke")
    template_name = "registry/admin/access_revoke.html"

    @cached_property
    def grant(self) -> AccessGrant:
        grants = grant_list(viewer=self.viewer, dataset=self.dataset)
        return get_object_or_404(grants, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = grants_listed(viewer=self.viewer, dataset=self.dataset)
        lines = [line for line in listed if line.grant.pk == self.grant.pk]
        return super().get_context_data(line=shown_grants(self.viewer, self.dataset, lines)[0], **kwargs)

    def post(self, request: HttpRequest, code: str, pk: int) -> HttpResponse:
        with attempt(request, _("Revoked. It is closed from now on.")):
            grant_revoke(grant=self.grant, actor=self.actor)
        return redirect("data:access", self.dataset.code)


class PreviewView(AccessMixin, TemplateView):
    """The dataset as somebody else would get it: figures, documentation or nothing.

    Only ever this dataset, which whoever looks sees as a whole already; nothing of other owners is read.
    """

    page_title = gettext_lazy("As seen by others")
    template_name = "registry/admin/access_preview.html"

    @cached_property
    def participants(self) -> list[Participant]:
        return list(participant_list(viewer=self.viewer).exclude(pk=self.dataset.owner_id))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        who = self.request.GET.get("as", ANYBODY)
        shares = self.request.GET.get("shares") == "1"
        named = next((found for found in self.participants if found.code == who), None)
        if who not in (ANYBODY, ANY_PARTICIPANT) and named is None:
            who = ANYBODY
        context = {
            "who": who,
            "shares": shares and who != ANYBODY,
            "named": named,
            "participants": self.participants,
            **self._seen_by(self._viewer(who, named, shares)),
        }
        return super().get_context_data(**context, **kwargs)

    def _viewer(self, who: str, named: Participant | None, shares: bool) -> Viewer:
        return viewer_as(dataset=self.dataset, participant=named, shares=None if who == ANYBODY else shares)

    def _seen_by(self, other: Viewer) -> Mapping[str, Any]:
        """What is shown, read with the other's tokens and narrowed to this dataset alone."""
        indicator = indicator_with_dimensions(viewer=self.viewer, code=self.dataset.indicator.code)
        assert indicator is not None, "it has a dataset of the viewer's own"
        rows = datasets_documented(viewer=other, indicator=indicator)
        found = next((row for row in rows if row.dataset.pk == self.dataset.pk), None)
        if found is None:
            return {"indicator": indicator, "table": None, "found": None}
        tables = documentation_current(viewer=other, datasets=[self.dataset])
        read: Documented = documented(found, tables)
        return {
            "found": read,
            **self._figures(other, indicator, [found.dataset] if found.has_figures else []),
        }

    def _figures(self, other: Viewer, indicator: Indicator, datasets: list[Dataset]) -> Mapping[str, Any]:
        if not datasets:
            return {"indicator": indicator, "table": None}
        usual = self.dataset.frequency
        asked = asked_from(self.request.GET, indicator, viewer=self.viewer, frequency=usual)
        asked = replace(asked, datasets=(self.dataset.code,), frequency=None, as_of=None, by_source=False)
        language = current_language()
        table = table_for(
            viewer=other, indicator=indicator, asked=asked, datasets=datasets, usual=usual, language=language
        )
        return {"indicator": indicator, **figures_context(table, datasets, indicator, language)}


urlpatterns = [
    path("datasets/<str:code>/access/", AccessView.as_view(), name="access"),
    path("datasets/<str:code>/access/preview/", PreviewView.as_view(), name="access_preview"),
    path("datasets/<str:code>/access/<int:pk>/revoke/", RevokeView.as_view(), name="access_revoke"),
]
MENU: list[DataMenuItem] = []
