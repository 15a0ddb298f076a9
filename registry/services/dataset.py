from __future__ import annotations

from typing import Any

from django.db import transaction

from registry import authority
from registry.events import announce_dataset
from registry.models import Dataset, Documentation, Indicator, Participant, User
from registry.services.access import audiences_rewrite
from registry.services.audit import audit_record


@transaction.atomic
def dataset_create(
    *, code: str, indicator: Indicator, owner: Participant, actor: User | None, **fields: Any
) -> Dataset:
    """A new dataset, seen by its owner alone until the owner opens it (D109). No actor: the system itself.

    ``fields`` are the other columns of `Dataset`. ValidationError names what is wrong with them.
    """
    dataset = Dataset(code=code, indicator=indicator, owner=owner, **fields)
    if actor is not None:
        authority.require_submitter(actor, dataset)
    dataset.full_clean()
    dataset.save()
    if actor is not None:
        audit_record(actor=actor, action="dataset.create", target=dataset, participant=owner, dataset=code)
    audiences_rewrite(dataset=dataset)
    return dataset


@transaction.atomic
def dataset_describe(*, dataset: Dataset, actor: User, **fields: Any) -> Dataset:
    """Change what is said of a dataset: source, licence, note, … Nothing is written where nothing changes."""
    authority.require_submitter(actor, dataset)
    changed = sorted(name for name, value in fields.items() if getattr(dataset, name) != value)
    if not changed:
        return dataset
    for name in changed:
        setattr(dataset, name, fields[name])
    dataset.full_clean()
    dataset.save(update_fields=changed)
    audit_record(
        actor=actor,
        action="dataset.describe",
        target=dataset,
        participant=dataset.owner,
        dataset=dataset.code,
        fields=changed,
    )
    announce_dataset(dataset.pk)
    return dataset


@transaction.atomic
def documentation_write(*, dataset: Dataset, actor: User | None, **answers: Any) -> Documentation:
    """A new version of a dataset's documentation table; the old versions stay.

    ``answers`` are columns of `Documentation` (``definition_en``, …); those not given keep their last text.
    Writing what is there already makes no new version.
    """
    if actor is not None:
        authority.require_submitter(actor, dataset)
    last = Documentation.objects.filter(dataset=dataset, is_current=True).first()
    kept = {
        field.name: getattr(last, field.name)
        for field in Documentation._meta.concrete_fields
        if last is not None
        and field.name not in ("id", "dataset", "version", "is_current", "written_by", "written_at")
    }
    if last is not None and all(kept.get(name) == value for name, value in answers.items()):
        return last
    Documentation.objects.filter(dataset=dataset, is_current=True).update(is_current=False)
    version = (last.version if last else 0) + 1
    written = Documentation(dataset=dataset, version=version, written_by=actor, **{**kept, **answers})
    written.full_clean(exclude=["dataset", "written_by"])
    written.save()
    if actor is not None:
        audit_record(
            actor=actor,
            action="documentation.write",
            target=written,
            participant=dataset.owner,
            dataset=dataset.code,
            version=version,
        )
    announce_dataset(dataset.pk)
    return written
