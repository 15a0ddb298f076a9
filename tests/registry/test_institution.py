"""The inventory of institutions: its entries, who keeps them, what it starts with, and its pages."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from registry.access import ANONYMOUS, Viewer
from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import AuditEvent, Code, Institution, Role, RoleAssignment, User
from registry.selectors.institution import institution_list
from registry.selectors.untranslated import gaps
from registry.selectors.viewer import viewer_for
from registry.services.institution import institution_change, institution_create, institution_delete
from registry.services.starter import starter_load
from registry.starter import starter_content
from tests.conftest import World
from tests.paths import ROOT, SHARED

ENTRIES = starter_content().institutions
BORDER: dict[str, Any] = {
    "category": "government",
    "name_en": "Border police",
    "name_ru": "Пограничная полиция",
    "acronym_en": "BP",
    "acronym_ru": "ПП",
    "summary_en": "Counts crossings.",
    "summary_ru": "Учитывает пересечения границы.",
}


@pytest.fixture
def keeper(db: None) -> User:
    """A system administrator of the secretariat."""
    person = User.objects.create_user("keeper")
    RoleAssignment.objects.create(user=person, participant=None, role=Role.SYSTEM_ADMINISTRATOR)
    return person


@pytest.fixture
def border(world: World, keeper: User) -> Institution:
    area = Code.objects.get(codelist__code="CL_AREA", code="MDA")
    return institution_create(
        code="border-police", actor=keeper, participant=world.participants["MDA"], area=area, **BORDER
    )


def actions() -> list[tuple[str, str | None, Any]]:
    events = AuditEvent.objects.filter(action__startswith="institution.").order_by("pk")
    return [(event.action, event.participant, event.data.get("fields")) for event in events]


# --- what the inventory starts with ---


def test_every_entry_is_complete_in_both_languages() -> None:
    cyrillic = re.compile("[а-яё]", re.IGNORECASE)
    for entry in ENTRIES:
        for name in ("name", "summary", "source"):
            text = getattr(entry, name)
            assert text["en"].strip() == text["en"] != "", entry.code
            assert not cyrillic.search(text["en"]), entry.code
            assert text["ru"].strip() == text["ru"], entry.code
            assert cyrillic.search(text["ru"]), entry.code
        for name in ("acronym", "location"):
            text = getattr(entry, name)
            assert bool(text.get("en")) is bool(text.get("ru")), (entry.code, name)
        assert entry.summary["en"].endswith(".")
        assert entry.summary["ru"].endswith(".")


def test_nothing_is_there_twice_and_parts_belong_to_what_is_there() -> None:
    codes = {entry.code for entry in ENTRIES}
    assert len(codes) == len(ENTRIES) == 126
    for language in ("en", "ru"):
        names = Counter((entry.name[language].casefold(), entry.area, entry.parent) for entry in ENTRIES)
        assert [name for name, count in names.items() if count > 1] == []
    assert {entry.parent for entry in ENTRIES} - {None} <= codes
    assert {entry.category for entry in ENTRIES} == {"government", "academic", "international", "other"}


@pytest.mark.shared
def test_every_institution_the_sources_name_is_there_once() -> None:
    rows = list(csv.DictReader((SHARED / "mission" / "institutions.csv").open(encoding="utf-8")))
    table = tomllib.loads((ROOT / "registry" / "starter" / "institutions.toml").read_text())
    told = Counter(line for entry in table["institutions"] for line in entry["lines"])
    assert told == Counter(row["source_line"] for row in rows)
    # A website is that of the sources, or there is none
    given = {row["website"] for row in rows if row["website"]}
    kept = {entry["url"] for entry in table["institutions"] if "url" in entry}
    assert {url.removeprefix("http://") for url in given} == {url.removeprefix("http://") for url in kept}


def test_loading_is_idempotent_and_leaves_what_people_changed(db: None) -> None:
    assert starter_load().institutions.created == len(ENTRIES)
    unhcr = Institution.objects.get(code="unhcr")
    assert unhcr.participant is not None
    assert (unhcr.participant.code, unhcr.area) == ("UNHCR", None)
    moldovan = Institution.objects.get(code="migration-and-asylum-bureau-moldova")
    assert moldovan.parent == Institution.objects.get(code="mia-moldova")
    assert moldovan.participant is not None
    assert moldovan.participant.code == moldovan.area.code == "MDA"  # type: ignore[union-attr]
    for row in Institution.objects.all():
        row.full_clean()
    Institution.objects.filter(code="unhcr").update(summary_en="Ours.", is_listed=False)
    Institution.objects.filter(code="bbc").update(code="the-bbc")  # the same body, entered by people

    again = starter_load()

    assert (again.institutions.created, again.institutions.changed) == (0, 0)
    unhcr.refresh_from_db()
    assert (unhcr.summary_en, unhcr.is_listed) == ("Ours.", False)  # type: ignore[attr-defined]
    assert not list(gaps(viewer=None))


# --- keeping it ---


def test_writing_is_audited_and_changing_nothing_writes_nothing(border: Institution, keeper: User) -> None:
    institution_change(institution=border, actor=keeper, **BORDER)
    institution_change(institution=border, actor=keeper, phone="+373 22 000000", is_listed=False)
    institution_delete(institution=border, actor=keeper)
    assert actions() == [
        ("institution.create", "MDA", None),
        ("institution.change", "MDA", ["is_listed", "phone"]),
        ("institution.delete", "MDA", None),
    ]
    assert not Institution.objects.exists()


def test_a_participants_people_keep_its_own_bodies(world: World, border: Institution) -> None:
    own, other = world.people["MDA"]["administrator"], world.people["KAZ"]["administrator"]
    institution_change(institution=border, actor=own, phone="1")
    institution_create(
        code="office",
        actor=own,
        participant=world.participants["MDA"],
        **{**BORDER, "name_en": "Office", "name_ru": "Бюро"},
    )
    for actor in (other, world.people["MDA"]["submitter"], User.objects.create_user("nobody")):
        with pytest.raises(NotAllowed):
            institution_change(institution=border, actor=actor, phone="2")
        with pytest.raises(NotAllowed):
            institution_delete(institution=border, actor=actor)
    # Nobody hands an entry over to whom it does not keep it, nor makes one for all
    for given in (None, world.participants["KAZ"]):
        with pytest.raises(NotAllowed):
            institution_change(institution=border, actor=own, participant=given)
        with pytest.raises(NotAllowed):
            institution_create(code="new", actor=own, participant=given, **BORDER)
    border.refresh_from_db()
    assert (border.phone, border.participant) == ("1", world.participants["MDA"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name_ru", ""),
        ("category", "military"),
        ("kind", "person"),
        ("url", "javascript:alert(1)"),
        ("email", "nobody"),
        ("code", "a b"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(keeper: User, field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        institution_create(actor=keeper, **{"code": "x", **BORDER, field: value})
    assert list(refused.value.message_dict) == [field]
    assert not Institution.objects.exists()
    assert actions() == []


def test_unknown_columns_are_refused(border: Institution, keeper: User) -> None:
    with pytest.raises(Invalid, match="folded"):
        institution_change(institution=border, actor=keeper, folded="x")
    with pytest.raises(Invalid, match="code"):
        institution_change(institution=border, actor=keeper, code="x")


def test_the_same_name_stands_once_in_a_country(border: Institution, keeper: User) -> None:
    with pytest.raises(ValidationError, match="already"):
        institution_create(code="again", actor=keeper, area=border.area, **BORDER)
    institution_create(code="elsewhere", actor=keeper, **BORDER)  # of no single country
    with pytest.raises(IntegrityError), transaction.atomic():
        Institution.objects.filter(code="elsewhere").update(area=border.area)


def test_a_body_is_no_part_of_itself(border: Institution, keeper: User) -> None:
    part, deep = (
        institution_create(
            code=name, actor=keeper, parent=parent, **{**BORDER, "name_en": name, "name_ru": name}
        )
        for name, parent in (("part", border), ("deep", None))
    )
    institution_change(institution=deep, actor=keeper, parent=part)
    for parent in (border, part, deep):
        with pytest.raises(ValidationError) as refused:
            institution_change(institution=border, actor=keeper, parent=parent)
        assert "no part of itself" in str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Institution.objects.filter(pk=border.pk).update(parent=border.pk)
    with pytest.raises(Conflict):
        institution_delete(institution=part, actor=keeper)
    institution_delete(institution=deep, actor=keeper)
    with pytest.raises(Conflict):
        institution_delete(institution=deep, actor=keeper)


@pytest.mark.parametrize("column", ["name_en", "name_ru", "category", "kind"])
def test_the_database_itself_refuses_what_is_empty_or_unknown(border: Institution, column: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Institution.objects.filter(pk=border.pk).update(**{column: ""})


# --- reading it ---


def seen(viewer: Viewer) -> set[str]:
    return set(institution_list(viewer=viewer).values_list("code", flat=True))


def test_unlisted_entries_are_known_to_those_who_keep_them(
    world: World, border: Institution, keeper: User
) -> None:
    institution_change(institution=border, actor=keeper, is_listed=False)
    institution_create(
        code="common", actor=keeper, is_listed=False, **{**BORDER, "name_en": "Common", "name_ru": "Общая"}
    )
    manager = User.objects.create_user("manager", participant=world.participants["MDA"])
    RoleAssignment.objects.create(
        user=manager, participant=world.participants["MDA"], role=Role.CONTENT_MANAGER
    )
    assert seen(viewer_for(keeper)) == {"border-police", "common"}
    assert seen(viewer_for(manager)) == seen(world.viewer("MDA", "administrator")) == {"border-police"}
    assert seen(ANONYMOUS) == seen(world.viewer("MDA")) == seen(world.viewer("KAZ", "administrator")) == set()
    manager.is_active = False
    assert seen(viewer_for(manager)) == set()


@pytest.mark.parametrize(
    ("narrowed", "codes"),
    [
        ({"words": "ПОГРАНИЧНОЙ полиции"}, {"border-police"}),
        ({"words": "border"}, {"border-police"}),
        ({"words": "бп"}, set()),
        ({"words": "пп"}, {"border-police"}),
        ({"words": "crossings"}, {"border-police"}),
        ({"words": "морская"}, set()),
        ({"area": "MDA"}, {"border-police"}),
        ({"area": "none"}, {"fund"}),
        ({"category": "non_profit"}, {"fund"}),
        ({"kind": "information_source"}, {"fund"}),
        ({"codes": ["fund"]}, {"fund"}),
        ({}, {"border-police", "fund"}),
    ],
)
def test_the_list_is_narrowed(
    border: Institution, keeper: User, narrowed: dict[str, Any], codes: set[str]
) -> None:
    texts = {"name_en": "Fund for data", "name_ru": "Фонд данных"}
    institution_create(code="fund", actor=keeper, kind="information_source", category="non_profit", **texts)
    found = institution_list(viewer=ANONYMOUS, **narrowed)
    assert set(found.values_list("code", flat=True)) == codes


# --- the pages ---

NAMES = {"en": "Border police", "ru": "Пограничная полиция"}


def test_the_list_and_an_entry_are_in_the_language_of_the_address(
    border: Institution, client: Client, language: str
) -> None:
    html = client.get(f"/{language}/institutions/").content.decode()
    assert f'href="/{language}/institutions/border-police/"' in html
    assert NAMES[language] in html
    html = client.get(f"/{language}/institutions/border-police/").content.decode()
    shown = {
        "en": ("(BP)", "Government", "Republic of Moldova", "Counts crossings."),
        "ru": ("(ПП)", "Государственная", "Республика Молдова", "Учитывает пересечения"),
    }
    for text in (NAMES[language], *shown[language]):
        assert text in html
    assert "not available" not in html
    assert NAMES[{"en": "ru", "ru": "en"}[language]] not in html


def test_texts_of_the_other_language_are_marked(border: Institution, keeper: User, client: Client) -> None:
    institution_change(institution=border, actor=keeper, summary_en="", acronym_en="", location_ru="Кишинёв")
    for address in ("/en/institutions/", "/en/institutions/border-police/"):
        html = client.get(address).content.decode()
        assert 'lang="ru">Учитывает пересечения границы.' in html
        assert '<span lang="ru">(ПП)</span>' in html
        assert '<span lang="ru">Кишинёв</span>' in html


def test_everything_an_entry_says_is_shown_and_escaped(
    border: Institution, keeper: User, client: Client
) -> None:
    part = institution_create(
        code="unit", actor=keeper, parent=border, **{**BORDER, "name_en": "Unit <b>", "name_ru": "Отдел"}
    )
    institution_change(
        institution=border,
        actor=keeper,
        url="http://border.example.org/",
        email="post@border.example.org",
        phone="+373 22 000000",
        contact_url="https://border.example.org/contact",
        source_en="A handbook",
        source_url="https://books.example.org/",
        checked_on="2026-11-01",
    )
    html = client.get("/en/institutions/border-police/").content.decode()
    for piece in (
        'href="http://border.example.org/" rel="external noopener"',
        'href="mailto:post@border.example.org"',
        "+373 22 000000",
        'href="https://border.example.org/contact"',
        'href="https://books.example.org/"',
        "A handbook",
        "Nov. 1, 2026",
        "Unit &lt;b&gt;",
    ):
        assert piece in html
    assert '<a href="/en/institutions/border-police/">' in client.get("/en/institutions/unit/").text
    # What is not listed is named nowhere
    institution_change(institution=part, actor=keeper, is_listed=False)
    assert "Unit" not in client.get("/en/institutions/border-police/").text
    institution_change(institution=part, actor=keeper, is_listed=True)
    institution_change(institution=border, actor=keeper, is_listed=False)
    assert "border-police" not in client.get("/en/institutions/unit/").text


def test_an_unlisted_entry_is_absent_but_for_those_who_keep_it(
    world: World, border: Institution, keeper: User, client: Client
) -> None:
    institution_change(institution=border, actor=keeper, is_listed=False)
    address = "/en/institutions/border-police/"
    absent = client.get("/en/institutions/nowhere/")
    assert (client.get(address).status_code, absent.status_code) == (404, 404)
    for person, status in (("administrator", 200), ("user", 404)):
        client.force_login(world.people["MDA"][person])
        assert client.get(address).status_code == status
        assert ("border-police" in client.get("/en/institutions/").text) is (status == 200)
    client.force_login(world.people["KAZ"]["administrator"])
    assert client.get(address).status_code == 404
    client.force_login(keeper)
    assert "not listed" in client.get(address).text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 30),
        ("page=5", 6),
        ("page=99999999", 30),
        ("page=x", 30),
        ("q=%00", 30),
        ("category=academic", 4),
        ("category=nonsense", 30),
        ("area=MDA&category=government", 8),
        ("area=ATLANTIS", 0),
        ("q=статистики+молдовы", 2),
        ("kind=information_source", 2),
    ],
)
def test_the_page_is_filtered_and_paged(db: None, client: Client, query: str, count: int) -> None:
    starter_load()
    html = client.get(f"/ru/institutions/?{query}").content.decode()
    assert html.count('class="search-result institution"') == count
    if not query:
        assert 'href="?page=2"' in html


@pytest.mark.parametrize(("path", "number"), [("", 3), ("mia-moldova/", 2)])
def test_a_page_reads_the_inventory_in_a_fixed_number_of_queries(
    db: None, client: Client, path: str, number: int
) -> None:
    starter_load()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/en/institutions/{path}").status_code == 200
    assert sum("registry_institution" in query["sql"] for query in queries) == number


def test_the_inventory_stands_in_the_menu(border: Institution, client: Client, language: str) -> None:
    label = {"en": "Institutions", "ru": "Организации"}[language]
    html = client.get(f"/{language}/institutions/").content.decode()
    assert f'<a href="/{language}/institutions/" aria-current="page">{label}</a>' in html


def test_names_follow_the_active_language(border: Institution) -> None:
    with translation.override("ru"):
        assert str(border) == "Пограничная полиция (ПП)"
