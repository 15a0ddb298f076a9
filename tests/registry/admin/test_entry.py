"""Figures typed in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from registry.models import Submission
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

ENTRY = "/admin/data/datasets/MDA_REFUGEES/submissions/entry/"
FIGURES = {"MDA._T._T": [100, 120], "MDA.KAZ._T": [40, 50]}


@pytest.fixture
def mda(world: World, signed_in: SignedIn) -> Client:
    world.dataset("MDA")
    return signed_in("MDA", "submitter")


def typed(*cells: str, act: str = "save", **options: Any) -> dict[str, Any]:
    """Two years of one series, as the form sends them."""
    values = {f"v-0-{at}": cell for at, cell in enumerate(cells)}
    return {
        "act": act,
        "from": "empty",
        "period": ["2010", "2011"],
        "key": ["MDA._T._T"],
        **values,
        **options,
    }


def staged() -> dict[str, tuple[str, str]]:
    rows = Submission.objects.get(state="draft").staged_series.values_list(
        "key", "values_json", "statuses_json"
    )
    return {key: (values, statuses) for key, values, statuses in rows}


def test_the_form_begins_with_the_last_release(world: World, mda: Client) -> None:
    world.release("MDA", FIGURES)

    page = mda.get(ENTRY).text

    assert 'name="v-0-0" value="100"' in page
    assert 'name="v-1-1" value="50"' in page
    assert '<input type="hidden" name="key" value="MDA.KAZ._T">' in page


def test_numbers_and_letters_become_a_draft(mda: Client) -> None:
    answer = mda.post(ENTRY, typed("1 250 E", "q"))

    assert answer.url == f"/admin/data/submissions/{Submission.objects.get().pk}/"
    assert staged() == {"MDA._T._T": ("[1250,null]", '{"0":"E","1":"Q"}')}


@pytest.mark.parametrize(("language", "told"), [("en", "found “abc”"), ("ru", "abc")])
def test_a_mistake_is_told_at_its_cell_and_nothing_is_lost(mda: Client, language: str, told: str) -> None:
    page = mda.post(ENTRY, typed("abc", "5"), HTTP_ACCEPT_LANGUAGE=language).text

    assert not Submission.objects.exists()
    assert told in page
    assert 'value="abc"' in page
    assert 'value="5"' in page
    assert page.count('aria-invalid="true"') == 1


def test_a_series_and_a_period_are_added_and_what_was_typed_stays(mda: Client) -> None:
    chosen = {"new_REF_AREA": "MDA", "new_CITIZENSHIP": "UKR", "new_SEX": "F"}

    with_series = mda.post(ENTRY, typed("7", "8", act="series", **chosen)).text
    with_period = mda.post(ENTRY, typed("7", "8", act="period", new_period="2013")).text

    assert '<input type="hidden" name="key" value="MDA.UKR.F">' in with_series
    assert 'name="v-0-1" value="8"' in with_series
    assert [f'name="period" value="{year}"' in with_period for year in range(2010, 2015)] == [True] * 4 + [
        False
    ]
    assert 'name="v-0-1" value="8"' in with_period
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"act": "series", "new_REF_AREA": "MDA"}, "Choose a code of every dimension."),
        (
            {"act": "series", "new_REF_AREA": "MDA", "new_CITIZENSHIP": "_T", "new_SEX": "_T"},
            "This series is in the table already.",
        ),
        ({"act": "period", "new_period": "next year"}, "A period such as 2020"),
        ({"act": "period", "new_period": "2020-Q1"}, "of another frequency"),
        ({"act": "period", "new_period": "2011"}, "This period is in the table already."),
        ({"act": "period", "new_period": "9999"}, "filled in better in a spreadsheet"),
    ],
)
def test_what_cannot_be_added_is_said(mda: Client, options: dict[str, str], told: str) -> None:
    assert told in mda.post(ENTRY, typed("1", "2", **options)).text


def test_a_draft_is_edited_and_another_beginning_must_say_that_it_replaces_it(mda: Client) -> None:
    mda.post(ENTRY, typed("1", "2"))
    assert 'name="v-0-0" value="1"' in mda.get(ENTRY).text
    mda.post(ENTRY, typed("3", "2", **{"from": "draft"}))
    assert staged() == {"MDA._T._T": ("[3,2]", "")}

    refused = mda.post(ENTRY, typed("9", "9"))
    assert refused.status_code == 200
    assert staged() == {"MDA._T._T": ("[3,2]", "")}

    mda.post(ENTRY, typed("9", "9", replace="1"))
    assert staged() == {"MDA._T._T": ("[9,9]", "")}


def test_of_a_large_table_the_last_periods_are_typed_and_the_rest_stays(world: World, mda: Client) -> None:
    keys = [f"MDA.{code}.{sex}" for code in ("MDA", "KAZ", "UKR", "XXA") for sex in ("F", "M")]
    world.release("MDA", {key: list(range(100, 180)) for key in keys}, start=1940)

    page = mda.get(ENTRY).text
    figures = typed("500", "501", **{"from": "release", "period": ["2018", "2019"], "key": ["MDA.KAZ.F"]})
    answer = mda.post(ENTRY, figures)

    assert 'name="period" value="1940"' not in page
    draft = Submission.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])
    assert (draft.action, draft.series_count) == ("merge", 8)
    values = draft.staged_series.get(key="MDA.KAZ.F").values_json
    assert values.startswith("[100,101,")
    assert values.endswith(",177,500,501]")


def test_notes_at_cells_stay_with_their_figures(world: World, mda: Client) -> None:
    content = (
        "REF_AREA,CITIZENSHIP,SEX,TIME_PERIOD,OBS_VALUE,OBS_COMMENT\n"
        "MDA,_T,_T,2010,1,Old method\nMDA,_T,_T,2011,2,\n"
    )
    from django.core.files.uploadedfile import SimpleUploadedFile

    mda.post(
        "/admin/data/datasets/MDA_REFUGEES/submissions/new/",
        {"file": SimpleUploadedFile("a.csv", content.encode())},
    )
    mda.post(ENTRY, typed("1", "3", **{"from": "draft"}))

    assert Submission.objects.get().staged_series.get().notes_json == '{"0":{"en":"Old method"}}'
