"""A person's one draft of a dataset: read from a file or typed in, it takes the place of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.access import ANONYMOUS
from registry.cube import Cube
from registry.errors import Conflict, Invalid
from registry.formats.base import CellProblem, Reading
from registry.languages import by_column, texts
from registry.models import Dataset, Submission, User
from registry.models.submission import SubmissionState
from registry.row_security import as_service
from registry.rules import Finding
from registry.selectors.code import codes_by_list
from registry.services.audit import audit_record
from registry.services.dataset import dataset_locked
from registry.services.submission import submission_discard, submission_stage
from registry.services.writable import renamed, with_writable_codes


@as_service()
@transaction.atomic
def draft_stage(
    *,
    dataset: Dataset,
    reading: Reading,
    actor: User,
    replaces: int | None = None,
    base: int | None = None,
    **options: Any,
) -> Submission:
    """Stage what was read as the actor's one draft of the dataset, in the place of the draft ``replaces``.

    Invalid where they have another draft than that by now. ``base`` is the number of releases there were when
    the figures were begun: Conflict if there are others now, which they would take back unseen.
    Codes may be given as labels in any language. Wrong cells of the file become findings at their places. A
    returned submission of the dataset is what the new draft corrects; comment and reason of earlier ones stay
    unless new ones are given. ``options`` as in `submission_stage`, with its refusals.
    """
    authority.require_submitter(actor, dataset)
    dataset_locked(dataset=dataset)  # one draft at a time, so that one stays
    own = Submission.objects.filter(dataset=dataset, created_by=actor)
    drafts = list(own.filter(state=SubmissionState.DRAFT))
    if any(draft.pk != replaces for draft in drafts):
        raise Invalid(_OTHER_DRAFT)
    if base is not None and base != dataset.releases.count():
        raise Conflict(
            _("The dataset was released anew since this table was begun; begin with that release.")
        )
    returned = (
        Submission.objects.filter(dataset=dataset, state=SubmissionState.RETURNED).order_by("-pk").first()
    )
    words: dict[str, Any] = {}
    for earlier in filter(None, (returned, *drafts)):
        words = {"comment": earlier.comment, "reason": texts(earlier, "reason")}
    for draft in drafts:
        draft.dataset = dataset
        submission_discard(submission=draft, actor=actor)
    places = _places(dataset, reading)
    cube = renamed(reading.cube, places)
    rows = {
        tuple(_code(places, at, code) for at, code in enumerate(codes)): row
        for codes, row in reading.rows.items()
    }
    keys = _keys(cube)
    return submission_stage(
        dataset=dataset,
        cube=cube,
        actor=actor,
        findings=[_finding(found, places, keys) for found in reading.problems],
        file_rows={keys[codes]: row for codes, row in rows.items() if codes in keys},
        follows=returned,
        **{**words, **{name: option for name, option in options.items() if _is_said(option)}},
    )


@as_service()
@transaction.atomic
def draft_describe(*, submission: Submission, actor: User, comment: str, reason: Mapping[str, str]) -> None:
    """Change what is said of a draft, its comment and the reason of the correction, not its figures."""
    authority.require_submitter(actor, submission.dataset)
    drafts = Submission.objects.filter(
        pk=submission.pk, state__in=(SubmissionState.DRAFT, SubmissionState.RETURNED)
    )
    words = {"comment": comment, **by_column("reason", reason)}
    if drafts.update(**words) != 1:
        raise Conflict(_("The submission was changed by somebody else meanwhile."))
    for name, value in words.items():
        setattr(submission, name, value)
    audit_record(
        actor=actor,
        action="submission.describe",
        target=submission,
        participant=submission.dataset.owner,
        dataset=submission.dataset.code,
    )


def replaceable_draft(*, dataset: Dataset, actor: User, replace: bool) -> Submission | None:
    """The actor's draft of the dataset, if any. Invalid if it is not said that it may be replaced."""
    draft = dataset.submissions.filter(created_by=actor, state=SubmissionState.DRAFT).first()
    if draft is not None and not replace:
        raise Invalid(_OTHER_DRAFT)
    return draft


_OTHER_DRAFT = _("You have a draft of this dataset already. Say that it is to be replaced.")


def _is_said(option: Any) -> bool:
    return any(option.values()) if isinstance(option, Mapping) else bool(option)


Places = Mapping[int, Mapping[str, str]]


def _places(dataset: Dataset, reading: Reading) -> Places:
    """By position of the dimension: what stands for which code, where it is not the code itself."""
    dimensions = list(dataset.indicator.dimensions.all())
    found = codes_by_list(viewer=ANONYMOUS, codelists={dimension.codelist_id for dimension in dimensions})
    if len(reading.cube.axes) != len(dimensions):
        return {}  # refused when it is staged
    changed: dict[int, dict[str, str]] = {}
    for at, (axis, dimension) in enumerate(zip(reading.cube.axes, dimensions, strict=True)):
        rows = found.get(dimension.codelist_id, [])
        known = {row.code for row in rows}
        if known.issuperset(axis.codes):
            continue
        names = {folded(label): row.code for row in rows for label in (row.code, *row.labels.values())}
        changed[at] = {
            code: names[folded(code)] for code in axis.codes if code not in known and folded(code) in names
        }
    return changed


def folded(text: str) -> str:
    """A name without what writers of it differ in."""
    return " ".join(text.casefold().replace("ё", "е").split())


def _code(places: Places, at: int, code: str) -> str:
    return places.get(at, {}).get(code, code)


def _keys(cube: Cube) -> dict[tuple[str, ...], str]:
    """The keys under which rows are staged, by their codes."""
    writable = with_writable_codes(cube)
    return {row.codes: kept.key for row, kept in zip(cube.rows, writable.rows, strict=True)}


def _finding(found: CellProblem, places: Places, keys: Mapping[tuple[str, ...], str]) -> Finding:
    codes = tuple(_code(places, at, code) for at, code in enumerate(found.codes))
    place = {"file_row": found.row} if found.row else {}
    return Finding(
        found.code, found.severity, keys.get(codes, ""), found.period, {**place, **found.arguments}
    )
