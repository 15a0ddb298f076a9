from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.languages import columns
from registry.models import Dataset, Indicator, Participant, User
from registry.services.access import audiences_begin
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
    dataset.full_clean(exclude=["indicator", "owner"])
    try:
        with transaction.atomic():
            dataset.save()
    except IntegrityError as error:  # made by somebody else since it was looked for
        raise Conflict(_("There is a dataset %(code)s already."), code=code) from error
    if actor is not None:
        audit_record(actor=actor, action="dataset.create", target=dataset, participant=owner, dataset=code)
    audiences_begin(dataset=dataset)
    return dataset


def dataset_locked(*, dataset: Dataset) -> Dataset:
    """The dataset, read anew, with nobody else staging for it or releasing it until the transaction ends.

    Locked before any of its submissions, so that no two wait for each other.
    """
    return (
        Dataset.objects.select_for_update(of=("self",))
        .select_related("owner", "indicator")
        .get(pk=dataset.pk)
    )


def dataset_code(*, owner: Participant, indicator: Indicator) -> str:
    """A free code for a new dataset: MDA_DSM_1, and MDA_DSM_1-2 for one from a second source (D050)."""
    base = f"{owner.code}_{indicator.code}"
    taken = set(Dataset.objects.filter(code__startswith=base).values_list("code", flat=True))
    number = 2
    code = base
    while code in taken:
        code, number = f"{base}-{number}", number + 1
    return code


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
