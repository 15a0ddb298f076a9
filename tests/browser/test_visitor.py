"""A visitor on the way from the home page to the figures, and away with a file."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage

MARKS = re.compile(r"[\s\u00a0\u202f,]")
STATISTICS = {"en": "Statistics", "ru": "Статистика"}
REFUGEES = {"en": "Refugees", "ru": "Беженцы"}
CHOOSE = {"en": "Choose what the table shows", "ru": "Выбрать содержание таблицы"}
SHOW = {"en": "Show the table", "ru": "Показать таблицу"}
OTHER = {"en": "ru", "ru": "en"}
GEORGIA = {"en": "Georgia", "ru": "Грузия"}
UKRAINE = {"en": "Ukraine", "ru": "Украина"}
TOTAL = {"en": "Total", "ru": "Всего"}


def cells(page: Page) -> list[list[str]]:
    """The table as people read it, without the signs of notes and statuses."""
    rows = page.locator("table.figures tr").evaluate_all(
        """(rows) => rows.map((row) => [...row.cells].map((cell) => {
            const copy = cell.cloneNode(true);
            copy.querySelectorAll("sup").forEach((sign) => sign.remove());
            return copy.textContent.trim();
        }))"""
    )
    return list(rows)


def follow(page: Page, control: Locator) -> None:
    """Press a link or button and wait for the page it leads to."""
    with page.expect_navigation():
        control.click()


def figures(page: Page) -> set[float]:
    shown = (MARKS.sub("", text) for row in cells(page)[1:] for text in row[1:])
    return {float(text.replace("\u2212", "-")) for text in shown if text != ".."}


def downloaded(page: Page, name: str) -> bytes:
    link = page.get_by_role("link", name=name)
    with page.expect_download() as started:
        link.click()
    return Path(started.value.path()).read_bytes()


def narrow(page: Page, language: str) -> None:
    """By the form: Georgia and Ukraine as countries of asylum, 2015 to 2020."""
    page.get_by_text(CHOOSE[language]).click()
    for box in page.locator("input[name=REF_AREA][type=checkbox]").all():
        box.set_checked(box.get_attribute("value") in {"GEO", "UKR"})
    page.get_by_label({"en": "from", "ru": "с"}[language], exact=True).select_option("2015")
    page.get_by_label({"en": "to", "ru": "по"}[language], exact=True).select_option("2020")
    follow(page, page.get_by_role("button", name=SHOW[language]))


@pytest.mark.parametrize("javascript", [True, False], ids=["", "without JavaScript"])
def test_from_the_home_page_to_a_table_of_ones_own_in_the_other_language(
    new_page: NewPage, language: str, javascript: bool
) -> None:
    page = new_page(javascript=javascript)
    page.goto(f"/{language}/")
    page.get_by_role("navigation").get_by_role("link", name=STATISTICS[language], exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(STATISTICS[language])
    page.get_by_role("main").get_by_role("link", name=REFUGEES[language], exact=True).click()
    expect(page.locator("table.figures thead th")).to_have_count(14)
    expect(page.get_by_role("img").first).to_be_visible()

    narrow(page, language)
    years = [str(year) for year in range(2015, 2021)]
    top, *rows = cells(page)
    assert top[1:] == years
    assert [row[0] for row in rows] == [GEORGIA[language], UKRAINE[language]]

    page.get_by_text(CHOOSE[language]).click()
    follow(page, page.get_by_role("link", name={"en": "Swap rows", "ru": "Поменять строки"}[language]))
    swapped = cells(page)
    assert [row[0] for row in swapped[1:]] == years
    assert swapped[0][1:] == [GEORGIA[language], UKRAINE[language]]
    assert [list(column) for column in zip(*swapped, strict=True)][1:] == rows

    other = OTHER[language]
    follow(page, page.locator(f"nav.languages a[hreflang={other}]"))
    assert urlsplit(page.url).path == f"/{other}/statistics/UNHCR_REF/"
    assert parse_qs(urlsplit(page.url).query)["REF_AREA"] == ["GEO", "UKR"]
    assert cells(page)[0][1:] == [GEORGIA[other], UKRAINE[other]]
    assert [row[0] for row in cells(page)[1:]] == years


def test_ticking_single_members_narrows_and_show_all_widens_again(new_page: NewPage, language: str) -> None:
    page = new_page()
    page.goto(f"/{language}/statistics/UNHCR_REF/?REF_AREA=*&from=2020&to=2020")
    assert len(cells(page)) == 13
    page.get_by_text(CHOOSE[language]).click()
    page.get_by_label(GEORGIA[language], exact=True).first.check()
    follow(page, page.get_by_role("button", name=SHOW[language]))
    assert len(cells(page)) == 2
    page.get_by_text(CHOOSE[language]).click()
    follow(page, page.locator("fieldset").first.get_by_role("link"))
    assert len(cells(page)) == 13


def test_the_files_hold_the_choice_and_the_figures_of_the_page(new_page: NewPage, language: str) -> None:
    page = new_page()
    page.goto(f"/{language}/statistics/UNHCR_REF/")
    narrow(page, language)
    shown = figures(page)
    assert len(shown) > 6
    choice = {"en": "This choice", "ru": "Выбранные данные"}[language]

    content = downloaded(page, f"{choice} CSV").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["REF_AREA"] for row in rows} == {"GEO", "UKR"}
    assert {row["CITIZENSHIP"] for row in rows} == {"_T"}
    assert {row["TIME_PERIOD"] for row in rows} == {str(year) for year in range(2015, 2021)}
    assert {float(row["OBS_VALUE"]) for row in rows if row["OBS_VALUE"]} == shown

    cube = json.loads(downloaded(page, f"{choice} JSON-stat"))
    assert cube["dimension"]["REF_AREA"]["category"]["label"] == {
        "GEO": GEORGIA[language],
        "UKR": UKRAINE[language],
    }
    values = cube["value"].values() if isinstance(cube["value"], dict) else cube["value"]
    assert {float(value) for value in values if value is not None} == shown
    assert len(list(itertools.product(*(range(size) for size in cube["size"])))) == 12


def test_illustrative_figures_say_so_and_their_documentation_stands_beside_them(
    new_page: NewPage, language: str
) -> None:
    page = new_page()
    page.goto(f"/{language}/statistics/CH_6_2/")
    note = {"en": "Illustrative figures", "ru": "Условные данные"}[language]
    expect(page.locator(".table-note")).to_contain_text(note)
    documentation = page.locator("details.documentation").first
    documentation.locator("summary").click()
    field = {"en": "Method of collection", "ru": "Метод сбора"}[language]
    expect(documentation.get_by_text(field)).to_be_visible()
    choice = {"en": "This choice", "ru": "Выбранные данные"}[language]
    assert note in downloaded(page, f"{choice} CSV").decode("utf-8-sig")
