"""Release: validated figures become the current ones, everywhere at once.

A release writes revisions only of the series that changed and supersedes the old ones, so that every
vintage can be rebuilt. All of it is a handful of set-based statements in one transaction, the same on
SQLite and PostgreSQL. Source: docs/architecture.md; mission rows D094, D102–D107.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.database import analyze, analyze_if_grown, joining_sets
from registry.errors import Conflict, Invalid, NotAllowed
from registry.events import announce_dataset
from registry.languages import by_column, served, texts
from registry.models import Dataset, Notice, Release, Series, SeriesRevision, StagedSeries, Submission, User
from registry.models.release import NoticeKind
from registry.models.submission import SubmissionState
from registry.row_security import as_service
from registry.services.access import Openings, audiences_extend, openings_of, release_show
from registry.services.audit import audit_record
from registry.services.dataset import dataset_locked, description_apply
from registry.services.submission import is_same_person, submission_locked
from registry.tasks import after_commit, deliver_notice


@dataclass(frozen=True, slots=True)
class Difference:
    """Series of a submission against the current release."""

    new: int
    changed: int
    removed: int
    unchanged: int

    @property
    def is_nothing(self) -> bool:
        return not (self.new or self.changed or self.removed)


#: From so many new series on, a plan made for an empty table costs more than counting them.
_MANY = 1_000

_DIFFERS = """(g.start <> r.start OR g.values_json <> r.values_json
    OR g.statuses_json <> r.statuses_json OR g.notes_json <> r.notes_json)"""

# A grouping instead of a join: it takes the same time whatever PostgreSQL knows of the tables yet.
_COMPARE = """
    SELECT COALESCE(sum(CASE WHEN old = 0 THEN 1 ELSE 0 END), 0),
        COALESCE(sum(CASE WHEN old = 1 AND new = 1 AND low <> high THEN 1 ELSE 0 END), 0),
        COALESCE(sum(CASE WHEN new = 0 THEN 1 ELSE 0 END), 0),
        COALESCE(sum(CASE WHEN old = 1 AND new = 1 AND low = high THEN 1 ELSE 0 END), 0)
    FROM (
        SELECT key, sum(is_new) AS new, sum(is_old) AS old, min(content) AS low, max(content) AS high
        FROM (
            SELECT key, 1 AS is_new, 0 AS is_old,
                start || ' ' || values_json || ' ' || statuses_json || ' ' || notes_json AS content
            FROM registry_stagedseries WHERE submission_id = %s
            UNION ALL
            SELECT key, 0, 1, start || ' ' || values_json || ' ' || statuses_json || ' ' || notes_json
            FROM registry_seriesrevision WHERE dataset_id = %s AND superseded_by_id IS NULL
        ) both_sides GROUP BY key
    ) compared
"""

_NEW_SERIES = """
    INSERT INTO registry_series (dataset_id, key)
    SELECT %s, g.key FROM registry_stagedseries g WHERE g.submission_id = %s
"""

_NOT_KNOWN = """ AND NOT EXISTS (SELECT 1 FROM registry_series s WHERE s.dataset_id = %s AND s.key = g.key)"""

_SUPERSEDE_CHANGED = f"""
    UPDATE registry_seriesrevision SET superseded_by_id = %s
    WHERE dataset_id = %s AND superseded_by_id IS NULL AND key IN (
        SELECT g.key FROM registry_stagedseries g
        JOIN registry_seriesrevision r
            ON r.dataset_id = %s AND r.key = g.key AND r.superseded_by_id IS NULL
        WHERE g.submission_id = %s AND {_DIFFERS})
"""  # noqa: S608

_SUPERSEDE_REMOVED = """
    UPDATE registry_seriesrevision SET superseded_by_id = %s
    WHERE dataset_id = %s AND superseded_by_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM registry_stagedseries g
        WHERE g.submission_id = %s AND g.key = registry_seriesrevision.key)
"""

_NEW_REVISIONS = """
    INSERT INTO registry_seriesrevision
        (series_id, dataset_id, key, audience_id, release_id,
            start, values_json, statuses_json, notes_json, value_count)
    SELECT s.id, s.dataset_id, s.key, %s, %s,
        g.start, g.values_json, g.statuses_json, g.notes_json, g.value_count
    FROM registry_stagedseries g
    JOIN registry_series s ON s.dataset_id = %s AND s.key = g.key
    WHERE g.submission_id = %s
"""

_WITHOUT_CURRENT = """ AND NOT EXISTS (
    SELECT 1 FROM registry_seriesrevision r
    WHERE r.dataset_id = s.dataset_id AND r.key = g.key AND r.superseded_by_id IS NULL)
"""


@as_service()
def submission_compare(*, submission: Submission) -> Difference:
    """How many series of a submission are new, changed, gone or unchanged against the release it is based on.

    A merging submission was staged with all that it keeps, so nothing is gone in it.
    """
    dataset = submission.dataset
    if submission.base_release_id is None:
        return Difference(submission.series_count, 0, 0, 0)
    with connection.cursor() as cursor:
        cursor.execute(_COMPARE, [submission.pk, dataset.pk])
        new, changed, removed, unchanged = cursor.fetchone()
    return Difference(new, changed, removed, unchanged)


@as_service()
@transaction.atomic
def submission_release(
    *, submission: Submission, actor: User, scheduled_at: datetime | None = None
) -> Release:
    """validated → released: the submission's figures become the current ones of its dataset.

    NotAllowed for whoever submitted it or does not release for this participant. Conflict when the
    dataset was released by another submission since this one was staged, or when the submission is set to be
    released at another time than ``scheduled_at``, which only `registry.services.schedule` gives.
    """
    authority.require_releaser(actor, submission.dataset)
    dataset = dataset_locked(dataset=submission.dataset)
    locked = submission_locked(submission=submission)
    if is_same_person(submission=locked, actor=actor):
        raise NotAllowed(_("Who releases must not be who submitted."))
    if locked.release_at != scheduled_at:
        raise Conflict(_("It is set to be released at a set time. Cancel that first."))
    number = _next_number(dataset)
    if number != submission.base_number + 1:
        raise Conflict(_("The dataset was released anew since these figures were staged; stage them again."))
    difference = submission_compare(submission=submission)
    now = timezone.now()
    moved = Submission.objects.filter(pk=submission.pk, state=SubmissionState.VALIDATED).update(
        state=SubmissionState.RELEASED, released_by=actor, released_at=now
    )
    if moved != 1:
        raise Conflict(_("The submission was changed by somebody else meanwhile."))
    submission.refresh_from_db()
    submission.dataset = dataset
    release = _release(number, submission, actor, now, difference)
    openings = openings_of(dataset=dataset)
    _write_figures(release, submission, difference, openings)
    submission.staged_series.all().delete()
    if submission.description:
        description_apply(dataset=dataset, description=submission.description)
    kind = NoticeKind.CORRECTED if release.number > 1 else NoticeKind.RELEASED
    _publish(openings, release, actor, kind)
    return release


@as_service()
@transaction.atomic
def dataset_withdraw(*, dataset: Dataset, actor: User, reason: Mapping[str, str]) -> Release:
    """Take a dataset's figures off every surface at once, leaving a tombstone with the reason.

    Only the owner may, whoever releases. Invalid without a reason; Conflict when nothing is released.
    """
    authority.require_withdrawer(actor, dataset)
    if not served(reason):
        raise Invalid(_("Give a reason."))
    dataset = dataset_locked(dataset=dataset)
    if dataset.current_release_id is None:
        raise Conflict(_("This dataset has no released figures."))
    release = Release.objects.create(
        dataset=dataset,
        number=_next_number(dataset),
        is_withdrawal=True,
        released_at=timezone.now(),
        released_by=actor,
        **by_column("reason", reason),
    )
    release.removed_count = (
        SeriesRevision.objects.current().filter(dataset=dataset).update(superseded_by=release)
    )
    release.save(update_fields=["removed_count"])
    Submission.objects.filter(release=dataset.current_release_id).update(state=SubmissionState.WITHDRAWN)
    _publish(openings_of(dataset=dataset), release, actor, NoticeKind.WITHDRAWN)
    return release


def _next_number(dataset: Dataset) -> int:
    last: int | None = Release.objects.filter(dataset=dataset).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _release(
    number: int, submission: Submission, actor: User, now: datetime, difference: Difference
) -> Release:
    return Release.objects.create(
        dataset=submission.dataset,
        number=number,
        submission=submission,
        released_at=now,
        released_by=actor,
        embargo_until=submission.release_at,
        new_count=difference.new,
        changed_count=difference.changed,
        removed_count=difference.removed,
        unchanged_count=difference.unchanged,
        value_count=submission.value_count,
        **by_column("reason", texts(submission, "reason")),
    )


def _write_figures(
    release: Release, submission: Submission, difference: Difference, openings: Openings
) -> None:
    """Series, then what is superseded, then what is new. ``NOT EXISTS`` only where there is something."""
    dataset = release.dataset
    current = difference.changed or difference.removed or difference.unchanged
    with connection.cursor() as cursor:
        if difference.new:
            known = Series.objects.filter(dataset=dataset).exists()
            condition, values = (_NOT_KNOWN, [dataset.pk]) if known else ("", [])
            cursor.execute(_NEW_SERIES + condition, [dataset.pk, submission.pk, *values])
            if difference.new >= _MANY:
                analyze_if_grown(Series, difference.new, "dataset_id", "key")
        if difference.changed + difference.removed >= _MANY:
            analyze(StagedSeries, "submission_id", "key")
            analyze(SeriesRevision, "dataset_id", "key")
        if difference.changed:
            cursor.execute(_SUPERSEDE_CHANGED, [release.pk, dataset.pk, dataset.pk, submission.pk])
        if difference.removed:
            cursor.execute(_SUPERSEDE_REMOVED, [release.pk, dataset.pk, submission.pk])
        if difference.new or difference.changed:
            condition = _WITHOUT_CURRENT if current else ""
            with joining_sets():
                values = [openings.base.pk, release.pk, dataset.pk, submission.pk]
                cursor.execute(_NEW_REVISIONS + condition, values)
            audiences_extend(release=release, openings=openings)


def _publish(openings: Openings, release: Release, actor: User, kind: NoticeKind) -> None:
    dataset = openings.dataset
    dataset.current_release = None if release.is_withdrawal else release
    dataset.save(update_fields=["current_release"])
    release_show(release=release, openings=openings)
    notice = Notice.objects.create(release=release, kind=kind, created_at=release.released_at)
    after_commit(deliver_notice, notice.pk)
    audit_record(
        actor=actor,
        action=f"dataset.{'withdraw' if release.is_withdrawal else 'release'}",
        target=dataset,
        participant=dataset.owner,
        dataset=dataset.code,
        release=release.number,
        new=release.new_count,
        changed=release.changed_count,
        removed=release.removed_count,
    )
    announce_dataset(dataset.pk)
