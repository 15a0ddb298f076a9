"""Country pages of two participants, with their editors, national-only and open."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Locale, Page

from cms.models import CountryPage, CountrySubPage, EventPage, NationalPart, NewsPage
from cms.services.country import country_open, country_page_provision
from registry.models import Role, RoleAssignment, User
from tests.conftest import World

#: A word that stands in the national pages of KAZ and nowhere else.
SECRET = "Zhasyryn"
WORDS = {"en": "English", "ru": "Russian"}


@pytest.fixture(autouse=True)
def _real_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"


@dataclass
class Countries:
    world: World
    parts: dict[str, NationalPart]
    keepers: dict[str, User]
    pages: dict[str, list[Page]] = field(default_factory=dict)

    def page(self, code: str, language: str = "en") -> CountryPage:
        found: CountryPage = CountryPage.objects.get(part=self.parts[code], locale__language_code=language)
        return found

    def open(self, code: str, is_open: bool = True) -> None:
        owner = self.world.participants[code]
        country_open(participant=owner, actor=self.world.people[code]["administrator"], is_open=is_open)

    def signed_in(self, user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user)
        return client


def published(parent: Page, page: Page) -> Any:
    page.locale = parent.locale
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def add_pages(countries: Countries, code: str, mark: str) -> list[Page]:
    """A sub-page, a page below it, news and an event below the country page, in both languages."""
    found: list[Page] = []
    for language, word in WORDS.items():
        country = countries.page(code, language)
        country.body = [("paragraph", f"<p>{mark} {word} body</p>")]
        country.save_revision().publish()
        texts: dict[str, Any] = {"introduction": f"{mark} {word}", "show_in_menus": True}
        blocks = [("paragraph", f"<p>{mark} {word} text</p>")]
        parent = published(
            country, CountrySubPage(title=f"{mark} sub", slug=f"{code.lower()}-sub", body=blocks, **texts)
        )
        below = published(parent, CountrySubPage(title=f"{mark} below", slug="below", body=blocks, **texts))
        news = published(country, NewsPage(title=f"{mark} news", slug="news-item", **texts))
        event = published(
            country,
            EventPage(title=f"{mark} event", slug="meeting", starts_on=date(2999, 5, 4), place=mark, **texts),
        )
        found += [country, parent, below, news, event]
    # The versions belong together.
    half = len(found) // 2
    for one, other in zip(found[1:half], found[half + 1 :], strict=True):
        other.translation_key = one.translation_key
        other.save()
    return found


@pytest.fixture
def countries(portal: None, world: World) -> Countries:
    keepers = {}
    for code in ("MDA", "KAZ"):
        keeper = User.objects.create_user(f"{code.lower()}-keeper", participant=world.participants[code])
        RoleAssignment.objects.create(
            user=keeper, participant=world.participants[code], role=Role.CONTENT_MANAGER
        )
        keepers[code] = keeper
    parts = {code: country_page_provision(participant=world.participants[code]) for code in keepers}
    found = Countries(world, {code: part for code, part in parts.items() if part}, keepers)
    found.open("MDA")
    found.pages["MDA"] = add_pages(found, "MDA", "Moldovan")
    found.pages["KAZ"] = add_pages(found, "KAZ", SECRET)
    return found


def locale_of(language: str) -> Locale:
    return Locale.objects.get(language_code=language)


def add_many(countries: Countries, code: str, count: int) -> None:
    for number in range(count):
        parent = countries.page(code)
        more: dict[str, Any] = {"introduction": "More.", "show_in_menus": True}
        published(parent, CountrySubPage(title=f"More {number}", slug=f"more-{number}", body=[], **more))
        if number < 10:
            published(parent, NewsPage(title=f"News {number}", slug=f"news-{number}", **more))
            day = date(2999, 6, 1 + number)
            published(
                parent, EventPage(title=f"Event {number}", slug=f"event-{number}", starts_on=day, **more)
            )
