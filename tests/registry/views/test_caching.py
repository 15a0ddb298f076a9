"""Who may keep a page: every answer in HTML carries the name of the person signed in, or of nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from wagtail.models import Locale, Page, Site

from cms.models import HomePage
from registry.languages import LANGUAGES
from tests.conftest import World

PRIVATE, SHARED = {"private", "no-store"}, {"public", "no-cache"}
#: Addresses and what they answer. The search has a stricter rule of its own.
ANSWERS = {"": 200, "statistics/": 200, "nothing-here/": 404, "statistics/NOTHING/": 404}


@pytest.fixture
def home(world: World) -> World:
    """The world with a home page in each language."""
    root = Page.get_first_root_node()
    assert root is not None
    for language in LANGUAGES:
        locale, _made = Locale.objects.get_or_create(language_code=language.code)
        page = root.add_child(
            instance=HomePage(
                title=language.name,
                slug=f"home-{language.code}",
                locale=locale,
                introduction="Statistics",
                hero_title="Statistics",
            )
        )
        if language is LANGUAGES[0]:
            Site.objects.update_or_create(
                is_default_site=True, defaults={"hostname": "localhost", "root_page": page}
            )
    return world


def kept(client: Client, path: str) -> tuple[int, set[str], str, bool]:
    response = client.get(path)
    control = set(filter(None, response.get("Cache-Control", "").split(", ")))
    return response.status_code, control, response.get("Vary", ""), "ETag" in response


@pytest.mark.parametrize("path", ANSWERS)
def test_pages_are_kept_for_nobody_else(home: World, client: Client, language: str, path: str) -> None:
    status, control, vary, has_etag = kept(client, f"/{language}/{path}")
    assert status == ANSWERS[path]
    assert (control, vary, has_etag) == (SHARED, "Cookie, Accept-Encoding", True)
    client.force_login(home.people["MDA"]["user"])
    assert kept(client, f"/{language}/{path}") == (status, PRIVATE, "Cookie, Accept-Encoding", False)


def test_an_unchanged_page_is_not_sent_again(home: World, client: Client, language: str) -> None:
    first = client.get(f"/{language}/statistics/")
    again = client.get(f"/{language}/statistics/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    # And whoever signs in meanwhile gets a page of the own
    client.force_login(home.people["MDA"]["user"])
    personal = client.get(f"/{language}/statistics/", headers={"If-None-Match": first["ETag"]})
    assert personal.status_code == 200


def test_the_way_to_a_language_depends_on_the_one_asked_for(home: World, client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "ru"})
    assert response["Location"] == "/ru/"
    assert {"Accept-Language", "Cookie"} <= set(response["Vary"].split(", "))


@pytest.mark.parametrize("participant", [None, "MDA"])
def test_the_admin_is_kept_nowhere(home: World, client: Client, participant: str | None) -> None:
    if participant:
        client.force_login(home.people[participant]["administrator"])
    for path in ("/admin/", "/admin/login/"):
        _status, control, _vary, _has_etag = kept(client, path)
        assert {"private", "no-store"} <= control
        assert "public" not in control


def test_a_stricter_rule_of_a_view_stays(home: World, client: Client, language: str) -> None:
    _status, control, _vary, _has_etag = kept(client, f"/{language}/account/sign-in/")
    assert {"no-store", "private"} <= control
    assert "public" not in control


def test_static_files_come_before_the_rule() -> None:
    order = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert order.index("WhiteNoiseMiddleware") < order.index("caching_middleware")
    assert order.index("ConditionalGetMiddleware") < order.index("caching_middleware")
    assert Path(settings.STATIC_ROOT).is_dir()
