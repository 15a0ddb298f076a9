"""Who sees a dataset, told to its owner; and what of an indicator is open to a viewer, told to the viewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone

from registry.access import ANONYMOUS, PARTICIPANTS, PUBLIC, Viewer, participant_token, reciprocal
from registry.models import (
    AccessGrant,
    AccessRequestState,
    AudienceKind,
    Dataset,
    Indicator,
    IndicatorDimension,
    Participant,
)
from registry.selectors.availability import DocumentedDataset, members_available
from registry.selectors.code import CodeRow, codes_by_list
from registry.selectors.request import LastRequest, participants_asked
from registry.selectors.viewer import participant_tokens, sharing


class GrantState(StrEnum):
    """Where a grant stands in time."""

    IN_FORCE = "in_force"
    LATER = "later"
    ENDED = "ended"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class ListedGrant:
    """A grant of the viewer's own dataset. ``is_met``: its condition of reciprocity is fulfilled now.

    None where that is not one participant's matter.
    """

    grant: AccessGrant
    state: GrantState
    is_met: bool | None = None


def grant_list(*, viewer: Viewer, dataset: Dataset) -> QuerySet[AccessGrant]:
    """The grants of one's own dataset, the newest first."""
    grants = AccessGrant.objects.visible_to(viewer).filter(dataset=dataset)
    return grants.select_related("participant", "granted_by", "dataset__owner", "dataset__indicator")


def grants_listed(*, viewer: Viewer, dataset: Dataset) -> list[ListedGrant]:
    """The same with where they stand now. Two queries."""
    grants = list(grant_list(viewer=viewer, dataset=dataset).order_by("-granted_at", "-pk"))
    shares = sharing(dataset.indicator) if any(_is_conditional(grant) for grant in grants) else frozenset()
    return [
        ListedGrant(
            grant, grant_state(grant), grant.participant_id in shares if _is_conditional(grant) else None
        )
        for grant in grants
    ]


def _is_conditional(grant: AccessGrant) -> bool:
    return grant.is_reciprocal and grant.participant_id is not None


def grant_state(grant: AccessGrant) -> GrantState:
    now = timezone.now()
    if grant.revoked_at is not None:
        return GrantState.REVOKED
    if grant.starts_at is not None and grant.starts_at > now:
        return GrantState.LATER
    if grant.ends_at is not None and grant.ends_at <= now:
        return GrantState.ENDED
    return GrantState.IN_FORCE


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder owner, named participants, all participants, public; what is in force there."""

    audience: str
    grants: Sequence[ListedGrant] = ()


def ladder(grants: Iterable[ListedGrant]) -> list[Rung]:
    """The steps above the owner with the grants in force on each."""
    now = [listed for listed in grants if listed.state is GrantState.IN_FORCE]
    return [
        Rung(kind.value, [listed for listed in now if listed.grant.audience == kind]) for kind in AudienceKind
    ]


@dataclass(frozen=True, slots=True)
class AvailableSlice:
    """A dimension of a dataset and the members a slice of it may name."""

    dimension: IndicatorDimension
    members: Sequence[CodeRow]


def slices_available(*, viewer: Viewer, dataset: Dataset) -> list[AvailableSlice]:
    """The members that occur in the released figures of one's own dataset, and the totals. Four queries."""
    dimensions = list(dataset.indicator.dimensions.all())
    occurring = members_available(viewer=viewer, dimensions=dimensions, datasets=[dataset])
    used = {found.code: set(found.codes) for found in occurring}
    codes = codes_by_list(viewer=viewer, codelists=[dimension.codelist_id for dimension in dimensions])
    return [
        AvailableSlice(
            dimension,
            [
                row
                for row in codes.get(dimension.codelist_id, ())
                if row.is_total or row.code in used[dimension.code]
            ],
        )
        for dimension in dimensions
    ]


def viewer_as(*, dataset: Dataset, participant: Participant | None, shares: bool | None) -> Viewer:
    """Somebody else before a dataset of the caller's own, to see what that one would see of it.

    A participant with the tokens it holds now; without one, any participant. ``shares`` True: as if it shared
    the indicator; None without a participant: an anonymous visitor.
    """
    if participant is None and shares is None:
        return ANONYMOUS
    tokens = participant_tokens(participant) if participant else frozenset({PUBLIC, PARTICIPANTS})
    if shares:
        code = dataset.indicator.code
        tokens |= {reciprocal(token, code) for token in tokens if token != PUBLIC and "+" not in token}
    return Viewer(tokens=frozenset(tokens))


class Openness(StrEnum):
    """How much of an owner's figures of an indicator a viewer sees."""

    OPEN = "open"
    PART = "part"
    DOCUMENTATION = "documentation"
    CLOSED = "closed"


class Standing(StrEnum):
    """Whether the viewer's own participant reciprocates for an indicator, and if not, what it lacks."""

    SHARES = "shares"
    KEEPS = "keeps"
    LACKS = "lacks"


@dataclass(frozen=True, slots=True)
class OpenOwner:
    """An owner, how much it opened to the viewer, and the last request made to it."""

    owner: Participant
    openness: Openness
    request: LastRequest | None = None

    @property
    def can_be_asked(self) -> bool:
        waits = self.request is not None and self.request.state == AccessRequestState.OPEN
        return self.openness is not Openness.OPEN and not waits


@dataclass(frozen=True, slots=True)
class OpenTo:
    """What of an indicator is open to the viewer's participant, owner by owner, and its own standing."""

    standing: Standing
    owners: list[OpenOwner]


def open_to_viewer(
    *, viewer: Viewer, indicator: Indicator, documented: Iterable[DocumentedDataset]
) -> OpenTo | None:
    """Why the viewer does or does not see figures of an indicator; None for those who represent nobody.

    ``documented`` are the datasets whose documentation the viewer sees (`datasets_documented`). All is made
    from these, which tell of grants made to the viewer, and from the viewer's own: what is hidden changes
    nothing here. One query.
    """
    if viewer.participant is None:
        return None
    found = list(documented)
    owners = [
        OpenOwner(owner, _openness([row for row in found if row.dataset.owner_id == owner.pk]), request)
        for owner, request in participants_asked(viewer=viewer, indicator=indicator)
        if owner.code != viewer.participant and indicator.owner_id in (None, owner.pk)
    ]
    own = [row for row in found if row.dataset.owner.code == viewer.participant and row.has_figures]
    shares = reciprocal(participant_token(viewer.participant), indicator.code) in viewer.tokens
    standing = Standing.SHARES if shares else Standing.KEEPS if own else Standing.LACKS
    return OpenTo(standing, owners)


def _openness(rows: Sequence[DocumentedDataset]) -> Openness:
    if not rows:
        return Openness.CLOSED
    if not any(row.has_figures for row in rows):
        return Openness.DOCUMENTATION
    return Openness.OPEN if all(row.is_open_wholly for row in rows) else Openness.PART
