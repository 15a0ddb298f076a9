"""What country pages announce to the layers above, after commit."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import Signal

#: A country page was opened to everybody or closed. Sent with ``part_id``, of its `NationalPart`.
country_opened = Signal()


def announce_country(part_id: int) -> None:
    """Send `country_opened` when the transaction commits. A failing listener is logged, not raised."""
    transaction.on_commit(lambda: country_opened.send_robust(sender=None, part_id=part_id), robust=True)
