"""The same page and the same search for different people, signed in through the real forms."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage, sign_in, sign_out

#: Whose figures of DSM_2B are open. Kazakhstan opened its own to those who share theirs, Moldova its own to
#: all participants, Tajikistan to nobody. Moldova shares this indicator, Armenia does not.
EVERYBODY = ["KGZ", "UKR"]
SEEN = {"moldova-user": ["KAZ", "KGZ", "MDA", "UKR"], "armenia-user": ["KGZ", "MDA", "UKR"]}


def owners(page: Page) -> list[str]:
    """Whose figures and documentation the page shows; the two are the same here."""
    ids = page.locator("details.documentation dl").evaluate_all("(found) => found.map((item) => item.id)")
    boxes = page.locator("input[type=checkbox][name=REF_AREA]")
    offered = sorted(boxes.evaluate_all("(found) => found.map((item) => item.value)"))
    assert sorted(name.removeprefix("documentation-").partition("_")[0] for name in ids) == offered
    assert page.locator("table.figures tbody tr").count() == len(offered)
    return offered


@pytest.mark.parametrize("name", SEEN)
def test_each_sees_what_its_owner_opened_and_no_more(new_page: NewPage, language: str, name: str) -> None:
    page = new_page(language=language)
    page.goto(f"/{language}/statistics/DSM_2B/?REF_AREA=*&CITIZENSHIP=_T&SEX=_T")
    assert owners(page) == EVERYBODY
    sign_in(page, name, language=language)
    assert owners(page) == SEEN[name]
    sign_out(page, language=language)
    assert owners(page) == EVERYBODY


def test_the_downloads_hold_the_same(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/en/statistics/DSM_2B/")
    sign_in(page, "moldova-user", language="en")
    answer = page.request.get("/en/statistics/DSM_2B/data.csv")
    areas = {line.partition(",")[0] for line in answer.text().splitlines()[1:]}
    assert sorted(areas) == SEEN["moldova-user"]


def test_a_wrong_password_is_refused_in_words(new_page: NewPage, language: str) -> None:
    page = new_page(language=language)
    page.goto(f"/{language}/account/sign-in/")
    page.get_by_label({"en": "Username", "ru": "Имя пользователя"}[language]).fill("moldova-user")
    page.get_by_label({"en": "Password", "ru": "Пароль"}[language]).fill("not-the-password")
    page.get_by_role("main").get_by_role("button").click()
    refusal = {"en": "Please enter a correct username", "ru": "Пожалуйста, введите правильные"}[language]
    expect(page.get_by_role("alert")).to_contain_text(refusal)


WORDS = {"en": "work permit decisions Moldova", "ru": "решения разрешение на работу Молдова"}
HIDDEN = "a[href$='#documentation-MDA_DSM_2C']"  # Moldova opened it to nobody


def test_a_hidden_dataset_is_found_by_its_owner_and_nobody_else(new_page: NewPage, language: str) -> None:
    for name, count in {None: 0, "armenia-user": 0, "unhcr-user": 0, "moldova-user": 1}.items():
        page = new_page(language=language)
        page.goto(f"/{language}/search/?q={WORDS[language]}")
        if name:
            sign_in(page, name, language=language)
        expect(page.locator(".search-result").first).to_be_visible()
        assert page.locator(HIDDEN).count() == count, name
    page.locator(HIDDEN).click()
    documentation = page.locator("#documentation-MDA_DSM_2C")
    expect(documentation).to_be_visible()
    expect(documentation).to_be_in_viewport()
