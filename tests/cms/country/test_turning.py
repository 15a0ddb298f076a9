"""A country page is written in whichever language its keepers choose; the other one is translated from it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.models import Page, PageLogEntry
from wagtail.users.models import UserProfile
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from cms.models import CountryPage
from cms.services.translation import translation_of, translation_turn, translation_turn_ask
from registry.errors import Conflict, NotAllowed
from tests.cms.country.conftest import Countries

pytestmark = pytest.mark.thorough

Pair = tuple[CountryPage, CountryPage]


@pytest.fixture
def pair(countries: Countries) -> Pair:
    """The English page of Moldova, and the Russian one that is translated from it."""
    english = CountryPage.objects.get(pk=countries.page("MDA", "en").pk)
    english.body = [
        ("paragraph", "<p>One.</p><p>Two.</p>"),
        ("callout", {"kind": "note", "title": "T", "text": "C"}),
    ]
    english.boxes = []
    english.save_revision().publish()
    source = TranslationSource.objects.get(object=english.translation_key)
    source.update_from_db()
    made = Translation.objects.get(source=source)
    for segment in StringSegment.objects.filter(source=source).select_related("string", "context"):
        segment.string.translations.update_or_create(
            locale=made.target_locale, context=segment.context, defaults={"data": f"ru {segment.string.data}"}
        )
    publish(made)
    return english, countries.page("MDA", "ru")


def publish(made: Translation) -> None:
    made.save_target(publish=False)
    made.source.get_translated_instance(made.target_locale).latest_revision.publish()


def texts(page: Page) -> list[str]:
    found = CountryPage.objects.get(pk=page.pk)
    return [found.title, found.introduction, *(str(block.get_prep_value()["value"]) for block in found.body)]


def test_turning_changes_nothing_for_readers(countries: Countries, pair: Pair) -> None:
    english, russian = pair
    before = texts(english), texts(russian)
    keeper = countries.keepers["MDA"]
    asked = translation_turn_ask(page=russian, actor=keeper)
    assert (asked.kept, asked.left, asked.missing) == (6, 0, 0)
    translation_turn(page=russian, actor=keeper)
    assert (texts(english), texts(russian)) == before
    made = translation_of(CountryPage.objects.get(pk=english.pk))
    assert made is not None
    assert made.source.locale.language_code == "ru"
    assert translation_of(CountryPage.objects.get(pk=russian.pk)) is None
    entry = PageLogEntry.objects.get(action="cms.translation.turn")
    assert (entry.page_id, entry.user) == (russian.pk, keeper)


def test_a_new_paragraph_in_russian_is_then_translated_into_english(countries: Countries, pair: Pair) -> None:
    english, russian = pair
    translation_turn(page=russian, actor=countries.keepers["MDA"])
    page = CountryPage.objects.get(pk=russian.pk)
    page.body.append(("paragraph", "<p>Новый абзац.</p>"))
    page.save_revision().publish()
    made = translation_of(CountryPage.objects.get(pk=english.pk))
    assert made is not None
    made.source.update_from_db()
    segment = StringSegment.objects.get(source=made.source, string__data="Новый абзац.")
    segment.string.translations.create(
        locale=made.target_locale, context=segment.context, data="A new paragraph."
    )
    publish(made)
    assert "A new paragraph." in texts(english)[-1]
    assert texts(english)[:3] == texts(pair[0])[:3]


def test_turned_twice_it_is_as_it_was(countries: Countries, pair: Pair) -> None:
    english, russian = pair
    before = texts(english), texts(russian)
    for page in (russian, english):
        translation_turn(page=CountryPage.objects.get(pk=page.pk), actor=countries.keepers["MDA"])
    assert (texts(english), texts(russian)) == before
    assert translation_of(english) is None
    made = translation_of(russian)
    assert made is not None
    assert not [one for one in made.source.stringsegment_set.all() if not one.string.translations.exists()]


def test_what_the_other_version_has_more_is_told_and_stays(countries: Countries, pair: Pair) -> None:
    english, russian = pair
    page = CountryPage.objects.get(pk=english.pk)
    page.body.append(("paragraph", "<p>Only here.</p>"))
    page.save_revision().publish()
    asked = translation_turn(page=russian, actor=countries.keepers["MDA"])
    assert (asked.kept, asked.left, asked.missing) == (6, 1, 0)
    assert "Only here." in texts(english)[-1]


def test_drafts_are_finished_first(countries: Countries, pair: Pair, language: str) -> None:
    page = CountryPage.objects.get(pk=pair[language == "ru"].pk)
    page.title = "Unfinished"
    page.save_revision()
    russian = CountryPage.objects.get(pk=pair[1].pk)
    told = {"en": "English.*Publish", "ru": "Русский.*опубликуйте"}[language]
    with pytest.raises(Conflict, match=told):
        translation_turn(page=russian, actor=countries.keepers["MDA"])
    assert translation_of(russian) is not None


def test_what_is_written_itself_is_not_turned(countries: Countries, pair: Pair) -> None:
    with pytest.raises(Conflict):
        translation_turn(page=pair[0], actor=countries.keepers["MDA"])


@pytest.mark.parametrize(("who", "status"), [("KAZ keeper", 404), ("MDA user", 404), ("nobody", 302)])
def test_only_its_keepers_turn_it(countries: Countries, pair: Pair, who: str, status: int) -> None:
    user = {
        "KAZ keeper": countries.keepers["KAZ"],
        "MDA user": countries.world.people["MDA"]["user"],
        "nobody": None,
    }[who]
    address = reverse("translation_turn", args=[pair[1].pk])
    client = countries.signed_in(user)
    assert (client.get(address).status_code, client.post(address).status_code) == (status, status)
    if user is not None:
        with pytest.raises(NotAllowed):
            translation_turn(page=pair[1], actor=user)
    assert translation_of(pair[1]) is not None


def test_an_editor_turns_it_in_the_admin(countries: Countries, pair: Pair, language: str) -> None:
    keeper = countries.keepers["MDA"]
    UserProfile.objects.update_or_create(user=keeper, defaults={"preferred_language": language})
    client = countries.signed_in(keeper)
    address = reverse("translation_turn", args=[pair[1].pk])
    edit = reverse("wagtailadmin_pages:edit", args=[pair[1].pk])
    assert address in client.get(edit).content.decode()
    asked = client.get(address).content.decode()
    told = {"en": "6 texts are taken over as they are.", "ru": "6 текстов переносятся без изменений."}
    assert told[language] in asked
    response = client.post(address, follow=True)
    assert response.redirect_chain == [(edit, 302)]
    # What was a form of single texts is the editor of the page now, and the other way round.
    assert b'name="title"' in response.content
    assert b"js-translation-editor" not in response.content
    assert address not in response.content.decode()
    other = client.get(reverse("wagtailadmin_pages:edit", args=[pair[0].pk])).content
    assert b"js-translation-editor" in other
    assert client.get(address).status_code == 409


def test_pages_without_a_translation_have_no_such_button(countries: Countries) -> None:
    client = countries.signed_in(countries.keepers["MDA"])
    page = countries.pages["MDA"][3]
    address = reverse("translation_turn", args=[page.pk])
    assert address not in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert client.get(reverse("translation_turn", args=[1])).status_code == 404
    assert client.get(address).status_code == 409
