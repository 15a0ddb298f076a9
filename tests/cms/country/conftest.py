"""Country pages of two participants, with their editors, national-only and open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client, override_settings
from django.utils import translation
from wagtail.models import Locale, Page

from cms.models import CountryPage, CountrySubPage, EventPage, NationalPart, NewsPage
from cms.services.country import country_open, country_page_provision
from registry.models import Indicator, Participant, Role, RoleAssignment, User
from tests.cms.conftest import PortalRows, portal_restore
from tests.conftest import World, make_codelists, make_world
from tests.database import as_system

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


def make_countries(world: World) -> Countries:
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


@pytest.fixture(scope="module")
def _made(
    django_db_setup: None,
    django_db_blocker: Any,
    _portal_rows: PortalRows,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, list[int]]]:
    """The pages of both countries, by key, in the database until the module ends: making them takes a second.

    Every test works in a savepoint of its own and gets objects of its own.
    """
    index = tmp_path_factory.mktemp("search")
    with django_db_blocker.unblock(), as_system(), transaction.atomic():
        with (
            override_settings(ROOT_URLCONF="config.urls", SEARCH_INDEX_DIR=index),
            translation.override("en"),
        ):
            portal_restore(_portal_rows)
            found = make_countries(make_world(make_codelists()))
        yield {code: [page.pk for page in pages] for code, pages in found.pages.items()}
        transaction.set_rollback(True)


@pytest.fixture
def portal(db: None, _made: Any) -> None:
    """The starter pages in both languages, with the pages of both countries among them."""
    cache.clear()


@pytest.fixture
def world(db: None, _made: Any) -> World:
    people: dict[str, dict[str, User]] = {}
    participants = {participant.code: participant for participant in Participant.objects.all()}
    for user in User.objects.select_related("participant").exclude(username__endswith="-keeper"):
        code, _dash, name = user.username.partition("-")
        people.setdefault(code.upper(), {})[name] = user
    return World(Indicator.objects.get(), participants, people)


@pytest.fixture
def countries(portal: None, world: World, _made: dict[str, list[int]]) -> Countries:
    keepers = {code: User.objects.get(username=f"{code.lower()}-keeper") for code in _made}
    parts = {part.participant.code: part for part in NationalPart.objects.select_related("participant")}
    found = Countries(world, parts, keepers)
    for code, keys in _made.items():
        pages = {page.pk: page for page in Page.objects.filter(pk__in=keys).specific()}
        found.pages[code] = [pages[key] for key in keys]
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
