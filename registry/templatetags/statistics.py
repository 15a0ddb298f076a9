"""What the statistics templates cannot say themselves, or not fast enough for thousands of cells."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from registry.formats.statuses import STATUS_LABELS
from registry.presentation.pivot import Cell, Line, Pivot

register = template.Library()
_LABELS = {status.value: label for status, label in STATUS_LABELS.items()}


@register.simple_tag
def figure_cells(line: Line, name: str = "") -> SafeString:
    """The cells of a line of a pivot table as ``<td>``s. ``name`` is that of the table."""
    return SafeString("".join(_cell(cell, name) for cell in line.cells))


@register.simple_tag
def drawing(svg: str) -> SafeString:
    """An SVG made by `registry.presentation.chart`, whose texts are escaped there."""
    return mark_safe(svg)  # noqa: S308


@register.filter
def column_rows(pivot: Pivot) -> int:
    """How many lines of headings a table has."""
    return max(1, len(pivot.column_levels))


def _cell(cell: Cell, name: str) -> SafeString:
    kind = ("" if cell.has_value else " withheld" if cell.status else " missing") + (
        " total" if cell.is_total else ""
    )
    headers = format_html(' headers="{}"', cell.headers) if cell.headers else SafeString("")
    return format_html('<td class="figure{}"{}>{}{}</td>', kind, headers, _figure(cell), _note(cell, name))


def _figure(cell: Cell) -> SafeString:
    if cell.has_value and not cell.status:
        return format_html("{}", cell.text)
    if cell.has_value:
        return format_html('{}<sup class="status">{}</sup>', cell.text, _status(cell.status))
    if cell.status:
        return _status(cell.status)
    return format_html('<abbr title="{}">{}</abbr>', _("No figure reported"), cell.text)


def _status(status: str) -> SafeString:
    return format_html('<abbr title="{}">{}</abbr>', _LABELS.get(status, status), status)


def _note(cell: Cell, name: str) -> SafeString:
    if not cell.note:
        return SafeString("")
    label = _("Note %(number)s") % {"number": cell.note}
    return format_html(
        '<sup class="note"><a href="#{}note-{}" aria-label="{}">{}</a></sup>',
        name,
        cell.note,
        label,
        cell.note,
    )
