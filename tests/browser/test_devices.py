"""Phones, keyboards, and browsers that run no scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PAGES, NewPage, open_details

FOCUS = """() => {
    const focused = document.activeElement;
    const seen = getComputedStyle(focused.closest("li.card") ?? focused);
    const box = focused.getBoundingClientRect();
    return [focused.textContent.trim(), seen.outlineStyle !== "none" && box.width > 0 && box.top >= 0];
}"""


def sticking_out(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


@pytest.mark.parametrize("javascript", [True, False], ids=["", "without JavaScript"])
def test_no_page_is_wider_than_a_phone(new_page: NewPage, language: str, javascript: bool) -> None:
    page = new_page(width=360, javascript=javascript, is_mobile=True, has_touch=True)
    wide = {}
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        open_details(page)
        wide[name] = sticking_out(page)
    assert wide == dict.fromkeys(PAGES, 0)


def test_the_language_switch_stays_on_the_page(new_page: NewPage, language: str) -> None:
    page = new_page(width=360, language=language, is_mobile=True, has_touch=True)
    other = {"en": "ru", "ru": "en"}[language]
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        page.locator(f"nav.languages a[hreflang={other}]").tap()
        page.wait_for_url(f"**/{other}/{path}")
        expect(page.locator("html")).to_have_attribute("lang", other)
        assert page.locator("h1").count() == 1, name
        page.locator(f"nav.languages a[hreflang={language}]").tap()
        page.wait_for_url(f"**/{language}/{path}")


@pytest.mark.parametrize("zoom", [2, 4])
def test_nothing_is_lost_when_zoomed_in(new_page: NewPage, language: str, zoom: int) -> None:
    """1280 pixels at 200 and 400 per cent are 640 and 320 (WCAG 2.2, 1.4.4 and 1.4.10)."""
    page = new_page(width=1280 // zoom, language=language)
    wide = {}
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        open_details(page)
        wide[name] = sticking_out(page)
        expect(page.locator("h1")).to_be_visible()
    assert wide == dict.fromkeys(PAGES, 0)


def test_everything_public_is_there_without_javascript(new_page: NewPage, language: str) -> None:
    page = new_page(javascript=False)
    for name, path in PAGES.items():
        page.goto(f"/{language}/{path}")
        assert page.locator("html").get_attribute("lang") == language, name
        expect(page.locator("h1")).to_have_count(1)
        expect(page.locator("h1")).to_be_visible()
    page.goto(f"/{language}/statistics/UNHCR_REF/")
    expect(page.locator("figure.chart svg").first).to_be_visible()


def test_the_first_press_of_tab_offers_to_skip_to_the_content(new_page: NewPage, language: str) -> None:
    page = new_page(language=language)
    page.goto(f"/{language}/statistics/UNHCR_REF/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name={"en": "Skip to the content", "ru": "К содержанию"}[language])
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)") is True


@pytest.mark.parametrize("path", ["", "statistics/", "statistics/UNHCR_REF/", "search/?q=refugees"])
def test_what_has_the_focus_is_seen(new_page: NewPage, path: str) -> None:
    page = new_page()
    page.goto(f"/en/{path}")
    page.locator("body").focus()
    stops = []
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break  # behind the last one
        stops.append(page.evaluate(FOCUS))
    assert len(stops) > 20
    assert [text for text, is_seen in stops if not is_seen] == []


def test_the_table_is_chosen_and_opened_with_the_keyboard_alone(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/en/statistics/UNHCR_REF/?REF_AREA=*&from=2020&to=2020")
    page.locator("details.choice > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Georgia", exact=True).first.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "REF_AREA=GEO" in page.url
    expect(page.locator("table.figures tbody tr")).to_have_count(1)


def test_no_fact_of_an_indicator_is_cut_off_on_a_phone(new_page: NewPage, language: str) -> None:
    page = new_page(width=320, language=language)
    page.goto(f"/{language}/statistics/")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".indicator-list")].map((list) => {
            const edge = list.getBoundingClientRect().right;
            const range = document.createRange();
            return [...list.querySelectorAll("tbody :is(th, td)")].filter((cell) => {
                range.selectNodeContents(cell);
                return [...range.getClientRects()].some((box) => box.right > edge + 1);
            }).length;
        })"""
    )
    assert len(cut) > 1
    assert set(cut) == {0}


def test_a_sheet_of_paper_holds_the_figures_and_no_controls(new_page: NewPage, language: str) -> None:
    """A4 upright is 794 pixels wide; buttons, tabs and marks of terms mean nothing on it."""
    page = new_page(width=794, language=language)
    page.emulate_media(media="print")
    for path in (
        "statistics/DSM_5/",
        "library/documents/un-recommendations-1998/",
        "news-and-events/events/",
    ):
        page.goto(f"/{language}/{path}")
        controls = page.locator(".button, .search-kinds, .feed-links, .term-button")
        assert controls.count() > 0
        assert controls.locator("visible=true").count() == 0
        assert sticking_out(page) == 0
    page.goto(f"/{language}/statistics/DSM_5/")
    table = page.locator("table.figures").bounding_box()
    assert table
    assert table["x"] + table["width"] <= 794


def test_a_term_in_a_table_is_explained_with_the_keyboard_alone(new_page: NewPage, language: str) -> None:
    page = new_page(width=320, language=language, javascript=False)
    page.goto(f"/{language}/statistics/DSM_5/")
    button = page.locator("table.figures .term-button").first
    button.focus()
    page.keyboard.press("Enter")
    card = page.locator(f"[id='{button.get_attribute('popovertarget')}']")
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
