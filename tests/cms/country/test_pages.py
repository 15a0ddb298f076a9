"""News, events, their feeds and calendars; the contact form; figures in texts."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import icalendar
import orjson
import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.contrib.forms.models import FormSubmission

from cms.models import ContactPage, EventPage, Layout
from cms.services import contact
from registry.models import LegalAudience, LegalKind, LegalReference, Role, RoleAssignment, User
from tests.cms.conftest import page as starter_page
from tests.cms.country.conftest import Countries, published

MESSAGE = {
    "name": "Ana Rusu", "email": "ana@example.org", "subject": "A question\r\nBcc: all@example.org",
    "message": "Where are the figures of 2020?", "website": "",
}  # fmt: skip


@pytest.fixture
def form(portal: None) -> ContactPage:
    chief = User.objects.create_user("chief", email="chief@example.org")
    RoleAssignment.objects.create(user=chief, role=Role.SYSTEM_ADMINISTRATOR)
    found: ContactPage = ContactPage.objects.get(locale__language_code="en")
    return found


def test_a_message_is_stored_and_sent(form: ContactPage, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = Client().post(form.url, MESSAGE)
    assert (response.status_code, response["Location"]) == (302, f"{form.url}?sent=1")
    assert FormSubmission.objects.get().get_data()["email"] == "ana@example.org"
    (sent,) = mail.outbox
    assert sent.to == ["chief@example.org"]
    assert sent.reply_to == ["ana@example.org"]
    assert "\n" not in sent.subject
    assert "Where are the figures of 2020?" in sent.body
    assert form.thanks in Client().get(response["Location"]).content.decode()


@pytest.mark.parametrize(("field", "value"), [("email", "no address"), ("message", ""), ("name", "x" * 200)])
def test_a_wrong_message_is_told_at_its_field(form: ContactPage, field: str, value: str) -> None:
    response = Client().post(form.url, {**MESSAGE, field: value})
    assert response.status_code == 400
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not FormSubmission.objects.exists()


def test_a_message_is_answered_in_the_language_it_was_written_in(form: ContactPage) -> None:
    """Also where the form of the other language stands in."""
    form.get_translations().get().unpublish()
    russian = form.url.replace("/en/", "/ru/")
    page = Client().get(russian).content.decode()
    assert '<form class="contact-form" method="post" action=""' in page
    response = Client().post(russian, MESSAGE)
    assert (response.status_code, response["Location"]) == (302, f"{russian}?sent=1")


def test_every_law_is_found_on_the_country_page(countries: Countries, language: str) -> None:
    for number in range(11):
        LegalReference.objects.create(
            participant=countries.world.participants["MDA"],
            kind=LegalKind.LAW,
            title_en=f"Law {number:02}.",
            title_ru=f"О законе {number:02}.",
            audience=LegalAudience.PUBLIC,
        )
    html = Client().get(countries.page("MDA", language).url).content.decode()
    title = {"en": "Law", "ru": "О законе"}[language]
    box, _mark, folded = (
        html.partition('id="country-legal"')[2].partition("</section>")[0].partition("<details>")
    )
    assert [f"{title} {number:02}." in box + folded for number in range(11)] == [True] * 11
    assert (box.count("<li>"), folded.count("<li>")) == (8, 3)
    assert f"<summary>{ {'en': '3 more', 'ru': 'ещё 3'}[language] }</summary>" in folded
    heading = {"en": ">Law</h2>", "ru": ">Законодательство</h2>"}[language]
    assert heading in box


def test_what_a_machine_fills_in_goes_nowhere(
    form: ContactPage, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = Client().post(form.url, {**MESSAGE, "website": "http://spam.example"})
    assert response.status_code == 302
    assert not FormSubmission.objects.exists()
    assert not mail.outbox


def test_too_many_messages_are_refused(form: ContactPage, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = [Client().post(form.url, MESSAGE).status_code for _time in range(contact.MOST_FROM_ONE + 1)]
    assert statuses == [302] * contact.MOST_FROM_ONE + [400]
    monkeypatch.setattr(contact, "MOST_FROM_ALL", contact.MOST_FROM_ONE)
    assert Client(REMOTE_ADDR="192.0.2.7").post(form.url, MESSAGE).status_code == 400
    assert FormSubmission.objects.count() == contact.MOST_FROM_ONE


def _event(countries: Countries, **fields: Any) -> EventPage:
    given: dict[str, Any] = {"title": "Training", "slug": "training", "introduction": "Two days.", **fields}
    event: EventPage = published(countries.page("MDA"), EventPage(**given))
    return event


def test_a_calendar_file_says_when_and_where(countries: Countries) -> None:
    _event(
        countries, starts_on=date(2999, 3, 4), starts_at=time(9, 30), ends_at=time(17), place="Chisinau",
        time_zone="Europe/Chisinau",
    )  # fmt: skip
    response = Client().get("/en/feeds/events/MDA.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    found = {
        str(one["summary"]): one for one in icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    }
    assert set(found) == {"Training", "Moldovan event"}
    timed, whole = found["Training"], found["Moldovan event"]
    assert timed["dtstart"].dt.isoformat() == "2999-03-04T07:30:00+00:00"
    assert timed["dtend"].dt.isoformat() == "2999-03-04T15:00:00+00:00"
    assert str(timed["location"]) == "Chisinau"
    assert str(timed["url"]).endswith("/en/countries/mda/training/")
    assert (whole["dtstart"].dt, whole["dtend"].dt) == (date(2999, 5, 4), date(2999, 5, 5))


def test_one_event_is_downloaded_by_its_key(countries: Countries) -> None:
    own, foreign = countries.pages["MDA"][4], countries.pages["KAZ"][4]
    response = Client().get(f"/en/feeds/events/{own.translation_key}.ics")
    assert b"SUMMARY;LANGUAGE=en:Moldovan event" in response.content
    assert Client().get(f"/en/feeds/events/{foreign.translation_key}.ics").status_code == 404
    assert Client().get("/en/feeds/events/NOBODY.ics").status_code == 404


def test_feeds_are_in_the_language_of_their_address(countries: Countries, language: str) -> None:
    text = Client().get(f"/{language}/feeds/news.atom").content.decode()
    word = {"en": "English", "ru": "Russian"}
    assert f"Moldovan {word[language]}" in text
    assert f"Moldovan {word['ru' if language == 'en' else 'en']}" not in text
    assert f"/{language}/countries/mda/news-item/" in text


def test_lists_tell_what_is_to_come_from_what_is_over(countries: Countries) -> None:
    _event(countries, starts_on=date(2001, 3, 4), ends_on=date(2001, 3, 5))
    index = starter_page("events").url
    upcoming, past = Client().get(index).content.decode(), Client().get(index + "?show=past").content.decode()
    assert "Moldovan event" in upcoming
    assert "countries/mda/training/" not in upcoming
    assert "Moldovan event" not in past
    assert "countries/mda/training/" in past
    narrowed = Client().get(index + "?show=past&participant=MDA").content.decode()
    assert "countries/mda/training/" in narrowed
    assert "First technical meeting" not in narrowed


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"ends_at": time(9)}, "starts_at"),
        ({"starts_at": time(10), "ends_at": time(9)}, "ends_at"),
        ({"registration_until": date(2021, 1, 1)}, "registration_until"),
    ],
)
def test_an_event_that_contradicts_itself_is_refused(fields: dict[str, Any], wrong: str) -> None:
    event = EventPage(title="T", slug="t", introduction="I", starts_on=date(2020, 2, 2), **fields)
    with pytest.raises(ValidationError) as error:
        event.clean()
    assert set(error.value.error_dict) == {wrong}


def test_a_key_figure_is_read_with_the_rights_of_whoever_looks(countries: Countries) -> None:
    world = countries.world
    world.release("MDA", {"MDA._T._T": [100.0, 123_456.0], "MDA.UKR._T": [1.0, 2.0]})
    page = countries.page("MDA")
    value = {"indicator": "REFUGEES", "selection": "/en/statistics/REFUGEES/?REF_AREA=MDA", "caption": ""}
    page.body = [("key_figure", value), ("chart", {**value, "selection": ""})]
    page.save_revision().publish()
    own = countries.signed_in(world.people["MDA"]["user"])
    for _time in range(2):  # nothing is kept between viewers
        assert "123,456" in own.get(page.url).content.decode()
        assert "123,456" not in Client().get(page.url).content.decode()


@pytest.mark.parametrize("layout", list(Layout))
def test_an_article_has_the_layout_its_editor_chose(portal: None, layout: str) -> None:
    article = starter_page("principles")
    article.layout = layout
    article.save_revision().publish()
    html = Client().get(article.url).content.decode()
    assert ('class="side-menu"' in html) is (layout == Layout.SIDE_MENU)
    assert ("body--wide" in html) is (layout == Layout.WIDE)


def test_the_api_lists_pages_of_a_language_and_a_participant(countries: Countries, language: str) -> None:
    query = """query ($locale: Locale!, $participant: String, $kind: String) {
      pages(first: 20, locale: $locale, participant: $participant, kind: $kind) {
        totalCount
        edges { node { kind title url locale participant { code } event { startsOn place } } } } }"""

    def ask(**variables: Any) -> Any:
        body = {"query": query, "variables": {"locale": language.upper(), **variables}}
        response = Client().post("/graphql/", data=orjson.dumps(body), content_type="application/json")
        assert "errors" not in response.json(), response.content
        return response.json()["data"]["pages"]

    assert ask(participant="KAZ")["totalCount"] == 0
    assert ask(participant="MDA")["totalCount"] == 5
    (node,) = [edge["node"] for edge in ask(participant="MDA", kind="event")["edges"]]
    assert node == {
        "kind": "event", "title": "Moldovan event", "url": f"/{language}/countries/mda/meeting/",
        "locale": language.upper(), "participant": {"code": "MDA"},
        "event": {"startsOn": "2999-05-04", "place": "Moldovan"},
    }  # fmt: skip
    countries.open("KAZ")
    assert ask(participant="KAZ")["totalCount"] == 5
