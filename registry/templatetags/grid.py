"""A line of a grid of figures as HTML: thousands of cells are too many for template tags."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from registry.presentation.grid import GridCell, GridLine, Mark

register = template.Library()
_NOTHING = mark_safe("")


@register.simple_tag
def grid_line(line: GridLine, remark_url: str = "") -> SafeString:
    """A table row: the labels of the series, then its cells. ``remark_url`` makes every cell a link."""
    cells = SafeString("".join(_cell(cell, line.key, remark_url) for cell in line.cells))
    return format_html(
        '<tr id="{}"{}>{}{}</tr>', line.anchor, _class(line.kind, line.change), _headers(line), cells
    )


def _headers(line: GridLine) -> SafeString:
    headers = line.headers or (line.key,)
    told = _reasons(line.reasons)
    last = len(headers) - 1
    return format_html_join(
        "",
        '<th scope="row">{}{}</th>',
        ((header, told if at == last else _NOTHING) for at, header in enumerate(headers)),
    )


def _cell(cell: GridCell, key: str, remark_url: str) -> SafeString:
    figure = _figure(cell)
    if remark_url:
        query = urlencode({"series": key, "period": cell.period})
        label = _("Remark on this cell")
        figure = format_html('<a href="{}?{}#remark" title="{}">{}</a>', remark_url, query, label, figure)
    return format_html(
        '<td id="{}"{}>{}{}{}</td>',
        cell.anchor,
        _class(cell.kind, cell.change, "data-figure"),
        figure,
        _before(cell),
        _reasons(cell.reasons),
    )


def _class(kind: str, change: str, base: str = "") -> SafeString:
    names = [base, f"data-{kind}" if kind else "", f"data-{change}" if change else ""]
    joined = " ".join(filter(None, names))
    return format_html(' class="{}"', joined) if joined else _NOTHING


def _figure(cell: GridCell) -> SafeString:
    status = (
        format_html('<abbr title="{}">{}</abbr>', cell.status_label, cell.status) if cell.status else _NOTHING
    )
    note = format_html('<abbr class="data-note" title="{}">*</abbr>', cell.note) if cell.note else _NOTHING
    if not cell.text and not cell.status:
        return format_html('<span class="data-muted">–</span>{}', note)
    gap = " " if cell.text and cell.status else ""
    return format_html("{}{}{}{}", cell.text, gap, status, note)


def _before(cell: GridCell) -> SafeString:
    if cell.change not in ("changed", "removed"):
        return _NOTHING
    return format_html('<del class="data-before" title="{}">{}</del>', _("Last release"), cell.before)


def _reasons(marks: tuple[Mark, ...]) -> SafeString:
    return format_html_join(
        "",
        '<span class="data-reason data-reason--{}">{}</span>',
        ((mark.severity, mark.text) for mark in marks),
    )
