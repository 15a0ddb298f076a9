"""Files for spreadsheets that Wagtail makes: of the contact form and of its reports."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.contrib.forms.models import FormSubmission

from cms.models import ContactPage
from registry.models import User
from tests.cms.conftest import new_article, page

HOSTILE = ['=HYPERLINK("http://example.org","x")', "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "'=1"]


@pytest.fixture
def form(portal: None) -> ContactPage:
    found: ContactPage = ContactPage.objects.get(locale__language_code="ru")
    return found


def _lines(response: object) -> list[list[str]]:
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(BOM_UTF8)
    assert content.count(BOM_UTF8) == 1
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def _message(form: ContactPage, text: str) -> None:
    told = {"name": "Наталья", "email": "n@example.org", "subject": "Вопрос", "message": text}
    FormSubmission.objects.create(page=form, form_data=told)


def test_messages_are_no_formulas_and_are_read_in_russian(editor: Client, form: ContactPage) -> None:
    for text in [*HOSTILE, "Здравствуйте = да"]:
        _message(form, text)
    url = reverse("wagtailforms:list_submissions", args=[form.pk])
    head, *rows = _lines(editor.get(url, {"export": "csv"}))
    assert len(head) == 5
    assert {row[4] for row in rows} == {f"'{text}" for text in HOSTILE} | {"Здравствуйте = да"}
    assert {row[1] for row in rows} == {"Наталья"}


def test_the_workbook_of_messages_has_no_formulas(editor: Client, form: ContactPage) -> None:
    _message(form, HOSTILE[0])
    url = reverse("wagtailforms:list_submissions", args=[form.pk])
    content = b"".join(editor.get(url, {"export": "xlsx"}).streaming_content)  # type: ignore[attr-defined]
    cell = load_workbook(BytesIO(content)).active.cell(row=2, column=5)  # type: ignore[union-attr]
    assert (cell.value, cell.data_type) == (HOSTILE[0], "s")


@pytest.mark.parametrize(
    "report",
    [
        "wagtailadmin_reports:site_history",
        "wagtailadmin_reports:aging_pages",
        "wagtailadmin_reports:locked_pages",
    ],
)
def test_reports_are_no_formulas(editor: Client, report: str) -> None:
    made = new_article(page("about", "ru"), "=1+1 «Страница»", "formula")
    made.locked, made.locked_by = True, User.objects.get(username="editor")
    made.save()
    made.save_revision(user=made.locked_by, log_action="wagtail.publish").publish(user=made.locked_by)
    rows = _lines(editor.get(reverse(report), {"export": "csv"}))
    cells = {cell for row in rows for cell in row}
    assert "'=1+1 «Страница»" in cells
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
