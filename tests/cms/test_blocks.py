from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.blocks import StreamValue
from wagtail.images.models import Image
from wagtail.images.tests.utils import get_test_image_file

from cms.blocks import BodyBlock, CaptionedImageBlock, IndicatorLinkBlock, LinkBlock
from cms.blocks.data import indicator_choices
from cms.models import ArticlePage, LibraryTopic
from cms.services.documents import document_create
from tests.cms.conftest import new_article, page
from tests.conftest import make_indicator


def _article(*blocks: tuple[str, Any]) -> ArticlePage:
    article = new_article(page("about"), "Blocks", "blocks")
    raw = [{"type": kind, "value": value} for kind, value in blocks]
    article.body = StreamValue(article.body.stream_block, raw, is_lazy=True)
    article.save_revision().publish()
    return article


def _html(client: Client, *blocks: tuple[str, Any]) -> str:
    response = client.get(_article(*blocks).get_url())
    assert response.status_code == 200
    return response.content.decode()


def _link(**chosen: Any) -> dict[str, Any]:
    return {"text": "", "page": None, "part": "", "url": "", **chosen}


def test_text_blocks_render_what_was_written_and_escape_it(portal: None, client: Client) -> None:
    html = _html(
        client,
        ("heading", {"text": "Heading <b>", "level": "3"}),
        ("quote", {"text": "Count people, not papers.", "attribution": "A statistician"}),
        ("callout", {"kind": "important", "title": "", "text": "<p>Read this.</p>"}),
        ("definitions", {"definitions": [{"term": "Flow", "text": "Events in a period."}]}),
    )
    assert "<h3>Heading &lt;b&gt;</h3>" in html
    assert "<p>Count people, not papers.</p>" in html
    assert "<figcaption>A statistician</figcaption>" in html
    assert '<p class="callout__title">Important</p>' in html
    assert "<dt>Flow</dt><dd>Events in a period.</dd>" in html


def test_rich_text_allows_only_the_restricted_features() -> None:
    block = BodyBlock().child_blocks["paragraph"]
    kept = block.clean(block.to_python("<p>A <b>b</b></p>")).source
    assert kept == "<p>A <b>b</b></p>"
    assert block.features == ["bold", "italic", "link", "ol", "ul"]


def test_search_reads_what_editors_wrote_and_not_the_names_of_settings() -> None:
    block = BodyBlock()
    value = block.to_python(
        [
            {"type": "heading", "value": {"text": "Flows", "level": "2"}},
            {"type": "callout", "value": {"kind": "note", "title": "", "text": "<p>Read.</p>"}},
        ]
    )
    assert block.get_searchable_content(value) == ["Flows", "", "Read."]


@pytest.fixture
def image(db: None, settings: Any, tmp_path: Any) -> Image:
    settings.MEDIA_ROOT = tmp_path
    return Image.objects.create(title="Chart", file=get_test_image_file())


def test_an_image_cannot_be_saved_without_alternative_text(image: Image) -> None:
    block = CaptionedImageBlock()
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python({"image": image.pk, "alt_text": "", "caption": "", "credit": ""}))
    assert list(refused.value.block_errors) == ["alt_text"]  # type: ignore[attr-defined]


def test_an_image_shows_its_alternative_text_caption_and_source(
    portal: None, client: Client, image: Image
) -> None:
    html = _html(
        client,
        (
            "image",
            {"image": image.pk, "alt_text": "A bridge", "caption": "The border", "credit": "Own photo"},
        ),
    )
    assert 'alt="A bridge"' in html
    assert "The border" in html
    assert "Source: Own photo" in html


@pytest.mark.parametrize("chosen", [{}, {"part": "search:search", "url": "https://example.org/"}])
def test_a_link_needs_exactly_one_target(chosen: dict[str, Any]) -> None:
    block = LinkBlock()
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python(_link(**chosen)))
    assert list(refused.value.block_errors) == ["page"]  # type: ignore[attr-defined]


def test_a_choice_belongs_to_a_part_of_the_portal_and_counts_in_every_language(
    portal: None, client: Client
) -> None:
    block = LinkBlock()
    chosen = _link(url="https://example.org/", query="kind=policy")
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python(chosen))
    assert list(refused.value.block_errors) == ["query"]  # type: ignore[attr-defined]
    links = [_link(part="registry:statistics", text="Two", query="/ru/statistics/?q=a&participant=MDA")]
    article = _article(("links", {"title": "", "links": links}))
    for language in ("en", "ru"):
        html = client.get(f"/{language}/about/blocks/").content.decode()
        assert f'<a href="/{language}/statistics/?q=a&amp;participant=MDA">Two</a>' in html
    assert "participant" not in " ".join(article.body.stream_block.get_searchable_content(article.body))


def test_links_follow_the_language_and_leave_out_what_is_gone(portal: None, client: Client) -> None:
    draft = new_article(page("about"), "Draft", "draft")
    links = [
        _link(page=page("help").pk),
        _link(part="registry:statistics", text="Figures"),
        _link(url="https://example.org/", text="Elsewhere"),
        _link(page=draft.pk),
    ]
    draft.unpublish()
    article = _article(("links", {"title": "See also", "links": links}))
    html = client.get(article.get_url()).content.decode()
    assert (
        '<li><a href="/en/about-statistics/help/">Help</a></li><li><a href="/en/statistics/">Figures</a></li>'
        in html
    )
    assert '<li><a href="https://example.org/">Elsewhere</a></li></ul>' in html
    assert ">Draft<" not in html

    russian = page("overview", "ru")
    html = client.get(russian.get_url()).content.decode()
    assert '<a href="/ru/about-statistics/methodology/">Методология</a>' in html
    assert '<a href="/ru/statistics/">Статистика</a>' in html


def test_documents_are_listed_with_kind_and_year_and_hidden_ones_are_not(
    portal: None, client: Client, settings: Any
) -> None:
    settings.ROOT_URLCONF = "config.urls"
    topic = LibraryTopic.objects.create(code="laws", name_en="Laws", name_ru="Законы")
    texts = {"title_ru": "Закон", "summary_en": "Rules.", "summary_ru": "Нормы.", "topics": [topic]}
    shown, hidden = (
        document_create(
            participant=None, actor=None, kind="policy", year=2010, title_en=title, audience=audience, **texts
        )
        for title, audience in (("Law on migration", "public"), ("Draft", "owner"))
    )
    html = _html(client, ("documents", {"title": "Laws", "documents": [hidden.pk, shown.pk]}))
    address = f"/en/library/documents/{shown.code}/"
    assert f'<a href="{address}">Law on migration</a> <span class="file-size">(Policy, 2010)</span>' in html
    assert "Draft" not in html


def test_only_indicators_everybody_may_know_of_can_be_chosen(world: Any) -> None:
    make_indicator("MDA_OWN", ("Own", "Свой"), {}, owner=world.participants["MDA"])
    assert [code for code, _label in indicator_choices()] == ["REFUGEES"]
    block = IndicatorLinkBlock()
    for code in ("MDA_OWN", "NO_SUCH"):
        with pytest.raises(ValidationError):
            block.clean(block.to_python({"indicator": code, "caption": ""}))
    assert block.clean(block.to_python({"indicator": "REFUGEES", "caption": ""}))["indicator"] == "REFUGEES"


@pytest.mark.parametrize(("language", "name"), [("en", "Refugees"), ("ru", "Беженцы")])
def test_an_indicator_block_links_to_its_table_in_the_readers_language(
    portal: None, client: Client, world: Any, language: str, name: str
) -> None:
    article = new_article(page("about", language), "Blocks", "blocks")
    raw = [{"type": "indicator", "value": {"indicator": "REFUGEES", "caption": ""}}]
    article.body = StreamValue(article.body.stream_block, raw, is_lazy=True)
    article.save_revision().publish()
    html = client.get(article.get_url()).content.decode()
    assert (
        f'<p class="indicator-link__title"><a href="/{language}/statistics/REFUGEES/">{name}</a></p>' in html
    )
    world.indicator.is_active = False
    world.indicator.save()
    assert "indicator-link" not in client.get(article.get_url()).content.decode()
