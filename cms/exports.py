"""Spreadsheets that Wagtail makes of its lists and reports: safe to open, and readable in Russian.

Wagtail writes what anybody may have sent through the contact form as it is, without a byte order mark; both
as in the portal's own CSV. Its workbooks are safe already. One mixin makes them all, so it is changed where
it stands.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

from wagtail.admin.views.mixins import SpreadsheetExportMixin

from registry.formats.csv import safe_text

_wagtails_value = SpreadsheetExportMixin.preprocess_field_value
_wagtails_lines = SpreadsheetExportMixin.stream_csv


def _value(self: Any, field: str, value: Any, export_format: str) -> Any:
    cell = _wagtails_value(self, field, value, export_format)
    is_text = export_format == self.FORMAT_CSV and isinstance(cell, str)
    return safe_text(cell) if is_text else cell


def _lines(self: Any, queryset: Any) -> Iterator[bytes]:
    yield BOM_UTF8
    yield from _wagtails_lines(self, queryset)


def install() -> None:
    SpreadsheetExportMixin.preprocess_field_value = _value
    SpreadsheetExportMixin.stream_csv = _lines
