"""Small tables typed in the browser (D087): a row per series, a column per period, without any script.

All that was typed travels with the form, so that adding a row or a mistake loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from registry.admin.base import attempt
from registry.admin.figures import FiguresMixin, require_for_page
from registry.admin.menu import DataMenuItem
from registry.cube import Cube, Dimension, Role, Row, Status, Value, shifted
from registry.formats.base import Reading
from registry.formats.cells import BadCell, parse_cell
from registry.formats.periods import normal_period
from registry.formats.problems import MESSAGES
from registry.formats.statuses import STATUS_LABELS
from registry.languages import current_language
from registry.models import Submission
from registry.models.submission import SubmissionAction
from registry.periods import BadPeriod, frequency_of, ordinal, period_at
from registry.presentation.grid import fixed_members, member_labels
from registry.rules.provisional import without_provisional
from registry.selectors.cube import time_dimension
from registry.selectors.submission import own_draft, release_count, returned_submission, staged_cube
from registry.selectors.template import Template, template_of
from registry.services.draft import draft_stage

#: A table of more cells is filled in better in a spreadsheet.
MOST_CELLS = 600


@dataclass(slots=True)
class Field:
    """One cell of the form: what was typed, and what is wrong with it."""

    name: str
    period: str
    text: str = ""
    error: str = ""


@dataclass(slots=True)
class Line:
    codes: tuple[str, ...]
    headers: tuple[str, ...]
    fields: list[Field]

    @property
    def key(self) -> str:
        return ".".join(self.codes)


@dataclass(slots=True)
class Sheet:
    """The table as it is being filled in."""

    periods: list[str]
    lines: list[Line] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.lines) * len(self.periods)

    @property
    def has_errors(self) -> bool:
        return any(cell.error for line in self.lines for cell in line.fields)


class EntryView(FiguresMixin, TemplateView):
    """The form. ``?from=`` draft, release or empty says what it begins with."""

    template_name = "registry/admin/submission_entry.html"
    page_title = gettext_lazy("Type in the figures")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_for_page(self)
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def template(self) -> Template:
        return template_of(self.dataset, prefill=self.begins_with == "release")

    @cached_property
    def draft(self) -> Submission | None:
        return own_draft(viewer=self.viewer, dataset=self.dataset, person=self.actor)

    @cached_property
    def begins_with(self) -> str:
        asked = self.request.POST.get("from") or self.request.GET.get("from", "")
        if asked in ("release", "empty"):
            return asked
        return "draft" if self._earlier is not None else "release"

    @cached_property
    def _earlier(self) -> Submission | None:
        return self.draft or returned_submission(viewer=self.viewer, dataset=self.dataset)

    @cached_property
    def is_partial(self) -> bool:
        """Whether only the last periods of the release stand in the form, because all are too many."""
        cube = self.template.cube
        return (
            self.begins_with == "release"
            and self.dataset.current_release_id is not None
            and len(cube.rows) * len(cube.time) > MOST_CELLS >= len(cube.rows)
        )

    @cached_property
    def base(self) -> Cube:
        """The figures that stand in the form before anything is typed."""
        cube = self.template.cube
        if self.is_partial:
            return _last_periods(cube, MOST_CELLS // len(cube.rows))
        if self.begins_with == "draft" and self._earlier is not None:
            staged = staged_cube(self._earlier)
            if staged.rows:
                return without_provisional(staged, self._earlier.created_at.year)
        return cube

    @cached_property
    def opened(self) -> dict[str, str]:
        """What the table was begun from: it travels with the form and is not asked anew afterwards."""
        if self.request.method == "POST":
            return {name: self.request.POST.get(name, "") for name in ("base", "replaces", "action")}
        draft = self.draft if self.begins_with == "draft" else None
        earlier = self._earlier if self.begins_with == "draft" else None
        return {
            "base": str(release_count(self.dataset) if earlier is None else earlier.base_number),
            "replaces": str(draft.pk) if draft else "",
            "action": SubmissionAction.MERGE if self.is_partial else SubmissionAction.REPLACE,
        }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        cells = len(self.base.rows) * len(self.base.time)
        sheet = _sheet_of(self.base, self._labels()) if cells <= MOST_CELLS else None
        return self.render_to_response(self.get_context_data(sheet=sheet, is_too_large=sheet is None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "save")
        if not _follow(request.POST.getlist("period"), self.dataset.frequency):
            told = gettext("The periods of the table were not those of the dataset: it begins anew.")
            messages.error(request, told)
            return redirect("data:submission-entry", self.dataset.code)
        sheet = _sheet_from(request.POST, self._labels(), len(self.template.cube.axes))
        wrong = ""
        if act == "series":
            wrong = self._add_series(sheet, request.POST)
        elif act == "period":
            wrong = self._add_period(sheet, request.POST.get("new_period", ""))
        elif sheet.size > MOST_CELLS:
            wrong = self._too_large()
        else:
            reading = _reading_of(sheet, self.template.cube.axes, self.dataset.frequency, self.base)
            if not sheet.has_errors:
                return self._save(reading, sheet)
        return self.render_to_response(self.get_context_data(sheet=sheet, wrong=wrong))

    def _save(self, reading: Reading, sheet: Sheet) -> HttpResponse:
        staged: list[Submission] = []
        opened = self.opened
        replaces = self.request.POST.get("replace") or opened["replaces"]
        is_merge = opened["action"] == SubmissionAction.MERGE
        with attempt(self.request, gettext("Saved as your draft.")) as act:
            staged.append(
                draft_stage(
                    dataset=self.dataset,
                    reading=reading,
                    actor=self.actor,
                    replaces=_number(replaces),
                    base=_number(opened["base"]),
                    action=SubmissionAction.MERGE if is_merge else SubmissionAction.REPLACE,
                )
            )
        if act.succeeded:
            return redirect("data:submission", staged[0].pk)
        return self.render_to_response(self.get_context_data(sheet=sheet))

    def _add_series(self, sheet: Sheet, posted: QueryDict) -> str:
        axes = self.template.cube.axes
        codes = tuple(posted.get(f"new_{axis.code}", "") for axis in axes)
        if any(code not in axis.codes for code, axis in zip(codes, axes, strict=True)):
            return gettext("Choose a code of every dimension.")
        if any(line.codes == codes for line in sheet.lines):
            return gettext("This series is in the table already.")
        if sheet.size + len(sheet.periods) > MOST_CELLS:
            return self._too_large()
        names = [Field(f"v-{len(sheet.lines)}-{at}", period) for at, period in enumerate(sheet.periods)]
        sheet.lines.append(Line(codes, _headers(codes, self._labels()), names))
        return ""

    def _add_period(self, sheet: Sheet, typed: str) -> str:
        try:
            period = normal_period(typed)
        except BadPeriod:
            return gettext("A period such as 2020, 2020-S1, 2020-Q1 or 2020-01 is expected.")
        if frequency_of(period) != self.dataset.frequency:
            return gettext("The period is of another frequency than the dataset.")
        if period in sheet.periods:
            return gettext("This period is in the table already.")
        numbers = [*map(ordinal, sheet.periods), ordinal(period)]
        length = max(numbers) - min(numbers) + 1
        if length * max(1, len(sheet.lines)) > MOST_CELLS:
            return self._too_large()
        _stretch(sheet, [period_at(self.dataset.frequency, min(numbers) + step) for step in range(length)])
        return ""

    def _too_large(self) -> str:
        return gettext("A table of more than %(most)s cells is filled in better in a spreadsheet.") % {
            "most": MOST_CELLS
        }

    def _labels(self) -> list[Mapping[str, str]]:
        return [member_labels(axis, current_language()) for axis in self.template.cube.axes]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        axes = self.template.cube.axes
        language = current_language()
        offered = [
            {"code": axis.code, "label": label, "members": list(member_labels(axis, language).items())}
            for axis, label in zip(axes, _axis_labels(axes), strict=True)
        ]
        return super().get_context_data(
            axes=_axis_labels([axis for axis in axes if len(axis) != 1] or axes),
            fixed=fixed_members(self.template.cube, language),
            offered=offered,
            begins_with=self.begins_with,
            is_partial=self.is_partial,
            draft=self.draft,
            opened=self.opened,
            is_other_draft=self.draft is not None and str(self.draft.pk) != self.opened["replaces"],
            statuses=[(status.value, STATUS_LABELS[status]) for status in Status],
            most=MOST_CELLS,
            **kwargs,
        )


def _number(text: str) -> int:
    """A number that came with the form; -1, which is none of ours, for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else -1


def _axis_labels(axes: Sequence[Dimension]) -> list[str]:
    from registry.languages import served

    return [served(axis.labels) or axis.code for axis in axes]


def _headers(codes: Sequence[str], labels: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """What a row is called: its codes along the axes that vary, as `_axis_labels` names them."""
    named = [(label, label.get(code, code)) for label, code in zip(labels, codes, strict=True)]
    return tuple(name for label, name in named if len(label) != 1) or tuple(name for _label, name in named)


def _sheet_of(cube: Cube, labels: Sequence[Mapping[str, str]]) -> Sheet:
    sheet = Sheet(list(cube.time.codes))
    for number, row in enumerate(cube.rows):
        fields = [
            Field(f"v-{number}-{at}", sheet.periods[at], _typed(value, row.statuses.get(at, "")))
            for at, value in enumerate(row.values)
        ]
        sheet.lines.append(Line(row.codes, _headers(row.codes, labels), fields))
    return sheet


def _follow(periods: Sequence[str], frequency: str) -> bool:
    """Whether these are periods of the frequency, each the next of the one before."""
    try:
        numbers = [ordinal(period) for period in periods if frequency_of(period) == frequency]
    except BadPeriod:
        return False
    return len(numbers) == len(periods) and all(later - one == 1 for one, later in pairwise(numbers))


def _sheet_from(posted: QueryDict, labels: Sequence[Mapping[str, str]], width: int) -> Sheet:
    """The table as it came back; rows whose key is no key are left out."""
    sheet = Sheet(posted.getlist("period")[:MOST_CELLS])
    for number, key in enumerate(posted.getlist("key")[:MOST_CELLS]):
        codes = tuple(key.split("."))
        if len(codes) != width:
            continue
        fields = [
            Field(f"v-{len(sheet.lines)}-{at}", period, posted.get(f"v-{number}-{at}", "")[:60])
            for at, period in enumerate(sheet.periods)
        ]
        sheet.lines.append(Line(codes, _headers(codes, labels), fields))
    return sheet


def _last_periods(cube: Cube, count: int) -> Cube:
    first = len(cube.time) - count
    return replace(
        cube,
        time=replace(cube.time, members=cube.time.members[first:]),
        rows=tuple(
            replace(
                row,
                values=row.values[first:],
                statuses=shifted(row.statuses, -first, count),
                notes=shifted(row.notes, -first, count),
            )
            for row in cube.rows
        ),
    )


def _typed(value: Value, status: str) -> str:
    """A figure as a person would type it: no spaces apart thousands, the decimal sign of the language."""
    number = "" if value is None else repr(value).removesuffix(".0")
    if current_language() != "en":
        number = number.replace(".", ",")
    return " ".join(filter(None, (number, status)))


def _stretch(sheet: Sheet, periods: list[str]) -> None:
    places = {period: at for at, period in enumerate(sheet.periods)}
    for number, line in enumerate(sheet.lines):
        old = line.fields
        line.fields = [
            Field(f"v-{number}-{at}", period, old[places[period]].text if period in places else "")
            for at, period in enumerate(periods)
        ]
    sheet.periods = periods


def _reading_of(sheet: Sheet, axes: Sequence[Dimension], frequency: str, base: Cube) -> Reading:
    """The figures typed. Mistakes are told in the sheet; notes at cells stay where something stands."""
    notes = {(row.codes, base.time.codes[at]): note for row in base.rows for at, note in row.notes.items()}
    rows = []
    for line in sheet.lines:
        values: list[Value] = []
        statuses: dict[int, str] = {}
        for at, cell in enumerate(line.fields):
            value, status = _parsed(cell)
            values.append(value)
            if status:
                statuses[at] = status
        kept = {
            at: notes[line.codes, period]
            for at, period in enumerate(sheet.periods)
            if (line.codes, period) in notes and (values[at] is not None or at in statuses)
        }
        row = Row(line.codes, values, statuses, kept)
        if row.has_anything():
            rows.append(row)
    numbers = [ordinal(period) for period in sheet.periods] or [0]
    time = (
        time_dimension(frequency, numbers[0], numbers[-1])
        if sheet.periods
        else Dimension("TIME_PERIOD", {}, Role.TIME, ())
    )
    return Reading(Cube("", {}, tuple(axes), time, tuple(rows), frequency=frequency))


def _parsed(cell: Field) -> tuple[Value, str]:
    try:
        return parse_cell(cell.text)
    except BadCell as error:
        cell.error = str(MESSAGES[error.code]) % error.arguments
        return None, ""


urlpatterns = [
    path("datasets/<str:code>/submissions/entry/", EntryView.as_view(), name="submission-entry"),
]
MENU: list[DataMenuItem] = []
