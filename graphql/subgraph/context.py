"""What resolvers know of the request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import strawberry
from django.conf import settings
from django.http import HttpRequest

from registry.access import Viewer
from registry.cube import CubeTooLarge

#: Cells that all the cubes of one request may have together.
CELL_LIMIT: int = getattr(settings, "GRAPHQL_CELL_LIMIT", 1_000_000)


@dataclass(slots=True)
class Context:
    """The request, who makes it, how many cells it may still ask for, and whether its document is valid."""

    request: HttpRequest
    viewer: Viewer
    cells_left: int = field(default_factory=lambda: CELL_LIMIT)
    is_valid: bool = False

    def spend_cells(self, cells: int) -> None:
        """Take cells from what the request may ask for. CubeTooLarge when they do not suffice."""
        if cells > self.cells_left:
            raise CubeTooLarge(cells, self.cells_left)
        self.cells_left -= cells


Info: TypeAlias = strawberry.Info[Context, None]
