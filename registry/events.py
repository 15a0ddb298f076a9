"""Announcements to higher layers (search, caches, notices), sent after commit.

They carry ids, never objects: what happened is committed, and listeners read it anew.
"""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

#: A dataset's figures, audience or documentation changed. Sent with ``dataset_id``.
dataset_changed = Signal()
#: An indicator's own description changed. Sent with ``indicator_id``.
indicator_changed = Signal()


def announce_dataset(dataset_id: int) -> None:
    """Send `dataset_changed` when the transaction commits. A failing listener is logged, not raised."""
    transaction.on_commit(
        lambda: dataset_changed.send_robust(sender=announce_dataset, dataset_id=dataset_id), robust=True
    )


def announce_indicator(indicator_id: int) -> None:
    """Send `indicator_changed` when the transaction commits."""
    transaction.on_commit(
        lambda: indicator_changed.send_robust(sender=announce_indicator, indicator_id=indicator_id), robust=True
    )
