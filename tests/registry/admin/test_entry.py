"""Figures typed in the browser."""

from __future__ import annotations

import re
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
        "base": "0",
        "replaces": "",
        "action": "replace",
        "period": ["2010", "2011"],
        "key": ["MDA._T._T"],
        **values,
        **options,
    }


def hidden(page: str) -> dict[str, str]:
    """What the form was begun from, as it stands in the page."""
    found = re.findall(r'<input type="hidden" name="(from|base|replaces|action)" value="([^"]*)">', page)
    assert len(found) == 4
    return dict(found)


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
    page = mda.get(ENTRY).text
    assert 'name="v-0-0" value="1"' in page
    assert 'name="replace"' not in page
    mda.post(ENTRY, typed("3", "2", **hidden(page)))
    assert staged() == {"MDA._T._T": ("[3,2]", "")}

    refused = mda.post(ENTRY, typed("9", "9"))
    assert refused.status_code == 200
    assert staged() == {"MDA._T._T": ("[3,2]", "")}
    number = Submission.objects.get().pk
    assert f'name="replace" value="{number}"' in refused.text

    mda.post(ENTRY, typed("9", "9", replace=str(number)))
    assert staged() == {"MDA._T._T": ("[9,9]", "")}


def test_of_a_large_table_the_last_periods_are_typed_and_the_rest_stays(world: World, mda: Client) -> None:
    keys = [f"MDA.{code}.{sex}" for code in ("MDA", "KAZ", "UKR", "XXA") for sex in ("F", "M")]
    world.release("MDA", {key: list(range(100, 180)) for key in keys}, start=1940)

    page = mda.get(ENTRY).text
    figures = typed("500", "501", **hidden(page), period=["2018", "2019"], key=["MDA.KAZ.F"])
    answer = mda.post(ENTRY, figures)

    assert hidden(page) == {"from": "release", "base": "1", "replaces": "", "action": "merge"}
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
    mda.post(ENTRY, typed("1", "3", **hidden(mda.get(ENTRY).text)))

    assert Submission.objects.get().staged_series.get().notes_json == '{"0":{"en":"Old method"}}'


@pytest.mark.parametrize("begun", ["release", "draft"])
def test_what_was_begun_before_a_release_does_not_take_it_back(world: World, mda: Client, begun: str) -> None:
    # Given a table that was opened, on the last release or as a draft, and another release since
    world.release("MDA", FIGURES)
    if begun == "draft":
        mda.post(ENTRY, typed("1", "2", base="1"))
    page = mda.get(ENTRY).text
    assert hidden(page)["from"] == begun
    kept = Submission.objects.filter(state="draft").count()
    world.release("MDA", {"MDA._T._T": [777, 888]})
    # When the table is saved
    answer = mda.post(ENTRY, typed("100", "121", **hidden(page)))
    # Then it is refused, as often as it is tried; nothing that was typed is lost
    assert "The dataset was released anew since this table was begun; begin with that release." in answer.text
    assert 'value="121"' in answer.text
    assert hidden(answer.text) == hidden(page)
    assert Submission.objects.filter(state="draft").count() == kept
    # And begun anew with that release it is saved
    again = mda.get(f"{ENTRY}?from=release").text
    assert 'value="777"' in again
    own = Submission.objects.filter(state="draft").first()
    replace = str(own.pk) if own else ""
    assert mda.post(ENTRY, typed("777", "121", **hidden(again), replace=replace)).status_code == 302


def test_a_draft_saved_elsewhere_meanwhile_is_not_replaced(mda: Client) -> None:
    # Given a draft, opened in two windows
    mda.post(ENTRY, typed("1", "2"))
    page = mda.get(ENTRY).text
    # When one is saved, and then the other
    mda.post(ENTRY, typed("3", "2", **hidden(page)))
    refused = mda.post(ENTRY, typed("9", "9", **hidden(page)))
    # Then the first stays until it is said that it may go
    assert "You have a draft of this dataset already." in refused.text
    assert staged() == {"MDA._T._T": ("[3,2]", "")}
    replace = str(Submission.objects.get().pk)
    assert f'name="replace" value="{replace}"' in refused.text
    mda.post(ENTRY, typed("9", "9", **hidden(page), replace=replace))
    assert staged() == {"MDA._T._T": ("[9,9]", "")}


@pytest.mark.parametrize("base", ["", "-1", "one", "9" * 30])
def test_a_form_that_does_not_say_what_it_began_from_is_refused(mda: Client, base: str) -> None:
    assert mda.post(ENTRY, typed("1", "2", base=base)).status_code == 200
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "periods",
    [
        ["2010", "x"],
        ["2010", "2010-Q1"],
        ["2010-Q1", "2010-Q2"],
        ["2010", "2012"],
        ["2011", "2010"],
        ["2010", "2010"],
    ],
)
@pytest.mark.parametrize("act", ["save", "series", "period"])
def test_periods_that_are_none_begin_the_table_anew(mda: Client, periods: list[str], act: str) -> None:
    answer = mda.post(ENTRY, typed("1", "2", act=act, period=periods, new_period="2013"), follow=True)

    assert answer.redirect_chain == [(ENTRY, 302)]
    assert "it begins anew" in answer.text
    assert not Submission.objects.exists()


def test_each_cell_is_named_by_its_row_and_its_period(world: World, mda: Client) -> None:
    world.release("MDA", FIGURES)

    names = re.findall(r'<input type="text" name="v-[^>]*aria-label="([^"]+)"', mda.get(ENTRY).text)

    assert len(names) == len(set(names))
    assert names[:2] == ["Total, Total, 2010", "Total, Total, 2011"]
