from __future__ import annotations

import pytest

from registry import rules
from registry.authority import NotAllowed
from registry.errors import Conflict, Invalid
from registry.models import (
    AuditEvent,
    Dataset,
    Notice,
    Observation,
    Release,
    Series,
    SeriesRevision,
    StagedSeries,
    Submission,
)
from registry.models.submission import SubmissionAction
from registry.selectors.cube import cube_get
from registry.selectors.selection import Selection
from registry.services.release import dataset_withdraw, submission_compare, submission_release
from registry.services.submission import (
    submission_discard,
    submission_return,
    submission_stage,
    submission_submit,
    submission_validate,
    submission_withdraw,
)

FIGURES = {"MDA._T._T": [100, 120, None, 90], "MDA.KAZ._T": [40, 50, 60, 70], "MDA.UKR._T": [None, 7, 0, 8]}


def values(cube):
    return {row.key: list(row.values) for row in cube.rows}


def test_released_figures_come_out_as_they_went_in(world):
    # Given figures staged, submitted and validated by two people
    release = world.release("MDA", FIGURES)
    # When the owner's people look
    cube = cube_get(viewer=world.viewer("MDA"), indicator=world.indicator)
    # Then they see every cell in its place
    assert cube.time.codes == ("2010", "2011", "2012", "2013")
    assert values(cube) == FIGURES
    assert [axis.codes for axis in cube.axes] == [("MDA",), ("_T", "KAZ", "UKR"), ("_T",)]
    assert (release.number, release.new_count, release.value_count) == (1, 3, 10)
    assert not StagedSeries.objects.exists()
    assert set(SeriesRevision.objects.values_list("audience__fingerprint", flat=True)) == {
        "participant:MDA[/]"
    }


def test_a_correction_writes_only_what_changed_and_keeps_the_vintage(world):
    # Given a first release
    first = world.release("MDA", FIGURES)
    # When one series changes, one goes and one comes
    second = world.release(
        "MDA", {"MDA._T._T": [100, 120, None, 90], "MDA.KAZ._T": [41, 50, 60, 70], "MDA.XXA._T": [1]}
    )
    # Then only those are written, and both vintages can be read
    counts = (second.new_count, second.changed_count, second.removed_count, second.unchanged_count)
    assert counts == (1, 1, 1, 1)
    assert SeriesRevision.objects.count() == 5
    viewer = world.viewer("MDA")
    now = cube_get(viewer=viewer, indicator=world.indicator)
    then = cube_get(viewer=viewer, indicator=world.indicator, selection=Selection(as_of=first))
    assert values(now) == {
        "MDA._T._T": [100, 120, None, 90],
        "MDA.KAZ._T": [41, 50, 60, 70],
        "MDA.XXA._T": [1, None, None, None],
    }
    assert values(then) == FIGURES
    assert list(Notice.objects.order_by("pk").values_list("kind", flat=True)) == ["released", "corrected"]


def test_the_same_figures_again_are_no_difference(world):
    world.release("MDA", FIGURES)
    difference = submission_compare(submission=world.staged("MDA", FIGURES))
    assert (difference.is_nothing, difference.unchanged) == (True, 3)


def test_merge_adds_cells_and_keeps_the_rest(world):
    world.release("MDA", FIGURES)
    world.release("MDA", {"MDA.KAZ._T": [75]}, start=2014, action="merge")
    cube = cube_get(viewer=world.viewer("MDA"), indicator=world.indicator)
    assert values(cube)["MDA.KAZ._T"] == [40, 50, 60, 70, 75]
    assert values(cube)["MDA._T._T"] == [100, 120, None, 90, None]


def test_withdrawal_takes_figures_away_and_leaves_a_tombstone(world):
    world.release("MDA", FIGURES)
    dataset = world.dataset("MDA")
    reason = {"en": "Recount", "ru": "Пересчёт"}
    dataset_withdraw(dataset=dataset, actor=world.people["MDA"]["verifier"], reason=reason)
    assert cube_get(viewer=world.viewer("MDA"), indicator=world.indicator).rows == ()
    tombstone = Release.objects.get(number=2)
    assert (tombstone.is_withdrawal, tombstone.reason_ru, tombstone.removed_count) == (True, "Пересчёт", 3)
    # And figures can be released anew under the next number
    again = world.release("MDA", FIGURES)
    assert (again.number, again.new_count) == (3, 3)
    assert Series.objects.count() == 3
    assert values(cube_get(viewer=world.viewer("MDA"), indicator=world.indicator)) == FIGURES


def test_who_submits_neither_validates_nor_releases(world):
    submission = world.staged("MDA", FIGURES)
    people = world.people["MDA"]
    submission_submit(submission=submission, actor=people["administrator"])
    for actor in (
        people["administrator"],
        people["submitter"],
        people["user"],
        world.people["KAZ"]["verifier"],
    ):
        with pytest.raises(NotAllowed):
            submission_validate(submission=submission, actor=actor)
    submission_validate(submission=submission, actor=people["verifier"])
    with pytest.raises(NotAllowed):
        submission_release(submission=submission, actor=people["administrator"])
    assert not Release.objects.exists()


@pytest.mark.parametrize("skipped", ["submit", "validate"])
def test_no_step_can_be_left_out(world, skipped):
    people = world.people["MDA"]
    submission = world.staged("MDA", FIGURES)
    if skipped == "validate":
        submission_submit(submission=submission, actor=people["submitter"])
        with pytest.raises(Conflict):
            submission_release(submission=submission, actor=people["verifier"])
    else:
        with pytest.raises(Conflict):
            submission_validate(submission=submission, actor=people["verifier"])
    assert not SeriesRevision.objects.exists()


def test_a_second_release_of_the_same_base_is_a_conflict(world):
    people = world.people["MDA"]
    submissions = [world.staged("MDA", FIGURES), world.staged("MDA", {"MDA._T._T": [1]})]
    for submission in submissions:
        submission_submit(submission=submission, actor=people["submitter"])
        submission_validate(submission=submission, actor=people["verifier"])
    submission_release(submission=submissions[0], actor=people["verifier"])
    with pytest.raises(Conflict):
        submission_release(submission=submissions[1], actor=people["verifier"])
    assert Release.objects.count() == 1


def test_figures_staged_before_a_release_stay_stale_after_its_withdrawal(world):
    # Given two submissions staged before anything was released, one of them released and withdrawn
    people = world.people["MDA"]
    stale = world.staged("MDA", {"MDA._T._T": [1]})
    submission_submit(submission=stale, actor=people["submitter"])
    submission_validate(submission=stale, actor=people["verifier"])
    world.release("MDA", FIGURES)
    reason = {"en": "Recount", "ru": "Пересчёт"}
    dataset_withdraw(dataset=world.dataset("MDA"), actor=people["verifier"], reason=reason)
    # When the other one is to be released, then it is as stale as if the first still stood
    with pytest.raises(Conflict):
        submission_release(submission=stale, actor=people["verifier"])
    assert Release.objects.count() == 2
    assert cube_get(viewer=world.viewer("MDA"), indicator=world.indicator).rows == ()


def test_figures_are_based_on_the_release_there_is_when_they_are_staged(world):
    # Given somebody who looked at the dataset before it was released
    stale = Dataset.objects.select_related("owner", "indicator").get(pk=world.dataset("MDA").pk)
    release = world.release("MDA", FIGURES)
    # When a cell is put over what is released
    submission = submission_stage(
        dataset=stale,
        cube=world.cube({"MDA.UKR._T": [9]}),
        actor=world.people["MDA"]["submitter"],
        action=SubmissionAction.MERGE,
    )
    # Then the release is what it is put over, and what it is based on
    assert (submission.base_release_id, submission.base_number) == (release.pk, 1)
    assert set(submission.staged_series.values_list("key", flat=True)) == FIGURES.keys()
    assert submission.dataset.current_release_id == release.pk


def test_only_a_draft_is_discarded(world):
    people = world.people["MDA"]
    submission = world.staged("MDA", FIGURES)
    gone = world.staged("MDA", FIGURES)
    seen = Submission.objects.get(pk=submission.pk)
    submission_submit(submission=submission, actor=people["submitter"])
    submission_discard(submission=Submission.objects.get(pk=gone.pk), actor=people["submitter"])

    for late in (seen, gone):
        with pytest.raises(Conflict):
            submission_discard(submission=late, actor=people["submitter"])
    assert [(it.state, it.staged_series.count()) for it in Submission.objects.all()] == [
        ("submitted", len(FIGURES))
    ]
    assert AuditEvent.objects.filter(action="submission.discard").count() == 1


def test_errors_that_are_only_counted_may_be_of_figures_that_cannot_be_written(world, monkeypatch):
    monkeypatch.setattr(rules, "MOST_FINDINGS", 1)
    submission = world.staged("MDA", {"MDA._T._T": [-1, float("nan")], "MDA.KAZ._T": [2**60]})

    assert list(submission.problems.values_list("rule", flat=True)) == ["negative", "more"]
    assert dict(submission.staged_series.values_list("key", "values_json")) == {"MDA._T._T": "[-1]"}


def test_a_draft_says_nothing_of_the_dataset_before_its_release(world):
    # Given released figures
    world.release("MDA", FIGURES)
    # When new ones are staged with another source
    submission = world.staged("MDA", FIGURES, description={"source_en": "Ministry"})
    # Then the dataset keeps what it said, until somebody else releases them
    dataset = world.dataset("MDA")
    dataset.refresh_from_db()
    assert dataset.source_en == "Border service"
    submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])
    submission_validate(submission=submission, actor=world.people["MDA"]["verifier"])
    submission_release(submission=submission, actor=world.people["MDA"]["verifier"])
    dataset.refresh_from_db()
    assert dataset.source_en == "Ministry"


def test_return_asks_for_a_comment_and_lets_the_submitter_try_again(world):
    people = world.people["MDA"]
    submission = world.staged("MDA", FIGURES)
    submission_submit(submission=submission, actor=people["submitter"])
    with pytest.raises(Invalid):
        submission_return(submission=submission, actor=people["verifier"], comment=" ")
    submission_return(submission=submission, actor=people["verifier"], comment="2012 is missing")
    said = submission.remarks.get()
    assert (submission.state, submission.comment) == ("returned", "")
    assert (said.text, said.author, said.state) == ("2012 is missing", people["verifier"], "returned")
    submission_submit(submission=submission, actor=people["submitter"])
    assert submission.state == "submitted"
    submission_withdraw(submission=submission, actor=people["submitter"], reason={"en": "Mistake"})
    assert (submission.state, submission.staged_series.count()) == ("withdrawn", 0)


def test_figures_with_errors_are_kept_as_a_draft_but_not_submitted(world):
    submission = world.staged("MDA", {"MDA._T._T": [10], "MDA.KAZ._T": [-1], "MDA.UKR._T": [12.5]})
    found = list(submission.problems.values_list("rule", "key", "period"))
    assert found == [
        ("negative", "MDA.KAZ._T", "2010"),
        ("decimals", "MDA.UKR._T", "2010"),
        ("parts_exceed_total", "MDA._T._T", "2010"),
    ]
    with pytest.raises(Invalid):
        submission_submit(submission=submission, actor=world.people["MDA"]["submitter"])


def test_every_step_leaves_an_audit_row(world):
    world.release("MDA", FIGURES)
    trail = list(AuditEvent.objects.order_by("pk").values_list("action", "actor", "participant"))
    assert trail == [
        ("dataset.create", "mda-administrator", "MDA"),
        ("submission.stage", "mda-submitter", "MDA"),
        ("submission.submitted", "mda-submitter", "MDA"),
        ("submission.validated", "mda-verifier", "MDA"),
        ("dataset.release", "mda-verifier", "MDA"),
    ]


def test_the_audit_trail_cannot_be_changed(world):
    from django.db import DatabaseError, transaction

    world.dataset("MDA")
    for act in (lambda: AuditEvent.objects.update(actor="x"), lambda: AuditEvent.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert AuditEvent.objects.get().actor == "mda-administrator"


def test_the_observation_view_has_one_row_per_cell_under_the_same_visibility(world):
    world.release("MDA", {"MDA._T._T": [5, None, 7]}, statuses={"MDA._T._T": {1: "O"}})
    rows = Observation.objects.visible_to(world.viewer("MDA")).order_by("period")
    assert [(row.period, row.value, row.status) for row in rows] == [
        ("2010", 5, None),
        ("2011", None, "O"),
        ("2012", 7, None),
    ]
    assert not Observation.objects.visible_to(world.viewer("KAZ")).exists()


def test_reading_a_cube_takes_four_queries(world, django_assert_num_queries):
    world.release("MDA", FIGURES)
    viewer = world.viewer("MDA")
    with django_assert_num_queries(4):
        cube_get(viewer=viewer, indicator=world.indicator)
