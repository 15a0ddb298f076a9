"""The first page of the admin: each sees there the work of their own, in a fixed number of queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from wagtail.users.models import UserProfile

from cms.authority import may_keep_documents
from cms.dashboard.panels import DocumentsPanel, DraftsPanel, EventsPanel, StartPanel
from cms.models import CountrySubPage, EventPage, LibraryFile
from cms.models.news import today
from cms.services.documents import document_create
from registry.models import Role, RoleAssignment, User
from tests.cms.conftest import new_article
from tests.cms.conftest import page as starter_page
from tests.cms.country.conftest import SECRET, Countries, published
from tests.cms.country.test_sitemap import document

pytestmark = pytest.mark.thorough

HOME = "/admin/"


@pytest.fixture
def editor(countries: Countries) -> User:
    """A content manager of the secretariat."""
    user = User.objects.create_user("office")
    user.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    RoleAssignment.objects.create(user=user, role=Role.CONTENT_MANAGER)
    return user


def panels(client: Client) -> dict[str, list[str]]:
    """The panels of the first page by their ids, each with its lines."""
    soup = BeautifulSoup(client.get(HOME).content, "html.parser")
    return {
        str(panel["id"]).removesuffix("-section"): [
            " ".join(line.get_text(" ", strip=True).split()) for line in panel.select("li")
        ]
        for panel in soup.select("section.w-panel")
    }


def draft(countries: Countries, code: str, number: int = 0) -> CountrySubPage:
    parent = countries.page(code)
    page = CountrySubPage(
        title=f"{code} draft {number}", slug=f"draft-{number}", introduction="Draft.", body=[]
    )
    page.locale, page.live = parent.locale, False
    parent.add_child(instance=page)
    page.save_revision(user=countries.keepers.get(code))
    return page


def event(countries: Countries, code: str, number: int = 0, starts: date | None = None) -> EventPage:
    page = EventPage(title=f"{code} meeting {number}", slug=f"meeting-{number}", introduction="Meeting.")
    page.starts_on = starts or today() + timedelta(days=1 + number)
    found: EventPage = published(countries.page(code), page)
    return found


@pytest.mark.parametrize(
    ("language", "heading", "line"),
    [
        ("en", "Not published yet", "MDA draft 0 (English): draft"),
        ("ru", "Ещё не опубликовано", "MDA draft 0 (English): черновик"),
    ],
)
def test_drafts_are_named_to_those_who_may_edit_them(
    countries: Countries, editor: User, language: str, heading: str, line: str
) -> None:
    draft(countries, "MDA")
    draft(countries, "KAZ")
    mine = countries.keepers["MDA"]
    UserProfile.objects.update_or_create(user=mine, defaults={"preferred_language": language})
    client = countries.signed_in(mine)
    found = panels(client)["drafts"]
    assert [text.startswith(line) for text in found if "draft 0" in text] == [True]
    assert found[0].endswith("mda-keeper")
    assert heading in client.get(HOME).content.decode()
    others = countries.signed_in(editor).get(HOME).content.decode()
    assert "KAZ draft 0" not in others
    assert "MDA draft 0" not in others
    assert "MDA draft 0" not in countries.signed_in(countries.keepers["KAZ"]).get(HOME).content.decode()


def test_a_newer_draft_of_a_published_page_is_told_apart(countries: Countries, editor: User) -> None:
    page = new_article(starter_page("about"), "Border counts", "border")
    assert "drafts" not in panels(countries.signed_in(editor))
    page.title = "Counts at the border"
    page.save_revision(user=editor)
    (line,) = panels(countries.signed_in(editor))["drafts"]
    assert line.startswith("Counts at the border (English): published, with a newer draft")
    assert line.endswith("office")


def test_upcoming_events_are_named_once_and_past_ones_not(countries: Countries, editor: User) -> None:
    EventPage.objects.all().delete()
    event(countries, "MDA", 1)
    event(countries, "KAZ", 2)
    event(countries, "MDA", 3, today() - timedelta(days=3))
    english = event(countries, "MDA", 4)
    russian = english.copy_for_translation(countries.page("MDA", "ru").locale)
    russian.title = "Совещание"
    russian.save_revision().publish()
    keeper = countries.keepers["MDA"]
    found = panels(countries.signed_in(keeper))["coming-events"]
    assert [line.partition(": ")[2] for line in found] == ["MDA meeting 1", "MDA meeting 4"]
    UserProfile.objects.update_or_create(user=keeper, defaults={"preferred_language": "ru"})
    found = panels(countries.signed_in(keeper))["coming-events"]
    assert [line.partition(": ")[2] for line in found] == ["MDA meeting 1", "Совещание"]
    assert "coming-events" not in panels(countries.signed_in(editor))


def test_documents_that_lack_something_are_counted_and_listed(countries: Countries, editor: User) -> None:
    bare = document("bare", "public")
    half = document("half", "public")
    LibraryFile.objects.create(
        document=half, language="en", name="a.pdf", format="pdf", size=1, sha256="0", path="a"
    )
    texts = {"title_en": "T", "title_ru": "Т", "summary_en": "S", "summary_ru": "С", "publisher_en": "P"}
    mda = countries.world.participants["MDA"]
    document_create(
        participant=mda, actor=None, code="own", kind="policy", topics=list(bare.topics.all()), **texts
    )
    client = countries.signed_in(editor)
    assert panels(client)["documents"] == ["no file : 1", "no file in this language: Русский : 1"]
    rows = client.get("/admin/library/?lacks=file").content.decode()
    assert ("bare" in rows, "half" in rows) == (True, False)
    rows = client.get("/admin/library/?lacks=file-ru").content.decode()
    assert ("half" in rows, ">bare<" in rows) == (True, False)
    keeper = countries.signed_in(countries.keepers["MDA"])
    assert panels(keeper)["documents"] == ["no file : 1", "publisher or place in one language only : 1"]


def test_everybody_begins_where_their_work_is(countries: Countries, editor: User) -> None:
    keeper = countries.signed_in(countries.keepers["MDA"])
    assert panels(keeper)["start"] == ["Country page", "New document", "Translations", "Guide for editors"]
    assert "open to everybody" in keeper.get(HOME).content.decode()
    countries.open("MDA", False)
    assert "only people of your country" in keeper.get(HOME).content.decode()
    head = countries.signed_in(countries.world.people["KAZ"]["administrator"])
    assert "Who sees it" in panels(head)["start"]
    assert panels(countries.signed_in(editor))["start"] == [
        "New document",
        "Translations",
        "Guide for editors",
    ]
    submitter = countries.signed_in(countries.world.people["MDA"]["submitter"])
    found = panels(submitter)
    assert not {"start", "drafts", "coming-events", "documents"} & set(found)
    assert SECRET not in keeper.get(HOME).content.decode()


def test_only_the_own_pages_are_counted(countries: Countries, editor: User) -> None:
    html = countries.signed_in(countries.keepers["MDA"]).get(HOME).content.decode()
    own = len(countries.pages["MDA"])
    summary = BeautifulSoup(html, "html.parser").select_one(
        ".w-summary, .summary, ul li a[href*='/admin/pages/']"
    )
    assert summary is not None
    assert str(own) in " ".join(summary.get_text(" ", strip=True).split())


@pytest.mark.parametrize(
    ("panel", "queries"), [(StartPanel, 4), (DraftsPanel, 2), (EventsPanel, 1), (DocumentsPanel, 2)]
)
def test_a_panel_costs_the_same_whatever_it_tells(
    countries: Countries, panel: Any, queries: int, django_assert_num_queries: Any
) -> None:
    user = User.objects.get(pk=countries.keepers["MDA"].pk)
    request = RequestFactory().get(HOME)
    request.user = user
    assert may_keep_documents(user, user.participant)
    panel(request).render_html({"request": request})  # permissions are read once for a user
    for first, last in ((0, 6), (6, 12)):
        for number in range(first, last):
            draft(countries, "MDA", number)
            event(countries, "MDA", number)
            document(f"law-{number}", "public")
        with django_assert_num_queries(queries):
            panel(request).render_html({"request": request})


def test_the_guide_is_read_in_the_admin(countries: Countries, editor: User) -> None:
    client = countries.signed_in(editor)
    html = client.get("/admin/guide/").content.decode()
    assert "<h1>Guide for editors</h1>" in html
    assert 'href="/admin/guide/ru/"' in html
    assert 'src="/admin/guide/pictures/guide/start-en.png"' in html
    assert 'href="/admin/guide/keep-the-e-library/"' in html
    assert "Руководство редактора" in client.get("/admin/guide/ru/").content.decode()
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "ru"})
    html = client.get("/admin/guide/").content.decode()
    assert "Руководство редактора" in html
    assert "start-ru.png" in html
    picture = client.get("/admin/guide/pictures/guide/start-ru.png")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    for nowhere in (
        "/admin/guide/nothing/",
        "/admin/guide/pictures/../../README.png",
        "/admin/guide/pictures/x.png",
    ):
        assert client.get(nowhere).status_code == 404, nowhere
    assert Client().get("/admin/guide/").status_code == 302


def test_every_picture_and_page_the_guide_leads_to_is_there(countries: Countries, editor: User) -> None:
    client = countries.signed_in(editor)
    for name in ("en", "ru"):
        soup = BeautifulSoup(client.get(f"/admin/guide/{name}/").content, "html.parser").select_one(".guide")
        assert soup is not None
        wanted = [str(image["src"]) for image in soup.select("img")]
        wanted += [str(link["href"]) for link in soup.select("a") if str(link["href"]).startswith("/")]
        assert len(wanted) > 8
        assert not [link for link in soup.select("a") if link["href"] == "#"]
        for address in wanted:
            assert client.get(address).status_code == 200, address
