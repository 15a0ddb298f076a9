"""What is found, by whom: the indicators and documentation tables of the registry."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from registry.access import ANONYMOUS
from registry.models import AccessGrant, AudienceKind, DatasetAudience, Indicator, Level
from registry.services.access import grant_create, grant_revoke
from registry.services.documentation import documentation_write
from search.selectors.search import search_documents, suggest_titles
from search.services.indexing import index_rebuild
from tests.conftest import World
from tests.search.conftest import titles

ANSWERS = {
    "definition_en": "Persons granted asylum, by the census register",
    "definition_ru": "Лица, которым предоставлено убежище, по данным переписи",
    "gaps_ru": "Нет сведений о детях",
}


@pytest.fixture
def documented(world: World) -> World:
    """The datasets of Moldova and Kazakhstan are documented, and seen by their owners alone."""
    for owner in ("MDA", "KAZ"):
        documentation_write(
            dataset=world.dataset(owner), actor=world.people[owner]["administrator"], **ANSWERS
        )
    return world


def open_to(
    world: World, owner: str, audience: AudienceKind = AudienceKind.PUBLIC, **options: Any
) -> AccessGrant:
    actor = world.people[owner]["administrator"]
    return grant_create(dataset=world.dataset(owner), actor=actor, audience=audience, **options)


@pytest.mark.parametrize(
    "text", ["беженцев", "Беженцы", "БЕЖЕНЦАМ", "беженец", "refugees", "refugee", "REFUGEES"]
)
def test_an_indicator_is_found_in_either_language_in_any_form(world: World, language: str, text: str) -> None:
    index_rebuild()
    assert titles(text, language=language) == [{"en": "Refugees", "ru": "Беженцы"}[language]]


def test_the_letter_yo_is_the_letter_ye(world: World) -> None:
    Indicator.objects.filter(pk=world.indicator.pk).update(name_ru="Учёт приёма переселённых")
    index_rebuild()
    assert titles("учет прием переселенные", language="ru") == ["Учёт приёма переселённых"]
    assert titles("учёта приёму", language="ru") == ["Учёт приёма переселённых"]


def test_an_indicator_no_longer_active_is_not_found(world: World) -> None:
    Indicator.objects.update(is_active=False)
    index_rebuild()
    assert titles("refugees") == []


def test_hidden_documentation_is_found_by_its_owner_and_nobody_else(documented: World) -> None:
    index_rebuild()
    own = ["Refugees — Kazakhstan"]
    assert titles("census register", documented.viewer("KAZ")) == own
    assert titles("Казахстан", documented.viewer("KAZ")) == own
    for participant in (None, "UKR", "UNHCR"):
        viewer = documented.viewer(participant)
        assert titles("census register", viewer) == []
        assert titles("переписей", viewer) == []
        assert titles("Kazakhstan", viewer) == []
        assert suggest_titles(viewer=viewer, text="kaza", language="en") == ()
        assert suggest_titles(viewer=viewer, text="ref", language="en") == ("Refugees",)


def test_counts_and_order_are_as_if_what_is_hidden_did_not_exist(world: World) -> None:
    open_to(world, "MDA")
    documentation_write(dataset=world.dataset("MDA"), actor=world.people["MDA"]["administrator"], **ANSWERS)
    index_rebuild()
    texts = ("refugees", "беженцы", "census", "детях", "refugees tourism")
    before = [search_documents(viewer=ANONYMOUS, text=text, language="en") for text in texts]
    documentation_write(dataset=world.dataset("KAZ"), actor=world.people["KAZ"]["administrator"], **ANSWERS)
    index_rebuild()
    assert [search_documents(viewer=ANONYMOUS, text=text, language="en") for text in texts] == before
    assert before[0].kinds == {"indicator": 1, "documentation": 1}
    assert before[0].facets["participant"] == {"MDA": 1}


@pytest.mark.parametrize(
    ("audience", "level", "seen_by"),
    [
        (AudienceKind.PUBLIC, Level.DATA, {None, "MDA", "KAZ", "UKR"}),
        (AudienceKind.PUBLIC, Level.DOCUMENTATION, {None, "MDA", "KAZ", "UKR"}),
        (AudienceKind.PARTICIPANTS, Level.DOCUMENTATION, {"MDA", "KAZ", "UKR"}),
    ],
)
def test_both_levels_of_a_grant_open_the_documentation(
    documented: World, audience: AudienceKind, level: Level, seen_by: set[str | None]
) -> None:
    open_to(documented, "MDA", audience, level=level, is_reciprocal=False)
    index_rebuild()
    for participant in (None, "MDA", "KAZ", "UKR"):
        found = titles("census register Moldova", documented.viewer(participant))
        assert found == (["Refugees — Republic of Moldova"] if participant in seen_by else [])


def test_a_reciprocal_grant_opens_once_the_viewer_has_released(documented: World) -> None:
    open_to(documented, "MDA", AudienceKind.PARTICIPANTS)
    index_rebuild()
    assert titles("Moldova", documented.viewer("KAZ")) == []
    documented.release("KAZ", {"KAZ._T._T": [1]})
    assert titles("Moldova", documented.viewer("KAZ")) == []
    open_to(documented, "KAZ", AudienceKind.PARTICIPANTS)
    assert titles("Moldova", documented.viewer("KAZ")) == ["Refugees — Republic of Moldova"]
    assert titles("Moldova", documented.viewer("UKR")) == []


def test_revocation_counts_at_once_even_if_the_index_lags(documented: World) -> None:
    grant = open_to(documented, "MDA")
    index_rebuild()
    assert titles("census") == ["Refugees — Republic of Moldova"]
    grant_revoke(grant=grant, actor=documented.people["MDA"]["administrator"])
    results = search_documents(viewer=ANONYMOUS, text="census", language="en")
    assert (results.total, results.kinds, results.facets, results.hits) == (0, {}, {}, ())
    assert suggest_titles(viewer=ANONYMOUS, text="mold", language="en") == ()


def test_a_grant_counts_only_within_its_time(documented: World) -> None:
    now = timezone.now()
    hour = datetime.timedelta(hours=1)
    open_to(documented, "MDA", starts_at=now + hour, ends_at=now + 2 * hour)
    index_rebuild()
    assert titles("census") == []
    opened = DatasetAudience.objects.filter(token="public")
    opened.update(starts_at=now - hour)
    assert titles("census") == ["Refugees — Republic of Moldova"]
    opened.update(ends_at=now - hour / 2)
    assert titles("census") == []


def test_a_participants_own_indicator_follows_its_owner_and_its_datasets(world: World) -> None:
    own = Indicator.objects.create(
        code="OWN",
        collection="national",
        name_en="Seasonal workers",
        name_ru="Сезонные работники",
        unit_en="persons",
        unit_ru="человек",
        nature="flow",
        frequencies=["A"],
        owner=world.participants["KAZ"],
    )
    world.dataset("KAZ", own)
    index_rebuild()
    assert titles("сезонных работников", world.viewer("KAZ")) == ["Seasonal workers"]
    assert titles("seasonal", world.viewer("UKR")) == titles("seasonal") == []
    grant_create(
        dataset=world.dataset("KAZ", own),
        actor=world.people["KAZ"]["administrator"],
        audience=AudienceKind.PARTICIPANT,
        participant=world.participants["UKR"],
        is_reciprocal=False,
    )
    index_rebuild()
    assert titles("seasonal", world.viewer("UKR")) == ["Seasonal workers"]
    assert titles("seasonal") == []


def test_only_the_current_version_of_a_documentation_table_is_found(documented: World) -> None:
    open_to(documented, "MDA")
    actor = documented.people["MDA"]["administrator"]
    documentation_write(dataset=documented.dataset("MDA"), actor=actor, definition_en="Holders of a permit")
    index_rebuild()
    assert titles("permit holder") == ["Refugees — Republic of Moldova"]
    assert titles("census") == []


def test_facets_filter(documented: World) -> None:
    open_to(documented, "MDA")
    index_rebuild()
    found = search_documents(
        viewer=documented.viewer("KAZ"), text="refugees", language="en", facets={"participant": ["KAZ"]}
    )
    assert [hit.facets["participant"] for hit in found.hits] == [("KAZ",)]
    assert found.facets["participant"] == {"KAZ": 1, "MDA": 1}


@pytest.mark.parametrize("kinds", [None, ["documentation"]])
def test_a_search_is_one_query_a_kind_whatever_it_finds(
    documented: World, django_assert_num_queries: DjangoAssertNumQueries, kinds: list[str] | None
) -> None:
    index_rebuild()
    viewer = documented.viewer("KAZ")
    with django_assert_num_queries(5):
        assert search_documents(viewer=viewer, text="refugees", language="en", kinds=kinds).total
    with django_assert_num_queries(5):
        assert suggest_titles(viewer=viewer, text="refu", language="en")


def test_building_is_a_fixed_number_of_queries(
    documented: World, codelists: dict[str, Any], django_assert_num_queries: Callable[..., Any]
) -> None:
    from search.builders import BUILDERS
    from tests.conftest import make_indicator

    for number in range(5):
        indicator = make_indicator(
            f"MORE{number}", ("More", "Ещё"), codelists, owner=documented.participants["KAZ"]
        )
        dataset = documented.dataset("KAZ", indicator)
        documentation_write(dataset=dataset, actor=documented.people["KAZ"]["administrator"], **ANSWERS)
    with django_assert_num_queries(3):
        assert len(list(BUILDERS["indicator"].build())) == 6
    with django_assert_num_queries(2):
        assert len(list(BUILDERS["documentation"].build())) == 7
    with django_assert_num_queries(2):  # a shared indicator asks for no audiences
        (built,) = BUILDERS["indicator"].build([str(documented.indicator.pk)])
    assert built.title == {"en": "Refugees", "ru": "Беженцы"}
    assert list(BUILDERS["indicator"].build(["nonsense", "0"])) == []
