"""What the pages of figures on their way share: they exist only for those who handle the owner's figures."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from registry import authority
from registry.admin.base import DatasetMixin
from registry.models import Dataset


class FiguresMixin(DatasetMixin):
    """A page about a dataset of one's own participant, absent for people without a role in its figures."""

    tab = "submissions"

    def datasets(self) -> QuerySet[Dataset]:
        found = super().datasets().select_related("owner__area")
        if not self.viewer.handles_figures:
            return found.none()
        only = self.viewer.figures_of
        return found if only is None else found.filter(indicator__in=only)

    @property
    def may_submit(self) -> bool:
        return authority.may_submit(self.actor, self.dataset)


def require_for_page(view: FiguresMixin) -> None:
    """404 for those without a role in the figures, 403 for those who verify them but do not submit."""
    if view.viewer.handles_figures and not view.may_submit:
        raise PermissionDenied
