"""Who sees what: grants, and the audience tokens derived from them.

A dataset starts with its owner's token only (D109). Opening it is an explicit, logged act of the owner
(D110). Tokens are rewritten in the transaction of the change, so that it counts from the next request on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.access import PARTICIPANTS, PUBLIC, participant_token, reciprocal
from registry.errors import Conflict, Invalid
from registry.events import announce_dataset
from registry.models import AccessGrant, Audience, Code, Dataset, DatasetAudience, Level, SeriesAudience, User
from registry.models.participant import Participant
from registry.services.audit import audit_record

Slice = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Opening:
    """One token with its time span, at a level, for a slice of a dataset."""

    token: str
    level: str
    slice: Slice
    starts_at: datetime | None
    ends_at: datetime | None


@transaction.atomic
def grant_create(
    *,
    dataset: Dataset,
    actor: User,
    audience: Audience,
    participant: Participant | None = None,
    level: Level = Level.DATA,
    slice: Slice | None = None,
    is_reciprocal: bool | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> AccessGrant:
    """Open a dataset, or a slice of it, to an audience. Only the owner's administrator may.

    ``is_reciprocal`` defaults to yes, except for the public, which cannot reciprocate (X8).
    Invalid for unknown dimensions or codes, a missing participant or a span that ends before it begins.
    """
    authority.require_owner(actor, dataset)
    grant = AccessGrant(
        dataset=dataset,
        audience=audience,
        participant=participant,
        level=level,
        slice={code: sorted(set(members)) for code, members in (slice or {}).items()},
        is_reciprocal=audience != Audience.PUBLIC if is_reciprocal is None else is_reciprocal,
        starts_at=starts_at,
        ends_at=ends_at,
        granted_by=actor,
    )
    _check_slice(dataset, grant.slice)
    grant.full_clean()
    grant.save()
    _record(actor, "grant.create", grant)
    audiences_rewrite(dataset=dataset)
    return grant


@transaction.atomic
def grant_revoke(*, grant: AccessGrant, actor: User) -> None:
    """Close what a grant opened. Conflict when it was revoked already."""
    authority.require_owner(actor, grant.dataset)
    revoked = AccessGrant.objects.filter(pk=grant.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())
    if revoked != 1:
        raise Conflict(_("The grant was revoked already."))
    _record(actor, "grant.revoke", grant)
    audiences_rewrite(dataset=grant.dataset)


@transaction.atomic
def audiences_rewrite(*, dataset: Dataset) -> None:
    """Derive all audience tokens of a dataset and its series anew from its grants."""
    openings = _openings(dataset)
    DatasetAudience.objects.filter(dataset=dataset).delete()
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
    SeriesAudience.objects.filter(series__dataset=dataset).delete()
    _write_series_audiences(dataset, openings, after=0)
    announce_dataset(dataset.pk)


def audiences_extend(*, dataset: Dataset, after: int) -> None:
    """Give the dataset's series with ids above ``after`` their tokens. Inside the caller's transaction."""
    _write_series_audiences(dataset, _openings(dataset), after=after)


def _openings(dataset: Dataset) -> list[_Opening]:
    openings = [_Opening(participant_token(dataset.owner.code), Level.DATA, {}, None, None)]
    grants = AccessGrant.objects.filter(dataset=dataset, revoked_at__isnull=True).select_related("participant")
    for grant in grants:
        token = _token(grant, dataset.indicator.code)
        openings.append(_Opening(token, grant.level, grant.slice, grant.starts_at, grant.ends_at))
    return openings


def _token(grant: AccessGrant, indicator: str) -> str:
    if grant.audience == Audience.PUBLIC:
        return PUBLIC
    if grant.audience == Audience.PARTICIPANTS or grant.participant is None:
        token = PARTICIPANTS
    else:
        token = participant_token(grant.participant.code)
    return reciprocal(token, indicator) if grant.is_reciprocal else token


_INSERT = """
    INSERT INTO registry_seriesaudience (series_id, token, starts_at, ends_at)
    SELECT s.id, %s, {time}, {time} FROM registry_series s WHERE s.dataset_id = %s AND s.id > %s
"""
_IN_SLICE = " AND s.id IN (SELECT series_id FROM registry_seriescode WHERE position = %s AND code_id IN ({}))"


def _write_series_audiences(dataset: Dataset, openings: Sequence[_Opening], *, after: int) -> None:
    """One INSERT … SELECT per opening at data level."""
    # PostgreSQL takes a bare NULL in a SELECT for text.
    time = "CAST(%s AS timestamp with time zone)" if connection.vendor == "postgresql" else "%s"
    with connection.cursor() as cursor:
        for opening in openings:
            if opening.level != Level.DATA:
                continue
            condition, values = _slice_sql(dataset, opening.slice)
            arguments = [opening.token, opening.starts_at, opening.ends_at, dataset.pk, after, *values]
            cursor.execute(_INSERT.format(time=time) + condition, arguments)


def _slice_sql(dataset: Dataset, slice: Slice) -> tuple[str, list[Any]]:
    sql, values = "", []
    dimensions = {dimension.code: dimension for dimension in dataset.indicator.dimensions.all()}
    for name, members in slice.items():
        dimension = dimensions[name]
        ids = list(
            Code.objects.filter(codelist=dimension.codelist_id, code__in=list(members)).values_list("pk", flat=True)
        )
        sql += _IN_SLICE.format(", ".join(["%s"] * len(ids)) or "NULL")
        values += [dimension.position, *ids]
    return sql, values


def _check_slice(dataset: Dataset, slice: Slice) -> None:
    dimensions = {dimension.code: dimension for dimension in dataset.indicator.dimensions.all()}
    for name, members in slice.items():
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
                _("%(dimension)s has no code %(code)s."), dimension=name, code=", ".join(sorted(unknown)) or "—"
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
