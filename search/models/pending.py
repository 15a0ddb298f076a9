from __future__ import annotations

from django.db import models


class PendingDocument(models.Model):
    """A document that could not be brought up to date; the next update takes it along.

    There may be several rows for one document: an update removes only the rows it has read.
    """

    document_id = models.CharField(max_length=150)
    noted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.document_id
