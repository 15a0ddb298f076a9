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


@dataclass(frozen=True, slots=True)
class _Announcement:
    argument: str
    object_id: int

    def __call__(self) -> None:
        signal = dataset_changed if self.argument == "dataset_id" else indicator_changed
        signal.send_robust(sender=_Announcement, **{self.argument: self.object_id})


def announce_dataset(dataset_id: int) -> None:
    """Send `dataset_changed` when the transaction commits. A failing listener is logged, not raised."""
    _announce(_Announcement("dataset_id", dataset_id))


def announce_indicator(indicator_id: int) -> None:
    """Send `indicator_changed` when the transaction commits."""
    _announce(_Announcement("indicator_id", indicator_id))


def _announce(announcement: _Announcement) -> None:
    # An equal one registered before survives whenever this one would: its savepoint is either committed,
    # or open around us; had it been rolled back, the announcement would be gone with it.
    if not any(func == announcement for _sids, func, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(announcement, robust=True)
