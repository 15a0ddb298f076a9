"""Every kind of page with 5,000 pages and 5,000 documents beside it: few queries, answers of bounded size."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Page

from cms.models import (
    ArticlePage,
    ContactPage,
    CountryPage,
    CountrySubPage,
    EventIndexPage,
    EventPage,
    HomePage,
    LibraryDocument,
    LibraryTopic,
    LinksPage,
    NewsIndexPage,
    NewsPage,
    SectionPage,
    SitemapPage,
    TextLanguage,
)
from cms.models.news import today
from cms.services.country import country_open, country_page_provision
from cms.services.library_starter import library_load
from registry.access import PUBLIC
from registry.models import Code, Institution, Participant, Role, RoleAssignment, User
from registry.services.access import grant_ensure
from registry.words import folded
from search.documents import document_id
from search.services.indexing import documents_refresh, index_rebuild
from tests.cms.conftest import PortalRows, portal_restore
from tests.conftest import make_codelists, make_world
from tests.database import as_owner, as_system

# On the engine for this many: making them takes a quarter of a minute.
pytestmark = pytest.mark.postgresql

MOST_QUERIES = 15
USER_BAR = 8  # queries more, where Wagtail's user bar is shown to who edits pages
MOST_BYTES = 250_000  # of one answer, before it is compressed
FIRST_VIEW = 100_000  # bytes, compressed as they are sent, with everything the page loads
PAGES = 5_000
DOCUMENTS = 5_000
INSTITUTIONS = 2_000
#: Kinds of pages below the language, by what they are.
ADDRESSES = {
    "home": "",
    "section": "about/",
    "section, many pages": "about/many/",
    "section, last page": "about/many/?page=12",
    "section, all types": "about/mixed/",
    "article": "about/overview/",
    "article, side menu": "about/many/page-7/",
    "methodology": "about-statistics/methodology/",
    "contact": "about/contact/",
    "site map": "about/sitemap/",
    "site map, later page": "about/sitemap/?page=5",
    "links": "links/",
    "news": "news-and-events/news/",
    "news, filtered": "news-and-events/news/?participant=MDA&page=3",
    "news item": "news-and-events/news/page-1/",
    "events": "news-and-events/events/",
    "events, past": "news-and-events/events/?show=past&page=5",
    "calendar": "news-and-events/events/?show=calendar&participant=MDA",
    "event": "news-and-events/events/page-3/",
    "countries": "countries/",
    "country": "countries/mda/",
    "country, below": "countries/mda/page-2/",
    "country, news": "countries/mda/news-5/",
    "library": "library/",
    "chapter": "library/documents/?topic={chapter}",
    "documents": "library/documents/",
    "documents, filtered": "library/documents/?kind=policy&year=2004&language=ru&q=law&sort=title&page=2",
    "documents, of one": "library/documents/?participant=MDA&file=no",
    "document": "library/documents/document-1/",
    "statistics": "statistics/",
    "availability": "statistics/availability/",
    "indicator": "statistics/REFUGEES/",
    "history": "statistics/REFUGEES/history/",
    "glossary": "glossary/",
    "institutions": "institutions/",
    "institutions, filtered": "institutions/?q=office&category=government&area=MDA&page=3",
    "institution": "institutions/office-1/",
    "search": "search/?q=law",
    "search, filtered": "search/?q=law&kind=document&page=3",
    "sign-in": "account/sign-in/",
    "missing": "about/nothing-is-here/",
    "feed of news": "feeds/news.atom",
    "feed of news of one": "feeds/news/MDA.atom",
    "feed of events": "feeds/events.atom",
    "feed of changes": "statistics/feed/",
    "iCalendar": "feeds/events.ics",
    "iCalendar of one": "feeds/events/MDA.ics",
}


#: The status where it is not 200, by the name and the person.
EXPECTED = {("missing", ""): 404, ("sign-in", "mda-user"): 302, ("sign-in", "keeper"): 302}


class _Tree:
    """Puts pages below others as rows: paths, counts of children and addresses by hand."""

    def __init__(self) -> None:
        self.children: dict[int, int] = {}
        self.types = ContentType.objects.get_for_models(
            *(ArticlePage, SectionPage, NewsPage, EventPage, CountrySubPage, LinksPage, ContactPage),
            *(SitemapPage, NewsIndexPage, EventIndexPage),
        )

    def add(
        self, parent: Page, model: Any, count: int, *, slug: str = "page", named: str = "", **fields: Any
    ) -> list[Any]:
        """``count`` pages of a type; callables among the fields are asked with the number of the page."""
        taken = self.children.setdefault(parent.pk, parent.numchild)
        now = timezone.now()
        bases = [
            Page(
                title=f"{named or model.__name__} {number}",
                draft_title=f"{named or model.__name__} {number}",
                slug=f"{slug}-{number}",
                url_path=f"{parent.url_path}{slug}-{number}/",
                path=Page._get_path(parent.path, parent.depth + 1, taken + number),
                depth=parent.depth + 1,
                locale_id=parent.locale_id,
                translation_key=uuid.uuid5(
                    uuid.NAMESPACE_URL, f"{model.__name__}{parent.slug}{slug}{number}"
                ),
                content_type=self.types[model],
                live=True,
                first_published_at=now,
                last_published_at=now,
            )
            for number in range(1, count + 1)
        ]
        Page.objects.bulk_create(bases)
        self.children[parent.pk] += count
        Page.objects.filter(pk=parent.pk).update(numchild=self.children[parent.pk])
        rows = []
        for number, base in enumerate(bases, start=1):
            own = {name: value(number) if callable(value) else value for name, value in fields.items()}
            row = model(page_ptr_id=base.pk, introduction=f"What it is about, {number}. " * 6, **own)
            rows.append(row)
        # Django makes no rows of inherited models at once; their own columns are an ordinary table.
        local = model._meta.local_concrete_fields
        model._base_manager._insert(rows, fields=local, using=connection.alias)
        return bases


def _fill(language: str) -> None:
    tree = _Tree()
    text = [("paragraph", "<p>Text of a page.</p>")]
    home = HomePage.objects.get(locale__language_code=language)
    below = Page.objects.descendant_of(home)
    about, news, events = below.get(slug="about"), below.get(slug="news"), below.get(slug="events")
    many, mixed = tree.add(about, SectionPage, 2, slug="section", body=[])
    for section, slug in ((many, "many"), (mixed, "mixed")):
        section.slug, section.url_path = slug, f"{about.url_path}{slug}/"
        section.save(update_fields=["slug", "url_path"])
    tree.add(many, ArticlePage, 700, body=text, layout="side_menu")
    tree.add(mixed, ArticlePage, 200, body=text)
    for model in (SectionPage, NewsIndexPage, EventIndexPage, SitemapPage):
        tree.add(mixed, model, 3, slug=model.__name__.lower())
    tree.add(mixed, LinksPage, 3, slug="links", groups=[])
    tree.add(mixed, ContactPage, 3, slug="contact", body=[], thanks="Thanks.")
    tree.add(news, NewsPage, 600, body=text, published_on=lambda at: today() - timedelta(days=at))
    tree.add(events, EventPage, 600, body=text, starts_on=lambda at: today() + timedelta(days=at - 300))
    country = CountryPage.objects.get(locale__language_code=language, part__participant__code="MDA")
    tree.add(country, CountrySubPage, 100, body=text)
    tree.add(country, NewsPage, 150, slug="news", body=text, published_on=date(2020, 1, 1))
    tree.add(country, EventPage, 150, slug="event", body=text, starts_on=today() + timedelta(days=9))


def _fill_library() -> None:
    library_load()
    participants = [*Participant.objects.order_by("pk"), None]
    topics = list(LibraryTopic.objects.all())
    kinds = ("legislation", "policy", "statistical_report", "guideline", "publication")
    documents = LibraryDocument.objects.bulk_create(
        LibraryDocument(
            code=f"document-{number}",
            kind=kinds[number % len(kinds)],
            title_en=f"Law number {number}",
            title_ru=f"Закон номер {number}",
            summary_en="What it rules, and for whom. " * 8,
            summary_ru="Что и для кого он регулирует. " * 8,
            participant=participants[number % len(participants)],
            year=1990 + number % 30,
            audience="public",
            folded=folded([f"Law number {number} Закон номер {number}"]),
        )
        for number in range(1, DOCUMENTS + 1)
    )
    link = LibraryDocument.topics.through
    link.objects.bulk_create(
        link(librarydocument_id=document.pk, librarytopic_id=topics[(document.pk + add) % len(topics)].pk)
        for document in documents
        for add in (0, 3)
    )
    TextLanguage.objects.bulk_create(
        TextLanguage(document=document, code=code) for document in documents for code in ("en", "ru")
    )
    one, *others = documents
    related = LibraryDocument.related.through
    related.objects.bulk_create(
        related(from_librarydocument_id=other.pk, to_librarydocument_id=one.pk) for other in others[:500]
    )


def _fill_institutions() -> None:
    areas = list(Code.objects.filter(codelist__code="CL_AREA"))
    rows = Institution.objects.bulk_create(
        Institution(
            code=f"office-{number}",
            category=("government", "academic")[number % 2],
            name_en=f"Office number {number}",
            name_ru=f"Ведомство номер {number}",
            summary_en="What it does about migration. " * 6,
            summary_ru="Чем оно занимается. " * 6,
            area=areas[number % len(areas)],
            folded=folded([f"Office number {number} Ведомство номер {number}"]),
        )
        for number in range(1, INSTITUTIONS + 1)
    )
    whole, *parts = rows
    Institution.objects.filter(pk__in=[part.pk for part in parts[:20]]).update(parent=whole)


@pytest.fixture(scope="module")
def _large(
    django_db_setup: None,
    django_db_blocker: Any,
    _portal_rows: PortalRows,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Any]:
    """The portal with all of it, in the database and the search index until the module ends."""
    index = tmp_path_factory.mktemp("search")
    with (
        override_settings(ROOT_URLCONF="config.urls", SEARCH_INDEX_DIR=index),
        django_db_blocker.unblock(),
        as_system(),
        transaction.atomic(),
    ):
        with translation.override("en"):
            portal_restore(_portal_rows)
            world = make_world(make_codelists())
            figures = {"_T": 2, "F": 1, "M": 1}
            years = range(1, 13)
            world.release(
                "MDA", {f"MDA.UKR.{sex}": [year * times for year in years] for sex, times in figures.items()}
            )
            administrator = world.people["MDA"]["administrator"]
            grant_ensure(dataset=world.dataset("MDA"), actor=administrator, token=PUBLIC)
            mda = world.participants["MDA"]
            country_page_provision(participant=mda)
            country_open(participant=mda, actor=administrator, is_open=True)
            CountryPage.objects.update(live=True)
            keeper = User.objects.create_user("keeper", participant=mda)
            RoleAssignment.objects.create(user=keeper, participant=mda, role=Role.CONTENT_MANAGER)
            index_rebuild()
            for language in ("en", "ru"):
                _fill(language)
            _fill_library()
            _fill_institutions()
            # Some hundreds fill pages of hits; reading all of them for the index takes a minute.
            some = LibraryDocument.objects.filter(kind="policy").order_by("pk")[:300]
            documents_refresh(ids=[document_id("document", str(row.pk)) for row in some])
            if (
                connection.vendor == "postgresql"
            ):  # as it does by itself before long: its plans are for this many
                with as_owner(), connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
        yield index
        transaction.set_rollback(True)


@pytest.fixture(params=["visitor", "mda-user", "keeper"])
def person(request: pytest.FixtureRequest) -> str:
    """A visitor, a person of a participant, and one who also edits its pages."""
    name: str = request.param
    return name


@pytest.fixture
def client_of(person: str, db: None, _large: Any) -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="config.urls", SEARCH_INDEX_DIR=_large):
        cache.clear()
        client = Client()
        if person != "visitor":
            client.force_login(User.objects.get(username=person))
        yield client


def _path(name: str) -> str:
    topics = LibraryTopic.objects.filter(parent=None).values_list("code", flat=True)
    return ADDRESSES[name].format(chapter=topics[0])


@pytest.mark.usefixtures("db", "_large")
def test_there_is_as_much_as_is_told() -> None:
    assert Page.objects.count() >= PAGES
    assert LibraryDocument.objects.count() >= DOCUMENTS
    assert Page.find_problems() == ([], [], [], [], [])


class _Referenced(HTMLParser):
    """The files of our own that a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.files: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        loads = tag in {"img", "script"} or (tag == "link" and values.get("rel") in {"stylesheet", "icon"})
        name = values.get("href" if tag == "link" else "src") if loads else None
        if name:
            assert name.startswith(settings.STATIC_URL), name
            self.files.add(name.removeprefix(settings.STATIC_URL))


def _over_the_wire(name: str) -> int:
    """A static file as WhiteNoise sends it, with what a stylesheet asks for in its turn."""
    found = finders.find(name)
    assert isinstance(found, str), name
    content = Path(found).read_bytes()
    assert b"@import" not in content
    assert b"url(" not in content
    return len(gzip.compress(content))


@pytest.mark.parametrize("person", ["visitor"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_first_view_is_small(client_of: Client, language: str) -> None:
    sizes = {}
    for name in ADDRESSES:
        response = client_of.get(f"/{language}/{_path(name)}", headers={"accept-encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip", name
        page = _Referenced()
        if response["Content-Type"].startswith("text/html"):
            page.feed(gzip.decompress(response.content).decode())
            assert "cms/css/portal.css" in page.files
        sizes[name] = len(response.content) + sum(map(_over_the_wire, page.files))
    assert {name: size for name, size in sizes.items() if size > FIRST_VIEW} == {}


@pytest.mark.parametrize(
    ("person", "language"), [("visitor", "en"), ("mda-user", "ru"), ("keeper", "en")], indirect=["person"]
)
def test_every_kind_of_page_asks_little_and_answers_briefly(
    client_of: Client, person: str, language: str
) -> None:
    queries: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for name in ADDRESSES:
        address = f"/{language}/{_path(name)}"
        client_of.get(address)
        with CaptureQueriesContext(connection) as captured:
            response = client_of.get(address)
        assert response.status_code == EXPECTED.get((name, person), EXPECTED.get((name, ""), 200)), address
        queries[name], sizes[name] = len(captured), len(b"".join(response))
    user_bar = USER_BAR if person == "keeper" else 0
    most = MOST_QUERIES + user_bar
    assert {name: count for name, count in queries.items() if count > most} == {}
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}
