"""Mends wagtail/wagtail-localize#773. Delete this module, and its line in apps.py, once that is closed.

wagtail-localize publishes translations when the transaction ends, from page objects read before their
children were added. Saving them writes the old count of children back: ``numchild`` becomes 0 and the
subtree disappears from the admin. The count is put right as soon as such a page is published.
"""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.signals import page_published


def recount_children(instance: Page, **kwargs: Any) -> None:
    """Write the true number of children of a page just published, if the stored one is wrong."""
    children = Page.objects.filter(path__startswith=instance.path, depth=instance.depth + 1).count()
    Page.objects.filter(pk=instance.pk).exclude(numchild=children).update(numchild=children)


def connect() -> None:
    page_published.connect(recount_children, dispatch_uid="cms.recount_children")
