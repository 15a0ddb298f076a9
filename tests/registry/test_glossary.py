"""The glossary: its terms, its page, and how they are marked in texts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.access import ANONYMOUS
from registry.errors import NotAllowed
from registry.models import AuditEvent, Role, RoleAssignment, Term, User
from registry.presentation.glossary import Glossary, marked, marked_table
from registry.selectors.glossary import glossary_letters
from registry.services.starter import starter_load
from registry.services.term import term_change, term_create, term_delete
from registry.starter import starter_content
from tests.conftest import World
from tests.paths import SHARED

TERMS = starter_content().terms
FIELDS: dict[str, Any] = {
    "topic": "persons",
    "name_en": "Stateless person",
    "name_ru": "Лицо без гражданства",
    "other_forms_en": "stateless",
    "other_forms_ru": "апатрид",
    "definition_en": "A citizen of no State.",
    "definition_ru": "Тот, у кого нет <гражданства>.",
}


@pytest.fixture
def keeper(db: None) -> User:
    """A content manager of the secretariat."""
    person = User.objects.create_user("keeper")
    RoleAssignment.objects.create(user=person, participant=None, role=Role.CONTENT_MANAGER)
    return person


@pytest.fixture
def term(keeper: User) -> Term:
    return term_create(code="stateless-person", actor=keeper, **FIELDS)


def glossary(language: str) -> Glossary:
    return Glossary(Term.objects.all(), language)


def mark(html: str, language: str = "ru", seen: set[str] | None = None) -> str:
    with translation.override(language):
        found = glossary(language)
        return marked(html, glossary=found, address="/g/", seen=set() if seen is None else seen)


def links(html: str) -> list[tuple[str, str]]:
    """Anchor and text of every marked word."""
    return re.findall(r"""<a class="term" href="/g/#([^"]+)">(.*?)</a>""", html, re.DOTALL)


# --- the terms the portal starts with ---


def test_every_term_is_complete_in_both_languages() -> None:
    cyrillic = re.compile("[а-яё]", re.IGNORECASE)
    codes = {entry.code for entry in TERMS}
    assert len(codes) == len(TERMS) == 80
    for entry in TERMS:
        for name in ("name", "definition", "source"):
            text = getattr(entry, name)
            assert text["en"].strip() == text["en"] != "", entry.code
            assert not cyrillic.search(text["en"]), entry.code
            assert text["ru"].strip() == text["ru"], entry.code
            assert cyrillic.search(text["ru"]), entry.code
        assert entry.definition["en"].endswith(".")
        assert entry.definition["ru"].endswith(".")
        assert codes.issuperset(entry.related), entry.code
        assert entry.code not in entry.related


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_two_terms_are_known_by_the_same_words(language: str) -> None:
    seen: dict[str, str] = {}
    for entry in TERMS:
        for form in {entry.name[language], *entry.other_forms[language].split("\n")} - {""}:
            assert seen.setdefault(form.lower(), entry.code) == entry.code, form


@pytest.mark.shared
def test_every_term_rests_on_rows_of_the_mission() -> None:
    import tomllib

    from tests.paths import ROOT

    mission = (SHARED / "mission" / "glossary.md").read_text()
    table = tomllib.loads((ROOT / "registry" / "starter" / "glossary.toml").read_text())
    for entry in table["terms"]:
        rows = entry["rows"].split(", ")
        assert all(f"| {row} |" in mission for row in rows), entry["code"]


def test_loading_is_idempotent_and_leaves_what_people_changed(db: None) -> None:
    first = starter_load()
    assert (first.terms.created, first.terms.unchanged) == (len(TERMS), 0)
    assert Term.objects.get(code="stock").related.filter(code="flow").exists()
    Term.objects.filter(code="stock").update(definition_en="Ours.")
    assert starter_load().terms.created == 0
    assert Term.objects.get(code="stock").definition_en == "Ours."


# --- keeping them ---


def test_the_secretariats_content_managers_keep_the_glossary(world: World, term: Term, keeper: User) -> None:
    for actor in (world.people["MDA"]["administrator"], User.objects.create_user("nobody")):
        with pytest.raises(NotAllowed):
            term_create(code="new", actor=actor, **FIELDS)
        with pytest.raises(NotAllowed):
            term_change(term=term, actor=actor, name_en="Other")
        with pytest.raises(NotAllowed):
            term_delete(term=term, actor=actor)
    assert Term.objects.get().name_en == "Stateless person"


def test_writing_is_audited_and_changing_nothing_writes_nothing(term: Term, keeper: User) -> None:
    other = term_create(code="flow", actor=keeper, **{**FIELDS, "name_en": "Flow", "name_ru": "Поток"})
    term_change(term=term, actor=keeper, name_en="Stateless person", related=[])
    term_change(term=term, actor=keeper, name_en="Stateless", related=[other, term])
    assert list(other.related.all()) == [term]
    term_delete(term=other, actor=keeper)
    events = AuditEvent.objects.filter(action__startswith="term.").order_by("pk")
    assert [(event.action, event.data["term"], event.data.get("fields")) for event in events] == [
        ("term.create", "stateless-person", None),
        ("term.create", "flow", None),
        ("term.change", "stateless-person", ["name_en", "related"]),
        ("term.delete", "flow", None),
    ]


@pytest.mark.parametrize("wrong", ["name_ru", "definition_en", "topic", "code"])
def test_what_is_wrong_is_named_and_nothing_is_written(keeper: User, wrong: str) -> None:
    fields = {"code": "stateless", **FIELDS, wrong: "a b" if wrong == "code" else ""}
    with pytest.raises(ValidationError) as refused:
        term_create(actor=keeper, **fields)
    assert list(refused.value.message_dict) == [wrong]
    assert not Term.objects.exists()


# --- marking them ---


@pytest.mark.parametrize(
    ("html", "language", "words"),
    [
        ("<p>Учтены лица без гражданства.</p>", "ru", ["лица без гражданства"]),
        ("<p>Число лиц\xa0без\nгражданства и АПАТРИДОВ</p>", "ru", ["лиц\xa0без\nгражданства"]),
        ("<p>лицами, без гражданства</p>", "ru", ["лицами, без гражданства"]),
        ("<p>лицам. Без гражданства</p>", "ru", []),
        ("<p>Many stateless persons live here</p>", "en", ["stateless persons"]),
        ("<p>the stateless</p>", "en", ["stateless"]),
        ("<p>statelessness</p>", "en", []),
        (
            '<p>a <a href="/x">stateless person</a> and a <b>stateless person</b></p>',
            "en",
            ["stateless person"],
        ),
        ("<h2>Лица без гражданства</h2><p>апатрид</p>", "ru", ["апатрид"]),
        ('<p lang="en">stateless person</p><p>Апатриды</p>', "ru", ["Апатриды"]),
        ('<p lang="ru">stateless person</p><p>stateless</p>', "en", ["stateless"]),
        ('<img alt="апатрид > апатрид"><br>апатрид', "ru", ["апатрид"]),
        ("<!-- апатрид --><p>R&amp;D&nbsp;апатрид</p>", "ru", ["апатрид"]),
        ("3 < 4, апатрид", "ru", ["апатрид"]),
    ],
)
def test_a_term_is_marked_where_it_first_occurs(
    term: Term, html: str, language: str, words: list[str]
) -> None:
    found = mark(html, language)
    assert links(found) == [("term-stateless-person", word) for word in words]
    # Without what was put in, the text is as it was.
    put_in = r'<button type="button".*?</button></span><span class="term-card".*?</span></span>'
    bare = re.sub(put_in, "", found)
    unmarked = r'<span class="term-mark[^>]*><a class="term" [^>]*>(.*?)</a>'
    assert re.sub(unmarked, r"\1", bare, flags=re.DOTALL) == html


def test_a_page_explains_a_term_once(term: Term) -> None:
    seen: set[str] = set()
    assert len(links(mark("<p>апатрид</p>", seen=seen))) == 1
    assert links(mark("<p>апатрид</p>", seen=seen)) == []


def test_the_meaning_stands_beside_the_word_and_is_escaped(term: Term) -> None:
    html = mark("<p>апатрид</p>")
    assert 'popovertarget="card-stateless-person" aria-label="' in html
    assert '<span class="term-card" id="card-stateless-person" popover>' in html
    assert "Тот, у кого нет &lt;гражданства&gt;." in html
    assert "<script" not in html
    assert "style=" not in html


def test_the_longest_term_at_a_place_counts(term: Term, keeper: User) -> None:
    fields = {**FIELDS, "name_en": "Citizenship", "name_ru": "Гражданство", "other_forms_en": ""}
    term_create(code="citizenship", actor=keeper, **{**fields, "other_forms_ru": ""})
    found = links(mark("<p>гражданства лиц без гражданства</p>"))
    assert found == [("term-citizenship", "гражданства"), ("term-stateless-person", "лиц без гражданства")]


def test_common_words_are_left_alone_in_templates(term: Term, rf: RequestFactory) -> None:
    template = Template("{% load glossary %}{% glossary %}<p>{{ text }}</p>{% endglossary %}")
    request = rf.get("/")
    with translation.override("ru"):
        assert "term-card" in template.render(Context({"request": request, "text": "апатрид"}))
        assert "term-card" not in template.render(Context({"request": request, "text": "апатрид"}))
        Term.objects.update(is_marked=False)
        assert template.render(Context({"request": rf.get("/"), "text": "апатрид"})) == "<p>апатрид</p>"


def test_what_a_template_escapes_stays_escaped(term: Term, rf: RequestFactory) -> None:
    template = Template("{% load glossary %}{% glossary %}{{ text }}{% endglossary %}")
    with translation.override("ru"):
        html = template.render(Context({"request": rf.get("/"), "text": "<b>апатрид</b>"}))
    assert html.startswith('&lt;b&gt;<span class="term-mark term-mark--short"><a class="term"')


# --- the page ---


def test_the_page_is_alphabetical_in_its_language(db: None, client: Client, language: str) -> None:
    starter_load()
    html = client.get(f"/{language}/glossary/").content.decode()
    names = re.findall(r"<dfn>(.*?)</dfn>", html)
    assert len(names) == len(TERMS)
    first = {"en": "Acquisition of citizenship", "ru": "Агрегированные данные"}[language]
    assert names[0] == first
    assert names == sorted(names, key=lambda name: name.lower().replace("ё", "е"))
    assert set(re.findall(r'id="(term-[^"]+)"', html)) == {f"term-{entry.code}" for entry in TERMS}
    assert "not available" not in html


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=АПАТРИД", ["stateless-person"]),
        ("q=stateless", ["stateless-person"]),
        ("q=нигде", []),
        ("topic=data", []),
        ("topic=nonsense", ["stateless-person"]),
        ("q=%00", []),
    ],
)
def test_the_page_is_filtered(
    term: Term, client: Client, query: str, codes: list[str], language: str
) -> None:
    if query == "q=stateless" and language == "ru":
        assert glossary_letters(viewer=ANONYMOUS, text="stateless")[0]
    html = client.get(f"/{language}/glossary/?{query}").content.decode()
    assert re.findall(r'id="term-([^"]+)"', html) == codes


def test_a_term_without_a_version_is_shown_in_the_other_language_and_marked(
    term: Term, client: Client
) -> None:
    Term.objects.update(name_en="", definition_en="")
    html = client.get("/en/glossary/").content.decode()
    assert '<dfn lang="ru">Лицо без гражданства</dfn>' in html
    assert '<p lang="ru">Тот, у кого нет &lt;гражданства&gt;.</p>' in html
    assert "tag--language" in html
    assert list(glossary("en").find("stateless")) == []


def test_the_page_reads_the_glossary_in_two_queries(db: None, client: Client) -> None:
    starter_load()
    with CaptureQueriesContext(connection) as queries:
        client.get("/en/glossary/")
    assert sum("registry_term" in query["sql"] for query in queries) == 2


def test_indicators_and_documentation_link_to_the_glossary(world: World, term: Term, client: Client) -> None:
    world.indicator.definition_ru = "Беженцы и лица без гражданства."
    world.indicator.definition_en = "Refugees and stateless persons."
    world.indicator.save()
    html = client.get("/ru/statistics/REFUGEES/").content.decode()
    assert '<a class="term" href="/ru/glossary/#term-stateless-person">лица без гражданства</a>' in html


# --- tables ---


def mark_table(html: str, language: str = "ru", cards: set[str] | None = None) -> str:
    with translation.override(language):
        return marked_table(html, glossary=glossary(language), address="/g/", cards=cards)


def test_a_term_is_marked_once_in_a_table_and_in_no_figure(term: Term) -> None:
    table = (
        '<table><caption><span id="c">Лица без гражданства, человек</span></caption>'
        '<thead><tr><th scope="col">Апатриды</th></tr></thead>'
        '<tbody><tr><th scope="row">Лицо без гражданства</th><td>апатрид</td></tr></tbody></table>'
    )
    html = mark_table(table)
    assert links(html) == [("term-stateless-person", "Лица без гражданства")]
    assert (
        html.count('popovertarget="card-stateless-person"') == html.count('id="card-stateless-person"') == 1
    )
    assert html.endswith(table.partition("<thead>")[2])


def test_a_heading_that_is_a_link_has_the_button_behind_it(term: Term) -> None:
    html = mark_table('<th scope="row"><a href="/x/">Stateless persons</a></th>', "en")
    behind = '<span class="term-mark term-mark--behind"><button '
    assert html.startswith(f'<th scope="row"><a href="/x/">Stateless persons</a>{behind}')
    assert 'aria-label="What “Stateless person” means">?</button>' in html
    assert '<strong><a href="/g/#term-stateless-person">Stateless person</a></strong>' in html


def test_every_table_and_text_has_its_mark_and_the_page_one_card(term: Term) -> None:
    cards: set[str] = set()
    with translation.override("en"):
        found = glossary("en")
        text = marked("<p>Stateless.</p>", glossary=found, address="/g/", seen=set(), cards=cards)
    tables = [mark_table("<th>Stateless</th>", "en", cards) for _table in range(2)]
    assert [one.count('popovertarget="card-stateless-person"') for one in (text, *tables)] == [1, 1, 1]
    assert [one.count('id="card-stateless-person"') for one in (text, *tables)] == [1, 0, 0]


@pytest.mark.parametrize(
    "html",
    [
        '<caption class="visually-hidden">Апатриды</caption>',
        '<th lang="en">Апатриды</th>',
        "<td>Апатриды</td>",
        "<th><button>Апатриды</button></th>",
        "<thead><tr><td></td></tr></thead>",
    ],
)
def test_what_cannot_be_reached_or_read_in_a_table_stays_as_it_is(term: Term, html: str) -> None:
    assert mark_table(html) == html


@pytest.mark.parametrize(("plain", "marks"), [(False, 1), (True, 0)])
def test_the_tag_for_tables_marks_unless_told_not_to(term: Term, plain: bool, marks: int) -> None:
    template = Template("{% load glossary %}{% glossary_table %}<th>Апатрид</th>{% endglossary_table %}")
    with translation.override("ru"), CaptureQueriesContext(connection) as taken:
        html = template.render(Context({"request": RequestFactory().get("/"), "plain_headings": plain}))
    assert html.count('class="term"') == marks
    assert len(taken) <= 2 * marks
