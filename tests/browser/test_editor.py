"""An editor's day: an article written in English, previewed, published, translated, and read by visitors."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from importers.services.demonstration import PASSWORD
from tests.browser.conftest import NewPage

TITLE = {"en": "Seasonal work in figures", "ru": "Сезонный труд в цифрах"}
INTRODUCTION = {"en": "How seasonal workers are counted.", "ru": "Как учитывают сезонных работников."}
HEADING = {"en": "Who is counted", "ru": "Кого учитывают"}
TEXT = {
    "en": "A permit counts once, whether or not its holder is a tractorist.",
    "ru": "Разрешение учитывается один раз, даже если его обладатель — тракторист.",
}
PATH = "about/seasonal-work-in-figures/"


def enter(page: Page, language: str) -> None:
    """Sign in to the admin, whose language is that of the browser."""
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_have_text({"en": "Sign in", "ru": "Вход"}[language])
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url("**/admin/")
    pages = {"en": "Pages", "ru": "Страницы"}[language]
    expect(page.get_by_role("button", name=pages, exact=True)).to_be_visible()


def from_the_page(page: Page, path: str, action: str) -> None:
    """By Wagtail's menu on a public page to what it offers an editor there."""
    page.goto(path)
    address = page.locator(f"wagtail-userbar a[href*='/{action}/']").first.get_attribute("href")
    page.goto(f"{address}")


def add_block(page: Page, name: str) -> None:
    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name=name, exact=True).click()


def more_actions(page: Page) -> None:
    page.locator("footer .w-dropdown__toggle").click()


def write_and_publish(page: Page) -> None:
    from_the_page(page, "/en/about/", "add_subpage")
    # What is filled in before the editor's scripts run is not noticed by them.
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("link", name=re.compile("^Article")).click()
    page.locator("[name=title]").fill(TITLE["en"])
    page.locator("[name=introduction]").fill(INTRODUCTION["en"])
    add_block(page, "Heading")
    page.locator("[name=body-0-value-text]").fill(HEADING["en"])
    add_block(page, "Text")
    text = page.locator(".public-DraftEditor-content")
    text.press_sequentially(TEXT["en"])
    expect(page.locator("[name=body-1-value]")).to_have_value(re.compile(re.escape(TEXT["en"])))
    expect(page).to_have_url(re.compile(r"/admin/pages/\d+/edit/$"))  # saved by itself
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator(
        "iframe[title=Preview]"
    ).last  # the newest; the one before goes when it is there
    for text in (TITLE["en"], HEADING["en"], TEXT["en"]):
        expect(preview.get_by_role("main").get_by_text(text, exact=True).last).to_be_visible()
    more_actions(page)
    with page.expect_navigation():
        page.locator("[name=action-publish]").click()
    expect(page.locator(".messages")).to_contain_text("published")


def translate_and_publish(page: Page) -> None:
    from_the_page(page, f"/en/{PATH}", "edit")
    page.get_by_role("button", name="Действия", exact=True).first.click()
    page.get_by_role("link", name="Перевести эту страницу").click()
    page.get_by_label("Русский").check()
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/edit/")
    page.wait_for_load_state("networkidle")
    pieces = [TITLE["ru"], INTRODUCTION["ru"], HEADING["ru"], TEXT["ru"]]
    to_do = page.get_by_role("button", name="Перевести", exact=True)
    for left, piece in reversed(list(enumerate(reversed(pieces)))):
        expect(to_do).to_have_count(left + 1)
        to_do.first.click()
        page.locator("textarea:visible, [contenteditable=true]:visible").last.fill(piece)
        page.get_by_role("button", name="Сохранить", exact=True).click()
        expect(to_do).to_have_count(left)
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Опубликовать")).click()


def test_an_article_from_the_first_word_to_readers_of_both_languages(new_page: NewPage) -> None:
    visitor = new_page()
    assert visitor.goto(f"/en/{PATH}").status == 404  # type: ignore[union-attr]

    editor = new_page(language="en")
    enter(editor, "en")
    write_and_publish(editor)
    visitor.goto(f"/ru/{PATH}")  # until it is translated, the English text stands in and says so
    expect(visitor.get_by_role("heading", level=1)).to_have_attribute("lang", "en")
    expect(visitor.get_by_text("Этой страницы пока нет на этом языке.")).to_be_visible()

    translator = new_page(language="ru")
    enter(translator, "ru")
    translate_and_publish(translator)

    visitor.goto(f"/en/{PATH}")
    for language in ("en", "ru"):
        expect(visitor.locator("html")).to_have_attribute("lang", language)
        expect(visitor.get_by_role("heading", level=1)).to_have_text(TITLE[language])
        expect(visitor.get_by_role("heading", level=2, name=HEADING[language])).to_be_visible()
        expect(visitor.get_by_text(TEXT[language])).to_be_visible()
        if language == "en":
            visitor.locator("nav.languages a[hreflang=ru]").click()

    for language, words in {"en": "tractorist", "ru": "тракториста"}.items():
        visitor.goto(f"/{language}/search/?q={words}")
        expect(visitor.locator(".search-result a")).to_have_text([TITLE[language]])


def test_who_signed_in_on_a_russian_page_finds_the_admin_in_russian(new_page: NewPage) -> None:
    page = new_page(language="en")
    page.goto("/ru/account/sign-in/?next=/admin/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/admin/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
