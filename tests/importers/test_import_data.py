"""Importing a file, again, changed, and after something broke in the middle."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext

from importers.services import file as file_service
from registry.models import (
    AuditEvent,
    Dataset,
    Indicator,
    Notice,
    Release,
    StagedSeries,
    Submission,
)
from registry.selectors.cube import cube_get
from tests.conftest import World
from tests.importers.conftest import LINES, PROFILE, Importer, said, stored, text_of

CHANGED = (LINES[0], LINES[1], LINES[2], "2021,MDA,UKR,151,45,", LINES[4])
DATASETS = ("MDA_REFUGEES", "MDA_ASYLUM")


def figures(world: World, indicator: Indicator, participant: str | None = "MDA") -> dict[str, list[Any]]:
    cube = cube_get(viewer=world.viewer(participant), indicator=indicator)
    return {row.key: list(row.values) for row in cube.rows}


def trail() -> list[tuple[str, str, str]]:
    rows = AuditEvent.objects.order_by("pk").values_list("action", "actor", "data__dataset")
    return [(action, actor, dataset) for action, actor, dataset in rows]


def test_a_file_is_released_with_all_that_the_profile_says(
    importer: Importer, world: World, asylum: Indicator
) -> None:
    # Given a file and its profile
    content = text_of(*LINES)
    importer.write(content)
    # When it is released
    text = importer.run()
    # Then every figure is where it belongs
    assert figures(world, world.indicator) == {
        "MDA.KAZ._T": [10, 12],
        "MDA.UKR._T": [100, 150],
        "MDA.XXA._T": [None, 7],
    }
    assert figures(world, asylum) == {
        "MDA.KAZ._T": [3, None],
        "MDA.UKR._T": [30, 45],
        "MDA.XXA._T": [None, 0],
    }
    # And stays with its owner
    assert [figures(world, world.indicator, who) for who in (None, "KAZ")] == [{}, {}]
    # And the datasets say where they come from
    datasets = Dataset.objects.order_by("code").values_list(
        "code", "owner__code", "source_en", "source_ru", "licence", "frequency"
    )
    rest = ("MDA", "Migration service", "Миграционная служба", "CC BY 4.0", "A")
    assert list(datasets) == [("MDA_ASYLUM", *rest), ("MDA_REFUGEES", *rest)]
    # And the summary counts it
    digest = hashlib.sha256(content.encode()).hexdigest()
    *lines, seconds = text.splitlines()
    assert lines == [
        f"Rows read: 5; refused: 0. SHA-256 {digest}.",
        "MDA_REFUGEES: 3 new series, 0 changed, 0 removed, 0 unchanged; 5 values; 1 warnings. Release 1.",
        "MDA_ASYLUM: 3 new series, 0 changed, 0 removed, 0 unchanged; 4 values; 1 warnings. Release 1.",
    ]
    assert re.fullmatch(r"Seconds: \d+\.\d", seconds)
    assert set(Submission.objects.values_list("file_name", "sha256")) == {("figures.csv", digest)}


@pytest.mark.parametrize(
    ("step", "state"), [((), "draft"), (("--submit",), "submitted"), (("--release",), "released")]
)
def test_it_goes_as_far_as_it_is_told(
    importer: Importer, world: World, step: tuple[str, ...], state: str
) -> None:
    importer.write(text_of(*LINES))
    text = importer.run("--as", "mda-submitter", "--verified-by", "mda-verifier", *step)
    assert list(Submission.objects.values_list("state", flat=True)) == [state, state]
    assert Release.objects.count() == (2 if state == "released" else 0)
    fates = re.findall(r"(Submission|Release) \d+\.", text)
    assert fates == (["Release"] * 2 if state == "released" else ["Submission"] * 2)


def test_an_audience_opens_what_is_released_once(importer: Importer, world: World) -> None:
    # Given a file released for everybody, twice
    importer.write(text_of(*LINES))
    people = ("--as", "mda-administrator", "--verified-by", "mda-verifier")
    for _time in range(2):
        importer.run(*people, "--release", "--audience", "public")
    # Then everybody sees it, and there is one grant for each dataset
    assert figures(world, world.indicator, None) == figures(world, world.indicator)
    assert [row for row in trail() if row[0] == "grant.create"] == [
        ("grant.create", "mda-administrator", code) for code in DATASETS
    ]


def test_however_many_measures_roles_are_read_once_and_the_trail_is_written_once(
    importer: Importer, world: World
) -> None:
    importer.write(text_of(*LINES))
    with CaptureQueriesContext(connection) as queries:
        importer.run()
    statements = [query["sql"] for query in queries]
    for_roles = [sql for sql in statements if 'FROM "registry_roleassignment"' in sql]
    written = [sql for sql in statements if 'INTO "registry_auditevent"' in sql]
    assert (len(for_roles), len(written), len(trail())) == (2, 1, 10)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_same_file_again_changes_nothing_and_says_so(
    importer: Importer, world: World, language: str
) -> None:
    # Given a released file
    importer.write(text_of(*LINES))
    importer.run()
    before = stored()
    # When it is imported again
    text = importer.run(language=language)
    # Then nothing differs but the audit trail, which tells of the comparison
    after = stored()
    trails = ("AuditEvent", "RowChange")
    assert {name: rows for name, rows in after.items() if name not in trails} == {
        name: rows for name, rows in before.items() if name not in trails
    }
    assert after["AuditEvent"][: len(before["AuditEvent"])] == before["AuditEvent"]
    assert trail()[len(before["AuditEvent"]) :] == [
        (action, "mda-submitter", code)
        for code in DATASETS
        for action in ("submission.stage", "submission.discard")
    ]
    # And it is said
    expected = said(language, lambda: gettext("Nothing changed: the file equals what is released already."))
    assert text.splitlines()[3] == expected
    if language == "en":
        assert text.splitlines()[1:4] == [
            "MDA_REFUGEES: 0 new series, 0 changed, 0 removed, 3 unchanged; 5 values; 0 warnings.",
            "MDA_ASYLUM: 0 new series, 0 changed, 0 removed, 3 unchanged; 4 values; 0 warnings.",
            "Nothing changed: the file equals what is released already.",
        ]


def test_a_changed_file_releases_only_what_changed(importer: Importer, world: World) -> None:
    # Given a released file
    importer.write(text_of(*LINES))
    importer.run()
    # When it comes with one figure changed
    importer.write(text_of(*CHANGED))
    text = importer.run()
    # Then the one dataset has a second release with the one series, with the profile's reason
    second = Release.objects.get(number=2)
    counts = (second.new_count, second.changed_count, second.removed_count, second.unchanged_count)
    assert (second.dataset.code, counts) == ("MDA_REFUGEES", (0, 1, 0, 2))
    assert (second.reason_en, second.reason_ru) == ("New extraction.", "Новая выгрузка.")
    assert list(second.revisions.values_list("key", "values_json")) == [("MDA.UKR._T", "[100,151]")]
    assert figures(world, world.indicator)["MDA.UKR._T"] == [100, 151]
    assert list(Release.objects.filter(dataset__code="MDA_ASYLUM").values_list("number", flat=True)) == [1]
    assert list(Notice.objects.order_by("pk").values_list("kind", flat=True)) == [
        "released",
        "released",
        "corrected",
    ]
    assert text.splitlines()[1:3] == [
        "MDA_REFUGEES: 0 new series, 1 changed, 0 removed, 2 unchanged; 5 values; 0 warnings. Release 2.",
        "MDA_ASYLUM: 0 new series, 0 changed, 0 removed, 3 unchanged; 4 values; 0 warnings.",
    ]


def test_a_series_that_is_gone_is_superseded_with_a_warning(importer: Importer, world: World) -> None:
    importer.write(text_of(*LINES))
    importer.run()
    importer.write(text_of(*LINES[:4]))
    text = importer.run()
    assert (
        "MDA_REFUGEES: 0 new series, 0 changed, 1 removed, 2 unchanged; 4 values; 1 warnings. Release 2."
        in text
    )
    assert set(figures(world, world.indicator)) == {"MDA.KAZ._T", "MDA.UKR._T"}


def test_what_breaks_late_leaves_nothing_and_can_be_run_again(
    importer: Importer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an import that breaks when the second dataset is released
    importer.write(text_of(*LINES))
    before = stored()
    real = file_service.submission_release

    def breaks(**options: Any) -> Release:
        if options["submission"].dataset.code == DATASETS[1]:
            assert Release.objects.count() == 1, "the first dataset is released by now"
            raise KeyboardInterrupt
        return real(**options)

    monkeypatch.setattr(file_service, "submission_release", breaks)
    with pytest.raises(KeyboardInterrupt):
        importer.run()
    # Then nothing of it is left
    assert stored() == before
    # And it can be run again
    monkeypatch.undo()
    importer.run()
    assert list(Release.objects.order_by("pk").values_list("dataset__code", "number")) == [
        (code, 1) for code in DATASETS
    ]
    assert not StagedSeries.objects.exists()


def test_what_the_profile_says_anew_of_the_source_is_released_with_it(
    importer: Importer, world: World
) -> None:
    # Given a released file
    importer.write(text_of(*LINES))
    importer.run()
    # When its source is described anew, it is no one-person change: two people release it
    importer.write_profile(PROFILE.replace("CC BY 4.0", "CC0"))
    importer.run("--as", "mda-submitter", "--submit")
    assert set(Dataset.objects.values_list("licence", flat=True)) == {"CC BY 4.0"}
    text = importer.run()
    # Then there is a release in which no figure differs
    assert set(Dataset.objects.values_list("licence", flat=True)) == {"CC0"}
    counts = Release.objects.filter(number=2).values_list("new_count", "changed_count", "unchanged_count")
    assert list(counts) == [(0, 0, 3), (0, 0, 3)]
    assert text.count("Release 2.") == 2
    assert "Nothing changed" not in text
    # And the next time there is nothing new
    assert "Nothing changed: the file equals what is released already." in importer.run()
