"""The statistics pages as people see them: index, availability, indicator."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse

from registry.models import Code, Dataset, Documentation, Indicator, Term
from tests.conftest import World, make_indicator
from tests.registry.views.conftest import FIGURES, Get, publish


class Cells(HTMLParser):
    """The rows of the table of figures, as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_inside = False
        self.is_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table" and "figures" in (dict(attrs).get("class") or ""):
            self.is_inside = True
        elif self.is_inside and tag == "tr":
            self.rows.append([])
        elif self.is_inside and tag in {"th", "td"}:
            self.is_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self.is_inside = False
        elif tag in {"th", "td"}:
            self.is_cell = False

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data


def page(response: HttpResponse) -> str:
    return response.content.decode()


def figures(response: HttpResponse) -> list[list[str]]:
    cells = Cells()
    cells.feed(page(response))
    return cells.rows


def test_the_index_lists_what_is_open_by_collection(open_world: World, get_as: Get, language: str) -> None:
    make_indicator("EMPTY", ("Empty", "Пустой"), {})
    world = open_world
    world.release("KAZ", {"KAZ._T._T": [1]}, start=2001)
    visitor, kazakh = get_as(), get_as(participant="KAZ")
    assert page(visitor).count('<th scope="row"><a href="') == 2
    assert "2010–2013" in page(visitor)
    assert "2001–2013" not in page(visitor)
    assert "2001–2013" in page(kazakh)
    assert page(visitor).count('id="group-') == 1


def test_the_index_has_a_column_of_numbers_where_tables_have_numbers(open_world: World, get_as: Get) -> None:
    make_indicator("EMPTY", ("Empty", "Пустой"), {})
    assert "indicator-list__number" not in page(get_as())
    Indicator.objects.filter(code="EMPTY").update(table_number="12")
    assert '<tr><td class="indicator-list__number">12</td>' in page(get_as())
    assert page(get_as()).count('<td class="indicator-list__number">') == 2


@pytest.mark.parametrize(
    ("text", "is_found"), [("БЕЖЕНЦЫ", True), ("refug", True), ("REFUGEES", True), ("нет", False)]
)
def test_the_index_is_filtered_by_words_in_either_language(
    open_world: World, get_as: Get, text: str, is_found: bool
) -> None:
    assert ("/statistics/REFUGEES/" in page(get_as("", {"q": text}))) is is_found


@pytest.mark.parametrize(("participant", "is_found"), [("MDA", True), ("KAZ", False), ("XXX", False)])
def test_the_index_is_filtered_by_participant(
    open_world: World, get_as: Get, participant: str, is_found: bool
) -> None:
    open_world.release("KAZ", {"KAZ._T._T": [1]})
    response = get_as("", {"participant": participant})
    assert ("/statistics/REFUGEES/" in page(response)) is is_found
    assert response.status_code == 200


def test_availability_shows_only_what_is_open(open_world: World, get_as: Get) -> None:
    open_world.release("KAZ", {"KAZ._T._T": [1]}, start=2001)
    assert "2010–2013" in page(get_as("availability/"))
    assert "participant=KAZ" not in page(get_as("availability/"))
    assert ">2001<" in page(get_as("availability/", participant="KAZ"))


def test_the_indicator_page_shows_definition_table_chart_and_source(
    open_world: World, get_as: Get, language: str
) -> None:
    response = get_as("REFUGEES/")
    assert (
        figures(response)
        == {
            "en": [
                ["Citizenship", "2010", "2011", "2012", "2013"],
                ["Total", "100", "120", "..", "1,090"],
                ["Kazakhstan", "40", "50", "60", "70"],
                ["Ukraine", "..", "7", "0", "8"],
            ],
            "ru": [
                ["Гражданство", "2010", "2011", "2012", "2013"],
                ["Всего", "100", "120", "..", "1\xa0090"],
                ["Казахстан", "40", "50", "60", "70"],
                ["Украина", "..", "7", "0", "8"],
            ],
        }[language]
    )
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page(response)
    assert {"en": "Border service", "ru": "Пограничная служба"}[language] in page(response)
    assert not re.search(r"<script|<style| style=| on\w+=", page(response))


def test_the_query_string_chooses_members_periods_and_layout(
    open_world: World, get_as: Get, language: str
) -> None:
    query = {
        "CITIZENSHIP": ["KAZ", "UKR"],
        "SEX": "*",
        "from": "2011",
        "to": "2012",
        "cols": ["SEX", "CITIZENSHIP"],
    }
    names = {"en": ["Kazakhstan", "Ukraine"], "ru": ["Казахстан", "Украина"]}[language]
    top, below, *rest = figures(get_as("REFUGEES/", query))
    assert top[1:] == {"en": ["Total", "Female"], "ru": ["Всего", "Женщины"]}[language]
    assert below == [*names, names[0]]
    assert rest == [["2011", "50", "7", "20"], ["2012", "60", "0", "30"]]


def test_the_choice_is_kept_by_form_downloads_and_language_switch(
    open_world: World, get_as: Get, language: str
) -> None:
    query = "CITIZENSHIP=KAZ&SEX=F&from=2011&to=2012"
    other = {"en": "ru", "ru": "en"}[language]
    text = page(get_as(f"REFUGEES/?{query}")).replace("&amp;", "&")
    assert f'href="/{other}/statistics/REFUGEES/?{query}"' in text
    assert (
        f"/{language}/statistics/REFUGEES/data.csv?REF_AREA=MDA&CITIZENSHIP=KAZ&SEX=F&from=2011&to=2012"
        in text
    )
    assert 'name="SEX" value="F" checked' in text
    assert "<option selected>2011</option>" in text


def test_members_named_beside_all_narrow_the_table(open_world: World, get_as: Get) -> None:
    everything = figures(get_as("REFUGEES/?CITIZENSHIP=*&SEX=_T"))
    assert len(everything) == 4
    assert figures(get_as("REFUGEES/?CITIZENSHIP=*&CITIZENSHIP=KAZ&SEX=_T"))[1][1:] == everything[2][1:]


BAD = [
    ("CITIZENSHIP=ZZZ", "ZZZ"),
    ("CITIZENSHIP=KAZ&CITIZENSHIP=%00", "\ufffd"),
    ("SEX=%3Cscript%3E", "&lt;script&gt;"),
    ("COLOUR=RED", "COLOUR"),
    ("from=abc", "abc"),
    ("from=2010-Q1", "2010-Q1"),
    ("from=2012&to=2011", "2012"),
    ("freq=W", "W"),
    ("cols=NOPE", "NOPE"),
    ("rows=SEX&cols=SEX", "SEX"),
]


@pytest.mark.parametrize(("query", "named"), BAD)
def test_a_bad_choice_is_named_and_the_page_stays_usable(
    open_world: World, get_as: Get, query: str, named: str
) -> None:
    response = get_as(f"REFUGEES/?{query}")
    assert response.status_code == 400
    notice = re.search(r'<div class="notice notice--error".*?</div>', page(response), re.DOTALL)
    assert notice
    assert named in notice[0]
    assert len(figures(response)) > 1
    refused = get_as(f"REFUGEES/data.csv?{query}")
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_parameters_of_others_are_ignored(open_world: World, get_as: Get) -> None:
    assert get_as("REFUGEES/?utm_source=x&fbclid=1").status_code == 200


def test_a_known_code_without_figures_is_an_empty_table_and_no_mistake(
    open_world: World, get_as: Get
) -> None:
    response = get_as("REFUGEES/?CITIZENSHIP=XXA")
    assert (response.status_code, figures(response)) == (200, [])


def test_hidden_and_absent_look_the_same(world: World, get_as: Get) -> None:
    absent = page(get_as("REFUGEES/"))
    world.release("MDA", FIGURES)
    assert page(get_as("REFUGEES/")) == absent
    assert figures(get_as("REFUGEES/", participant="MDA"))[1][-1] in {"1,090", "1\xa0090"}


@pytest.mark.parametrize(
    "path", ["NOTHING/", "NOTHING/data.csv", "OWN/", "OWN/data.csv", "REFUGEES/data.exe"]
)
def test_what_is_not_there_is_not_found(open_world: World, get_as: Get, path: str) -> None:
    own = make_indicator("OWN", ("Own", "Свой"), {})
    Indicator.objects.filter(pk=own.pk).update(owner=open_world.participants["KAZ"])
    assert get_as(path).status_code == 404


def test_documentation_stands_beside_the_figures_with_its_language_marked(
    open_world: World, get_as: Get, language: str
) -> None:
    Documentation.objects.create(
        dataset=open_world.datasets["MDA_REFUGEES"],
        version=1,
        definition_en="Whoever asked",
        coverage_ru="Вся страна",
        coverage_en="The whole country",
        reviewed_on="2026-03-01",
    )
    text = page(get_as("REFUGEES/"))
    assert "Whoever asked" in text
    assert ('<span lang="en">Whoever asked' in text) is (language == "ru")
    assert {"en": "The whole country", "ru": "Вся страна"}[language] in text
    assert {"en": "March 1, 2026", "ru": "1 марта 2026"}[language] in text


def test_table_notes_stand_above_the_table(open_world: World, get_as: Get, language: str) -> None:
    Dataset.objects.filter(owner__code="MDA").update(
        note_en="Illustrative figures", note_ru="Условные данные"
    )
    text = page(get_as("REFUGEES/"))
    note = {"en": "Illustrative figures", "ru": "Условные данные"}[language]
    assert 0 < text.index(note) < text.index("<table")


def test_a_note_of_one_source_names_its_owner(open_world: World, get_as: Get, language: str) -> None:
    open_world.release("KAZ", {"KAZ._T._T": [5]})
    publish(open_world, "KAZ")
    Dataset.objects.filter(owner__code="KAZ").update(
        note_en="Illustrative figures", note_ru="Условные данные"
    )
    owner = {"en": "Kazakhstan", "ru": "Казахстан"}[language]
    assert f"<strong>{owner}:</strong>" in page(get_as("REFUGEES/"))


def test_statuses_and_notes_have_a_legend(world: World, get_as: Get) -> None:
    world.release("MDA", {"MDA._T._T": [5, None, 7, 8]}, statuses={"MDA._T._T": {0: "P", 1: "Q"}})
    publish(world, "MDA")
    text = page(get_as("REFUGEES/"))
    assert '<td class="figure">5<sup class="status"><abbr title="' in text
    assert '<td class="figure withheld"><abbr title="' in text
    assert re.findall(r"<dt>([PQ])</dt>", text) == ["P", "Q"]


def test_hostile_labels_are_shown_as_text(open_world: World, get_as: Get) -> None:
    hostile = "<script>alert(1)</script>"
    Code.objects.filter(code="KAZ").update(name_en=hostile, name_ru=hostile)
    Dataset.objects.update(
        note_en=hostile,
        note_ru=hostile,
        source_en=hostile,
        source_ru=hostile,
        source_url="javascript:alert(1)",
    )
    text = page(get_as("REFUGEES/"))
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text
    assert "javascript:" not in text


def test_sources_can_stand_apart(open_world: World, get_as: Get) -> None:
    open_world.release("UNHCR", {"MDA._T._T": [111, None, 333]})
    publish(open_world, "UNHCR")
    together, apart = (figures(get_as(f"REFUGEES/?CITIZENSHIP=_T{extra}")) for extra in ("", "&by_source=1"))
    assert [row[-4:] for row in together[1:]] == [["100", "120", "333", together[1][-1]]]
    assert [row[-4:-1] for row in apart[1:]] == [["100", "120", ".."], ["111", "..", "333"]]


def test_a_choice_too_large_for_a_page_is_refused_before_it_is_read(
    open_world: World, get_as: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registry.views.table.MOST_SERIES", 2)
    response = get_as("REFUGEES/?CITIZENSHIP=*&SEX=*&REF_AREA=*")
    assert (response.status_code, figures(response)) == (200, [])
    assert "data.csv?REF_AREA=%2A" in page(response)


@pytest.mark.parametrize("path", ["", "availability/", "REFUGEES/"])
def test_tables_explain_their_terms(open_world: World, get_as: Get, language: str, path: str) -> None:
    """Where a name is a link already, the button stands behind it."""
    before = page(get_as(path))
    Term.objects.create(
        code="refugee",
        topic="persons",
        name_en="Refugee",
        name_ru="Беженец",
        definition_en="Somebody who fled.",
        definition_ru="Тот, кто бежал.",
    )
    html = page(get_as(path))
    table = html.partition("<table")[2].partition("</table>")[0]
    assert table.count('popovertarget="card-refugee"') == 1
    assert html.count('id="card-refugee"') == 1
    assert "card-refugee" not in before
    for extension in ("csv", "json"):
        assert b"card-refugee" not in get_as(f"REFUGEES/data.{extension}").getvalue()
