"""The e-library: a content manager of a State adds a document with its file, visitors read it on a phone."""

from __future__ import annotations

import io
import re

import docx
import pytest
from playwright.sync_api import Page, expect

from importers.services.demonstration import PASSWORD
from tests.browser.conftest import NewPage

TEXT = "Государство ведёт учёт иностранных граждан и лиц без гражданства. " * 8


def law() -> bytes:
    document = docx.Document()
    for number in range(1, 41):
        document.add_paragraph(f"Статья {number}. {TEXT}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def enter_admin(page: Page, name: str) -> None:
    page.goto("/ru/account/sign-in/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("button", name="Выйти").wait_for()


def fill(page: Page, number: int, file: bytes) -> None:
    page.goto("/admin/library/new/")
    page.locator("[name=title_en]").fill(f"Law on migration records {number}")
    page.locator("[name=title_ru]").fill(f"Закон о миграционном учёте {number}")
    page.locator("[name=summary_en]").fill("Who is recorded, and by whom.")
    page.locator("[name=summary_ru]").fill("Кто и кем учитывается.")
    page.locator("[name=kind]").select_option("legislation")
    page.locator("[name=audience]").select_option("public")
    page.locator("[name=topics]").first.check()
    page.locator("[name=file_ru]").set_input_files(
        [{"name": "закон.docx", "mimeType": "application/octet-stream", "buffer": file}]
    )
    page.locator("main form [type=submit]").last.click()


def test_a_bad_file_is_refused_and_a_good_one_is_read_on_a_phone(new_page: NewPage) -> None:
    keeper = new_page(language="ru")
    enter_admin(keeper, "moldova-admin")
    fill(keeper, 1, b"PK\x03\x04 nothing else")
    expect(keeper.get_by_text("Файл повреждён").first).to_be_visible()
    fill(keeper, 1, law())
    keeper.get_by_role("link", name="Закон о миграционном учёте 1").first.click()
    address = keeper.locator("a[href*='/library/documents/law-on-migration-records-1-']").first
    code = (address.get_attribute("href") or "").rstrip("/").rpartition("/")[2]

    phone = new_page(width=320, language="ru", javascript=False, is_mobile=True)
    phone.goto("/ru/library/documents/?q=учёта")
    phone.get_by_role("link", name="Закон о миграционном учёте 1").click()
    phone.get_by_role("link", name=re.compile("Читать весь текст")).click()
    expect(phone.get_by_text(re.compile(r"^Статья 1\."))).to_be_visible()
    phone.get_by_role("link", name="Следующая часть").click()
    expect(phone.get_by_text(re.compile(r"^Статья 1\."))).to_have_count(0)
    phone.goto(f"/ru/library/documents/{code}/")
    phone.get_by_role("link", name="EN").click()
    expect(phone.locator("h1")).to_have_text("Law on migration records 1")
    expect(phone.get_by_text("The text itself is not available in this language")).to_be_visible()
    with phone.expect_download() as started:
        phone.get_by_role("link", name="закон.docx", exact=True).click()
    assert started.value.suggested_filename == "закон.docx"


def test_another_state_finds_only_its_own_documents_in_the_admin(new_page: NewPage) -> None:
    page = new_page(language="ru")
    enter_admin(page, "armenia-user")
    page.goto("/admin/")
    for role in ("button", "link"):
        expect(page.get_by_role(role, name="Электронная библиотека")).to_have_count(0)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["library/", "library/documents/?topic=dsm-core&sort=title"])
def test_the_language_switch_keeps_the_place_in_the_library(new_page: NewPage, path: str) -> None:
    page = new_page(language="ru")
    page.goto(f"/ru/{path}")
    page.get_by_role("link", name="English").click()
    page.wait_for_url(f"**/en/{path}")
    expect(page.locator("html")).to_have_attribute("lang", "en")
