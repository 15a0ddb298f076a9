"""A country in charge of its figures, from new people to a revoked grant, all of it in Russian.

Mission rows D021–D137: delegated administration, template, marks at cells, four eyes, reciprocity, slices.
"""

from __future__ import annotations

import email
import re
from collections.abc import Mapping, Sequence
from email import policy
from pathlib import Path
from urllib.parse import urlsplit

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from importers.services.demonstration import PASSWORD
from tests.browser.conftest import NewPage

CODE = "MDA_CH_4"
INDICATOR = "Долгосрочная эмиграция по стране нового"
CHOSEN = "long-and-own-words-27"
PERIODS = ("2019", "2020", "2021")
Figures = Mapping[tuple[str, str, str], Sequence[int]]
RIGHT: Figures = {
    ("MDA", "_T", "_T"): (9001, 9502, 10007),
    ("MDA", "DEU", "_T"): (3001, 3102, 3203),
    ("MDA", "ITA", "_T"): (4007, 4208, 4519),
}
#: A code that does not exist, a negative count, and parts that exceed their total.
WRONG: Figures = {
    ("MDA", "_T", "_T"): (9001, 9502, 10007),
    ("MDA", "DEU", "_T"): (3001, -3102, 3203),
    ("MDA", "ITA", "_T"): (4007, 4208, 45190),
    ("MDA", "ITALIA", "_T"): (1, 2, 3),
}


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/ru/account/sign-in/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    page.goto("/admin/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")


def told(page: Page, text: str) -> None:
    expect(page.locator(".messages")).to_contain_text(text)


def create_person(page: Page, username: str, name: str, role: str) -> None:
    page.goto("/admin/data/people/add/")
    page.locator("[name=username]").fill(username)
    page.locator("[name=first_name]").fill(name)
    page.locator("[name=last_name]").fill("Попеску")
    page.locator("[name=email]").fill(f"{username}@example.org")
    page.locator("[name=language]").select_option("ru")
    page.get_by_label(role, exact=True).check()
    page.locator("form.data-form button[type=submit]").click()
    page.wait_for_url("**/admin/data/people/")
    expect(page.get_by_role("row").filter(has_text=username)).to_contain_text(role)


def link_to(letters: Path, username: str) -> str:
    """The path of the link in the newest e-mail to somebody."""
    files = sorted(letters.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for file in files:
        for part in file.read_bytes().split(b"-" * 79):
            letter = email.message_from_bytes(part.lstrip(), policy=policy.default)
            if str(letter["To"]).startswith(f"{username}@"):
                found = re.search(r"https?://\S+", letter.get_content())
                assert found, letter.get_content()
                return urlsplit(found[0]).path
    raise AssertionError(f"no e-mail to {username}")


def choose_password(page: Page, address: str) -> None:
    page.goto(address)
    for field in page.locator("input[type=password]").all():
        field.fill(CHOSEN)
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button").last.click()
    expect(page.locator("input[name=new_password1]")).to_have_count(0)


def begin_dataset(page: Page) -> None:
    page.goto("/admin/data/datasets/")
    page.get_by_role("link", name="Новый набор данных").click()
    option = page.locator("[name=indicator] option", has_text=INDICATOR)
    page.locator("[name=indicator]").select_option(option.first.get_attribute("value"))
    page.locator("[name=source_en]").fill("Population register")
    page.locator("[name=source_ru]").fill("Регистр населения")
    page.get_by_role("button", name="Создать").click()
    page.wait_for_url(f"**/{CODE}/")


def filled(page: Page, folder: Path, figures: Figures) -> Path:
    """The template, downloaded, with figures in it."""
    page.goto(f"/admin/data/datasets/{CODE}/submissions/new/")
    path = folder / "template.xlsx"
    with page.expect_download() as download:
        page.get_by_role("link", name="Шаблон Excel", exact=True).click()
    download.value.save_as(path)
    book = load_workbook(path)
    sheet = next(sheet for sheet in book.worksheets if sheet.title.startswith("Data"))
    header = [str(cell.value or "") for cell in sheet[1]]
    assert header[:3] == ["REF_AREA", "NEXT_RESIDENCE", "SEX"]
    for column, period in enumerate(PERIODS, start=4):  # the template has the years that are awaited
        sheet.cell(1, column, period)
    columns = range(4, 4 + len(PERIODS))
    assert sheet.max_column >= columns[-1]
    sheet.delete_rows(3, sheet.max_row)
    sheet.delete_cols(4 + len(PERIODS), sheet.max_column)
    for row, (codes, values) in enumerate(figures.items(), start=3):
        for column, code in enumerate(codes, start=1):
            sheet.cell(row, column, code)
        for column, value in zip(columns, values, strict=True):
            sheet.cell(row, column, value)
    book.save(path)
    return path


def send(page: Page, path: Path) -> None:
    page.goto(f"/admin/data/datasets/{CODE}/submissions/new/")
    page.locator("input[type=file]").set_input_files(path)
    if (replaces := page.get_by_label("Заменить мой черновик")).count():
        replaces.check()
    page.get_by_role("button", name="Отправить и проверить").click()
    page.wait_for_url(re.compile(r"/submissions/\d+/$"))


def submit(page: Page) -> None:
    page.get_by_role("button", name="Отправить на проверку").click()
    expect(page.locator("main")).to_contain_text("Отправлено")


def from_dashboard(page: Page, section: str) -> None:
    page.goto("/admin/")
    page.locator(f"section[aria-labelledby=data-{section}]").get_by_role("link", name=INDICATOR).click()


def figures_seen(page: Page) -> set[str]:
    """Which of our figures the indicator's table shows; the sign of thousands does not matter."""
    members = "&".join(f"NEXT_RESIDENCE={code}" for code in ("_T", "DEU", "ITA"))
    page.goto(f"/ru/statistics/CH_4/?REF_AREA=MDA&{members}")
    body = re.sub(r"(?<=\d)[\u00a0\u202f](?=\d)", "", page.locator("main").inner_text())
    return {text for text in ("10007", "4519", "3203") if re.search(rf"(?<!\d){text}(?!\d)", body)}


def grant(page: Page, audience: str, *, slices: Mapping[str, str] | None = None) -> None:
    page.goto(f"/admin/data/datasets/{CODE}/access/")
    page.locator(f"[name=audience][value={audience}]").check()
    if audience == "public":
        page.locator("[name=is_reciprocal]").uncheck()
    for dimension, code in (slices or {}).items():
        page.locator(f"details:has([name=slice_{dimension}]) summary").click()
        page.locator(f"[name=slice_{dimension}][value={code}]").check()
    page.locator("#new").get_by_role("button", name="Открыть").click()


def revoke_all(page: Page) -> None:
    page.goto(f"/admin/data/datasets/{CODE}/access/")
    while (links := page.get_by_role("link", name=re.compile("Отозвать"))).count():
        links.first.click()
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/access/")


def test_a_country_in_charge_of_its_figures(new_page: NewPage, letters: Path, tmp_path: Path) -> None:
    administrator, submitter, verifier = (new_page(language="ru") for _number in range(3))

    # The administrator of one State creates a submitter and a verifier, who choose their passwords.
    enter(administrator, "moldova-admin")
    create_person(administrator, "ana.popescu", "Анна", "Поставщик данных")
    create_person(administrator, "ion.popescu", "Ион", "Проверяющий данные")
    for page, username in ((submitter, "ana.popescu"), (verifier, "ion.popescu")):
        choose_password(page, link_to(letters, username))
        enter(page, username, CHOSEN)

    # Three mistakes are marked at their cells, and such a file cannot be submitted.
    begin_dataset(submitter)
    send(submitter, filled(submitter, tmp_path, WRONG))
    errors = submitter.locator(".data-marks--error li")
    expect(errors).to_have_count(3)
    expect(errors.filter(has_text="ITALIA")).to_contain_text("нет в списке кодов")
    expect(errors.filter(has_text="2020")).to_contain_text("-3102")
    expect(errors.filter(has_text="2021")).to_contain_text("48396")
    expect(submitter.locator("td.data-cell--error, td[class*=error]").first).to_be_visible()
    expect(submitter.get_by_role("button", name="Отправить на проверку")).to_be_disabled()

    # Corrected, submitted, and returned once with a remark on a cell.
    send(submitter, filled(submitter, tmp_path, RIGHT))
    expect(submitter.locator(".data-marks--error")).to_have_count(0)
    submit(submitter)
    from_dashboard(verifier, "verify")
    verifier.locator("[name=remark-key]").fill("MDA.ITA._T")
    verifier.locator("[name=remark-period]").fill("2021")
    verifier.locator("[name=remark-text]").fill("Проверьте: по данным Италии было 440.")
    verifier.get_by_role("button", name="Добавить замечание").click()
    expect(verifier.locator("main")).to_contain_text("по данным Италии было 440")
    verifier.get_by_role("button", name="Вернуть с замечаниями").click()
    from_dashboard(submitter, "returned")
    expect(submitter.locator("main")).to_contain_text("Проверьте: по данным Италии было 440.")
    expect(submitter.locator("main")).to_contain_text("MDA.ITA._T 2021")
    send(submitter, filled(submitter, tmp_path, RIGHT))
    submit(submitter)

    # Accepted and released; so far only the owner sees it.
    from_dashboard(verifier, "verify")
    verifier.get_by_role("button", name="Принять данные").click()
    verifier.get_by_role("button", name="Выпустить сейчас").click()
    expect(verifier.locator("main")).to_contain_text("Выпущено")
    own, sharing, keeping, visitor = (new_page(language="ru") for _number in range(4))
    enter(own, "moldova-user")
    enter(sharing, "armenia-user")  # Armenia releases figures of this indicator,
    enter(keeping, "kazakhstan-user")  # Kazakhstan does not
    everything = {"10007", "4519", "3203"}
    assert figures_seen(own) == everything
    assert [figures_seen(page) for page in (sharing, keeping, visitor)] == [set(), set(), set()]

    # Opened to all participants on a reciprocal basis.
    grant(administrator, "participants")
    assert figures_seen(sharing) == everything
    assert [figures_seen(page) for page in (keeping, visitor)] == [set(), set()]

    # Opened to everybody: the totals only.
    grant(administrator, "public", slices={"NEXT_RESIDENCE": "_T"})
    assert [figures_seen(page) for page in (keeping, visitor)] == [{"10007"}, {"10007"}]
    assert figures_seen(sharing) == everything

    # Revoked: closed at the next request.
    revoke_all(administrator)
    assert [figures_seen(page) for page in (sharing, keeping, visitor)] == [set(), set(), set()]
    assert figures_seen(own) == everything
