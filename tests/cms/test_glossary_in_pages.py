"""Terms of the glossary in pages: explained in running text, and as a block of their own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from cms.blocks import BodyBlock
from registry.models import Term
from tests.cms.conftest import new_article, page


@pytest.fixture(autouse=True)
def _whole_portal(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"


@pytest.fixture
def terms(portal: None) -> None:
    for code, en, ru in (("stock", "Stock", "Численность"), ("flow", "Flow", "Поток")):
        Term.objects.create(
            code=code,
            topic="measure",
            name_en=en,
            name_ru=ru,
            definition_en=f"{en} means.",
            definition_ru=f"{ru} значит.",
        )


def article(language: str, *blocks: Any) -> str:
    text = new_article(page("about", language), "Terms", "terms")
    text.body = list(blocks)
    text.save_revision().publish()
    return f"/{language}/about/terms/"


def test_a_text_explains_each_term_once(terms: None, client: Client) -> None:
    address = article(
        "ru",
        ("heading", {"text": "Потоки", "level": "2"}),
        ("paragraph", "<p>Миграционные потоки и <b>численностью</b>.</p>"),
        ("callout", {"kind": "note", "title": "", "text": "<p>Потоков много.</p>"}),
    )
    html = client.get(address).content.decode()
    marked = re.findall(r'<a class="term" href="/ru/glossary/#term-(\w+)">(\w+)</a>', html)
    assert marked == [("flow", "потоки"), ("stock", "численностью")]
    assert html.count('id="card-flow" popover') == 1


def test_a_block_shows_terms_as_the_glossary_has_them_now(terms: None, client: Client, language: str) -> None:
    address = article(language, ("glossary_terms", {"title": "", "terms": ["flow", "gone", "stock"]}))
    Term.objects.filter(code="stock").update(definition_ru="По-новому.", definition_en="New.")
    html = client.get(address).content.decode()
    shown = re.findall(r'<a href="/\w+/glossary/#term-(\w+)">\w+</a></dt><dd>(.*?)</dd>', html)
    assert (
        shown
        == {
            "en": [("flow", "Flow means."), ("stock", "New.")],
            "ru": [("flow", "Поток значит."), ("stock", "По-новому.")],
        }[language]
    )


def test_only_terms_that_exist_can_be_chosen(terms: None) -> None:
    block = BodyBlock().child_blocks["glossary_terms"].child_blocks["terms"].child_block
    assert block.clean("flow") == "flow"
    with pytest.raises(Exception, match="gone"):
        block.clean("gone")


def test_explaining_costs_one_query_a_page(
    terms: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    address = article("en", *[("paragraph", "<p>The stock and the flow.</p>")] * 9)
    client.get(address)
    with django_assert_max_num_queries(30) as plain:
        client.get(address)
    asked = [query["sql"] for query in plain.captured_queries if "registry_term" in query["sql"]]
    assert len(asked) == 1
