from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage

REFUGEES = {"en": "Refugees", "ru": "Беженцы"}


@pytest.mark.parametrize("words", ["беженцев", "refugees"])
def test_either_language_finds_the_indicator_from_the_search_box(
    new_page: NewPage, language: str, words: str
) -> None:
    page = new_page(language=language)
    page.goto(f"/{language}/about/")
    box = page.get_by_role("searchbox")
    box.fill(words)
    box.press("Enter")
    first = page.locator(".search-result a").first
    expect(first).to_have_attribute("href", f"/{language}/statistics/UNHCR_REF/")
    expect(first).to_have_text(REFUGEES[language])
    first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(REFUGEES[language])


def test_the_search_page_says_where_one_is_and_keeps_the_words_in_the_other_language(
    new_page: NewPage, language: str
) -> None:
    page = new_page(language=language)
    page.goto(f"/{language}/search/?q=refugees")
    trail = page.locator("nav.breadcrumbs li")
    expect(trail).to_have_text({"en": ["Home", "Search"], "ru": ["Главная", "Поиск"]}[language])
    other = {"en": "ru", "ru": "en"}[language]
    page.locator(f"nav.languages a[hreflang={other}]").click()
    page.wait_for_url(f"**/{other}/search/?q=refugees")
    expect(page.locator("#search-text")).to_have_value("refugees")
    expect(page.locator(".search-result a").first).to_have_text(REFUGEES[other])
