"""Who sees what through page and download, how long answers are kept, and what they cost."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import AccessGrant, AudienceKind, Dataset, Level
from registry.services.access import grant_create, grant_revoke
from tests.conftest import World, make_indicator
from tests.registry.views.conftest import Get, publish

SECRET = "98765"


def grant(world: World, **options: object) -> AccessGrant:
    dataset = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset("MDA").pk)
    fields = {"audience": AudienceKind.PARTICIPANT, "participant": world.participants["KAZ"], **options}
    return grant_create(dataset=dataset, actor=world.people["MDA"]["administrator"], **fields)  # type: ignore[arg-type]


def lines(response: HttpResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def seen(get_as: Get, participant: str | None) -> tuple[bool, bool, bool]:
    """Whether the figure of Moldova is on the page, in the CSV file and in the JSON-stat file."""
    text = get_as("REFUGEES/", participant=participant).content.decode()
    plain = text.replace(",", "").replace("\xa0", "")
    table = {line["OBS_VALUE"] for line in lines(get_as("REFUGEES/data.csv", participant=participant))}
    document = json.loads(get_as("REFUGEES/data.json", participant=participant).content)
    values = document["value"].values() if isinstance(document["value"], dict) else document["value"]
    return SECRET in plain, SECRET in table, int(SECRET) in values


EVERYWHERE, NOWHERE = (True, True, True), (False, False, False)


def test_a_dataset_is_its_owners_until_opened(world: World, get_as: Get) -> None:
    world.release("MDA", {"MDA._T._T": [int(SECRET)]})
    found = {who: seen(get_as, who) for who in (None, "MDA", "KAZ", "UKR")}
    assert found == {None: NOWHERE, "MDA": EVERYWHERE, "KAZ": NOWHERE, "UKR": NOWHERE}


def test_a_grant_without_reciprocity_opens_it_to_one(world: World, get_as: Get) -> None:
    world.release("MDA", {"MDA._T._T": [int(SECRET)]})
    given = grant(world, is_reciprocal=False)
    assert {who: seen(get_as, who) for who in (None, "KAZ", "UKR")} == {
        None: NOWHERE,
        "KAZ": EVERYWHERE,
        "UKR": NOWHERE,
    }
    # And a revocation counts at the next request
    grant_revoke(
        grant=AccessGrant.objects.select_related("dataset__owner", "dataset__indicator").get(pk=given.pk),
        actor=world.people["MDA"]["administrator"],
    )
    assert seen(get_as, "KAZ") == NOWHERE


def test_a_reciprocal_grant_waits_for_the_grantees_own_figures(world: World, get_as: Get) -> None:
    world.release("MDA", {"MDA._T._T": [int(SECRET)]})
    grant(world)
    assert seen(get_as, "KAZ") == NOWHERE
    for owner in ("KAZ", "UKR"):
        world.release(owner, {f"{owner}._T._T": [1]})
    assert seen(get_as, "KAZ") == NOWHERE
    publish(world, "KAZ")
    assert {who: seen(get_as, who) for who in (None, "KAZ", "UKR")} == {
        None: NOWHERE,
        "KAZ": EVERYWHERE,
        "UKR": NOWHERE,
    }


def test_a_slice_opens_only_its_figures(world: World, get_as: Get) -> None:
    world.release("MDA", {"MDA._T._T": [int(SECRET)], "MDA.KAZ._T": [7]})
    grant(world, is_reciprocal=False, slice={"CITIZENSHIP": ["KAZ"]})
    assert seen(get_as, "KAZ") == NOWHERE
    assert [line["OBS_VALUE"] for line in lines(get_as("REFUGEES/data.csv", participant="KAZ"))] == ["7"]
    # The form offers no member of what is hidden
    assert 'name="CITIZENSHIP" value="_T"' not in get_as("REFUGEES/", participant="KAZ").content.decode()


def test_documentation_alone_opens_no_figures_and_no_release(
    world: World, get_as: Get, language: str
) -> None:
    world.release("MDA", {"MDA._T._T": [int(SECRET)]})
    grant(world, level=Level.DOCUMENTATION, is_reciprocal=False)
    assert seen(get_as, "KAZ") == NOWHERE
    text = get_as("REFUGEES/", participant="KAZ").content.decode()
    assert {"en": "Border service", "ru": "Пограничная служба"}[language] in text
    assert {"en": "No. 1 of", "ru": "№ 1 от"}[language] not in text


def test_a_download_holds_the_choice_in_the_language(open_world: World, get_as: Get, language: str) -> None:
    response = get_as("REFUGEES/data.csv?CITIZENSHIP=KAZ&SEX=*&from=2012")
    label = {"en": "Citizenship", "ru": "Гражданство"}[language]
    name = {"en": "Kazakhstan", "ru": "Казахстан"}[language]
    assert [
        (line["SEX"], line["TIME_PERIOD"], line["OBS_VALUE"], line[label]) for line in lines(response)
    ] == [
        ("_T", "2012", "60", name),
        ("_T", "2013", "70", name),
        ("F", "2012", "30", name),
        ("F", "2013", "40", name),
    ]
    assert response["Content-Disposition"] == f'attachment; filename="REFUGEES_{language}.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_large_download_is_streamed_whole(
    open_world: World, get_as: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = get_as("REFUGEES/data.csv")
    monkeypatch.setattr("registry.views.data.MOST_CELLS_AT_ONCE", 0)
    streamed = get_as("REFUGEES/data.csv")
    assert streamed.streaming
    assert b"".join(streamed.streaming_content) == whole.content  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["", "availability/", "REFUGEES/", "REFUGEES/data.csv"])
def test_what_a_person_sees_is_kept_nowhere_and_what_all_see_is_asked_for_again(
    open_world: World, get_as: Get, client: Client, language: str, path: str
) -> None:
    personal, common = get_as(path, participant="MDA"), get_as(path)
    assert set(personal["Cache-Control"].split(", ")) == {"no-store", "private"}
    assert set(common["Cache-Control"].split(", ")) == {"no-cache", "public"}
    assert (common["Vary"], personal["Vary"]) == ("Cookie, Accept-Encoding", "Cookie, Accept-Encoding")
    assert "ETag" not in personal
    again = client.get(f"/{language}/statistics/{path}", headers={"If-None-Match": common["ETag"]})
    assert again.status_code == 304
    open_world.release("MDA", {"MDA._T._T": [1]}, start=1999)
    assert (
        client.get(f"/{language}/statistics/{path}", headers={"If-None-Match": common["ETag"]}).status_code
        == 200
    )


def test_pages_only_read(open_world: World, get_as: Get, client: Client, language: str) -> None:
    for path in ("", "availability/", "REFUGEES/", "REFUGEES/data.csv"):
        assert client.post(f"/{language}/statistics/{path}").status_code == 405


def statistics_queries(get_as: Get, path: str) -> int:
    """The queries of a page on the registry's own tables."""
    get_as(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert get_as(path).status_code == 200
    return sum("registry_" in query["sql"] for query in queries)


@pytest.mark.parametrize(
    ("path", "count"),
    [("", 4), ("availability/", 4), ("REFUGEES/", 8), ("REFUGEES/?SEX=_T", 9), ("REFUGEES/data.csv", 5)],
)
def test_the_number_of_queries_is_fixed(open_world: World, get_as: Get, path: str, count: int) -> None:
    world = open_world
    assert statistics_queries(get_as, path) == count
    for owner in ("KAZ", "UKR"):
        world.release(owner, {f"{owner}._T._T": [1, 2], f"{owner}.MDA.F": [3]})
        publish(world, owner)
    for at in range(5):
        make_indicator(f"EMPTY_{at}", ("Empty", "Пустой"), {})
    assert statistics_queries(get_as, path) == count
