"""The admin's home: what is due, overdue, returned, out of date, and waiting for the person who looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from registry.access import Viewer
from registry.models import Submission, User
from registry.presentation.notice import notice_title
from registry.selectors import dashboard
from registry.selectors.documentation import documentation_due
from registry.selectors.due import releases_due
from registry.selectors.notice import notices_unread
from registry.selectors.onboarding import onboarding_open
from registry.selectors.request import requests_open

#: Of each kind so many are named.
MOST = 5


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    url: str
    note: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing that waits: the first few of them, and the page with the rest if there are more."""

    name: str
    title: str
    items: Sequence[Item]
    url: str = ""


class DashboardPanel(Component):
    """What waits for the viewer, by kinds; kinds with nothing in them are not shown."""

    name = "data"
    order = 100
    template_name = "registry/admin/dashboard.html"

    def __init__(self, request: HttpRequest) -> None:
        self.viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        self.actor = request.user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"sections": list(self.sections())}

    def sections(self) -> Iterator[Section]:
        assert isinstance(self.actor, User)
        for section in (
            *_workflow(self.viewer, self.actor),
            _due(self.viewer),
            _documentation(self.viewer),
            _requests(self.viewer),
            _onboarding(self.viewer),
            _notices(self.viewer),
        ):
            if section.items:
                yield section


def is_shown(viewer: Viewer) -> bool:
    """Whether there is anything here for the person: those without a part in figures see their pages only."""
    return viewer.participant is not None or viewer.administers_system


def _workflow(viewer: Viewer, actor: User) -> Iterator[Section]:
    """Submissions by what is to be done with them."""
    if viewer.handles_figures:
        returned = dashboard.submissions_returned(viewer=viewer, actor=actor)
        yield Section("returned", _("Returned to you"), _submissions(returned, "submission", urgent=True))
        verify = dashboard.submissions_to_verify(viewer=viewer, actor=actor)
        yield Section("verify", _("Waiting for your verification"), _submissions(verify, "verification"))
    release = dashboard.submissions_to_release(viewer=viewer, actor=actor)
    yield Section("release", _("Validated, waiting for release"), _submissions(release, "verification"))
    scheduled = dashboard.submissions_scheduled(viewer=viewer)
    yield Section("scheduled", _("To be released at a set time"), _submissions(scheduled, "verification"))
    if viewer.handles_figures:
        begun = dashboard.submissions_begun(viewer=viewer, actor=actor)
        yield Section("begun", _("Your drafts"), _submissions(begun, "submission"))


def _submissions(submissions: QuerySet[Submission], page: str, *, urgent: bool = False) -> list[Item]:
    return [
        Item(
            f"{submission.dataset.indicator.name} · {submission.dataset.owner.name}",
            reverse(f"data:{page}", args=[submission.pk]),
            _when(submission),
            urgent,
        )
        for submission in submissions[:MOST]
    ]


def _when(submission: Submission) -> str:
    """The time that matters in its state."""
    if submission.release_at:
        time = date_format(submission.release_at.astimezone(UTC), "DATETIME_FORMAT")
        return _("on %(date)s UTC") % {"date": time}
    at = submission.validated_at or submission.submitted_at or submission.created_at
    return _("since %(date)s") % {"date": date_format(timezone.localtime(at), "DATE_FORMAT")}


def _due(viewer: Viewer) -> Section:
    items = []
    due = releases_due(viewer=viewer, today=timezone.localdate())
    for release in due[:MOST]:
        until = date_format(release.until, "DATE_FORMAT")
        text = _("overdue since %(date)s") if release.is_overdue else _("due on %(date)s")
        title = f"{release.dataset.indicator.name} · {release.period}"
        url = reverse("data:dataset", args=[release.dataset.code])
        items.append(Item(title, url, text % {"date": until}, release.is_overdue))
    more = reverse("data:datasets") if len(due) > MOST else ""
    return Section("due", _("Figures due"), items, more)


def _documentation(viewer: Viewer) -> Section:
    """Only for those who may write the tables; others read them."""
    if not viewer.handles_figures:
        return Section("documentation", "", [])
    items = []
    for due in documentation_due(viewer=viewer, today=timezone.localdate())[:MOST]:
        reviewed = due.reviewed_on and date_format(due.reviewed_on, "DATE_FORMAT")
        note = _("last reviewed on %(date)s") % {"date": reviewed} if reviewed else _("never reviewed")
        url = reverse("data:documentation", args=[due.dataset.code])
        items.append(Item(str(due.dataset.indicator.name), url, note))
    return Section("documentation", _("Documentation tables to review"), items)


def _requests(viewer: Viewer) -> Section:
    if not viewer.administers_participant:
        return Section("requests", "", [])
    asked = [
        Item(
            f"{request.participant.name} · {request.indicator.name}",
            reverse("data:request", args=[request.pk]),
            _("asked on %(date)s") % {"date": date_format(timezone.localtime(request.created_at))},
        )
        for request in requests_open(viewer=viewer)[:MOST]
    ]
    return Section("requests", _("Requests for access"), asked, reverse("data:requests"))


def _onboarding(viewer: Viewer) -> Section:
    """What is left of joining, for the administrator of a participant."""
    if not viewer.administers_participant:
        return Section("onboarding", "", [])
    url = reverse("data:onboarding_of", args=[viewer.participant])
    steps = [Item(str(step.label), url, step.detail) for step in onboarding_open(viewer=viewer)]
    return Section("onboarding", _("Left to do to take part fully"), steps)


def _notices(viewer: Viewer) -> Section:
    url = reverse("data:notices")
    unread = [
        Item(notice_title(delivery.notice), url, date_format(timezone.localtime(delivery.notice.created_at)))
        for delivery in notices_unread(viewer=viewer)[:MOST]
    ]
    return Section("notices", _("Unread notices"), unread, url)
