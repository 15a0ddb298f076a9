"""From the template to a submission, through the pages, as the people of a State go there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.admin import upload as upload_pages
from registry.formats import format_named
from registry.formats.xlsx import DATA_SHEET
from registry.models import AuditEvent, Release, Submission, Upload, UploadState
from registry.services.submission import submission_return, submission_submit
from tests.conftest import World
from tests.registry.admin.conftest import SignedIn

BASE = "/admin/data/datasets/MDA_REFUGEES/"
NEW = f"{BASE}submissions/new/"
LIST = f"{BASE}submissions/"
FIGURES = {"MDA._T._T": [100, 120, 130], "MDA.KAZ._T": [40, 50, 60]}
REASON = {"reason_en": "Recount", "reason_ru": "Пересчёт"}
Fill = Callable[[Any], None]


@pytest.fixture
def mda(world: World, signed_in: SignedIn) -> Client:
    world.dataset("MDA")
    return signed_in("MDA", "submitter")


def filled(client: Client, fill: Fill, *, query: str = "") -> SimpleUploadedFile:
    """The template as it is downloaded, filled in by a spreadsheet program."""
    answer = client.get(f"{BASE}template.xlsx{query}")
    assert answer.status_code == 200
    workbook = openpyxl.load_workbook(BytesIO(answer.content))
    fill(workbook[DATA_SHEET])
    file = BytesIO()
    workbook.save(file)
    return SimpleUploadedFile("figures.xlsx", file.getvalue())


def sent(client: Client, file: SimpleUploadedFile, **options: Any) -> Submission:
    """The draft that becomes of a file sent in."""
    answer = client.post(NEW, {"file": file, "action": "replace", **options}, follow=True)
    assert answer.status_code == 200
    upload = Upload.objects.latest("pk")
    assert upload.state == UploadState.DONE, upload.problems
    assert answer.redirect_chain[-1][0] == f"/admin/data/submissions/{upload.submission_id}/"
    return Submission.objects.get(pk=upload.submission_id)


def csv(*lines: str) -> SimpleUploadedFile:
    text = "\r\n".join(("REF_AREA,CITIZENSHIP,SEX,TIME_PERIOD,OBS_VALUE", *lines))
    return SimpleUploadedFile("figures.csv", text.encode())


def with_three_mistakes(sheet: Any) -> None:
    sheet["D3"], sheet["E3"] = 100, "1o0"
    sheet["D4"], sheet["E4"] = 40, -5
    sheet["B5"], sheet["D5"] = "Нарния", 7


def problems_of(submission: Submission) -> list[tuple[str, str, str, int]]:
    return [
        (found.rule, found.key, found.period, found.row)
        for found in submission.problems.filter(severity="error")
    ]


def year_ago(years: int) -> str:
    return str(timezone.now().year - years)


def test_a_template_filled_in_becomes_a_draft_with_its_mistakes_at_their_cells(mda: Client) -> None:
    # Given the template of a dataset without figures, filled in with three mistakes
    submission = sent(mda, filled(mda, with_three_mistakes))
    # Then each is found at its cell, with the row of the file
    assert sorted(problems_of(submission)) == [
        ("bad_cell", "MDA._T._T", year_ago(3), 3),
        ("negative", "MDA._T.F", year_ago(3), 4),
        ("unknown_code", "MDA.Нарния.M", "", 5),
    ]
    # And nothing of the file is kept beside the figures
    upload = Upload.objects.get()
    assert (upload.file.name, upload.progress, submission.file_name) == ("", 100, "figures.xlsx")
    assert submission.value_count == 4


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["found “1o0”", "The value -5 is negative", "The code Нарния is not in the code list"]),
        ("ru", ["«1o0»", "Значение -5 отрицательно", "Кода Нарния нет в списке кодов"]),
    ],
)
def test_the_page_of_the_draft_tells_them_in_the_readers_language(
    mda: Client, language: str, told: list[str]
) -> None:
    submission = sent(mda, filled(mda, with_three_mistakes))

    page = mda.get(f"/admin/data/submissions/{submission.pk}/", HTTP_ACCEPT_LANGUAGE=language).text

    for text in told:
        assert page.count(text) == 2, text  # in the list and at the cell
    assert f'id="cMDA~2e_T~2e_T-{year_ago(3)}" class="data-figure data-error"' in page
    assert f'href="#cMDA~2e_T~2e_T-{year_ago(3)}"' in page
    assert 'value="submit" aria-describedby="submit-help" disabled' in page


def test_errors_stop_the_submission_whatever_the_browser_sends(mda: Client) -> None:
    submission = sent(mda, filled(mda, with_three_mistakes))

    mda.post(f"/admin/data/submissions/{submission.pk}/", {"act": "submit", "comment": "please"})

    submission.refresh_from_db()
    assert (submission.state, submission.comment) == ("draft", "please")


def test_the_corrected_file_takes_the_drafts_place_and_is_submitted(mda: Client) -> None:
    # Given a draft with mistakes and a comment
    first = sent(mda, filled(mda, with_three_mistakes))
    mda.post(f"/admin/data/submissions/{first.pk}/", {"act": "save", "comment": "First figures"})

    def right(sheet: Any) -> None:
        sheet["D3"], sheet["E3"], sheet["D4"] = 100, 110, 40

    # When a corrected file is sent without saying that it may replace the draft
    answer = mda.post(NEW, {"file": filled(mda, right)})
    # Then it is refused in the form, and the draft stays
    assert answer.status_code == 200
    assert "You have a draft of this dataset already" in answer.text
    assert Submission.objects.get() == first
    # And when it says so, the new draft takes over what was said
    second = sent(mda, filled(mda, right), replace="on")
    assert list(Submission.objects.all()) == [second]
    assert (second.comment, problems_of(second)) == ("First figures", [])
    mda.post(f"/admin/data/submissions/{second.pk}/", {"act": "submit", "comment": "Now right"})
    second.refresh_from_db()
    assert (second.state, second.comment) == ("submitted", "Now right")
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {
        "upload.create",
        "submission.stage",
        "submission.discard",
        "submission.describe",
        "submission.submitted",
    }


def test_a_correction_is_compared_with_the_release_and_needs_a_reason(world: World, mda: Client) -> None:
    # Given released figures, taken as a filled template, changed, added to and with one gone
    world.release("MDA", FIGURES, start=timezone.now().year - 3)

    def change(sheet: Any) -> None:
        assert [sheet.cell(3, at).value for at in range(4, 8)] == [100, 120, 130, None]
        sheet["E3"], sheet["D4"] = 150, None

    submission = sent(mda, filled(mda, change, query="?prefill=1"))
    url = f"/admin/data/submissions/{submission.pk}/"
    # When the page is looked at
    page = mda.get(url).text
    # Then the changes stand there with how much they are, largest first
    assert page.index('<td class="data-figure">40</td>') < page.index("+30") < page.index("+25.0")
    assert '<del class="data-before" title="Last release">120</del>' in page
    # And it is submitted only with a reason in both languages, and what was typed is kept
    mda.post(url, {"act": "submit", "reason_en": "Recount"})
    submission.refresh_from_db()
    assert (submission.state, submission.reason_en) == ("draft", "Recount")
    mda.post(url, {"act": "submit", **REASON})
    submission.refresh_from_db()
    assert (submission.state, submission.reason_ru) == ("submitted", "Пересчёт")


def test_the_last_release_sent_again_is_nothing_new(world: World, mda: Client) -> None:
    world.release("MDA", FIGURES)

    submission = sent(mda, filled(mda, lambda _sheet: None, query="?prefill=1"))

    assert (
        "Nothing new: these figures equal the last release."
        in mda.get(f"/admin/data/submissions/{submission.pk}/").text
    )


def test_labels_in_either_language_are_read_as_codes(mda: Client) -> None:
    def fill(sheet: Any) -> None:
        sheet["B3"], sheet["C3"], sheet["D3"] = "Украина", "female", 5

    submission = sent(mda, filled(mda, fill))

    assert list(submission.staged_series.values_list("key", flat=True)) == ["MDA.UKR.F"]


def test_what_was_returned_is_corrected_by_the_next_submission(world: World, mda: Client) -> None:
    # Given a submission that was returned
    people = world.people["MDA"]
    returned = world.staged("MDA", FIGURES)
    submission_submit(submission=returned, actor=people["submitter"])
    submission_return(submission=returned, actor=people["verifier"], comment="2011 is last year's")
    # When corrected figures are sent and submitted
    draft = sent(mda, csv("MDA,_T,_T,2010,100", "MDA,_T,_T,2011,119"))
    page = mda.get(f"/admin/data/submissions/{draft.pk}/").text
    mda.post(f"/admin/data/submissions/{draft.pk}/", {"act": "submit"})
    # Then they are tied to what was returned, which is closed
    assert draft.follows == returned
    assert "2011 is last year&#x27;s" in page
    returned.refresh_from_db()
    draft.refresh_from_db()
    assert (returned.state, draft.state) == ("withdrawn", "submitted")
    assert not returned.staged_series.exists()


def test_the_running_year_is_provisional_and_next_years_figures_are_not(
    world: World, mda: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = timezone.now().year
    lines = (f"MDA,_T,_T,{year - 1},100", f"MDA,_T,_T,{year},50")
    # Given figures of the running year without a status
    draft = sent(mda, csv(*lines))
    # Then they are provisional by themselves, and the page says so
    assert draft.staged_series.get().statuses_json == '{"1":"P"}'
    assert (
        f"1 figure of the running year {year} is provisional"
        in mda.get(f"/admin/data/submissions/{draft.pk}/").text
    )
    # And the same figures in the next year are no longer
    later = timezone.now().replace(year=year + 1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    mda = Client()
    mda.force_login(world.people["MDA"]["submitter"])
    assert sent(mda, csv(*lines), replace="on").staged_series.get().statuses_json == ""


def test_a_template_does_not_pass_on_a_mark_given_by_itself(world: World, mda: Client) -> None:
    year = timezone.now().year
    world.release("MDA", {"MDA._T._T": [100, 50]}, start=year - 1, statuses={"MDA._T._T": {0: "E"}})

    prefilled = openpyxl.load_workbook(BytesIO(mda.get(f"{BASE}template.xlsx?prefill=1").content))

    assert [row[3:5] for row in prefilled["Notes – Примечания"].iter_rows(min_row=2, values_only=True)] == [
        (str(year - 1), "E")
    ]


def test_the_csv_templates_are_read_back(world: World, mda: Client) -> None:
    world.release("MDA", FIGURES)
    for query in ("?prefill=1", "?prefill=1&delimiter=%3B"):
        answer = mda.get(f"{BASE}template.csv{query}")
        assert answer.streaming
        content = answer.getvalue()
        draft = sent(mda, SimpleUploadedFile("x.csv", content), replace="on")
        assert content.startswith(b"\xef\xbb\xbfREF_AREA")
        assert dict(draft.staged_series.values_list("key", "values_json")) == {
            "MDA._T._T": "[100,120,130]",
            "MDA.KAZ._T": "[40,50,60]",
        }


@pytest.mark.parametrize(("person", "back"), [("submitter", NEW), ("verifier", LIST)])
def test_a_table_too_large_for_excel_is_offered_as_csv(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, person: str, back: str
) -> None:
    world.release("MDA", FIGURES)
    xlsx = format_named("xlsx")
    monkeypatch.setattr(upload_pages, "format_named", lambda _name: replace(xlsx, most_cells=10))
    monkeypatch.setattr(upload_pages, "write_workbook", None)
    client = signed_in("MDA", person)
    for query in ("", "?prefill=1"):
        answer = client.get(f"{BASE}template.xlsx{query}", follow=True)
        assert answer.redirect_chain == [(back, 302)]
        assert "an Excel template holds 10 at most. Take the CSV template." in answer.text
    assert client.get(f"{BASE}template.csv").getvalue().count(b"\n") > 10


# ---- who


@pytest.mark.parametrize(
    ("participant", "person", "status", "new"),
    [
        ("MDA", "submitter", 200, 200),
        ("MDA", "administrator", 200, 200),
        ("MDA", "verifier", 200, 302),  # to the dashboard, with a word why
        ("MDA", "user", 404, 404),
        ("KAZ", "submitter", 404, 404),
        ("KAZ", "administrator", 404, 404),
        ("UNHCR", "submitter", 404, 404),
    ],
)
def test_who_sees_the_pages(
    world: World, signed_in: SignedIn, participant: str, person: str, status: int, new: int
) -> None:
    submission = world.staged("MDA", FIGURES)
    client = signed_in(participant, person)
    upload = Upload.objects.create(
        dataset=submission.dataset, file_name="x", size=1, created_by=world.people["MDA"]["submitter"]
    )

    for url in (
        LIST,
        f"{BASE}template.xlsx",
        f"/admin/data/submissions/{submission.pk}/",
        f"/admin/data/uploads/{upload.pk}/",
    ):
        assert client.get(url).status_code == status, url
    for url in (NEW, f"{BASE}submissions/entry/"):
        assert client.get(url).status_code == new, url


@pytest.mark.parametrize(
    ("participant", "person"),
    [("MDA", "verifier"), ("MDA", "user"), ("KAZ", "submitter"), ("KAZ", "verifier")],
)
def test_who_may_not_submit_changes_nothing(
    world: World, signed_in: SignedIn, participant: str, person: str
) -> None:
    submission = world.staged("MDA", FIGURES)
    client = signed_in(participant, person)

    for act in ("submit", "save", "discard"):
        client.post(f"/admin/data/submissions/{submission.pk}/", {"act": act, "comment": "mine"})
    client.post(NEW, {"file": csv("MDA,_T,_T,2010,1")})
    client.post(
        f"{BASE}submissions/entry/", {"act": "save", "period": "2010", "key": "MDA._T._T", "v-0-0": "1"}
    )

    submission.refresh_from_db()
    assert (submission.state, submission.comment, Submission.objects.count()) == ("draft", "", 1)
    assert not Upload.objects.exists()


def test_nobody_comes_in_without_signing_in(world: World) -> None:
    submission = world.staged("MDA", FIGURES)

    assert Client().get(f"/admin/data/submissions/{submission.pk}/").status_code == 302


# ---- how much it costs


def queries(client: Client, url: str) -> int:
    """How many queries a page takes; most of them are the admin's own."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_whatever_its_length(world: World, mda: Client) -> None:
    world.staged("MDA", FIGURES)
    few = queries(mda, LIST)
    for _more in range(12):
        world.staged("MDA", {"MDA._T._T": [-1]})
    assert queries(mda, LIST) == few
    assert "?p=2" not in mda.get(LIST).text


def test_the_page_of_a_draft_costs_the_same_whatever_its_size(world: World, mda: Client) -> None:
    world.release("MDA", FIGURES)
    small = world.staged("MDA", {"MDA._T._T": [-1]})
    codes = [f"MDA.{code}.{sex}" for code in ("_T", "KAZ", "UKR") for sex in ("_T", "F", "M")]
    large = world.staged("MDA", {key: [-1] * 30 for key in codes})
    counts = {queries(mda, f"/admin/data/submissions/{submission.pk}/") for submission in (small, large)}
    assert len(counts) == 1


def test_released_and_withdrawn_submissions_keep_their_page(world: World, mda: Client) -> None:
    world.release("MDA", FIGURES)
    submission = Release.objects.get().submission
    assert submission is not None

    assert mda.get(f"/admin/data/submissions/{submission.pk}/").status_code == 200


def test_a_submission_is_taken_back_with_a_reason(world: World, signed_in: SignedIn) -> None:
    submission = world.staged("MDA", {"MDA._T.F": [1, 2]})
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    submitter, address = signed_in("MDA", "submitter"), f"/admin/data/submissions/{submission.pk}/"
    # Without a reason nothing happens, and the field says so
    answer = submitter.post(address, {"act": "take-back", "take-back-reason": " "})
    assert (answer.status_code, "This field is required." in answer.content.decode()) == (422, True)
    submission.refresh_from_db()
    assert submission.state == "submitted"
    # With one it is withdrawn, figures and all
    submitter.post(address, {"act": "take-back", "take-back-reason": "Wrong year"})
    submission.refresh_from_db()
    assert (submission.state, submission.reason_en, submission.staged_series.count()) == (
        "withdrawn",
        "Wrong year",
        0,
    )
    assert "Take the submission back" not in submitter.get(address).content.decode()
    # And a verifier is not offered it
    assert "take-back" not in signed_in("MDA", "verifier").get(address).content.decode()
