"""The demonstration, started once as `make demo` starts it, and people in front of a real Chromium.

Every page they open is watched: nothing may be asked of another machine, and no public page may
write an error to the browser's console.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, expect

from importers.services.demonstration import PASSWORD
from scripts.demonstration import browser, demonstration_server
from tests.paths import ROOT

NewPage = Callable[..., Page]
HERE = ROOT / "tests" / "browser"
PATIENCE = 15_000  # milliseconds; a machine may be busy with other things
#: One of each kind of public page, below the language.
PAGES = {
    "home": "",
    "section": "about/",
    "article": "about/overview/",
    "methodology": "about-statistics/methodology/",
    "countries": "countries/",
    "country": "countries/mda/",
    "page of a country": "countries/mda/population-register/",
    "page in the other language": "countries/mda/exchange-of-records/",
    "news and events": "news-and-events/",
    "news": "news-and-events/news/",
    "news item": "news-and-events/news/what-the-portal-offers/",
    "events": "news-and-events/events/",
    "calendar": "news-and-events/events/?show=calendar&year=2005",
    "event": "news-and-events/events/2005-vienna/",
    "links": "links/",
    "glossary": "glossary/",
    "institutions": "institutions/?q=statistics",
    "institution": "institutions/mia-moldova/",
    "contact": "about/contact/",
    "site map": "about/sitemap/",
    "statistics": "statistics/",
    "availability": "statistics/availability/",
    "indicator": "statistics/UNHCR_REF/",
    "indicator with notes": "statistics/DSM_5/",
    "empty indicator": "statistics/CH_2_1/?REF_AREA=KAZ",
    "library": "library/",
    "documents": "library/documents/?topic=dsm-core&q=data",
    "document": "library/documents/un-recommendations-1998/",
    "search": "search/?q=refugees",
    "empty search": "search/",
    "sign-in": "account/sign-in/",
    "not found": "nothing-is-here/",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demonstration() -> Iterator[tuple[str, Path]]:
    """The address of the running demonstration, and the folder of its data."""
    with demonstration_server() as started:
        yield started


@pytest.fixture(scope="session")
def portal(demonstration: tuple[str, Path]) -> str:
    return demonstration[0]


@pytest.fixture(scope="session")
def letters(demonstration: tuple[str, Path]) -> Path:
    """Where the e-mails of the demonstration lie, one file for each connection."""
    return demonstration[1] / "mail"


# Not for the whole session: while Playwright runs, Django refuses the database to this thread.
@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with browser() as started:
        yield started


class Watch:
    """What the pages of a test asked for and complained about."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.elsewhere: list[str] = []
        self.errors: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.netloc != self.host:
            self.elsewhere.append(request.url)

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.errors.append(f"{response.status} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        page = message.page
        if message.type != "error" or page is None or urlsplit(page.url).path.startswith("/admin/"):
            return
        # Chromium reports the status of the very page that a test asks for, 404 for one, as an error too.
        if "the server responded with a status of 4" not in message.text:
            self.errors.append(f"{page.url}: {message.text}")


@pytest.fixture
def new_page(chrome: Browser, portal: str) -> Iterator[NewPage]:
    """Open a window of its own: ``new_page(width=360, language="ru", javascript=False)``."""
    contexts: list[BrowserContext] = []
    watch = Watch(urlsplit(portal).netloc)

    def opened(*, width: int = 1280, language: str = "en", javascript: bool = True, **options: Any) -> Page:
        context = chrome.new_context(
            base_url=portal,
            viewport={"width": width, "height": 800},
            locale={"en": "en-GB", "ru": "ru-RU"}[language],
            java_script_enabled=javascript,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert watch.elsewhere == []
    assert watch.errors == []


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn, as the language of the addresses."""
    code: str = request.param
    return code


def sign_in(page: Page, name: str, *, language: str) -> None:
    """By the link of the page shown and the form behind it; ends on the page where it began."""
    start = page.url
    page.get_by_role("link", name={"en": "Sign in", "ru": "Войти"}[language], exact=True).click()
    page.get_by_label({"en": "Username", "ru": "Имя пользователя"}[language]).fill(name)
    page.get_by_label({"en": "Password", "ru": "Пароль"}[language]).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(start)


def sign_out(page: Page, *, language: str) -> None:
    start = page.url
    page.get_by_role("button", name={"en": "Sign out", "ru": "Выйти"}[language]).click()
    page.get_by_role("link", name={"en": "Sign in", "ru": "Войти"}[language], exact=True).wait_for()
    assert page.url == start


def open_details(page: Page) -> None:
    """Everything that can be folded out, at once."""
    page.locator("details").evaluate_all("(found) => found.forEach((item) => { item.open = true; })")
