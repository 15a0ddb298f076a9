"""A State's own part of the portal: its content manager writes, its administrator opens and closes it.

What is closed is not to be seen or touched by an editor of another State, nor by a visitor, at any address.
"""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_editor import add_block, from_the_page, more_actions
from tests.browser.test_library import enter_admin, fill, law

COUNTRY = "/ru/countries/mda/"
INTRODUCTION = "Как в стране учитывают приезжих и тех, кто уехал."
TITLE = {"en": "Work abroad", "ru": "Работа за рубежом"}
TEXT = {
    "en": "Departures are counted at the border, in quasihours.",
    "ru": "Выезды учитывают на границе, в квазичасах.",
}
SUB_PAGE = "countries/mda/rabota-za-rubezhom/"
EVENT = "countries/mda/soveshchanie-po-sverke-dannykh/"
WORD = "квазичасах"  # stands nowhere else on the portal


def published(page: Page) -> None:
    more_actions(page)
    with page.expect_navigation():
        page.locator("[name=action-publish]").click()
    expect(page.locator(".messages")).to_contain_text("опубликована")


def begin(page: Page, kind: str) -> None:
    from_the_page(page, COUNTRY, "add_subpage")
    # What is filled in before the editor's scripts run is not noticed by them.
    with page.expect_navigation(wait_until="networkidle"):
        page.get_by_role("link", name=re.compile(f"^{kind}$")).click()


def edit_the_country_page(page: Page) -> None:
    """The Russian version is the translation of the English one: its pieces are written anew."""
    from_the_page(page, COUNTRY, "edit")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Редактировать", exact=True).nth(1).click()
    page.locator("textarea:visible").last.fill(INTRODUCTION)
    page.get_by_role("button", name="Сохранить", exact=True).click()
    expect(page.get_by_text(INTRODUCTION)).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Опубликовать")).click()


def add_a_sub_page(page: Page) -> None:
    begin(page, "Раздел страницы страны")
    page.locator("[name=title]").fill(TITLE["ru"])
    page.locator("[name=introduction]").fill("Кто выезжает.")
    add_block(page, "Текст")
    page.locator(".public-DraftEditor-content").press_sequentially(TEXT["ru"])
    expect(page.locator("[name=body-0-value]")).to_have_value(re.compile(re.escape(TEXT["ru"])))
    page.get_by_role("tab", name="Продвижение").click()
    expect(page.locator("[name=slug]")).to_have_value("rabota-za-rubezhom")
    published(page)


def add_an_event(page: Page) -> None:
    begin(page, "Мероприятие")
    page.locator("[name=title]").fill("Совещание по сверке данных")
    page.locator("[name=introduction]").fill("Сверка регистров.")
    page.locator("[name=starts_on]").fill("2099-05-04")
    page.keyboard.press("Escape")
    page.locator("[name=place]").fill("Кишинёв")
    page.get_by_role("tab", name="Продвижение").click()
    expect(page.locator("[name=slug]")).to_have_value("soveshchanie-po-sverke-dannykh")
    published(page)


def translate_into_english(page: Page) -> None:
    from_the_page(page, f"/ru/{SUB_PAGE}", "edit")
    page.get_by_role("button", name="Действия", exact=True).first.click()
    page.get_by_role("link", name="Перевести эту страницу").click()
    page.get_by_label("English").check()
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/edit/")
    page.wait_for_load_state("networkidle")
    to_do = page.get_by_role("button", name="Перевести", exact=True)
    pieces = [TITLE["en"], "Who leaves.", TEXT["en"]]
    for left, piece in reversed(list(enumerate(reversed(pieces)))):
        expect(to_do).to_have_count(left + 1)
        to_do.first.click()
        page.locator("textarea:visible, [contenteditable=true]:visible").last.fill(piece)
        page.get_by_role("button", name="Сохранить", exact=True).click()
        expect(to_do).to_have_count(left)
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Опубликовать")).click()


def keys_of(page: Page) -> list[str]:
    """The admin's addresses of the pages, as their editor finds them."""
    found = []
    for path in (COUNTRY, f"/ru/{SUB_PAGE}", f"/ru/{EVENT}"):
        page.goto(path)
        address = page.locator("wagtail-userbar a[href*='/edit/']").first.get_attribute("href") or ""
        found.append(address.rpartition("/edit/")[0].rpartition("/")[2])
    return found


def tick(page: Page, is_open: bool) -> None:
    page.goto("/admin/country/MDA/open/")
    page.locator("[name=is_open]").set_checked(is_open)
    page.get_by_role("main").get_by_role("button", name="Сохранить").click()
    expect(page.locator(".messages")).to_be_visible()


def test_the_part_of_a_state_from_its_editor_to_its_readers(new_page: NewPage) -> None:
    editor = new_page(language="ru")
    enter_admin(editor, "moldova-editor")
    edit_the_country_page(editor)
    add_a_sub_page(editor)
    add_an_event(editor)
    fill(editor, 7, law())
    editor.get_by_role("link", name="Закон о миграционном учёте 7").first.click()
    translate_into_english(editor)

    visitor = new_page(language="ru", width=360, is_mobile=True, has_touch=True)
    visitor.goto(COUNTRY)
    expect(visitor.get_by_text(INTRODUCTION)).to_be_visible()
    expect(visitor.get_by_role("link", name="Закон о миграционном учёте 7").first).to_be_visible()
    expect(visitor.get_by_role("link", name="Совещание по сверке данных").first).to_be_visible()
    visitor.get_by_role("link", name=TITLE["ru"]).first.click()
    expect(visitor.get_by_text(TEXT["ru"])).to_be_visible()
    visitor.locator("nav.languages a[hreflang=en]").click()
    expect(visitor).to_have_url(re.compile(f"/en/{SUB_PAGE}$"))
    expect(visitor.get_by_text(TEXT["en"])).to_be_visible()
    visitor.goto(f"/ru/search/?q={WORD}")
    expect(visitor.locator(".search-result a")).to_have_text([TITLE["ru"]])

    # Its administrator takes the part back; others have it no more, at any address.
    keys = keys_of(editor)
    administrator = new_page(language="ru")
    enter_admin(administrator, "moldova-admin")
    tick(administrator, False)
    stranger = new_page(language="ru")
    enter_admin(stranger, "armenia-editor")
    addresses = [f"/{language}/{path}" for language in ("ru", "en") for path in (SUB_PAGE, EVENT)]
    addresses += [COUNTRY, "/en/countries/mda/", f"/ru/{EVENT}event.ics"]
    for who in (visitor, stranger):
        assert [who.request.get(address).status for address in addresses] == [404] * len(addresses)
        who.goto(f"/ru/search/?q={WORD}")
        expect(who.locator(".search-result a")).to_have_count(0)
    for key in keys:
        for act in ("edit", "delete", "move", "copy", "history", "view_draft", "add_subpage", "unpublish"):
            assert stranger.request.get(f"/admin/pages/{key}/{act}/").status == 404, act
    for path in (COUNTRY, f"/ru/{SUB_PAGE}", f"/ru/{EVENT}"):
        assert editor.goto(path).status == 200  # type: ignore[union-attr]

    # And opens it again, at the next request.
    tick(administrator, True)
    assert visitor.goto(f"/en/{SUB_PAGE}").status == 200  # type: ignore[union-attr]
    for act in ("edit", "delete", "move"):
        assert stranger.request.get(f"/admin/pages/{keys[1]}/{act}/").status == 404, act
