"""Pages that one language has and the other lacks: in every list, menu and feed of both, marked; and facts of
translated pages, the same in both at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from defusedxml import ElementTree
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Locale, Page, Revision
from wagtail.users.models import UserProfile
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from cms.models import CountrySubPage, EventPage, NewsPage
from cms.services.tree import tree_problems
from registry.languages import LANGUAGES
from tests.cms.country.conftest import SECRET, Countries, published

pytestmark = pytest.mark.thorough

ATOM = "{http://www.w3.org/2005/Atom}"
OTHER = {"en": "ru", "ru": "en"}
NAMES = {language.code: language.name for language in LANGUAGES}


@pytest.fixture(autouse=True)
def _real_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture
def own(language: str) -> str:
    """The language the pages are written in."""
    return language


def add_three(countries: Countries, code: str, own: str, mark: str = "Seminar") -> list[Page]:
    """A sub-page, news and an event below a country page, in one language only."""
    country = countries.page(code, own)
    texts: dict[str, Any] = {"introduction": f"{mark} summary", "show_in_menus": True}
    return [
        published(country, CountrySubPage(title=f"{mark} page", slug="only-page", body=[], **texts)),
        published(country, NewsPage(title=f"{mark} news", slug="only-news", **texts)),
        published(
            country, EventPage(title=f"{mark} event", slug="only-event", starts_on=date(2999, 5, 5), **texts)
        ),
    ]


def translate_title(page: Any, to: str, title: str) -> Translation:
    """What a translator has written of a page, and not published."""
    source, _made = TranslationSource.update_or_create_from_instance(page)
    made = Translation.objects.create(
        source=source, target_locale=Locale.objects.get(language_code=to), enabled=True
    )
    for path, text in (("title", title), ("introduction", "Translated summary")):
        segment = StringSegment.objects.get(source=source, context__path=path)
        StringTranslation.objects.create(
            translation_of=segment.string,
            locale=made.target_locale,
            context=segment.context,
            data=text,
        )
    return made


def publish(made: Translation) -> None:
    made.save_target(publish=False)
    made.source.get_translated_instance(made.target_locale).latest_revision.publish()


def main_of(client: Client, url: str) -> str:
    html = client.get(url).content.decode()
    return html.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("/{0}/countries/mda/", (0, 1, 2)),
        ("/{0}/news-and-events/news/", (1,)),
        ("/{0}/news-and-events/events/", (2,)),
        ("/{0}/news-and-events/events/?show=calendar&participant=MDA", (2,)),
        ("/{0}/about/sitemap/", (0, 1, 2)),
    ],
)
def test_what_one_language_lacks_is_in_its_lists_marked(
    countries: Countries, own: str, url: str, at: tuple[int, ...]
) -> None:
    other = OTHER[own]
    pages = add_three(countries, "MDA", own)
    listed = main_of(Client(), url.format(other))
    for index in at:
        address = f"/{other}/countries/mda/{pages[index].slug}/"
        link = f'<a href="{address}" lang="{own}" hreflang="{own}">{pages[index].title}</a>'
        assert f'{link} <span class="tag" lang="{own}">{NAMES[own]}</span>' in listed
        assert Client().get(address).status_code == 200
    # And in its own language it is a page like any other.
    shown = main_of(Client(), url.format(own))
    for page in (pages[index] for index in at):
        assert re.search(rf'<a href="{page.url}">{page.title}</a>\s*(?!<span class="tag")', shown)


def test_title_and_summary_are_told_as_far_as_they_are_translated(countries: Countries, own: str) -> None:
    other = OTHER[own]
    news = add_three(countries, "MDA", own)[1]
    translate_title(news, other, "Translated title")
    listed = main_of(Client(), f"/{other}/news-and-events/news/")
    link = f'<a href="/{other}/countries/mda/only-news/" hreflang="{own}">Translated title</a>'
    assert f'{link} <span class="tag" lang="{own}">{NAMES[own]}</span>' in listed
    assert "<p>Translated summary</p>" in listed


def test_below_a_page_of_the_menu_stands_what_belongs_there(countries: Countries, own: str) -> None:
    """The page above has a version in the language; its child has none."""
    other = OTHER[own]
    above = CountrySubPage.objects.child_of(countries.page("MDA", own)).get(slug="mda-sub")
    texts: dict[str, Any] = {"introduction": "Summary", "show_in_menus": True, "body": []}
    published(above, CountrySubPage(title="Only child", slug="only-child", **texts))
    menu = main_of(Client(), f"/{other}/countries/mda/").partition('<nav class="side-menu"')[2]
    inner = menu.partition("/mda-sub/")[2].partition("<ul>")[2].partition("</ul>")[0]
    assert f'hreflang="{own}">Only child</a>' in inner


def test_the_children_of_a_section_come_from_both_languages(countries: Countries, own: str) -> None:
    from tests.cms.conftest import new_article
    from tests.cms.conftest import page as starter

    other = OTHER[own]
    new_article(starter("about", own), "Only one", "only-one")
    cards = main_of(Client(), f"/{other}/about/")
    assert f'<a href="/{other}/about/only-one/" lang="{own}" hreflang="{own}">Only one</a>' in cards
    assert cards.count("Only one") == 1
    assert main_of(Client(), f"/{own}/about/").count("Only one") == 1


def test_feeds_and_calendars_have_it_too(countries: Countries, own: str) -> None:
    other = OTHER[own]
    add_three(countries, "MDA", own)
    news = ElementTree.fromstring(Client().get(f"/{other}/feeds/news/MDA.atom").content)
    entries = {
        entry.findtext(f"{ATOM}title"): entry.find(f"{ATOM}link").get("href")
        for entry in news.iter(f"{ATOM}entry")
    }
    assert entries[f"Seminar news ({NAMES[own]})"] == f"http://testserver/{other}/countries/mda/only-news/"
    file = icalendar.Calendar.from_ical(Client().get(f"/{other}/feeds/events/MDA.ics").content)
    (event,) = [one for one in file.walk("VEVENT") if one["summary"] == "Seminar event"]
    assert event["summary"].params["LANGUAGE"] == own
    assert event["url"] == f"http://testserver/{other}/countries/mda/only-event/"


def test_a_national_page_is_in_no_list_of_either_language(countries: Countries, own: str) -> None:
    add_three(countries, "KAZ", own, mark=SECRET)
    for language in OTHER:
        for url in ("news-and-events/news/", "news-and-events/events/", "about/sitemap/", "feeds/news.atom"):
            assert SECRET not in Client().get(f"/{language}/{url}").content.decode()
        # To its own people it is shown.
        mine = countries.signed_in(countries.world.people["KAZ"]["user"])
        assert f"{SECRET} news" in mine.get(f"/{language}/news-and-events/news/").content.decode()


@pytest.mark.parametrize("url", ["countries/mda/", "news-and-events/news/", "news-and-events/events/"])
def test_lists_cost_no_more_with_more_of_them(countries: Countries, url: str) -> None:
    add_three(countries, "MDA", "ru")
    found = []
    for number in range(2):
        Client().get(f"/en/{url}")
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(f"/en/{url}").status_code == 200
        found.append(len(captured))
        for count in range(3 if number == 0 else 0):
            texts: dict[str, Any] = {"introduction": "More", "show_in_menus": True}
            country = countries.page("MDA", "ru")
            published(country, CountrySubPage(title="P", slug=f"p{count}", body=[], **texts))
            published(country, NewsPage(title="N", slug=f"n{count}", **texts))
            published(country, EventPage(title="E", slug=f"e{count}", starts_on=date(2999, 1, 1), **texts))
    assert found[0] == found[1]
    assert found[1] <= 15


# ---- feeds have a name and a place of their own


def test_each_feed_has_an_identity_of_its_own(countries: Countries, language: str) -> None:
    seen = {}
    for name in ("news", "news/MDA", "events", "events/MDA"):
        url = f"/{language}/feeds/{name}.atom"
        feed = ElementTree.fromstring(Client().get(url).content)
        seen[feed.findtext(f"{ATOM}id")] = feed.find(f"{ATOM}link[@rel='alternate']").get("href")
    base = f"http://testserver/{language}"
    assert seen == {
        f"{base}/feeds/news.atom": f"{base}/news-and-events/news/",
        f"{base}/feeds/news/MDA.atom": f"{base}/news-and-events/news/?participant=MDA",
        f"{base}/feeds/events.atom": f"{base}/news-and-events/events/",
        f"{base}/feeds/events/MDA.atom": f"{base}/news-and-events/events/?participant=MDA",
    }


# ---- facts


def translated_event(countries: Countries, own: str) -> tuple[EventPage, EventPage]:
    event = add_three(countries, "MDA", own)[2]
    made = translate_title(event, OTHER[own], "Translated event")
    publish(made)
    return event, made.get_target_instance()  # type: ignore[return-value]


def moved(event: EventPage) -> EventPage:
    event = EventPage.objects.get(pk=event.pk)
    event.starts_on, event.ends_on = date(2999, 6, 17), date(2999, 6, 18)
    event.save_revision().publish()
    return event


def test_new_dates_count_in_every_language_at_once(countries: Countries, own: str) -> None:
    other = OTHER[own]
    event, version = translated_event(countries, own)
    moved(event)
    version = EventPage.objects.get(pk=version.pk)
    assert (version.starts_on, version.ends_on) == (date(2999, 6, 17), date(2999, 6, 18))
    assert version.title == "Translated event"
    assert version.get_latest_revision_as_object().starts_on == date(2999, 6, 17)
    file = icalendar.Calendar.from_ical(Client().get(f"/{other}/feeds/events/MDA.ics").content)
    (found,) = [one for one in file.walk("VEVENT") if one["summary"] == "Translated event"]
    assert found.decoded("dtstart") == date(2999, 6, 17)
    with translation.override(other):
        assert "2999-06-17" in main_of(Client(), version.url)


def test_a_translation_published_again_keeps_the_new_dates(countries: Countries, own: str) -> None:
    event, version = translated_event(countries, own)
    moved(event)
    publish(Translation.objects.get(source__object=event.translation_key))
    assert EventPage.objects.get(pk=version.pk).starts_on == date(2999, 6, 17)


def test_the_draft_of_a_translator_stays(countries: Countries, own: str) -> None:
    event, version = translated_event(countries, own)
    version.title = "Unfinished"
    version.save_revision()
    moved(event)
    version = EventPage.objects.get(pk=version.pk)
    assert version.title == "Translated event"
    draft = version.get_latest_revision_as_object()
    assert (draft.title, draft.starts_on) == ("Unfinished", date(2999, 6, 17))


def test_a_version_that_goes_its_own_way_is_left_alone(countries: Countries, own: str) -> None:
    event, version = translated_event(countries, own)
    Translation.objects.filter(source__object=event.translation_key).update(enabled=False)
    moved(event)
    assert EventPage.objects.get(pk=version.pk).starts_on == date(2999, 5, 5)


def test_a_draft_of_the_original_changes_nothing(countries: Countries, own: str) -> None:
    event, version = translated_event(countries, own)
    event = EventPage.objects.get(pk=event.pk)
    event.starts_on = date(2999, 6, 17)
    event.save_revision()
    assert EventPage.objects.get(pk=version.pk).starts_on == date(2999, 5, 5)


# ---- who may keep an answer


def test_a_form_with_its_token_is_kept_by_nobody(countries: Countries, language: str) -> None:
    response = Client().get(f"/{language}/about/contact/")
    assert "csrftoken" in response.cookies
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    other = Client().get(f"/{language}/about/")
    assert not other.cookies
    assert "public" in other["Cache-Control"]


def test_a_new_address_counts_in_every_language_at_once(
    countries: Countries, own: str, django_capture_on_commit_callbacks: Any
) -> None:
    other = OTHER[own]
    event, version = translated_event(countries, own)
    event = EventPage.objects.get(pk=event.pk)
    event.slug = "renamed"
    with django_capture_on_commit_callbacks(execute=True):
        event.save_revision().publish()
    assert Client().get(f"/{other}/countries/mda/renamed/").status_code == 200
    old = Client().get(f"/{other}/countries/mda/only-event/")
    assert (old.status_code, old["Location"]) == (301, f"/{other}/countries/mda/renamed/")
    assert tree_problems() == []
    version = EventPage.objects.get(pk=version.pk)
    assert version.get_latest_revision_as_object().slug == "renamed"


def test_an_address_that_is_taken_stays(countries: Countries, own: str) -> None:
    event, version = translated_event(countries, own)
    country = countries.page("MDA", OTHER[own])
    published(country, NewsPage(title="Other", slug="renamed", introduction="Other"))
    event = EventPage.objects.get(pk=event.pk)
    event.slug, event.starts_on = "renamed", date(2999, 7, 1)
    event.save_revision().publish()
    version = EventPage.objects.get(pk=version.pk)
    assert (version.slug, version.starts_on) == ("only-event", date(2999, 7, 1))
    assert [(problem.kind, problem.page_id) for problem in tree_problems()] == [("slug", version.pk)]


# ---- what is due


def test_news_is_in_the_lists_from_its_day_on(countries: Countries, language: str) -> None:
    country = countries.page("MDA", language)
    page = NewsPage(title="Later", slug="later", introduction="Later", published_on=date(2999, 1, 1))
    published(country, page)
    for url in ("news-and-events/news/", "countries/mda/", "feeds/news.atom"):
        assert ">Later<" not in Client().get(f"/{language}/{url}").content.decode()
    NewsPage.objects.filter(pk=page.pk).update(published_on=date(2020, 1, 1))
    for url in ("news-and-events/news/", "countries/mda/", "feeds/news.atom"):
        assert ">Later<" in Client().get(f"/{language}/{url}").content.decode()


def test_pages_are_published_and_taken_back_at_their_time(countries: Countries) -> None:
    country = countries.page("MDA")
    coming = NewsPage(title="Coming", slug="coming", introduction="Coming", live=False, locale=country.locale)
    country.add_child(instance=coming)
    coming.go_live_at = timezone.now() + timedelta(hours=1)
    coming.save_revision().publish()
    going = published(country, NewsPage(title="Going", slug="going", introduction="Going"))
    call_command("run_due", verbosity=0)
    assert [Client().get(page.url).status_code for page in (coming, going)] == [404, 200]
    past = timezone.now() - timedelta(minutes=1)
    revision = Revision.objects.get(object_id=str(coming.pk))
    revision.content["go_live_at"] = past.isoformat()
    revision.approved_go_live_at = past
    revision.save()
    Page.objects.filter(pk=going.pk).update(expire_at=past)
    call_command("run_due", verbosity=0)
    assert [Client().get(page.url).status_code for page in (coming, going)] == [200, 404]


# ---- a translation is published when it can be told from the other language


@pytest.mark.parametrize("translated", ["", "title", "introduction"])
def test_a_translation_without_title_or_summary_is_not_published(
    countries: Countries, language: str, translated: str
) -> None:
    news = add_three(countries, "MDA", "ru")[1]
    made = translate_title(news, "en", "Translated title")
    StringTranslation.objects.exclude(context__path=translated).delete()
    made.save_target(publish=False)
    target = made.get_target_instance()
    keeper = countries.keepers["MDA"]
    UserProfile.objects.update_or_create(user=keeper, defaults={"preferred_language": language})
    client = countries.signed_in(keeper)
    edit = reverse("wagtailadmin_pages:edit", args=[target.pk])
    response = client.post(edit, {"action": "publish"}, follow=True)
    told = {
        "en": "Not published: translate these first",
        "ru": "Не опубликовано: сначала переведите следующее",
    }
    assert told[language] in response.content.decode()
    assert not NewsPage.objects.get(pk=target.pk).live


def test_a_translation_with_title_and_summary_is_published(
    countries: Countries, django_capture_on_commit_callbacks: Any
) -> None:
    news = add_three(countries, "MDA", "ru")[1]
    made = translate_title(news, "en", "Translated title")
    made.save_target(publish=False)
    target = made.get_target_instance()
    with django_capture_on_commit_callbacks(execute=True):
        edit = reverse("wagtailadmin_pages:edit", args=[target.pk])
        countries.signed_in(countries.keepers["MDA"]).post(edit, {"action": "publish"})
    assert NewsPage.objects.get(pk=target.pk).live
