"""A file in a foreign layout becomes submissions, and on request releases, in one transaction."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from importers.profile import Measure, Profile
from importers.table import Target, read_table, rows_of
from registry.access import PUBLIC
from registry.authority import holds, roles_read_once
from registry.cube import Cube
from registry.errors import Invalid, NotAllowed
from registry.formats.base import LIMITS, Limits
from registry.formats.text import announced_size
from registry.languages import by_column
from registry.models import Code, Dataset, Indicator, Participant, Problem, Role, Submission, User
from registry.models.submission import Severity
from registry.row_security import as_service
from registry.selectors.indicator import with_dimensions
from registry.services.access import grant_ensure
from registry.services.audit import audited_together
from registry.services.dataset import dataset_create
from registry.services.release import Difference, submission_compare, submission_release
from registry.services.submission import (
    submission_discard,
    submission_stage,
    submission_submit,
    submission_validate,
)
from search.tasks import refreshed_together


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one measure: its dataset, the difference, and the release number if released."""

    dataset: str
    difference: Difference
    values: int
    warnings: int
    submission_id: int | None
    release: int | None


@dataclass(frozen=True, slots=True)
class ImportSummary:
    rows: int
    sha256: str
    outcomes: tuple[Outcome, ...]

    @property
    def is_unchanged(self) -> bool:
        return all(outcome.submission_id is None for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Plan:
    """How far to go, and who acts. ``verifier`` is needed for a release; ``audience`` is a token."""

    submitter: User
    verifier: User | None = None
    submit: bool = False
    release: bool = False
    audience: str | None = None


class RefusedFigures(Invalid):
    """Automatic validation found errors. ``findings`` tells them, with their rows; all is rolled back."""

    def __init__(self, dataset: str, findings: Sequence[str]) -> None:
        super().__init__(_("The figures of %(dataset)s have errors."), dataset=dataset)
        self.findings = tuple(findings)


class _Refused(Exception):
    """The same before the rows are looked up, which takes the file once more."""

    def __init__(self, dataset: str, target: Target, problems: Sequence[Problem]) -> None:
        super().__init__(dataset)
        self.dataset = dataset
        self.target = target
        self.problems = problems


def file_import(
    *,
    path: Path,
    profile: Profile,
    plan: Plan,
    limits: Limits = LIMITS,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> ImportSummary:
    """Read a file by a profile and stage, submit or release what is in it: everything or nothing.

    ``progress`` is told how many bytes were read. Figures that equal the current release are neither staged
    nor released again. BadFile names rows and columns, Invalid and NotAllowed say what stands against it,
    OSError is left to the caller.
    """
    with path.open("rb") as file:
        return stream_import(
            stream=file, name=path.name, profile=profile, plan=plan, limits=limits, progress=progress
        )


def stream_import(
    *,
    stream: BinaryIO,
    name: str,
    profile: Profile,
    plan: Plan,
    limits: Limits = LIMITS,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> ImportSummary:
    """`file_import` for an open stream. The file is read first, so that nobody waits for it with a lock."""
    owner = Participant.objects.filter(code=profile.owner).first()
    if owner is None:
        raise Invalid(_("There is no participant “%(code)s”."), code=profile.owner)
    if plan.release and plan.verifier is None:
        raise Invalid(_("A release needs a second person: name who verified the figures."))
    if plan.audience and not plan.release:
        raise Invalid(
            _("An audience is opened with a release only; without one the figures stay with their owner.")
        )
    targets = _targets(profile)
    watched = _Watched(stream, progress)
    with _collector_paused():
        try:
            return _imported(watched, name, targets, owner, profile, plan, limits)
        except _Refused as error:
            refused = error.with_traceback(None)  # which holds the table
        raise RefusedFigures(refused.dataset, _with_rows(refused, stream, profile, targets, limits))


def _imported(
    stream: _Watched,
    name: str,
    targets: Sequence[Target],
    owner: Participant,
    profile: Profile,
    plan: Plan,
    limits: Limits,
) -> ImportSummary:
    """A function of its own, so that nothing of the table is left when the collector goes on."""
    table = read_table(stream, profile, targets, limits=limits)
    sha256 = stream.hexdigest()
    with as_service(), refreshed_together(), transaction.atomic(), roles_read_once(), audited_together():
        outcomes = tuple(
            _one(cube, target, owner, profile, plan, name, sha256)
            for cube, target in zip(table.cubes, targets, strict=True)
        )
    return ImportSummary(table.row_count, sha256, outcomes)


def _with_rows(
    refused: _Refused, stream: BinaryIO, profile: Profile, targets: Sequence[Target], limits: Limits
) -> list[str]:
    """The errors with the rows of the file. Read once more for them: no import that succeeds keeps rows."""
    if stream.seekable():
        stream.seek(0)
        row_of = rows_of(stream, profile, targets, refused.target, limits=limits)
        for problem in refused.problems:
            problem.arguments = {**problem.arguments, "file_row": row_of(problem.key, problem.period)}
    return [problem.text for problem in refused.problems]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Reading makes many small objects that all live to the end; looking for cycles among them finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Watched(BufferedReader):
    """A stream that hashes and counts what is read from it."""

    def __init__(self, stream: BinaryIO, progress: Callable[[int], None]) -> None:
        super().__init__(stream)  # type: ignore[arg-type]
        self._hash = hashlib.sha256()
        self._progress = progress
        self._count = 0
        self.size = announced_size(stream)

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(size if size is not None else -1)
        self._hash.update(block)
        self._count += len(block)
        self._progress(self._count)
        return block

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _targets(profile: Profile) -> list[Target]:
    """Where each measure goes. Three queries, however many measures there are."""
    wanted = {measure.indicator for measure in profile.measures}
    indicators = {it.code: it for it in with_dimensions(Indicator.objects.filter(code__in=wanted))}
    lists = {dimension.codelist_id for it in indicators.values() for dimension in it.dimensions.all()}
    known: dict[int, set[str]] = {codelist_id: set() for codelist_id in lists}
    rows = Code.objects.filter(codelist__in=lists).values_list("codelist_id", "code")
    for codelist_id, code in rows:
        known[codelist_id].add(code)
    codes = {codelist_id: frozenset(found) for codelist_id, found in known.items()}
    return [
        _target(profile, measure, indicators.get(measure.indicator), codes) for measure in profile.measures
    ]


def _target(
    profile: Profile, measure: Measure, indicator: Indicator | None, codes: Mapping[int, frozenset[str]]
) -> Target:
    if indicator is None:
        raise Invalid(_("There is no indicator “%(code)s”."), code=measure.indicator)
    dimensions = {dimension.code: dimension.codelist_id for dimension in indicator.dimensions.all()}
    if set(dimensions) != set(profile.dimensions):
        raise Invalid(
            _("The profile gives the dimensions %(given)s; the indicator %(code)s has %(expected)s."),
            given=", ".join(profile.dimensions),
            code=indicator.code,
            expected=", ".join(dimensions),
        )
    return Target(measure, indicator, {name: codes[list_id] for name, list_id in dimensions.items()})


def _one(
    cube: Cube,
    target: Target,
    owner: Participant,
    profile: Profile,
    plan: Plan,
    file_name: str,
    sha256: str,
) -> Outcome:
    description = _description(target.measure, profile)
    dataset = _dataset(target, owner, profile, plan.submitter, description)
    if plan.audience:
        _open(dataset, plan)
    submission = submission_stage(
        dataset=dataset,
        cube=cube,
        actor=plan.submitter,
        reason=profile.reason if dataset.current_release_id else {},
        description=description,
        file_name=file_name,
        sha256=sha256,
    )
    findings = submission.problems.count()
    errors = list(submission.problems.filter(severity=Severity.ERROR)[:20]) if findings else []
    if errors:
        raise _Refused(dataset.code, target, errors)
    difference = submission_compare(submission=submission)
    is_new = bool(submission.description) or not difference.is_nothing
    outcome = Outcome(
        dataset.code,
        difference,
        submission.value_count,
        findings,
        submission.pk if is_new else None,
        None,
    )
    if not is_new:
        submission_discard(submission=submission, actor=plan.submitter)
    elif plan.submit or plan.release:
        return replace(outcome, release=_advance(submission, plan))
    return outcome


def _advance(submission: Submission, plan: Plan) -> int | None:
    submission_submit(submission=submission, actor=plan.submitter)
    if not plan.release or plan.verifier is None:
        return None
    submission_validate(submission=submission, actor=plan.verifier)
    return submission_release(submission=submission, actor=plan.verifier).number


def _description(measure: Measure, profile: Profile) -> dict[str, Any]:
    """What the profile says of a measure's dataset."""
    return {
        **by_column("source", profile.source.name),
        **by_column("note", measure.note),
        "source_url": profile.source.url,
        "licence": profile.source.licence,
        "is_official": measure.official,
    }


def _dataset(
    target: Target, owner: Participant, profile: Profile, actor: User, description: Mapping[str, Any]
) -> Dataset:
    """The measure's dataset, created where there is none."""
    code = target.measure.dataset
    dataset = Dataset.objects.select_related("owner").filter(code=code).first()
    if dataset is None:
        dataset = dataset_create(
            code=code,
            indicator=target.indicator,
            owner=owner,
            actor=actor,
            frequency=profile.time.frequency,
            **description,
        )
    elif dataset.owner_id != owner.pk or dataset.indicator_id != target.indicator.pk:
        raise Invalid(_("The dataset %(code)s belongs to another owner or indicator."), code=code)
    dataset.indicator = target.indicator  # with its dimensions at hand
    return dataset


def _open(dataset: Dataset, plan: Plan) -> None:
    """Open the dataset to the audience, as whichever of the two people administers the owner."""
    people = [person for person in (plan.submitter, plan.verifier) if person is not None]
    for person in people:
        if holds(person, (Role.COUNTRY_ADMINISTRATOR,), participant=dataset.owner):
            grant_ensure(dataset=dataset, actor=person, token=plan.audience or PUBLIC)
            return
    raise NotAllowed(_("To open the figures, one of the two people must be the owner's administrator."))
