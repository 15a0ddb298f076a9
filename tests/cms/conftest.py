from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from wagtail.models import Locale, Page

from cms.models import ArticlePage, HomePage, SectionPage
from cms.services.starter import starter_pages_load
from registry.models import User


@pytest.fixture(autouse=True)
def _portal_settings(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.cms.urls"
    cache.clear()  # Wagtail keeps the site roots there


Rows = list[tuple[Any, ...]]
PortalRows = dict[str, tuple[list[str], Rows]]


def _tables() -> dict[str, tuple[list[str], Rows]]:
    """All rows by table, but for Wagtail's search index, which is not read here, and what only PostgreSQL
    itself writes."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(("wagtailsearch_", "registry_claimkey", "registry_rowchange")):
                cursor.execute(f'SELECT * FROM "{table}"')
                found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    return found


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def _portal_rows(django_db_setup: None, django_db_blocker: Any) -> PortalRows:
    """What loading the starter pages leaves in the database. Loading takes seconds, so it is done once."""
    with django_db_blocker.unblock(), _undone():
        before = _tables()
        starter_pages_load()
        return {table: content for table, content in _tables().items() if content != before[table]}


def portal_restore(content: PortalRows) -> None:
    with connection.cursor() as cursor:
        for table in content:
            cursor.execute(f'DELETE FROM "{table}"')
        for table, (columns, rows) in content.items():
            names = ", ".join(f'"{column}"' for column in columns)
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)
    cache.clear()


@pytest.fixture
def portal(db: None, _portal_rows: PortalRows) -> None:
    """The starter pages in both languages."""
    portal_restore(_portal_rows)


@pytest.fixture
def editor(portal: None, client: Client) -> Client:
    """A client signed in as somebody who may do everything in the admin."""
    client.force_login(User.objects.create_superuser("editor", "editor@example.org", "long-enough-password"))
    return client


def page(slug: str, language: str = "en") -> Page:
    if slug == "home":
        return HomePage.objects.get(locale__language_code=language)
    found: Page = Page.objects.get(slug=slug, locale__language_code=language).specific
    return found


def new_article(parent: Page, title: str, slug: str, **fields: Any) -> ArticlePage:
    article = ArticlePage(
        title=title, slug=slug, locale=parent.locale, introduction="Introduction.", **fields
    )
    article.body = [("paragraph", "<p>One.</p><p>Two.</p>")]
    parent.add_child(instance=article)
    article.save_revision().publish()
    return article


def new_section(parent: Page, title: str, slug: str) -> SectionPage:
    section = SectionPage(title=title, slug=slug, locale=parent.locale, introduction="Introduction.")
    parent.add_child(instance=section)
    section.save_revision().publish()
    return section


def locale(code: str) -> Locale:
    return Locale.objects.get(language_code=code)
