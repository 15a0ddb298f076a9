"""The releases of a dataset in the admin: list, comparison, withdrawal."""

from __future__ import annotations

import re
from typing import Any

import pytest

from registry.admin.release import ReleaseListView
from registry.models import Notice, Release
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

REASON = {"en": "Recount", "ru": "Пересчёт"}
LIST = "/admin/data/datasets/MDA_REFUGEES/releases/"
COMPARE = f"{LIST}compare/?before=1&after=2"
WITHDRAW = f"{LIST}withdraw/"
BOTH = {"reason_en": "Counted twice", "reason_ru": "Посчитано дважды"}


@pytest.fixture
def released(world: World) -> World:
    world.release("MDA", {"MDA._T._T": [4100, 4200], "MDA.KAZ._T": [40, 50]})
    world.release("MDA", {"MDA._T._T": [4100, 4250], "MDA.UKR._T": [7, 8]}, reason=REASON)
    return world


@pytest.mark.parametrize(
    ("code", "title"), [("en", "Compare the two chosen"), ("ru", "Сравнить два выбранных")]
)
def test_the_list_tells_what_each_release_changed(
    released: World, signed_in: SignedIn, code: str, title: str
) -> None:
    text = signed_in("MDA", "verifier").get(LIST, headers={"accept-language": code}).content.decode()
    assert title in text
    assert REASON[code] in text
    assert [f"as_of={number}" in text for number in (1, 2, 3)] == [True, True, False]
    second = text.partition('<th scope="row">2</th>')[2].partition("</tr>")[0]
    assert "<td>1</td><td>1</td><td>1</td><td>4</td>" in second


def test_two_releases_are_compared_cell_by_cell(released: World, signed_in: SignedIn) -> None:
    text = signed_in("MDA", "user").get(COMPARE).content.decode()
    changes = text.partition("data-changes")[2]
    assert all(figure in changes for figure in ("4,200", "4,250", "+50"))
    # In whichever order they were chosen, the earlier one is before
    turned = signed_in("MDA", "user").get(f"{LIST}compare/?before=2&after=1").content.decode()
    assert turned.partition("data-changes")[2].count("+50") == 1


def _chosen(html: str) -> list[tuple[str, str]]:
    return re.findall(r'name="(\w+)" value="(\d+)"[^>]*? checked', html)


def test_each_choice_says_of_which_release_it_is(released: World, signed_in: SignedIn, language: str) -> None:
    text = signed_in("MDA", "verifier").get(LIST, headers={"accept-language": language}).content.decode()
    names = re.findall(r'type="radio"[^>]*aria-label="([^"]+)"', text)
    assert len(names) == len(set(names)) == 4
    assert {"en": "before: release No. 1", "ru": "было: выпуск № 1"}[language] in names


def test_the_last_two_releases_that_can_be_read_are_chosen_already(
    released: World, signed_in: SignedIn
) -> None:
    client = signed_in("MDA", "verifier")
    assert _chosen(client.get(LIST).content.decode()) == [("after", "2"), ("before", "1")]
    client.post(WITHDRAW, BOTH)
    assert _chosen(client.get(LIST).content.decode()) == [("after", "2"), ("before", "1")]


def test_one_release_is_compared_with_nothing(world: World, signed_in: SignedIn) -> None:
    world.release("MDA", {"MDA._T._T": [4100]})
    text = signed_in("MDA", "verifier").get(LIST).content.decode()
    assert "Compare the two chosen" not in text
    assert 'type="radio"' not in text


@pytest.mark.parametrize("query", ["", "before=1", "after=2", "before=&after=1"])
@pytest.mark.parametrize(("code", "told"), [("en", "Choose two releases"), ("ru", "Выберите два выпуска")])
def test_a_missing_choice_is_asked_for(
    released: World, signed_in: SignedIn, query: str, code: str, told: str
) -> None:
    client, headers = signed_in("MDA", "verifier"), {"accept-language": code}
    response = client.get(f"{LIST}compare/?{query}", headers=headers, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert told in response.content.decode()


def test_the_second_page_is_reached_by_its_link(
    released: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReleaseListView, "paginate_by", 1)
    client = signed_in("MDA", "verifier")
    first = client.get(LIST).content.decode()
    assert '<th scope="row">2</th>' in first
    assert "?p=2" in first
    assert '<th scope="row">1</th>' in client.get(f"{LIST}?p=2").content.decode()


@pytest.mark.parametrize("query", ["before=1&after=9", "before=1&after=x", "before=-1&after=2"])
def test_a_release_that_is_not_there_is_not_compared(
    released: World, signed_in: SignedIn, query: str
) -> None:
    assert signed_in("MDA", "verifier").get(f"{LIST}compare/?{query}").status_code == 404


def test_another_one_has_none_of_these_pages(released: World, signed_in: SignedIn) -> None:
    for client in (signed_in("KAZ", "administrator"), signed_in("UNHCR", "verifier")):
        assert {client.get(page).status_code for page in (LIST, COMPARE, WITHDRAW)} == {404}
        assert client.post(WITHDRAW, BOTH).status_code == 404
    assert Release.objects.count() == 2


@pytest.mark.parametrize(
    ("person", "status"), [("verifier", 302), ("administrator", 302), ("submitter", 404), ("user", 404)]
)
def test_who_releases_withdraws(released: World, signed_in: SignedIn, person: str, status: int) -> None:
    client = signed_in("MDA", person)
    assert (WITHDRAW in client.get(LIST).content.decode()) is (status == 302)
    assert client.get(WITHDRAW).status_code == (200 if status == 302 else 404)
    assert client.post(WITHDRAW, BOTH).status_code == status
    assert Release.objects.filter(is_withdrawal=True).count() == (status == 302)


@pytest.mark.parametrize("missing", ["reason_en", "reason_ru"])
def test_a_withdrawal_gives_its_reason_in_every_language(
    released: World, signed_in: SignedIn, missing: str
) -> None:
    given = {**BOTH, missing: " "}
    answer = signed_in("MDA", "verifier").post(WITHDRAW, given)
    assert answer.status_code == 200
    (kept,) = (text for name, text in BOTH.items() if name != missing)
    assert kept in answer.content.decode()
    assert not Release.objects.filter(is_withdrawal=True).exists()


def test_a_withdrawal_leaves_a_tombstone(released: World, signed_in: SignedIn) -> None:
    signed_in("MDA", "verifier").post(WITHDRAW, BOTH)
    assert Notice.objects.filter(kind="withdrawn").count() == 1
    as_user = signed_in("MDA", "user").get(LIST).content.decode()
    as_verifier = signed_in("MDA", "verifier").get(LIST).content.decode()
    assert ("Counted twice" in as_user, "as_of=" in as_user) == (True, False)
    assert [f"as_of={number}" in as_verifier for number in (1, 2, 3)] == [True, True, False]
    # Those who work on figures still compare what was there; others no longer do
    assert signed_in("MDA", "verifier").get(COMPARE).status_code == 200
    assert signed_in("MDA", "user").get(COMPARE).status_code == 404
    # And there is nothing left to withdraw
    assert signed_in("MDA", "verifier").get(WITHDRAW).status_code == 404
    assert signed_in("MDA", "verifier").post(WITHDRAW, BOTH).status_code == 404


def test_the_number_of_queries_is_fixed(
    released: World,
    signed_in: SignedIn,
    django_assert_max_num_queries: Any,
    django_assert_num_queries: Any,
) -> None:
    client = signed_in("MDA", "verifier")
    client.get(LIST)
    with django_assert_max_num_queries(27) as first:
        client.get(LIST)
    for value in range(4):
        released.release("MDA", {"MDA._T._T": [value]}, reason=REASON)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(LIST)
