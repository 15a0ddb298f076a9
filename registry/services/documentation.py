"""Writes of documentation tables: each is a new version, answered for by who wrote it (D072–D083)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import authority
from registry.errors import Conflict, Invalid
from registry.events import announce_dataset
from registry.languages import LANGUAGE_CODES, texts
from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation, LegalReference, User
from registry.models.documentation import OF_THE_VERSION
from registry.services.audit import audit_record

#: The longest answer, in characters.
LONGEST_ANSWER = 20_000
_NO_ANSWER = _("“%(name)s” is not an answer of a documentation table.")


@transaction.atomic
def documentation_write(
    *,
    dataset: Dataset,
    actor: User | None,
    base: int | None = None,
    legal_references: Collection[LegalReference] | None = None,
    **answers: Any,
) -> Documentation:
    """A new version of a dataset's documentation table; the old versions stay. No actor: the system itself.

    ``answers`` are columns of `Documentation` (``definition_en``, …); those not given keep their last text,
    and so do ``legal_references``. Writing what is there already makes no new version and returns the last.
    ``base`` is the version the text started from, 0 for none: Conflict if another is current by now.
    ValidationError names the columns that are wrong.
    """
    if actor is not None:
        authority.require_documenter(actor, dataset)
    Dataset.objects.select_for_update(of=("self",)).get(pk=dataset.pk)  # one version at a time
    last = Documentation.objects.filter(dataset=dataset, is_current=True).first()
    documents = _documents(dataset, last, legal_references)
    before = last or Documentation()
    content = {**before.content(), **{name: _cleaned(name, value) for name, value in answers.items()}}
    written = Documentation(dataset=dataset, version=before.version or 0, written_by=actor, **content)
    written.version += 1
    changed = written.changed_from(before)
    if documents != _documents(dataset, last, None):
        changed.append("legal_references")
    if last is not None and not changed:
        return last
    if base is not None and base != written.version - 1:
        raise Conflict(_("Somebody has changed this table since you opened it."))
    _check(written)
    Documentation.objects.filter(dataset=dataset, is_current=True).update(is_current=False)
    written.save()
    written.legal_references.set(documents)
    if "reviewed_on" in changed:
        Dataset.objects.filter(pk=dataset.pk).update(documentation_reminded_on=None)
    if actor is not None:
        audit_record(
            actor=actor,
            action="documentation.write",
            target=written,
            participant=dataset.owner,
            dataset=dataset.code,
            version=written.version,
            fields=changed,
        )
    announce_dataset(dataset.pk)
    return written


def documentation_review(*, dataset: Dataset, actor: User, base: int, today: date) -> Documentation:
    """The table was looked through and still holds: a version that differs by its day of review alone (D081).

    Conflict if somebody else has written another version than ``base`` meanwhile.
    """
    authority.require_documenter(actor, dataset)
    if base == 0:
        raise Invalid(_("There is no documentation to review yet: fill it in first."))
    return documentation_write(dataset=dataset, actor=actor, base=base, reviewed_on=today)


@transaction.atomic
def documentation_restore(*, dataset: Dataset, actor: User, version: int) -> Documentation:
    """Write the text of an old version as a new one. When it was reviewed stays as it is now."""
    authority.require_documenter(actor, dataset)
    old = Documentation.objects.filter(dataset=dataset, version=version).first()
    if old is None:
        raise Invalid(_("There is no version %(version)s."), version=version)
    content = {name: value for name, value in old.content().items() if name != "reviewed_on"}
    documents = list(old.legal_references.all())
    return documentation_write(dataset=dataset, actor=actor, legal_references=documents, **content)


def _cleaned(name: str, value: Any) -> Any:
    if name in OF_THE_VERSION:
        raise Invalid(_NO_ANSWER, name=name)
    if name == "original":
        if unknown := set(value) - set(DOCUMENTATION_FIELDS):
            raise Invalid(_NO_ANSWER, name=sorted(unknown)[0])
        return {key: _text(text) for key, text in value.items() if _text(text)}
    value = Documentation._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """Browsers send two characters at the end of a line."""
    return text.replace("\r\n", "\n").strip()


def _check(written: Documentation) -> None:
    written.full_clean(exclude=["dataset", "written_by"])
    problems: dict[str, Any] = {}
    too_long = ValidationError(
        _("An answer has at most %(most)s characters."), params={"most": LONGEST_ANSWER}
    )
    for name in DOCUMENTATION_FIELDS:
        for code, text in texts(written, name).items():
            if len(text) > LONGEST_ANSWER:
                problems[f"{name}_{code}"] = too_long
    original = written.original
    if any(len(text) > LONGEST_ANSWER for text in original.values()):
        problems["original"] = too_long
    if original and (not written.original_language or written.original_language in LANGUAGE_CODES):
        problems["original_language"] = ValidationError(_("Name the language of the original text."))
    if problems:
        raise ValidationError(problems)


def _documents(
    dataset: Dataset, last: Documentation | None, given: Collection[LegalReference] | None
) -> set[LegalReference]:
    if given is None:
        return set(last.legal_references.all()) if last is not None else set()
    if any(reference.participant_id != dataset.owner_id for reference in given):
        raise Invalid(_("A documentation table names legal documents of its own participant."))
    return set(given)
