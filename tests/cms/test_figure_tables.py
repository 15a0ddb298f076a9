"""Tables of figures in texts: read for whoever looks, several on a page, cut where too long."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.blocks import StreamValue
from wagtail_localize.segments.extract import extract_segments

from cms.blocks import BodyBlock
from cms.models import ArticlePage
from registry.models import AudienceKind, SeriesRevision
from registry.services.access import grant_create
from tests.cms.conftest import new_article, page
from tests.cms.test_rendering import parsed
from tests.conftest import World

pytestmark = pytest.mark.thorough

FIGURES: dict[str, list[Any]] = {
    "MDA._T._T": [123_456.0, 123_457.0],
    "MDA.UKR._T": [123_400.0, None],
    "MDA.UKR.F": [61_234.0, 61_235.0],
}
WHOLE = "/en/statistics/REFUGEES/?REF_AREA=MDA"
NESTED = f"{WHOLE}&CITIZENSHIP=_T&CITIZENSHIP=UKR&SEX=_T&SEX=F"
SHEET = "registry/css/statistics.css"
NO_FIGURES = {
    "en": "No figures of this indicator are open to you.",
    "ru": "Открытых вам данных по этому показателю нет.",
}


@pytest.fixture(autouse=True)
def _real_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"


def table(selection: str = NESTED, caption: str = "") -> dict[str, Any]:
    value = {"indicator": "REFUGEES", "selection": selection, "caption": caption}
    return {"type": "figure_table", "value": value}


def chart(selection: str = NESTED) -> dict[str, Any]:
    return {**table(selection), "type": "chart"}


def article(*blocks: dict[str, Any], language: str = "en") -> ArticlePage:
    made = new_article(page("about", language), "Figures", "figures")
    made.body = StreamValue(made.body.stream_block, list(blocks), is_lazy=True)
    made.save_revision().publish()
    return ArticlePage.objects.get(pk=made.pk)


def html_of(shown: ArticlePage, client: Client | None = None) -> str:
    response = (client or Client()).get(shown.get_url())
    assert response.status_code == 200
    return response.content.decode()


def main_of(html: str) -> str:
    return html.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def opened(world: World) -> World:
    """The figures of Moldova, open to everybody."""
    world.release("MDA", FIGURES, statuses={"MDA.UKR._T": {1: "Q"}})
    dataset, administrator = world.datasets["MDA_REFUGEES"], world.people["MDA"]["administrator"]
    grant_create(dataset=dataset, actor=administrator, audience=AudienceKind.PUBLIC)
    return world


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Refugees, persons.", "Republic of Moldova", "Ukraine", "Female", "123,456", "Source:",
                "Republic of Moldova · Border service", "Table, chart and documentation"]),
        ("ru", ["Беженцы,", "Республика Молдова", "Украина", "Женщины", "123\u00a0456", "Источник:",
                "Республика Молдова · Пограничная служба", "Таблица, диаграмма и документация"]),
    ],
)  # fmt: skip
def test_a_table_in_a_text_speaks_the_language_of_its_page(
    portal: None, opened: World, language: str, texts: list[str]
) -> None:
    html = html_of(article(table(caption="Own <caption>"), language=language))
    shown = main_of(html)
    for text in texts:
        assert text in shown, text
    assert '<span class="caption__title">Own &lt;caption&gt;</span>' in shown
    address = re.search(r'href="(/\w\w/statistics/REFUGEES/\?[^"]+)"', shown)
    assert address
    assert address[1].startswith(f"/{language}/statistics/REFUGEES/?REF_AREA=MDA&amp;CITIZENSHIP=_T&amp;")
    assert re.search(r"<dt>Q</dt><dd>[^<]+</dd>", shown), "the legend tells of the sign used"
    assert html.count(SHEET) == 1
    assert parsed(html).problems == []


def test_figures_are_read_with_the_rights_of_whoever_looks(portal: None, world: World, language: str) -> None:
    world.release("MDA", FIGURES)
    shown = article(table(WHOLE), language=language)
    own, other = Client(), Client()
    own.force_login(world.people["MDA"]["user"])
    other.force_login(world.people["KAZ"]["user"])
    number = {"en": "123,456", "ru": "123\u00a0456"}[language]
    for _time in range(2):  # nothing is kept between viewers
        assert number in html_of(shown, own)
        for stranger in (Client(), other):
            html = main_of(html_of(shown, stranger))
            assert number not in html
            assert "<table" not in html
            assert NO_FIGURES[language] in html


def test_tables_and_charts_of_one_page_have_ids_of_their_own(portal: None, opened: World) -> None:
    html = html_of(article(table(), table(), chart(), chart()))
    found = parsed(html)
    ids = [attributes["id"] for _tag, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert sum(tag == "table" for tag, _attributes in found.tags) == 2
    assert sum(tag == "svg" for tag, _attributes in found.tags) == 4
    for tag, attributes in found.tags:
        for name in ("headers", "aria-labelledby"):
            assert set((attributes.get(name) or "").split()) <= set(ids), (tag, attributes)
    cells = [attributes["headers"] for tag, attributes in found.tags if tag == "td"]
    assert all(cells)
    assert len({cell.partition("-r")[0] for cell in cells if cell}) == 2


def test_the_ids_of_a_table_are_the_same_at_every_visit(portal: None, opened: World) -> None:
    shown = article(table())
    name = f"f-{shown.body[0].id[:8]}-"
    for _time in range(2):
        html = html_of(shown)
        assert f'<span class="caption__text" id="{name}figures-caption">' in html
        assert f'aria-labelledby="{name}figures-caption"' in html


def test_footnotes_lead_to_the_notes_of_their_own_table(portal: None, opened: World) -> None:
    notes = {"0": {"en": "Recounted", "ru": "Пересчитано"}}
    SeriesRevision.objects.filter(key="MDA._T._T").update(notes_json=orjson.dumps(notes).decode())
    html = html_of(article(table(WHOLE), table(WHOLE)))
    targets = re.findall(r'<a href="#(f-\w+-note-1)"', html)
    assert len(set(targets)) == 2
    assert re.findall(r'<li id="(f-\w+-note-1)"[^>]*>Recounted', html) == targets


@pytest.mark.parametrize(
    ("language", "notice"),
    [
        ("en", "The table shows 1 of 3 rows and 2 of 2 columns, because a table in a text holds 3 figures"),
        ("ru", "Показано строк: 1 из 3, столбцов: 2 из 2, поскольку таблица в тексте"),
    ],
)
def test_a_table_too_long_for_a_text_says_so(
    portal: None, opened: World, monkeypatch: pytest.MonkeyPatch, language: str, notice: str
) -> None:
    shown = article(table(), language=language)
    assert notice[:12] not in html_of(shown)
    monkeypatch.setattr("cms.blocks.figures.MOST_CELLS_IN_TEXT", 3)
    html = main_of(html_of(shown))
    assert notice in html
    assert html.count('<td class="figure') == 2
    assert f'href="/{language}/statistics/REFUGEES/?' in html


def test_about_three_hundred_cells_are_shown(portal: None, opened: World) -> None:
    totals = {"_T": 1000.0, "UKR": 100.0, "KAZ": 100.0, "XXA": 100.0}
    many = {
        f"MDA.{citizenship}.{sex}": [total * share] * 60
        for citizenship, total in totals.items()
        for sex, share in (("_T", 1), ("F", 0.5))
    }
    opened.release("MDA", many, start=1960)
    html = main_of(html_of(article(table(f"{WHOLE}&CITIZENSHIP=*&SEX=*&from=1960&to=2019"))))
    assert html.count('<td class="figure') == 300
    assert "5 of 8 rows and 60 of 60 columns" in html


def test_a_choice_too_large_to_read_leads_to_the_page_of_the_indicator(
    portal: None, opened: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.views.table.MOST_SERIES", 0)
    html = main_of(html_of(article(table())))
    assert "This choice is too large for a page" in html
    assert "Table, chart and documentation" in html
    assert "<table" not in html


def test_figures_of_an_earlier_release_are_marked_as_such(portal: None, opened: World) -> None:
    opened.release("MDA", {"MDA._T._T": [999_999.0, 999_998.0]})
    old = f"{WHOLE}&dataset=MDA_REFUGEES&as_of=1"
    html = main_of(html_of(article(table(old), chart(old))))
    assert html.count("Superseded figures.") == 2
    assert "123,456" in html
    assert "999,999" not in html


def test_only_pages_with_a_table_load_its_stylesheet(portal: None, opened: World) -> None:
    html = html_of(article({"type": "paragraph", "value": "<p>Nothing but words.</p>"}))
    assert SHEET not in html


def test_a_choice_that_is_wrong_is_told_at_its_field(opened: World) -> None:
    block = BodyBlock().child_blocks["figure_table"]
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python(table(f"{WHOLE}&SEX=NONE")["value"]))
    assert list(refused.value.block_errors) == ["selection"]  # type: ignore[attr-defined]
    assert block.clean(block.to_python(table()["value"]))["selection"] == NESTED


@pytest.mark.parametrize("kind", ["figure_table", "chart", "key_figure"])
def test_translators_are_asked_for_the_caption_alone(portal: None, opened: World, kind: str) -> None:
    shown = article({**table(caption="Refugees by sex"), "type": kind})
    found = [part for part in extract_segments(shown) if part.path.startswith("body.")]
    path = f"body.{shown.body[0].id}.caption"
    assert [(part.path, part.render_text()) for part in found] == [(path, "Refugees by sex")]


def test_a_table_takes_nine_queries_and_two_more_with_a_release(
    portal: None, opened: World, django_assert_max_num_queries: Any
) -> None:
    shown = article(table())
    value = shown.body[0].value
    viewer = opened.viewer("KAZ")
    with django_assert_max_num_queries(9):
        assert value.shown(viewer, name="") is not None
    value["selection"] = f"{NESTED}&dataset=MDA_REFUGEES&as_of=1"
    with django_assert_max_num_queries(11):
        assert value.shown(viewer, name="") is not None
