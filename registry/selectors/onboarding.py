"""How far a participant has come with joining: steps worked out from what is there (D021–D026)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.access import Viewer
from registry.languages import columns
from registry.models import (
    Contact,
    Dataset,
    Documentation,
    LegalReference,
    Participant,
    PlanTask,
    Role,
    User,
)
from registry.selectors.documentation import ASKED_FIELDS

#: Names of the steps with their labels, in order.
STEPS: dict[str, Promise] = {
    "documentation": gettext_lazy("Documentation tables filled"),
    "focal_point": gettext_lazy("Focal point named"),
    "administrator": gettext_lazy("Country Administrator appointed"),
    "plan": gettext_lazy("Action plan kept to"),
    "legal": gettext_lazy("Legal documents posted"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """``detail`` tells the fact behind it. Not needed: the documentation tables of an observer (D008)."""

    name: str
    is_done: bool
    detail: str
    is_needed: bool = True

    @property
    def label(self) -> Promise:
        return STEPS[self.name]


@dataclass(frozen=True, slots=True)
class Onboarding:
    participant: Participant
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps if step.is_needed)

    @property
    def needed(self) -> int:
        return sum(step.is_needed for step in self.steps)

    @property
    def open(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.is_needed and not step.is_done)


def onboarding_participants(*, viewer: Viewer) -> QuerySet[Participant]:
    """Whose checklist the viewer reads: an administrator the own one, the secretariat everybody's."""
    active = Participant.objects.visible_to(viewer).filter(is_active=True)
    if viewer.administers_system:
        return active
    if viewer.administers_participant:
        return active.filter(code=viewer.participant)
    return active.none()


def onboarding_list(*, viewer: Viewer, participants: Iterable[Participant]) -> list[Onboarding]:
    """The checklists of participants from `onboarding_participants`. Six queries, however many there are."""
    chosen = list(participants)
    ids = [participant.pk for participant in chosen]
    tables, filled, complete = _documented(ids)
    focal_points = _counted(
        Contact.objects.visible_to(viewer).filter(Q(user__isnull=False) | ~Q(person=""), is_focal_point=True),
        "agency__participant",
        ids,
    )
    administrators = _administrators(ids)
    plan = _planned(viewer, ids, timezone.localdate())
    documents = _posted(ids)
    return [
        Onboarding(
            participant,
            (
                _documentation_step(
                    participant,
                    tables.get(participant.pk, 0),
                    filled.get(participant.pk, 0),
                    complete.get(participant.pk, 0),
                ),
                _step("focal_point", focal_points.get(participant.pk, 0)),
                _step("administrator", administrators.get(participant.pk, 0)),
                _plan_step(*plan.get(participant.pk, (0, 0, 0))),
                _step("legal", documents.get(participant.pk, 0)),
            ),
        )
        for participant in chosen
    ]


def onboarding_open(*, viewer: Viewer) -> list[Step]:
    """What is left to do for the viewer's own participant; for the dashboard of its administrator."""
    if not viewer.administers_participant:
        return []
    own = onboarding_list(viewer=viewer, participants=onboarding_participants(viewer=viewer))
    return [step for onboarding in own for step in onboarding.open]


def task_list(*, viewer: Viewer, participant: Participant) -> QuerySet[PlanTask]:
    """The action plan of a participant, what is not done first."""
    tasks = PlanTask.objects.visible_to(viewer).filter(participant=participant)
    return tasks.select_related("contact").order_by("done_on", "due_on", "pk")


def _step(name: str, count: int) -> Step:
    return Step(name, count > 0, str(count))


def _documentation_step(participant: Participant, datasets: int, answers: int, complete: int) -> Step:
    if not datasets:
        return Step("documentation", False, _("no datasets yet"), is_needed=not participant.is_observer)
    share = answers * 100 // (datasets * len(ASKED_FIELDS))
    text = ngettext(
        "%(complete)d of %(count)d table complete, %(share)d %% of the answers given",
        "%(complete)d of %(count)d tables complete, %(share)d %% of the answers given",
        datasets,
    )
    detail = text % {"complete": complete, "count": datasets, "share": share}
    return Step("documentation", complete == datasets, detail, is_needed=not participant.is_observer)


def _plan_step(tasks: int, done: int, overdue: int) -> Step:
    if not tasks:
        return Step("plan", False, _("no plan yet"))
    text = _("%(done)d of %(count)d done, %(overdue)d overdue")
    return Step("plan", not overdue, text % {"done": done, "count": tasks, "overdue": overdue})


def _documented(ids: Collection[int]) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """By participant: datasets, answers given in their tables, and tables complete. Never which datasets."""
    datasets = _counted(Dataset.objects.all(), "owner", ids)
    answers: Case | Value | object = Value(0)
    for name in ASKED_FIELDS:
        given = Q(original__has_key=name)
        for column in columns(name):
            given |= ~Q(**{column: ""})
        answers = answers + Case(When(given, then=1), default=0, output_field=IntegerField())  # type: ignore[operator]
    current = Documentation.objects.current().filter(dataset__owner__in=ids)
    counted = (
        current.annotate(answers=answers)
        .order_by()
        .values("dataset__owner")
        .annotate(total=Sum("answers"), complete=Count("pk", filter=Q(answers=len(ASKED_FIELDS))))
    )
    rows = list(counted)
    return (
        datasets,
        {row["dataset__owner"]: row["total"] for row in rows},
        {row["dataset__owner"]: row["complete"] for row in rows},
    )


def _administrators(ids: Collection[int]) -> dict[int, int]:
    leading = User.objects.filter(is_active=True, role_assignments__role=Role.COUNTRY_ADMINISTRATOR)
    return _counted(leading, "participant", ids)


def _planned(viewer: Viewer, ids: Collection[int], today: date) -> dict[int, tuple[int, int, int]]:
    """By participant: tasks, those done, those overdue."""
    tasks = PlanTask.objects.visible_to(viewer).filter(participant__in=ids)
    counted = (
        tasks.order_by()
        .values_list("participant")
        .annotate(
            count=Count("pk"),
            done=Count("pk", filter=Q(done_on__isnull=False)),
            overdue=Count("pk", filter=Q(done_on__isnull=True, due_on__lt=today)),
        )
    )
    return {participant: (count, done, overdue) for participant, count, done, overdue in counted}


def _posted(ids: Collection[int]) -> dict[int, int]:
    """By participant: how many legal documents it posted, for whomever. Never which."""
    return _counted(LegalReference.objects.all(), "participant", ids)


def _counted(rows: QuerySet[object], by: str, ids: Collection[int]) -> dict[int, int]:  # type: ignore[type-var]
    counted = (
        rows.filter(**{f"{by}__in": ids}).order_by().values_list(by).annotate(Count("pk", distinct=True))
    )
    return dict(counted)
