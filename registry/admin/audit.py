"""The audit trail: an administrator reads that of its own participant, the secretariat that of the system.

Beside it what PostgreSQL recorded by itself and no service knows of: changes past the application.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from registry.access import Viewer
from registry.admin.base import DataMixin
from registry.admin.menu import DataMenuItem
from registry.formats.csv import text_line
from registry.models import AuditEvent, RowChange
from registry.presentation.audit import (
    action_label,
    details,
    details_text,
    object_label,
    table_label,
)
from registry.selectors.audit import (
    audit_actions,
    audit_list,
    has_row_changes,
    row_change_list,
    row_changes_lately,
)

BYTE_ORDER_MARK = "\ufeff"  # Excel needs it to read UTF-8
MOST_ROWS = 50_000  # of a file


def reads_trail(viewer: Viewer) -> bool:
    return viewer.administers_participant or viewer.administers_system


class DetailsColumn(Column):
    """What an act tells of itself, as a list of names and values."""

    cell_template_name = "registry/admin/audit_details.html"

    def get_cell_context_data(self, instance: AuditEvent, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return {**context, "details": details(instance)}


class _DateRange(DateRangePickerWidget):
    """With the browser's own pickers: Wagtail's need inline scripts, which this section does not allow."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        labels = (pgettext("filter by date", "Date from"), pgettext("filter by date", "Date to"))
        for widget, label in zip(self.widgets, labels, strict=True):
            widget.template_name = "django/forms/widgets/date.html"
            widget.attrs |= {"type": "date", "aria-label": label}


class AuditFilterSet(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Time"), widget=_DateRange)
    actor = django_filters.CharFilter(label=gettext_lazy("Person"), lookup_expr="icontains")
    action = django_filters.ChoiceFilter(label=gettext_lazy("Action"))
    dataset = django_filters.CharFilter(
        field_name="data__dataset", label=gettext_lazy("Dataset"), lookup_expr="exact"
    )

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        occurring = audit_actions(viewer=self.request.viewer)
        choices = sorted(((code, action_label(code)) for code in occurring), key=lambda choice: choice[1])
        self.filters["action"].extra["choices"] = choices


class ChangeFilterSet(WagtailFilterSet):
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Time"), widget=_DateRange)
    actor = django_filters.CharFilter(label=gettext_lazy("Person"), lookup_expr="icontains")
    table = django_filters.CharFilter(label=gettext_lazy("Table"), lookup_expr="icontains")
    dataset = django_filters.CharFilter(label=gettext_lazy("Dataset"), lookup_expr="exact")

    class Meta:
        model = RowChange
        fields: list[str] = []


class TrailView(DataMixin, BaseListingView):
    """A filtered list, 50 on a page, and the same as a CSV file. Constant number of queries."""

    paginate_by = 50
    header_icon = "history"
    default_ordering = None
    is_searchable = False
    file_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not reads_trail(self.viewer):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("export") == "csv":
            return self._file()
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        query = self.request.GET.copy()
        query["export"] = "csv"
        query.pop("p", None)
        return [HeaderButton("CSV", url=f"?{query.urlencode()}", icon_name="download", priority=90)]

    def head(self) -> list[str]:
        raise NotImplementedError

    def line(self, row: Any) -> list[str]:
        raise NotImplementedError

    def _file(self) -> StreamingHttpResponse:
        found = self.filter_queryset(self.get_base_queryset())[:MOST_ROWS]
        rows = [self.line(row) for row in found]

        def lines() -> Iterator[str]:
            yield BYTE_ORDER_MARK + text_line(self.head())
            yield from map(text_line, rows)

        return StreamingHttpResponse(
            lines(),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{self.file_name}.csv"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, no-store",
            },
        )


class AuditView(TrailView):
    page_title = gettext_lazy("Audit trail")
    model = AuditEvent
    template_name = "registry/admin/audit.html"
    index_url_name = "data:audit"
    index_results_url_name = "data:audit_results"
    filterset_class = AuditFilterSet
    file_name = "audit"
    columns = (
        DateColumn("at", label=gettext_lazy("Time")),
        Column("actor", label=gettext_lazy("Person")),
        Column("action", label=gettext_lazy("Action"), accessor=lambda event: action_label(event.action)),
        Column("object", label=gettext_lazy("Object"), accessor=object_label),
        DetailsColumn("data", label=gettext_lazy("Details")),
    )

    def get_base_queryset(self) -> QuerySet[AuditEvent]:
        return audit_list(viewer=self.viewer)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["past_application"] = row_changes_lately(viewer=self.viewer) if has_row_changes() else None
        return context

    def head(self) -> list[str]:
        return [_("Time"), _("Person"), _("Action"), _("Code"), _("Object"), _("Details")]

    def line(self, row: AuditEvent) -> list[str]:
        return [
            _moment(row.at),
            row.actor,
            action_label(row.action),
            row.action,
            object_label(row),
            details_text(row),
        ]


class RowChangeView(TrailView):
    page_title = gettext_lazy("Changes past the application")
    model = RowChange
    index_url_name = "data:audit_changes"
    index_results_url_name = "data:audit_changes_results"
    filterset_class = ChangeFilterSet
    file_name = "changes-past-the-application"
    columns = (
        DateColumn("at", label=gettext_lazy("Time")),
        Column("actor", label=gettext_lazy("Person"), accessor=lambda row: row.actor or "—"),
        Column("database_user", label=gettext_lazy("Database user")),
        Column("operation", label=gettext_lazy("Action"), accessor="get_operation_display"),
        Column("table", label=gettext_lazy("Table"), accessor=lambda row: table_label(row.table)),
        Column("rows", label=gettext_lazy("Rows")),
        Column("columns", label=gettext_lazy("Columns")),
        Column("objects_told", label=gettext_lazy("Objects")),
        Column("participant", label=gettext_lazy("Participant"), accessor=lambda row: _of(row)),
    )

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("data:audit"), "label": _("Audit trail")}]

    def get_base_queryset(self) -> QuerySet[RowChange]:
        return row_change_list(viewer=self.viewer)

    def head(self) -> list[str]:
        columns = (_("Time"), _("Person"), _("Database user"), _("Action"), _("Table"), _("Rows"))
        return [*columns, _("Columns"), _("Objects"), _("Dataset"), _("Participant")]

    def line(self, row: RowChange) -> list[str]:
        return [
            _moment(row.at),
            row.actor,
            row.database_user,
            row.get_operation_display(),
            row.table,
            str(row.rows),
            row.columns,
            row.objects_told,
            row.dataset,
            row.participant or "",
        ]


def _of(row: RowChange) -> str:
    return " · ".join(filter(None, (row.participant, row.dataset)))


def _moment(at: Any) -> str:
    """A point in time as ISO 8601 in UTC, to the second."""
    return timezone.localtime(at, timezone.get_default_timezone()).isoformat(timespec="seconds")


urlpatterns = [
    path("audit/", AuditView.as_view(), name="audit"),
    path("audit/results/", AuditView.as_view(results_only=True), name="audit_results"),
    path("audit/changes/", RowChangeView.as_view(), name="audit_changes"),
    path("audit/changes/results/", RowChangeView.as_view(results_only=True), name="audit_changes_results"),
]
MENU = [DataMenuItem(gettext_lazy("Audit trail"), "audit", icon="history", order=900, shown=reads_trail)]
