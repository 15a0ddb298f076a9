"""Announcements to higher layers (search, caches, notices), sent after commit.

They carry ids, never objects: what happened is committed, and listeners read it anew. However often one
object changes in a transaction, it is announced once.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.dispatch import Signal

#: A dataset's figures, audience or documentation changed. Sent with ``dataset_id``.
dataset_changed = Signal()
#: An indicator's own description changed. Sent with ``indicator_id``.
indicator_changed = Signal()
#: A term of the glossary changed or is gone. Sent with ``term_id``.
term_changed = Signal()
#: An entry of the inventory of institutions changed or is gone. Sent with ``institution_id``.
institution_changed = Signal()
#: A participant was created or changed. Sent with ``participant_id``.
participant_changed = Signal()
#: Roles of people of a participant were given or taken. Sent with ``participant_of_roles_id``.
roles_changed = Signal()

_SIGNALS = {
    "dataset_id": dataset_changed,
    "indicator_id": indicator_changed,
    "term_id": term_changed,
    "institution_id": institution_changed,
    "participant_id": participant_changed,
    "participant_of_roles_id": roles_changed,
}


@dataclass(frozen=True, slots=True)
class _Announcement:
    argument: str
    object_id: int

    def __call__(self) -> None:
        _SIGNALS[self.argument].send_robust(sender=_Announcement, **{self.argument: self.object_id})


def announce_dataset(dataset_id: int) -> None:
    """Send `dataset_changed` when the transaction commits. A failing listener is logged, not raised."""
    _announce(_Announcement("dataset_id", dataset_id))


def announce_indicator(indicator_id: int) -> None:
    """Send `indicator_changed` when the transaction commits."""
    _announce(_Announcement("indicator_id", indicator_id))


def announce_term(term_id: int) -> None:
    """Send `term_changed` when the transaction commits."""
    _announce(_Announcement("term_id", term_id))


def announce_institution(institution_id: int) -> None:
    """Send `institution_changed` when the transaction commits."""
    _announce(_Announcement("institution_id", institution_id))


def announce_participant(participant_id: int) -> None:
    """Send `participant_changed` when the transaction commits."""
    _announce(_Announcement("participant_id", participant_id))


def announce_roles(participant_id: int) -> None:
    """Send `roles_changed` when the transaction commits."""
    _announce(_Announcement("participant_of_roles_id", participant_id))


def _announce(announcement: _Announcement) -> None:
    # An equal one registered before survives whenever this one would: its savepoint is either committed,
    # or open around us; had it been rolled back, the announcement would be gone with it.
    if not any(func == announcement for _sids, func, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(announcement, robust=True)
