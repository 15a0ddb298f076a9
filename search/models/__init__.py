"""What the search has in the database."""

from search.models.pending import PendingDocument

__all__ = ["PendingDocument"]
