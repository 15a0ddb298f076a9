"""Announcements of the pages' layer to the layers above, sent after commit with ids only."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.dispatch import Signal

#: Documents of the library, or files of theirs, changed or are gone. Sent with ``document_ids``, a list.
documents_changed = Signal()


def announce_documents(ids: Collection[int]) -> None:
    """Send `documents_changed` when the transaction commits. A failing listener is logged, not raised."""
    found = sorted(set(ids))
    if found:
        transaction.on_commit(
            lambda: documents_changed.send_robust(sender=None, document_ids=found), robust=True
        )
