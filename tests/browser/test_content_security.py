"""The content security policy: no page asks for what it forbids, and it forbids what is inline or foreign."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from importers.services.demonstration import PASSWORD
from tests.browser.conftest import PAGES, NewPage, open_details

MORE_PAGES = {
    "countries": "countries/",
    "country": "countries/mda/",
    "news": "news-and-events/news/",
    "events": "news-and-events/events/",
    "links": "links/",
    "contact": "about/contact/",
    "site map": "about/sitemap/",
    "methodology": "about-statistics/methodology/",
    "glossary": "glossary/",
    "history": "statistics/UNHCR_REF/history/",
}
#: Of Wagtail's admin, with who goes there.
ADMIN = {
    "admin": [
        "", "pages/", "images/", "images/multiple/add/", "users/", "redirects/add/", "workflows/add/",
        "reports/locked/", "reports/site-history/", "library/", "library/new/", "forms/", "account/",
        "data/datasets/", "data/audit/", "data/people/", "data/participants/", "glossary/",
    ],
    "moldova-admin": [
        "", "pages/", "data/datasets/", "data/datasets/MDA_DSM_1/", "data/datasets/MDA_DSM_1/access/",
        "data/datasets/MDA_DSM_1/documentation/edit/", "data/datasets/MDA_DSM_1/submissions/",
        "data/datasets/MDA_DSM_1/releases/", "data/audit/", "data/people/add/", "data/contacts/",
        "data/legal/add/", "data/onboarding/", "data/notices/", "data/requests/new/",
    ],
}  # fmt: skip


def told(context: BrowserContext) -> list[str]:
    """What a browser says from now on of policies that were violated."""
    found: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            found.append(f"{message.page.url if message.page else ''}: {message.text}")

    context.on("console", console)
    return found


def enter(page: Page, name: str, language: str) -> None:
    page.goto(f"/{language}/account/sign-in/?next=/admin/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("name", [None, "editor", "moldova-user"])
def test_no_page_of_the_portal_violates_it(new_page: NewPage, language: str, name: str | None) -> None:
    page = new_page(language=language)
    if name:
        enter(page, name, language)
    violations = told(page.context)
    for path in {**PAGES, **MORE_PAGES}.values():
        answer = page.goto(f"/{language}/{path}", wait_until="load")
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        open_details(page)
    assert violations == []


def test_what_is_inline_does_nothing(chrome: Browser, portal: str) -> None:
    page = chrome.new_context(base_url=portal).new_page()  # not watched: here errors are wanted
    page.goto("/en/")
    violations = told(page.context)
    done = page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.done = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", '<p id="loud" style="color: red">x</p>');
            return [window.done === true, getComputedStyle(document.getElementById("loud")).color];
        }"""
    )
    assert done[0] is False
    assert done[1] != "rgb(255, 0, 0)"
    assert len(violations) == 2
    page.context.close()


@pytest.mark.parametrize("name", list(ADMIN))
def test_no_page_of_the_admin_violates_it(new_page: NewPage, language: str, name: str) -> None:
    page = new_page(language=language)
    enter(page, name, language)
    violations = told(page.context)
    for path in ADMIN[name]:
        answer = page.goto(f"/admin/{path}", wait_until="networkidle")
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert ("unsafe-inline" in policy) is not path.startswith("data/"), path
        assert "unsafe-eval" not in policy
    assert violations == []


def test_editing_previewing_and_translating_work_under_it(new_page: NewPage) -> None:
    page = new_page()
    enter(page, "editor", "en")
    violations = told(page.context)
    page.goto("/en/about/overview/")
    address = page.locator("wagtail-userbar a[href*='/edit/']").first.get_attribute("href") or ""
    page.goto(address, wait_until="networkidle")
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("iframe[title=Preview]").last
    expect(preview.get_by_role("heading", level=1)).to_be_visible()
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    expect(page.locator(".modal:visible")).to_have_count(1)

    page.goto("/ru/about/overview/")
    address = page.locator("wagtail-userbar a[href*='/edit/']").first.get_attribute("href") or ""
    page.goto(address, wait_until="networkidle")
    expect(page.get_by_role("button", name=re.compile("Edit|Translate")).first).to_be_visible()
    assert violations == []
