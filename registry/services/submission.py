"""Figures on their way: stage → submit → validate, with return and withdrawal.

Each transition is one conditional UPDATE and one audit row in one transaction, so that of two people
who act at once exactly one succeeds. Source: docs/architecture.md; mission rows D084–D096.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.cube import Cube
from registry.database import copy_rows
from registry.errors import Conflict, Invalid, NotAllowed
from registry.languages import by_column, served, texts
from registry.models import Dataset, Problem, StagedSeries, Submission, User
from registry.models.submission import Severity, SubmissionAction, SubmissionState
from registry.periods import period_range
from registry.row_security import as_service
from registry.rules import MORE, Finding, validate
from registry.rules.provisional import provisional
from registry.selectors.cube import released_cube
from registry.selectors.terms import terms_of
from registry.services.audit import audit_record
from registry.services.dataset import dataset_locked, description_changes
from registry.services.merge import merged
from registry.services.remark import remark_write
from registry.services.writable import clean_arguments, with_writable_codes, without_unwritable
from registry.stored import stored_series
from registry.tasks import after_commit, mail_submission

_CHANGED = _("The submission was changed by somebody else meanwhile.")
_STAGED = ("submission_id", "key", "start", "values_json", "statuses_json", "notes_json", "value_count")


@as_service()
@transaction.atomic
def submission_stage(
    *,
    dataset: Dataset,
    cube: Cube,
    actor: User,
    action: SubmissionAction = SubmissionAction.REPLACE,
    comment: str = "",
    reason: Mapping[str, str] | None = None,
    description: Mapping[str, Any] | None = None,
    file_name: str = "",
    sha256: str = "",
    findings: Sequence[Finding] = (),
    file_rows: Mapping[str, int] | None = None,
    follows: Submission | None = None,
) -> Submission:
    """A draft with the figures of a cube and what automatic validation found on them.

    The cube's axes are the indicator's dimensions in order, its time axis has no gaps. ``description`` holds
    columns of the dataset (source, note, licence, …) that are to change with the release. A draft with errors
    is kept, so that they can be shown at their cells, but cannot be submitted. ``findings`` are what was
    wrong with single cells of the file, ``file_rows`` its rows by series key, ``follows`` the returned
    submission that these figures correct. Values of the running year become provisional (D055). NotAllowed
    unless the actor submits for the owner, Invalid for other dimensions, another frequency or gaps.

    Nobody releases the dataset meanwhile, so that the figures are based on the release they say they are.
    """
    authority.require_submitter(actor, dataset)
    _check_axes(dataset, cube)
    dataset = _locked(dataset)
    cube = replace(with_writable_codes(cube), decimals=dataset.indicator.decimals)
    cube = provisional(cube, timezone.now().year)
    previous = released_cube(dataset)
    if action == SubmissionAction.MERGE and previous is not None and cube.rows:
        cube = merged(previous, cube)
    submission = Submission(
        dataset=dataset,
        action=action,
        base_release_id=dataset.current_release_id,
        base_number=dataset.releases.count(),
        comment=comment,
        description=description_changes(dataset=dataset, description=description or {}),
        file_name=file_name,
        sha256=sha256,
        follows=follows,
        created_by=actor,
        **by_column("reason", reason),
    )
    found = validate(cube, previous, terms_of(dataset), given=findings)
    submission.save()
    _write_staged(submission, without_unwritable(cube) if _is_broken(found) else cube)
    Problem.objects.bulk_create(
        [
            Problem(
                submission=submission,
                rule=finding.rule,
                severity=finding.severity,
                key=finding.key,
                period=finding.period,
                arguments=_arguments(finding, file_rows or {}),
            )
            for finding in found
        ],
        batch_size=500,
    )
    audit_record(
        actor=actor,
        action="submission.stage",
        target=submission,
        participant=dataset.owner,
        dataset=dataset.code,
        series=submission.series_count,
        values=submission.value_count,
        sha256=sha256,
    )
    return submission


def _locked(dataset: Dataset) -> Dataset:
    """The dataset as it is now; its owner and indicator, which never change, with all they have at hand."""
    locked = dataset_locked(dataset=dataset)
    locked.owner, locked.indicator = dataset.owner, dataset.indicator
    return locked


def _write_staged(submission: Submission, cube: Cube) -> None:
    """The figures, made while the database writes them: no second copy is held, and neither side waits."""
    counts = [0, 0]

    def rows() -> Iterator[tuple[int, str, str, str, str, str, int]]:
        series_count = value_count = 0
        for series in stored_series(cube):
            series_count += 1
            value_count += series.value_count
            yield (submission.pk, *series)
        counts[:] = series_count, value_count

    copy_rows(StagedSeries, _STAGED, rows())
    submission.series_count, submission.value_count = counts
    submission.save(update_fields=["series_count", "value_count"])


def _arguments(finding: Finding, file_rows: Mapping[str, int]) -> dict[str, Any]:
    """What fills the text of a finding, and the row of the file where it is known."""
    row = {"file_row": file_rows[finding.key]} if finding.key in file_rows else {}
    return clean_arguments({**row, **finding.arguments})


#: Findings after which the figures cannot be written down as they are.
_UNWRITABLE = frozenset({"duplicate_series", "too_large", "not_a_number"})


def _is_broken(findings: Collection[Finding]) -> bool:
    """Whether one of them is among the findings, or may be among the errors that are only counted."""
    return any(
        finding.rule in _UNWRITABLE or (finding.rule == MORE and finding.severity == Severity.ERROR)
        for finding in findings
    )


def _check_axes(dataset: Dataset, cube: Cube) -> None:
    expected = [dimension.code for dimension in dataset.indicator.dimensions.all()]
    given = [axis.code for axis in cube.axes]
    if given != expected:
        raise Invalid(
            _("The dimensions are %(given)s; expected %(expected)s."),
            given=", ".join(given),
            expected=", ".join(expected),
        )
    if cube.frequency != dataset.frequency:
        raise Invalid(
            _("The periods are of frequency %(given)s; expected %(expected)s."),
            given=cube.frequency,
            expected=dataset.frequency,
        )
    periods = cube.time.codes
    if periods and periods != period_range(periods[0], periods[-1]):
        raise Invalid(
            _("The periods have gaps; expected every period from %(first)s to %(last)s."),
            first=periods[0],
            last=periods[-1],
        )
    if any(len(row.values) != len(periods) for row in cube.rows):
        raise Invalid(_("A series has not as many values as there are periods."))


@as_service()
@transaction.atomic
def submission_submit(*, submission: Submission, actor: User) -> None:
    """draft or returned → submitted. Invalid while there are errors, no figures, or no reason to correct.

    The returned submission that these figures correct is closed.
    """
    authority.require_submitter(actor, submission.dataset)
    if submission.problems.filter(severity=Severity.ERROR).exists() or not submission.series_count:
        raise Invalid(_("The figures have errors; correct them before submitting."))
    if submission.dataset.current_release_id and not all(texts(submission, "reason").values()):
        raise Invalid(_("Figures are released already: give the reason of the correction in every language."))
    _move(
        submission,
        (SubmissionState.DRAFT, SubmissionState.RETURNED),
        SubmissionState.SUBMITTED,
        actor,
        submitted_by=actor,
        submitted_at=timezone.now(),
    )
    if submission.follows is not None and submission.follows.state == SubmissionState.RETURNED:
        submission.follows.dataset = submission.dataset
        _move(submission.follows, (SubmissionState.RETURNED,), SubmissionState.WITHDRAWN, actor)
        submission.follows.staged_series.all().delete()


@transaction.atomic
def submission_validate(*, submission: Submission, actor: User) -> None:
    """submitted → validated, by somebody other than who submitted or staged it (four eyes)."""
    authority.require_verifier(actor, submission.dataset)
    if is_same_person(submission=submission_locked(submission=submission), actor=actor):
        raise NotAllowed(_("Who validates must not be who submitted."))
    _move(
        submission,
        (SubmissionState.SUBMITTED,),
        SubmissionState.VALIDATED,
        actor,
        validated_by=actor,
        validated_at=timezone.now(),
    )


@transaction.atomic
def submission_return(*, submission: Submission, actor: User, comment: str = "") -> None:
    """submitted or validated → returned, with what is to be corrected.

    ``comment`` becomes a remark on the whole. Invalid without it, unless somebody else than the submitter has
    remarked on the figures since they were submitted.
    """
    authority.require_verifier(actor, submission.dataset)
    locked = submission_locked(submission=submission)
    _refuse_scheduled(locked)
    if comment.strip():
        state = SubmissionState.RETURNED
        remark_write(submission=submission, actor=actor, text=comment, state=state)
    elif not _has_remarks(locked):
        raise Invalid(_("Say what is to be corrected: of the whole, or at a cell."))
    _move(
        submission,
        (SubmissionState.SUBMITTED, SubmissionState.VALIDATED),
        SubmissionState.RETURNED,
        actor,
        validated_by=None,
        validated_at=None,
    )
    people = {submission.submitted_by_id or submission.created_by_id, submission.created_by_id}
    after_commit(mail_submission, submission.pk, "submission_returned", sorted(people - {actor.pk}), {})


def _has_remarks(submission: Submission) -> bool:
    """Whether somebody else has said something of the figures since they were submitted."""
    own = (submission.submitted_by_id, submission.created_by_id)
    said = submission.remarks.filter(author__isnull=False).exclude(author__in=[pk for pk in own if pk])
    return (
        submission.submitted_at is not None and said.filter(created_at__gte=submission.submitted_at).exists()
    )


def _refuse_scheduled(submission: Submission) -> None:
    if submission.state == SubmissionState.VALIDATED and submission.release_at is not None:
        raise Conflict(_("It is set to be released at a set time. Cancel that first."))


@as_service()
@transaction.atomic
def submission_withdraw(*, submission: Submission, actor: User, reason: Mapping[str, str]) -> None:
    """Anything not yet released → withdrawn. The staged figures are deleted."""
    authority.require_submitter(actor, submission.dataset)
    if not served(reason):
        raise Invalid(_("Give a reason."))
    _refuse_scheduled(submission_locked(submission=submission))
    before = tuple(
        state
        for state in SubmissionState
        if state not in (SubmissionState.RELEASED, SubmissionState.WITHDRAWN)
    )
    _move(
        submission,
        before,
        SubmissionState.WITHDRAWN,
        actor,
        **by_column("reason", reason),
    )
    submission.staged_series.all().delete()


@as_service()
@transaction.atomic
def submission_discard(*, submission: Submission, actor: User) -> None:
    """Drop a draft that brings nothing new, with all that was staged for it. Conflict if it is none now."""
    authority.require_submitter(actor, submission.dataset)
    locked = submission_locked(submission=submission)
    if locked.state != SubmissionState.DRAFT:
        raise Conflict(_CHANGED)
    audit_record(
        actor=actor,
        action="submission.discard",
        target=submission,
        participant=submission.dataset.owner,
        dataset=submission.dataset.code,
    )
    locked.delete()


def submission_locked(*, submission: Submission) -> Submission:
    """The submission as it is now, with nobody else changing it until the transaction ends.

    Conflict if it was discarded meanwhile.
    """
    locked = Submission.objects.select_for_update(of=("self",)).filter(pk=submission.pk).first()
    if locked is None:
        raise Conflict(_CHANGED)
    return locked


def is_same_person(*, submission: Submission, actor: User) -> bool:
    """Whether the actor staged or submitted the figures, and so must not judge them (four eyes)."""
    return actor.pk in (submission.submitted_by_id, submission.created_by_id)


def _move(
    submission: Submission,
    before: Collection[SubmissionState],
    after: SubmissionState,
    actor: User,
    **fields: Any,
) -> None:
    """One conditional UPDATE and one audit row. Conflict when the submission is no longer in ``before``."""
    free = Submission.objects.filter(pk=submission.pk, state__in=before, release_at__isnull=True)
    moved = free.update(state=after, **fields)
    if moved != 1:
        raise Conflict(_CHANGED)
    dataset = submission.dataset
    submission.refresh_from_db()
    submission.dataset = dataset
    audit_record(
        actor=actor,
        action=f"submission.{after.value}",
        target=submission,
        participant=dataset.owner,
        dataset=dataset.code,
    )
