"""No violation of WCAG 2.2 A and AA that axe-core can find, on any kind of page."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PAGES, NewPage, open_details

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(new_page: NewPage, language: str, scheme: str) -> None:
    page = new_page(language=language, color_scheme=scheme)
    found = []
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        open_details(page)
        for violation in Axe().run(page, options=RULES).response["violations"]:
            found += [(name, violation["id"], node["html"][:200]) for node in violation["nodes"]]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_text_of_a_document(new_page: NewPage, language: str, scheme: str) -> None:
    page = new_page(language=language, color_scheme=scheme, width=360)
    page.goto(f"/{language}/library/documents/population-register-note/")
    page.get_by_role(
        "link", name={"en": "Read the whole text here", "ru": "Читать весь текст здесь"}[language]
    ).click()
    assert "действует разрешение" in page.locator("main").inner_text()
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
