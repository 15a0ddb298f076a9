"""Who sees what: grants, and the audience tokens derived from them.

A dataset starts with its owner's token only (D109). Opening it is an explicit, logged act of the owner
(D110). Tokens are rewritten in the transaction of the change, so that it counts from the next request on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.access import PARTICIPANTS, PUBLIC, participant_token, reciprocal
from registry.errors import Conflict, Invalid
from registry.events import announce_dataset
from registry.models import (
    AccessGrant,
    Audience,
    AudienceKind,
    AudienceToken,
    Code,
    Dataset,
    DatasetAudience,
    Level,
    Release,
    ReleaseAudience,
    SeriesRevision,
    User,
    code_at,
)
from registry.models.participant import Participant
from registry.row_security import as_service
from registry.services.audit import audit_record

Slice = Mapping[str, Sequence[str]]
_Span = tuple[str, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class _Opening:
    """One token with its time span, at a level, for a slice of a dataset."""

    token: str
    level: str
    slice: Slice
    starts_at: datetime | None
    ends_at: datetime | None

    @property
    def span(self) -> _Span:
        return self.token, self.starts_at, self.ends_at


@dataclass(frozen=True, slots=True)
class Openings:
    """What a dataset is open to just now, and the audience of its series that no slice contains.

    Good for one transaction that holds the dataset's lock: read once, used for everything it writes.
    """

    dataset: Dataset
    all: tuple[_Opening, ...]
    base: Audience

    @property
    def have_slices(self) -> bool:
        return any(opening.slice for opening in self.all)


@transaction.atomic
def grant_create(
    *,
    dataset: Dataset,
    actor: User,
    audience: AudienceKind,
    participant: Participant | None = None,
    level: Level = Level.DATA,
    slice: Slice | None = None,  # noqa: A002 - the standard word
    is_reciprocal: bool | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> AccessGrant:
    """Open a dataset, or a slice of it, to an audience. Only the owner's administrator may.

    ``is_reciprocal`` defaults to yes, except for the public, which cannot reciprocate (X8).
    Invalid for unknown dimensions or codes, and for the owner itself. ValidationError for a missing
    participant or a span that ends before it begins.
    """
    _require_giver(actor, dataset, participant)
    grant = AccessGrant(
        dataset=dataset,
        audience=audience,
        participant=participant,
        level=level,
        slice={code: sorted(set(members)) for code, members in (slice or {}).items()},
        is_reciprocal=audience != AudienceKind.PUBLIC if is_reciprocal is None else is_reciprocal,
        starts_at=starts_at,
        ends_at=ends_at,
        granted_by=actor,
    )
    _check_slice(dataset, grant.slice)
    grant.full_clean(exclude=["dataset", "granted_by"])
    _lock(dataset)
    return _granted(grant, actor)


def _granted(grant: AccessGrant, actor: User) -> AccessGrant:
    """Under the dataset's lock."""
    grant.save(force_insert=True)
    _record(actor, "grant.create", grant)
    _rewrite(grant.dataset)
    return grant


@transaction.atomic
def grant_ensure(*, dataset: Dataset, actor: User, token: str) -> AccessGrant:
    """The whole dataset open to the audience of a token: the grant that does it already, or a new one.

    Invalid when the token names no audience; see registry/access.py for how tokens are written.
    """
    audience, participant, is_reciprocal = _audience_of(token, dataset)
    _lock(dataset)
    wanted: dict[str, Any] = {
        "dataset": dataset,
        "audience": audience,
        "participant": participant,
        "is_reciprocal": is_reciprocal,
        "level": Level.DATA,
        "slice": {},
        "starts_at": None,
        "ends_at": None,
        "revoked_at": None,
    }
    same = AccessGrant.objects.filter(**wanted).first()
    if same is not None:
        return same
    _require_giver(actor, dataset, participant)
    return _granted(AccessGrant(**wanted, granted_by=actor), actor)


def _require_giver(actor: User, dataset: Dataset, participant: Participant | None) -> None:
    authority.require_owner(actor, dataset)
    if participant == dataset.owner:
        raise Invalid(_("These are your own figures."))


def _audience_of(token: str, dataset: Dataset) -> tuple[AudienceKind, Participant | None, bool]:
    base, _plus, condition = token.partition("+")
    kind, _colon, code = base.partition(":")
    participant = Participant.objects.filter(code=code).first() if code else None
    known = kind in AudienceKind.values and (kind == AudienceKind.PARTICIPANT) is (participant is not None)
    if (
        not known
        or (code and participant is None)
        or condition not in ("", f"reciprocal:{dataset.indicator.code}")
    ):
        raise Invalid(
            _(
                "“%(token)s” is not an audience; expected public, participants, or participant:CODE, with or "
                "without +reciprocal:%(indicator)s."
            ),
            token=token,
            indicator=dataset.indicator.code,
        )
    if kind == AudienceKind.PUBLIC and condition:
        raise Invalid(_("The public cannot reciprocate: open it without reciprocity."))
    return AudienceKind(kind), participant, bool(condition)


@transaction.atomic
def grant_revoke(*, grant: AccessGrant, actor: User) -> None:
    """Close what a grant opened. Conflict when it was revoked already."""
    authority.require_owner(actor, grant.dataset)
    revoked = AccessGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if revoked != 1:
        raise Conflict(_("The grant was revoked already."))
    _record(actor, "grant.revoke", grant)
    audiences_rewrite(dataset=grant.dataset)


@as_service()
@transaction.atomic
def audiences_rewrite(*, dataset: Dataset) -> None:
    """Derive all audience tokens of a dataset and its series anew from its grants."""
    _lock(dataset)
    _rewrite(dataset)


@as_service()
def _rewrite(dataset: Dataset) -> None:
    """Under the dataset's lock."""
    found = _openings(dataset)
    DatasetAudience.objects.filter(dataset=dataset).delete()
    _write_tokens(dataset, found)
    releases = list(Release.objects.filter(dataset=dataset).values_list("pk", flat=True))
    if releases:
        openings = _with_base(dataset, found)
        everything = SeriesRevision.objects.filter(dataset=dataset)
        everything.update(audience=openings.base)
        _open_slices(openings, everything)
        ReleaseAudience.objects.filter(release__in=releases).delete()
        _show_releases(openings, releases)
    announce_dataset(dataset.pk)


def audiences_begin(*, dataset: Dataset) -> None:
    """The tokens of a dataset just made, which nobody else can know of yet: its owner's (D109)."""
    _write_tokens(dataset, [_own(dataset)])
    announce_dataset(dataset.pk)


def _write_tokens(dataset: Dataset, openings: Sequence[_Opening]) -> None:
    DatasetAudience.objects.bulk_create(
        [
            DatasetAudience(
                dataset=dataset,
                level=opening.level,
                token=opening.token,
                starts_at=opening.starts_at,
                ends_at=opening.ends_at,
            )
            for opening in openings
        ]
    )


def _lock(dataset: Dataset) -> None:
    """One change of a dataset's access at a time, and none while it is released."""
    Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)


def openings_of(*, dataset: Dataset) -> Openings:
    """What the dataset is open to, for `audiences_extend` and `release_show`. Under the dataset's lock."""
    return _with_base(dataset, _openings(dataset))


def audiences_extend(*, release: Release, openings: Openings) -> None:
    """Give the revisions a release has just written, at their base audience, what slices add to it."""
    _open_slices(openings, SeriesRevision.objects.filter(release=release))


def release_show(*, release: Release, openings: Openings) -> None:
    """Tell of a release just made those who see something it changed. After its revisions are written."""
    _show_releases(openings, [release.pk])


def _show_releases(openings: Openings, releases: Sequence[int]) -> None:
    """Who sees the whole dataset learns of every release; a slice's viewers of what changed in it."""
    seen = {(release, openings.base.pk) for release in releases}
    if openings.have_slices:
        revisions = SeriesRevision.objects.filter(dataset=openings.dataset)
        for role in ("release", "superseded_by"):
            changed = revisions.filter(**{f"{role}__in": releases})
            seen |= set(changed.values_list(f"{role}_id", "audience_id").distinct())
    ReleaseAudience.objects.bulk_create(
        ReleaseAudience(release_id=release, audience_id=audience) for release, audience in sorted(seen)
    )


def _with_base(dataset: Dataset, openings: Sequence[_Opening]) -> Openings:
    return Openings(dataset, tuple(openings), _interned(_whole(openings)))


def _openings(dataset: Dataset) -> list[_Opening]:
    openings = [_own(dataset)]
    grants = AccessGrant.objects.filter(dataset=dataset, revoked_at__isnull=True).select_related(
        "participant"
    )
    for grant in grants:
        token = _token(grant, dataset.indicator.code)
        openings.append(_Opening(token, grant.level, grant.slice, grant.starts_at, grant.ends_at))
    return openings


def _own(dataset: Dataset) -> _Opening:
    return _Opening(participant_token(dataset.owner.code), Level.DATA, {}, None, None)


def _token(grant: AccessGrant, indicator: str) -> str:
    if grant.audience == AudienceKind.PUBLIC:
        return PUBLIC
    if grant.audience == AudienceKind.PARTICIPANTS or grant.participant is None:
        token = PARTICIPANTS
    else:
        token = participant_token(grant.participant.code)
    return reciprocal(token, indicator) if grant.is_reciprocal else token


def _whole(openings: Sequence[_Opening]) -> frozenset[_Span]:
    return frozenset(
        opening.span for opening in openings if opening.level == Level.DATA and not opening.slice
    )


def _interned(spans: frozenset[_Span]) -> Audience:
    """The audience with exactly these tokens and time spans, made on first use."""
    ordered = sorted(spans, key=lambda span: [str(part) for part in span])
    text = ";".join(f"{token}[{starts or ''}/{ends or ''}]" for token, starts, ends in ordered)
    audience = Audience.objects.filter(fingerprint=text).order_by("pk").first()
    if audience is None:
        audience = Audience.objects.create(fingerprint=text)
        AudienceToken.objects.bulk_create(
            AudienceToken(audience=audience, token=token, starts_at=starts, ends_at=ends)
            for token, starts, ends in ordered
        )
    return audience


def _open_slices(openings: Openings, revisions: QuerySet[SeriesRevision]) -> None:
    """Move the revisions inside each slice from the audience they have to the one with the slice's token."""
    if not openings.have_slices:
        return
    dimensions = {dimension.code: dimension for dimension in openings.dataset.indicator.dimensions.all()}
    spans = {openings.base.pk: _whole(openings.all)}
    for opening in openings.all:
        if opening.level != Level.DATA or not opening.slice:
            continue
        inside = revisions
        for name, members in opening.slice.items():
            at = f"code_{dimensions[name].position}"
            inside = inside.alias(**{at: code_at(dimensions[name].position)}).filter(**{f"{at}__in": members})
        # Widest first: a revision moved is not met again under its new audience.
        for audience_id, held in sorted(spans.items(), key=lambda item: -len(item[1])):
            wider = held | {opening.span}
            if wider == held:
                continue
            audience = _interned(wider)
            if inside.filter(audience=audience_id).update(audience=audience):
                spans[audience.pk] = wider


def _check_slice(dataset: Dataset, cut: Slice) -> None:
    dimensions = {dimension.code: dimension for dimension in dataset.indicator.dimensions.all()}
    for name, members in cut.items():
        if name not in dimensions:
            raise Invalid(
                _("There is no dimension “%(dimension)s”; expected one of %(expected)s."),
                dimension=name,
                expected=", ".join(dimensions),
            )
        known = Code.objects.filter(codelist=dimensions[name].codelist_id, code__in=list(members))
        unknown = set(members) - set(known.values_list("code", flat=True))
        if unknown or not members:
            raise Invalid(
                _("%(dimension)s has no code %(code)s."),
                dimension=name,
                code=", ".join(sorted(unknown)) or "—",
            )


def _record(actor: User, action: str, grant: AccessGrant) -> None:
    audit_record(
        actor=actor,
        action=action,
        target=grant,
        participant=grant.dataset.owner,
        dataset=grant.dataset.code,
        audience=grant.audience,
        grantee=grant.participant.code if grant.participant else None,
        level=grant.level,
        slice=grant.slice,
        is_reciprocal=grant.is_reciprocal,
    )
