"""The lists of pages in the admin: language and participant of each, filters, and who sees which."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Page
from wagtail.users.models import UserProfile

from registry.models import User
from tests.cms.conftest import locale, new_article
from tests.cms.conftest import page as starter_page
from tests.cms.country.conftest import SECRET, Countries

pytestmark = pytest.mark.thorough


@pytest.fixture
def administrator(countries: Countries) -> Client:
    return countries.signed_in(User.objects.create_superuser("root", "root@example.org", "long-password-1"))


@pytest.fixture
def office(countries: Countries) -> Client:
    """An editor of the secretariat."""
    user = User.objects.create_user("office")
    user.groups.set(Group.objects.filter(name__in=["Editors", "Moderators"]))
    return countries.signed_in(user)


def shown(client: Client, address: str) -> list[dict[str, str]]:
    """The rows of a list, each by the name of its column."""
    response = client.get(address)
    assert response.status_code == 200, address
    table = BeautifulSoup(response.content, "html.parser").select_one("table.listing")
    if table is None:
        return []
    heads = [re.sub(r"\s+", " ", head.get_text(" ", strip=True)) for head in table.select("thead tr > *")]
    rows = []
    for row in table.select("tbody tr"):
        cells = [re.sub(r"\s+", " ", cell.get_text(" ", strip=True)) for cell in row.find_all("td")]
        found = dict(zip(heads, cells, strict=False))
        title = row.select_one(".title-wrapper a")
        found["title"] = title.get_text(strip=True) if title else ""
        rows.append(found)
    return rows


@pytest.mark.parametrize(
    ("language", "heads", "names"),
    [
        ("en", ("Language", "Participant"), {"English": "Republic of Moldova"}),
        ("ru", ("Язык", "Участник"), {"Русский": "Республика Молдова"}),
    ],
)
def test_language_and_participant_are_columns(
    countries: Countries, language: str, heads: tuple[str, str], names: dict[str, str]
) -> None:
    keeper = countries.keepers["MDA"]
    UserProfile.objects.update_or_create(user=keeper, defaults={"preferred_language": language})
    client = countries.signed_in(keeper)
    rows = shown(client, f"/admin/pages/{countries.page('MDA', language).pk}/")
    assert rows
    assert {(row[heads[0]], row[heads[1]]) for row in rows} == set(names.items())


def test_pages_of_the_portal_have_no_participant(administrator: Client) -> None:
    rows = shown(administrator, f"/admin/pages/{starter_page('home', 'ru').pk}/")
    assert {(row["Language"], row["Participant"]) for row in rows} == {("Русский", "")}


@pytest.mark.parametrize(
    "address", ["/admin/pages/{home}/?search_all=1&{asked}", "/admin/pages/search/?q=sub&{asked}"]
)
def test_lists_are_narrowed_by_language_and_participant(
    administrator: Client, countries: Countries, address: str
) -> None:
    def found(asked: str) -> set[tuple[str, str, str]]:
        rows = shown(administrator, address.format(home=starter_page("home").pk, asked=asked))
        return {(row["title"], row["Language"], row["Participant"]) for row in rows if "sub" in row["title"]}

    ru, en = locale("ru").pk, locale("en").pk
    assert found(f"participant=MDA&locale={ru}") == {("Moldovan sub", "Русский", "Republic of Moldova")}
    assert found("participant=KAZ") == {
        (f"{SECRET} sub", "English", "Kazakhstan"),
        (f"{SECRET} sub", "Русский", "Kazakhstan"),
    }
    assert len(found("participant=KAZ&participant=MDA")) == 4
    assert found(f"participant=-&locale={en}") == set()


def test_pages_of_the_portal_can_be_asked_for(administrator: Client, countries: Countries) -> None:
    home = starter_page("home", "ru").pk
    new_article(starter_page("about", "ru"), "Moldovan border counts", "border")
    rows = shown(administrator, f"/admin/pages/{home}/?search_all=1&participant=-&ordering=title")
    assert {row["Participant"] for row in rows} == {""}
    assert {"Русский", "English"} == {row["Language"] for row in rows}
    found = shown(administrator, "/admin/pages/search/?participant=-&q=moldovan")
    assert [(row["title"], row["Language"]) for row in found] == [("Moldovan border counts", "Русский")]


@pytest.mark.parametrize("who", ["MDA", "office"])
@pytest.mark.parametrize(
    "address",
    [
        "/admin/pages/",
        "/admin/pages/{home}/?search_all=1&participant=KAZ",
        "/admin/pages/{home}/?search_all=1&q=" + SECRET,
        "/admin/pages/search/?participant=KAZ&q=" + SECRET,
        "/admin/pages/search/results/?q=sub",
        "/admin/pages/usage/cms/countrysubpage/?participant=KAZ",
        "/admin/reports/languages/?participant=KAZ",
    ],
)
def test_no_list_tells_of_the_pages_or_the_name_of_a_closed_country(
    countries: Countries, office: Client, who: str, address: str
) -> None:
    client = office if who == "office" else countries.signed_in(countries.keepers[who])
    html = client.get(address.format(home=starter_page("home").pk), follow=True).content.decode()
    html = html.replace(f"q={SECRET}", "").replace(f'value="{SECRET}"', "").replace(f"<em>{SECRET}</em>", "")
    assert SECRET not in html
    assert "Kazakhstan" not in html


def test_what_is_no_choice_changes_nothing_and_breaks_nothing(administrator: Client) -> None:
    home = starter_page("home").pk
    for asked in ("participant=XXX", "locale=999999", "locale=x&participant="):
        assert administrator.get(f"/admin/pages/{home}/?{asked}").status_code == 200
        assert administrator.get(f"/admin/pages/search/?q=sub&{asked}").status_code == 200


@pytest.mark.parametrize("address", ["/admin/pages/{parent}/", "/admin/pages/search/?q=listed"])
def test_more_rows_cost_no_more_queries(
    countries: Countries, address: str, django_assert_num_queries: Any
) -> None:
    """Exactly as many with 25 rows as with 5."""
    client = countries.signed_in(countries.keepers["MDA"])
    parent = countries.page("MDA")
    where = address.format(parent=parent.pk)
    counts = []
    for first, last in ((0, 5), (5, 20)):
        for number in range(first, last):
            new_sub(parent, number)
        client.get(where)
        with django_assert_num_queries(QUERIES[address]):
            rows = shown(client, where)
        counts.append(len([row for row in rows if row["title"].startswith("Listed")]))
    assert counts == [5, 20]


#: Most of them are Wagtail's own: sessions, permissions, filters, workflow, the trail of pages.
QUERIES = {"/admin/pages/{parent}/": 66, "/admin/pages/search/?q=listed": 40}


def new_sub(parent: Page, number: int) -> None:
    from cms.models import CountrySubPage
    from tests.cms.country.conftest import published

    more: dict[str, Any] = {"introduction": "More.", "body": []}
    published(parent, CountrySubPage(title=f"Listed {number}", slug=f"listed-{number}", **more))


def test_a_new_article_is_listed_with_its_language(administrator: Client) -> None:
    new_article(starter_page("about", "ru"), "Учёт на границе", "border")
    rows = shown(administrator, f"/admin/pages/{starter_page('about', 'ru').pk}/")
    assert [row["Language"] for row in rows if row["title"] == "Учёт на границе"] == ["Русский"]


def test_no_closed_list_is_offered_among_the_other_searches(administrator: Client) -> None:
    html = administrator.get("/admin/pages/search/?q=sub").content.decode()
    assert "/admin/images/" in html
    assert "/admin/documents/" not in html


def test_the_report_of_translations_names_the_participant(
    administrator: Client, countries: Countries
) -> None:
    at = "/admin/reports/languages/"
    rows = administrator.get(f"{at}?participant=MDA").context["rows"]
    assert {owner for *_line, owner in rows} == {"Republic of Moldova"}
    assert {line.title for line, *_rest in rows} >= {"Republic of Moldova", "Moldovan sub"}
    assert "Republic of Moldova" in administrator.get(f"{at}?participant=MDA").content.decode()
    common = administrator.get(f"{at}?participant=-").context["rows"]
    assert {owner for *_line, owner in common} == {""}
    text = administrator.get(f"{at}pages.csv?participant=KAZ").content.decode()
    assert "Kazakhstan" in text
    assert "Republic of Moldova" not in text
    own = countries.signed_in(countries.keepers["MDA"]).get(at).context["rows"]
    assert {owner for *_line, owner in own} == {"Republic of Moldova"}
