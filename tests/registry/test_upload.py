"""Files on their way to a draft: kept, read by one worker, staged whole or not at all."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.backends.immediate import ImmediateBackend

from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import Problem, StagedSeries, Submission, Upload, UploadState
from registry.selectors.upload import PATIENCE, may_be_dead, upload_problems
from registry.services import draft
from registry.services import upload as uploads
from registry.services.upload import upload_begin, upload_create, upload_read, upload_restart
from tests.conftest import World

HEADER = "REF_AREA,CITIZENSHIP,SEX,TIME_PERIOD,OBS_VALUE"
GOOD = f"{HEADER}\nMDA,_T,_T,2010,100\nMDA,KAZ,_T,2010,40\n"


def kept(world: World, content: str | bytes = GOOD, *, person: str = "submitter", **options: Any) -> Upload:
    data = content.encode() if isinstance(content, str) else content
    return upload_create(
        dataset=world.dataset("MDA"),
        file=BytesIO(data),
        file_name="figures.csv",
        actor=world.people["MDA"][person],
        **options,
    )


def read(upload: Upload) -> Upload:
    upload_read(upload_id=upload.pk, language="en")
    upload.refresh_from_db()
    return upload


def aged(upload: Upload) -> None:
    """Make a read look as if nothing had been heard of it for long."""
    Upload.objects.filter(pk=upload.pk).update(started_at=timezone.now() - PATIENCE - timedelta(seconds=1))


def test_a_file_is_kept_under_a_random_name_until_it_is_read(
    world: World, upload_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    # Given a file sent in
    upload = kept(world)
    (file,) = upload_folder.iterdir()
    assert (upload.state, upload.size, upload.file_name) == ("waiting", len(GOOD), "figures.csv")
    assert "figures" not in file.name
    # When it is read
    with django_capture_on_commit_callbacks(execute=True):
        read(upload)
    # Then its figures are staged and the file is gone
    assert (upload.state, upload.progress) == ("done", 100)
    assert upload.submission is not None
    assert (upload.submission.value_count, upload.submission.file_name) == (2, "figures.csv")
    assert upload.submission.sha256 == upload.sha256 != ""
    assert list(upload_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"{HEADER}\nMDA,_T,_T,2010,many\n", ["Row 2, column OBS_VALUE: A number such as 1234.5"]),
        (
            f"{HEADER}\nMDA,_T,_T,10,1\nMDA,_T,_T,,1\n",
            ["Row 2, column TIME_PERIOD", "Row 3, column TIME_PERIOD"],
        ),
        (
            "REF_AREA,SEX,TIME_PERIOD,OBS_VALUE\nMDA,F,2010,1\n",
            ["Row 1, column CITIZENSHIP: The column CITIZENSHIP is missing"],
        ),
        (b"REF_AREA\0,SEX", ["Row 1: The file contains NUL bytes"]),
        ("Страна,Пол\n".encode("cp1251"), ["Row 1: Byte 1 is not valid UTF-8"]),
        (f"{HEADER}\nMDA,_T,_T,2010-Q1,1\n", ["The periods are of frequency Q; expected A."]),
        (b"PK\x03\x04 not really", ["This is not an Excel workbook"]),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", ["This is an old Excel file"]),
        ("{", ["Row 1: This is not valid JSON"]),
        ("%PDF-1.4\n", ["Row 1"]),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_places(
    world: World, content: str | bytes, told: list[str]
) -> None:
    upload = read(kept(world, content))

    assert upload.state == "failed"
    found = upload_problems(upload)
    assert all(text.startswith(start) for text, start in zip(found, told, strict=False)), found
    assert len(found) >= len(told)
    assert (Submission.objects.count(), StagedSeries.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace(",", ";"),
        "\ufeff" + GOOD,
        GOOD.replace(",", "\t"),
        "SEX,REF_AREA,CITIZENSHIP,TIME_PERIOD,OBS_VALUE\n_T,MDA,_T,2010,100\n_T,MDA,KAZ,2010,40\n",
        "REF_AREA;CITIZENSHIP;SEX;TIME_PERIOD;OBS_VALUE\nMDA;_T;_T;2010;100,0\nMDA;Казахстан;Всего;2010;40\n",
    ],
)
def test_tables_come_in_many_ways(world: World, content: str) -> None:
    upload = read(kept(world, content))

    assert upload.submission is not None, upload.problems
    assert dict(upload.submission.staged_series.values_list("key", "values_json")) == {
        "MDA._T._T": "[100]",
        "MDA.KAZ._T": "[40]",
    }


def test_codes_that_no_key_can_hold_become_findings(world: World) -> None:
    upload = read(
        kept(world, f"{HEADER}\nMDA,_T,_T,2010,9\nMDA,Rep. of X,_T,2010,2\nMDA,{'Y' * 300},_T,2010,3\n")
    )

    assert upload.submission is not None
    keys = sorted(upload.submission.staged_series.values_list("key", flat=True))
    assert [len(key) <= 250 and key.count(".") == 2 for key in keys] == [True] * 3
    assert set(upload.submission.problems.filter(severity="error").values_list("rule", flat=True)) == {
        "unknown_code"
    }


def test_a_text_with_nul_from_json_becomes_a_finding(world: World) -> None:
    content = """{"version":"2.0","class":"dataset","id":["REF_AREA","CITIZENSHIP","SEX","TIME_PERIOD"],
        "size":[1,1,1,1],"role":{"time":["TIME_PERIOD"]},"dimension":{
        "REF_AREA":{"category":{"index":["MDA"]}},"CITIZENSHIP":{"category":{"index":["A\\u0000B"]}},
        "SEX":{"category":{"index":["_T"]}},"TIME_PERIOD":{"category":{"index":["2010"]}}},"value":[5]}"""

    upload = read(kept(world, content))

    if upload.submission is None:  # the format may refuse it as well
        assert upload_problems(upload)
    else:
        assert "\0" not in upload.submission.staged_series.get().key
        assert upload.submission.problems.filter(rule="unknown_code").exists()


def test_the_same_series_twice_is_kept_once_and_told(world: World) -> None:
    upload = read(kept(world, f"{HEADER}\nMDA,KAZ,_T,2010,1\nMDA,Kazakhstan,_T,2010,2\n"))

    assert upload.submission is not None
    assert list(upload.submission.staged_series.values_list("key", "values_json")) == [("MDA.KAZ._T", "[1]")]
    assert list(upload.submission.problems.filter(severity="error").values_list("rule", "key")) == [
        ("duplicate_series", "MDA.KAZ._T")
    ]


def test_who_may_not_submit_keeps_no_file(world: World, upload_folder: Path) -> None:
    for person in ("verifier", "user"):
        with pytest.raises(NotAllowed):
            kept(world, person=person)
    with pytest.raises(NotAllowed):
        upload_create(
            dataset=world.dataset("MDA"),
            file=BytesIO(b"x"),
            file_name="x",
            actor=world.people["KAZ"]["submitter"],
        )
    assert not Upload.objects.exists()
    assert not upload_folder.exists()


@pytest.mark.parametrize("content", [b"", b"x" * 101])
def test_what_is_empty_or_too_large_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, upload_folder: Path, content: bytes
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 100)

    for file in (BytesIO(content), ContentFile(content, "x")):
        with pytest.raises(Invalid):
            upload_create(
                dataset=world.dataset("MDA"), file=file, file_name="x", actor=world.people["MDA"]["submitter"]
            )
    assert not Upload.objects.exists()
    assert not upload_folder.exists()


def test_a_file_is_read_once(world: World) -> None:
    upload = read(kept(world))

    assert upload_read(upload_id=upload.pk, language="en") == ""
    assert Submission.objects.count() == 1
    with pytest.raises(Conflict):
        upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])


def test_a_read_cut_short_leaves_nothing_and_can_be_started_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a worker that was killed while it wrote the figures
    upload = kept(world)

    def killed(**_fields: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_finish", lambda *_arguments, **_fields: killed())
        with pytest.raises(KeyboardInterrupt):
            upload_read(upload_id=upload.pk, language="en")
    upload.refresh_from_db()
    assert (upload.state, Submission.objects.count(), Problem.objects.count()) == ("running", 0, 0)
    # And nothing begins it again by itself
    assert upload_read(upload_id=upload.pk, language="en") == ""
    # Nor does a person, as long as it may be at work still
    with pytest.raises(Conflict):
        upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])
    # When a person starts it again
    aged(upload)
    upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])
    # Then it is read to the end
    assert read(upload).state == "done"
    assert Submission.objects.count() == 1


def test_a_worker_that_was_only_slow_finds_itself_overtaken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = kept(world)
    stage = draft.submission_stage

    def overtaken(**options: Any) -> Submission:
        aged(upload)
        upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])
        return stage(**options)

    with monkeypatch.context() as patch:
        patch.setattr(draft, "submission_stage", overtaken)
        assert upload_read(upload_id=upload.pk, language="en") == ""
    # The restart happened within the overtaken transaction and went with it; nothing is half staged.
    assert not Submission.objects.exists()


@pytest.mark.parametrize("content", [GOOD, "PK not a workbook"])
def test_an_overtaken_read_refuses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    # Given a read that was started anew while it found the file wrong, or a mistake of ours
    upload = kept(world, content)
    sniff = uploads.sniffed

    def overtaken(file: Any) -> Any:
        aged(upload)
        upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])
        assert content is not GOOD, "a mistake of ours"
        return sniff(file)

    monkeypatch.setattr(uploads, "sniffed", overtaken)
    # Then what it found no longer counts
    assert upload_read(upload_id=upload.pk, language="en") == ""
    upload.refresh_from_db()
    assert (upload.state, upload.problems) == ("waiting", [])


def test_what_was_started_again_is_not_started_twice(world: World) -> None:
    upload = kept(world)
    with pytest.raises(Conflict):
        upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])
    aged(upload)
    upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])
    with pytest.raises(Conflict):
        upload_restart(upload=upload, actor=world.people["MDA"]["submitter"])


def test_a_draft_made_while_a_file_waits_is_not_replaced(world: World) -> None:
    # Given two files that wait, sent in while there was no draft, and a third that may replace the first's
    first, second = kept(world), kept(world, GOOD.replace("100", "101"))
    read(first)
    third = kept(world, GOOD.replace("100", "102"), replace=True)
    # When they are read
    read(second)
    # Then the second has nothing it may replace
    assert (second.state, second.submission) == ("failed", None)
    assert upload_problems(second) == [
        "You have a draft of this dataset already. Say that it is to be replaced."
    ]
    # And the third replaces what it was told of
    read(third)
    assert (third.state, third.replaces) == ("done", None)
    (draft_left,) = Submission.objects.all()
    assert draft_left == third.submission


def test_a_file_replaces_no_later_draft_than_it_was_told_of(world: World) -> None:
    read(kept(world))
    told_of_first = kept(world, GOOD.replace("100", "101"), replace=True)
    later = read(kept(world, GOOD.replace("100", "102"), replace=True))
    assert read(told_of_first).state == "failed"
    assert list(Submission.objects.all()) == [later.submission]


def test_a_mistake_of_ours_is_noted_and_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "sniffed", lambda _file: 1 / 0)

    upload = read(kept(world))

    assert upload.state == "failed"
    assert upload_problems(upload) == [
        "The file could not be read. The mistake is on our side and has been noted."
    ]


def test_a_read_that_takes_long_may_be_dead(world: World) -> None:
    upload = kept(world)
    assert not may_be_dead(upload)
    upload.created_at = upload.created_at.replace(year=2020)
    assert may_be_dead(upload)
    upload.state = UploadState.DONE
    assert not may_be_dead(upload)


def test_a_worker_reads_what_waits_in_the_queue(world: World, settings: Any) -> None:
    from django_tasks import task_backends
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert not isinstance(task_backends["default"], ImmediateBackend)
    upload = kept(world)
    # When the file is sent in, it only waits
    upload_begin(upload=upload)
    upload.refresh_from_db()
    assert (upload.state, Submission.objects.count()) == ("waiting", 0)
    # And the worker that takes the task reads it
    waiting = DBTaskResult.objects.get()
    waiting.task.func(*waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"])
    upload.refresh_from_db()
    assert (waiting.status, upload.state) == (TaskResultStatus.READY, "done")
