"""The action plan of a participant: tasks with their terms (D025), kept by its administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.languages import columns
from registry.models import Participant, PlanTask, User
from registry.services.audit import audit_record

TASK_FIELDS = frozenset((*columns("title"), "contact", "due_on"))


@transaction.atomic
def task_create(*, participant: Participant, actor: User, **fields: Any) -> PlanTask:
    """A task. ValidationError by field, Invalid for somebody else's contact; ``fields``: `TASK_FIELDS`."""
    authority.require_people_administrator(actor, participant)
    task = PlanTask(participant=participant)
    _write(task, fields)
    _record(actor, "task.create", task)
    return task


@transaction.atomic
def task_change(*, task: PlanTask, actor: User, **fields: Any) -> PlanTask:
    authority.require_people_administrator(actor, task.participant)
    changed = sorted(name for name, value in fields.items() if getattr(task, name, None) != value)
    _write(task, fields)
    if changed:
        _record(actor, "task.change", task, fields=changed)
    return task


@transaction.atomic
def task_done(*, task: PlanTask, actor: User, today: date) -> None:
    """Conflict when it was done already."""
    authority.require_people_administrator(actor, task.participant)
    if PlanTask.objects.filter(pk=task.pk, done_on__isnull=True).update(done_on=today) != 1:
        raise Conflict(_("The task was done already."))
    _record(actor, "task.done", task)


@transaction.atomic
def task_reopen(*, task: PlanTask, actor: User) -> None:
    authority.require_people_administrator(actor, task.participant)
    if PlanTask.objects.filter(pk=task.pk, done_on__isnull=False).update(done_on=None) != 1:
        raise Conflict(_("The task is open already."))
    _record(actor, "task.reopen", task)


@transaction.atomic
def task_delete(*, task: PlanTask, actor: User) -> None:
    authority.require_people_administrator(actor, task.participant)
    if not PlanTask.objects.filter(pk=task.pk).delete()[0]:
        raise Conflict(_("It was deleted meanwhile."))
    _record(actor, "task.delete", task)


def _write(task: PlanTask, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - TASK_FIELDS:
        raise Invalid(_("This cannot be changed: %(names)s."), names=", ".join(sorted(unknown)))
    for name, value in fields.items():
        setattr(task, name, value)
    if task.contact is not None and task.contact.agency.participant_id != task.participant_id:
        raise Invalid(_("Only somebody of the participant itself can be responsible."))
    task.full_clean()
    task.save()


def _record(actor: User, action: str, task: PlanTask, **data: Any) -> None:
    audit_record(actor=actor, action=action, target=task, participant=task.participant, **data)
