"""What the views of the section "Data" share: who looks, where they are, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from registry.access import Viewer
from registry.errors import RegistryError
from registry.models import Dataset, User
from registry.selectors.dataset import dataset_list


@dataclass(slots=True)
class Attempt:
    """What became of an act: ``succeeded`` once its service returned."""

    succeeded: bool = False
    refusal: str = ""
    errors: list[str] = field(default_factory=list)


@contextmanager
def attempt(request: HttpRequest, done: str | Promise = "") -> Iterator[Attempt]:
    """Run a service; what it refuses becomes a message to the user, and so does ``done`` when it succeeds.

    Usage: ``with attempt(request, _("Released.")) as act: submission_release(…)``, then ``act.succeeded``.
    """
    act = Attempt()
    try:
        yield act
    except RegistryError as error:
        act.errors = [str(error)]
    except ValidationError as error:
        act.errors = list(error.messages)
    else:
        act.succeeded = True
        if done:
            messages.success(request, str(done))
        return
    act.refusal = " ".join(act.errors)
    messages.error(request, act.refusal)


class DataMixin(WagtailAdminTemplateMixin):
    """A page of the section: the viewer, the acting person, and the way back."""

    request: HttpRequest
    page_title: str | Promise = ""
    header_icon = "table"

    @property
    def viewer(self) -> Viewer:
        viewer: Viewer = self.request.viewer  # type: ignore[attr-defined]
        return viewer

    @property
    def actor(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
        return [home, *self.trail(), {"url": "", "label": self.get_page_title()}]

    def trail(self) -> Sequence[dict[str, Any]]:
        """The pages between the admin's home and this one."""
        return ()


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a dataset; ``for_figures``: only for those who submit, verify or administer."""

    name: str  # of the address
    label: Promise
    for_figures: bool = False


TABS = (
    Tab("dataset", gettext_lazy("Overview")),
    Tab("documentation", gettext_lazy("Documentation")),
    Tab("submissions", gettext_lazy("Submissions"), for_figures=True),
    Tab("releases", gettext_lazy("Releases")),
    Tab("access", gettext_lazy("Access")),
)


class DatasetMixin(DataMixin):
    """A page about one dataset of the viewer's own participant, ``code`` in its address; else 404."""

    kwargs: dict[str, Any]
    tab = ""

    def datasets(self) -> QuerySet[Dataset]:
        own = dataset_list(viewer=self.viewer, owner=self.viewer.participant or "")
        return own.select_related("indicator", "owner", "current_release")

    @cached_property
    def dataset(self) -> Dataset:
        return get_object_or_404(self.datasets(), code=self.kwargs["code"])

    def get_page_title(self) -> str:
        return str(self.page_title) or self.dataset.code

    def get_page_subtitle(self) -> str:
        return str(self.dataset.indicator.name)

    def trail(self) -> Sequence[dict[str, Any]]:
        above = [{"url": reverse("data:datasets"), "label": _("Datasets")}]
        if self.page_title:
            code = self.dataset.code
            above.append({"url": reverse("data:dataset", args=[code]), "label": code})
        return above

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = [
            {
                "label": tab.label,
                "url": reverse(f"data:{tab.name}", args=[self.dataset.code]),
                "is_here": tab.name == self.tab,
            }
            for tab in TABS
            if self.viewer.handles(self.dataset.indicator_id) or not tab.for_figures
        ]
        context: dict[str, Any] = super().get_context_data(dataset=self.dataset, tabs=tabs, **kwargs)
        return context
