from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.events import announce_dataset
from registry.languages import columns
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
    if indicator.owner_id not in (None, owner.pk):
        raise Invalid(_("There is no indicator “%(code)s”."), code=indicator.code)
    dataset.full_clean()
    try:
        with transaction.atomic():
            dataset.save()
    except IntegrityError as error:  # made by somebody else since it was looked for
        raise Conflict(_("There is a dataset %(code)s already."), code=code) from error
    if actor is not None:
        audit_record(actor=actor, action="dataset.create", target=dataset, participant=owner, dataset=code)
    audiences_rewrite(dataset=dataset)
    return dataset


#: What is said of a dataset and may change with a release. Owner, indicator and frequency never change.
DESCRIBABLE = frozenset(
    (
        *columns("source"),
        *columns("note"),
        "source_url",
        "licence",
        "timeliness_days",
        "is_official",
        "disclosure_threshold",
    )
)


def description_changes(*, dataset: Dataset, description: Mapping[str, Any]) -> dict[str, Any]:
    """Those columns of ``description`` that differ from what the dataset says now.

    Invalid for a column that is not describable, ValidationError for a wrong value.
    """
    if unknown := set(description) - DESCRIBABLE:
        raise Invalid(
            _("This cannot be changed with a release: %(names)s."), names=", ".join(sorted(unknown))
        )
    changes = {name: value for name, value in description.items() if getattr(dataset, name) != value}
    fields = {field.name: field for field in Dataset._meta.concrete_fields}
    for name, value in changes.items():
        fields[name].clean(value, dataset)
    return changes


def description_apply(*, dataset: Dataset, description: Mapping[str, Any]) -> None:
    """Write the changes a released submission brought, inside the release's transaction."""
    for name, value in description.items():
        setattr(dataset, name, value)
    dataset.save(update_fields=list(description))


@transaction.atomic
def documentation_write(*, dataset: Dataset, actor: User | None, **answers: Any) -> Documentation:
    """A new version of a dataset's documentation table; the old versions stay.

    ``answers`` are columns of `Documentation` (``definition_en``, …); those not given keep their last text.
    Writing what is there already makes no new version.
    """
    if actor is not None:
        authority.require_submitter(actor, dataset)
    Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)  # one version at a time
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
