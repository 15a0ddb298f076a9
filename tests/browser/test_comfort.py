"""What makes an editor's day shorter: first page, lists, choosers in the language of the page, the guide."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from importers.services.demonstration import PASSWORD
from tests.browser.conftest import NewPage

#: Of every language: the portal's section, a page in it, and the words of the admin.
PLACES = {"en": ("About", "Principles", "Prin"), "ru": ("О портале", "Принципы", "Прин")}
LINKS = {"en": "Links", "ru": "Ссылки"}
CHOOSE = {"en": "Choose a page", "ru": "Выбрать страницу"}
GUIDE = {"en": "Guide for editors", "ru": "Руководство редактора"}
START = {"en": "Where to begin", "ru": "С чего начать"}


def enter(page: Page, name: str, language: str) -> None:
    page.goto(f"/{language}/account/sign-in/?next=/{language}/about/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(f"**/{language}/about/")


def new_article(page: Page, language: str) -> None:
    """The form of a new article below the section "About" of a language."""
    page.goto(f"/{language}/about/")
    address = page.locator("wagtail-userbar a[href*='/add_subpage/']").first.get_attribute("href") or ""
    key = re.findall(r"\d+", address)[-1]
    page.goto(f"/admin/pages/add/cms/articlepage/{key}/")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(("admin", "content"), [("en", "ru"), ("ru", "en")])
def test_a_page_is_chosen_in_the_language_of_the_edited_one(
    new_page: NewPage, admin: str, content: str
) -> None:
    """Whatever language the admin speaks."""
    page = new_page(language=admin)
    enter(page, "editor", admin)
    new_article(page, content)
    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name=LINKS[admin], exact=True).click()
    page.locator(".page-chooser button[data-chooser-action-choose]:visible").first.click()
    modal = page.locator(".modal.in, .modal.show, .modal[style*=block]").first
    section, found, words = PLACES[content]
    expect(modal.get_by_role("link", name=section, exact=True)).to_be_visible()
    expect(modal.get_by_role("link", name=PLACES[admin][0], exact=True)).to_have_count(0)

    # The search keeps to the language, and leaves it when told to.
    modal.locator("#id_q").fill(PLACES[admin][2])
    expect(modal.locator(".chooser-languages")).to_be_visible()
    expect(modal.locator("a.choose-page")).to_have_count(0)
    modal.locator(".chooser-languages a").last.click()
    expect(modal.get_by_role("link", name=PLACES[admin][1], exact=True)).to_be_visible()
    modal.locator("#id_q").fill(words)
    modal.get_by_role("link", name=found, exact=True).click()
    expect(page.locator(".page-chooser .chooser__title, .page-chooser .title").first).to_have_text(found)


def test_the_first_page_leads_to_the_work_and_the_guide(new_page: NewPage, language: str) -> None:
    page = new_page(language=language)
    enter(page, "moldova-editor", language)
    page.goto("/admin/")
    expect(page.get_by_role("heading", name=START[language], exact=True)).to_be_visible()
    page.locator("section#start-section, #start, main").get_by_role(
        "link", name=GUIDE[language], exact=True
    ).first.click()
    expect(page.locator(".guide h1")).to_have_text(GUIDE[language])
    pictures = page.locator(".guide img")
    assert pictures.count() > 5
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        assert picture.evaluate("(image) => image.naturalWidth") > 100


def test_pages_are_narrowed_by_language_in_the_list(new_page: NewPage, language: str) -> None:
    page = new_page(language=language)
    enter(page, "editor", language)
    page.goto("/admin/pages/search/?q=data")
    rows = page.locator("table.listing tbody tr")
    expect(rows.first).to_be_visible()
    head = {"en": ("Language", "Participant"), "ru": ("Язык", "Участник")}[language]
    for name in head:
        expect(page.locator("table.listing thead")).to_contain_text(name)
    assert {"English"} == set(page.locator("table.listing tbody .w-status--label").all_inner_texts())
