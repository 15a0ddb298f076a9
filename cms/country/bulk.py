"""Wagtail's actions on many pages at once; to them the pages of other countries do not exist."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpRequest
from wagtail.admin.views.pages import bulk_actions

from cms.country.permissions import is_closed


class _OpenPages:
    """Wagtail lists by its title what a person may not touch."""

    request: HttpRequest

    def get_queryset(self, model: Any, object_ids: Collection[Any]) -> list[Any]:
        found = super().get_queryset(model, object_ids)  # type: ignore[misc]
        pages = [page for page in found if not is_closed(self.request.user, page)]
        if not pages:
            raise Http404
        return pages


class Delete(_OpenPages, bulk_actions.DeleteBulkAction):
    pass


class Move(_OpenPages, bulk_actions.MoveBulkAction):
    pass


class Publish(_OpenPages, bulk_actions.PublishBulkAction):
    pass


class Unpublish(_OpenPages, bulk_actions.UnpublishBulkAction):
    pass


BULK_ACTIONS = (Delete, Move, Publish, Unpublish)
