"""Cards of institutions in texts and boxes: what they show, whom they leave out, and how they are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.blocks import StreamValue
from wagtail_localize.models import Translation, TranslationSource

from cms.blocks import BodyBlock, BoxesBlock, InstitutionCardBlock, InstitutionCardValue
from cms.models import ArticlePage
from cms.services.starter import starter_pages_load
from registry.access import ANONYMOUS
from registry.models import Institution, User
from registry.services.institution import institution_create, institution_delete
from registry.services.starter import starter_load
from tests.cms.conftest import locale, new_article, page

CHOOSER = "/admin/institutions/chooser/"


@pytest.fixture(autouse=True)
def _all_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture
def keeper(db: None) -> User:
    return User.objects.create_superuser("keeper")


@pytest.fixture
def office(keeper: User) -> Institution:
    return institution_create(
        code="office",
        actor=keeper,
        category="government",
        name_en="Statistics <office>",
        name_ru="Статистическое ведомство",
        acronym_en="SO",
        acronym_ru="СВ",
        location_ru="Кишинёв",
        location_en="Chisinau",
        summary_en="Counts people.",
        summary_ru="Считает людей.",
        url="https://office.example.org/",
        email="post@office.example.org",
    )


def cards(chosen: Sequence[Institution], title: str = "") -> dict[str, Any]:
    items = [{"type": "item", "value": row.pk, "id": str(row.pk)} for row in chosen]
    return {"title": title, "institutions": items}


def article_with(value: dict[str, Any], slug: str = "cards", language: str = "en") -> ArticlePage:
    article = new_article(page("about", language), "Cards", slug)
    raw = [{"type": "institutions", "value": value, "id": "c"}]
    article.body = StreamValue(article.body.stream_block, raw, is_lazy=True)
    article.save_revision().publish()
    return article


def many(number: int, begin: int = 0) -> list[Institution]:
    return Institution.objects.bulk_create(
        Institution(code=f"i{at}", category="other", name_en=f"Body {at}", name_ru=f"Орган {at}")
        for at in range(begin, begin + number)
    )


def test_a_card_says_what_the_inventory_says_in_the_language_of_the_page(
    portal: None, office: Institution, client: Client, language: str
) -> None:
    article = article_with(cards([office], "Who counts"), language=language)
    html = client.get(article.get_url()).text
    shown = {
        "en": ("Statistics &lt;office&gt;", "(SO)", "Government", "Chisinau", "Counts people.", "Website"),
        "ru": (
            "Статистическое ведомство",
            "(СВ)",
            "Государственная",
            "Кишинёв",
            "Считает людей.",
            "Сайт",
        ),
    }
    assert f'<a href="/{language}/institutions/office/"><span>{shown[language][0]}</span>' in html
    for text in (*shown[language], "Who counts", 'href="https://office.example.org/"', "mailto:post@office"):
        assert text in html
    assert "tag--language" not in html


def test_what_a_language_lacks_is_served_in_the_other_one_and_marked(
    portal: None, office: Institution, client: Client
) -> None:
    Institution.objects.update(summary_en="", acronym_en="", location_en="")
    html = client.get(article_with(cards([office])).get_url()).text
    assert '<span lang="ru">(СВ)</span>' in html
    assert '<span lang="ru">Кишинёв</span>' in html
    assert '<p class="institution__summary" lang="ru">Считает людей.</p>' in html


def test_cards_stand_in_the_editors_order_and_each_once(portal: None, client: Client, db: None) -> None:
    first, second, third = many(3)
    html = client.get(article_with(cards([third, first, second, first])).get_url()).text
    assert [html.count(f">Body {at}<") for at in range(3)] == [1, 1, 1]
    assert html.index(">Body 2<") < html.index(">Body 0<") < html.index(">Body 1<")


def test_what_is_taken_back_or_deleted_renders_nothing(
    portal: None, office: Institution, keeper: User, client: Client
) -> None:
    other, gone = many(2)
    article = article_with(cards([office, other, gone], "Who counts"))
    Institution.objects.filter(pk=other.pk).update(is_listed=False)
    institution_delete(institution=gone, actor=keeper)
    html = client.get(article.get_url()).text
    assert "Statistics &lt;office&gt;" in html
    assert "Body" not in html
    Institution.objects.filter(pk=office.pk).update(is_listed=False)
    for person in (None, keeper):  # nor to those who keep it: a page is the same for all
        if person:
            client.force_login(person)
        html = client.get(article.get_url()).text
        assert 'class="institutions' not in html
        assert "Who counts" not in html


@pytest.mark.parametrize("stream", [BodyBlock, BoxesBlock])
def test_cards_cost_a_fixed_number_of_queries(db: None, stream: Any) -> None:
    many(12)
    rows = list(Institution.objects.all())

    def queries(chosen: list[Institution]) -> int:
        raw = [{"type": "institutions", "value": cards(chosen), "id": "c"}]
        value = StreamValue(stream(), raw, is_lazy=True)
        with CaptureQueriesContext(connection) as captured:
            html = value.render_as_block()
        assert html.count("institution--card") == len(chosen)
        return len(captured)

    assert queries(rows[:1]) == queries(rows) == 2


def test_an_empty_choice_is_refused_and_reads_nothing(db: None, django_assert_num_queries: Any) -> None:
    block = InstitutionCardBlock()
    empty = block.to_python(cards([]))
    assert isinstance(empty, InstitutionCardValue)
    with pytest.raises(ValidationError):
        block.clean(empty)
    with django_assert_num_queries(0):
        assert empty.institutions(ANONYMOUS) == []


def test_only_listed_ones_can_be_chosen(office: Institution) -> None:
    block = InstitutionCardBlock()
    assert block.clean(block.to_python(cards([office])))["institutions"][0] == office
    Institution.objects.update(is_listed=False)
    with pytest.raises(ValidationError):
        block.clean(block.to_python(cards([office])))


@pytest.mark.parametrize("words", ["Statistics", "статистического", "so", "св", "people"])
def test_the_chooser_finds_names_of_both_languages_and_acronyms(
    office: Institution, keeper: User, client: Client, words: str
) -> None:
    (hidden,) = many(1)
    Institution.objects.filter(pk=hidden.pk).update(
        is_listed=False, folded="statistics статистика so св people"
    )
    client.force_login(keeper)
    found = client.get(f"{CHOOSER}results/", {"q": words}).text
    assert f"{CHOOSER}chosen/{office.pk}/" in found
    assert f"{CHOOSER}chosen/{hidden.pk}/" not in found
    assert f"{CHOOSER}chosen/{office.pk}/" not in client.get(f"{CHOOSER}results/?q=nowhere").text


def test_the_chooser_shows_listed_ones_to_editors_only(
    office: Institution, keeper: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    rows = many(30)
    Institution.objects.filter(pk=rows[0].pk).update(is_listed=False)
    assert client.get(CHOOSER).status_code == 302
    client.force_login(keeper)
    with django_assert_max_num_queries(12):
        listed = client.get(CHOOSER).text
    assert "Body 1" in listed
    assert f"chosen/{rows[0].pk}/" not in listed
    assert client.get(f"{CHOOSER}chosen/{office.pk}/").status_code == 200
    assert client.get(f"{CHOOSER}chosen/{rows[0].pk}/").status_code == 404
    several = client.get(f"{CHOOSER}chosen-multiple/", {"id": [office.pk, rows[0].pk], "multiple": "1"})
    assert "Statistics" in several.text
    assert "Body 0" not in several.text


def test_a_translation_keeps_the_choice_and_translates_the_title(
    portal: None, office: Institution, client: Client
) -> None:
    article = article_with(cards([office], "Who counts"))
    source = TranslationSource.update_or_create_from_instance(article)[0]
    translation = Translation.objects.create(source=source, target_locale=locale("ru"))
    strings = set(source.stringsegment_set.values_list("string__data", flat=True))
    assert strings == {"Cards", "Introduction.", "Who counts"}
    translation.save_target(publish=False)
    russian = source.get_translated_instance(locale("ru"))
    chosen = russian.body[0].value["institutions"]
    assert [row.pk for row in chosen] == [office.pk]
    russian.save_revision().publish()
    assert "Статистическое ведомство" in client.get(russian.get_url()).text


@pytest.mark.thorough
def test_the_methodology_shows_cards_where_the_inventory_is_filled(
    db: None, client: Client, language: str
) -> None:
    starter_load()
    starter_pages_load()
    html = client.get(f"/{language}/about-statistics/methodology/").text
    name = {
        "en": "Office of the United Nations High Commissioner for Refugees",
        "ru": "Управление Верховного комиссара ООН по делам беженцев",
    }[language]
    assert html.count("institution--card") == 3
    assert f'<a href="/{language}/institutions/unhcr/"><span>{name}</span>' in html
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/{language}/methodology/")
    assert len(queries) <= 15


def test_without_an_inventory_the_starter_pages_do_without_cards(portal: None, client: Client) -> None:
    html = client.get("/en/about-statistics/methodology/").text
    assert 'class="institutions' not in html
