"""Reads of the glossary. (`registry.selectors.terms` is about something else: terms of access.)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from registry.access import Viewer
from registry.languages import current_language
from registry.models import Term


@dataclass(frozen=True, slots=True)
class Letter:
    """The terms that begin with one letter, in alphabetical order."""

    letter: str
    terms: list[Term]


def term_list(*, viewer: Viewer, topic: str | None = None) -> QuerySet[Term]:
    """The terms by code, of one topic if named."""
    terms = Term.objects.visible_to(viewer)
    return terms.filter(topic=topic) if topic else terms


def terms_by_name(terms: Iterable[Term]) -> list[Term]:
    """In the alphabetical order of the active language."""
    return sorted(terms, key=lambda term: (alphabetical(str(term.name)), term.code))


def glossary_letters(
    *, viewer: Viewer, text: str = "", topic: str = ""
) -> tuple[list[Letter], dict[int, list[Term]]]:
    """The glossary in the active language by letters, and the related terms of each term by its key.

    ``text`` is looked for in names, other forms and definitions of every language. Two queries.
    """
    rows = list(term_list(viewer=viewer, topic=topic).prefetch_related("related"))
    wanted = text.casefold().replace("ё", "е").strip()
    found = terms_by_name(term for term in rows if wanted in _said(term))
    letters: dict[str, list[Term]] = {}
    for term in found:
        letters.setdefault(first_letter(str(term.name)), []).append(term)
    related = {term.pk: terms_by_name(term.related.all()) for term in found}
    return [Letter(letter, terms) for letter, terms in letters.items()], related


def alphabetical(text: str) -> str:
    """What a text is sorted by: ё beside е, small letters beside great ones."""
    return text.casefold().replace("ё", "е").strip("«“\"' ")


def first_letter(text: str) -> str:
    return alphabetical(text)[:1].upper()


def _said(term: Term) -> str:
    columns = (term.name_en, term.name_ru, term.other_forms_en, term.other_forms_ru)  # type: ignore[attr-defined]
    return " ".join([*columns, str(term.definition)]).casefold().replace("ё", "е")


def marked_terms(*, viewer: Viewer) -> QuerySet[Term]:
    """The terms that texts are searched for."""
    return term_list(viewer=viewer).filter(is_marked=True)


def glossary_version(*, viewer: Viewer) -> tuple[object, ...]:
    """Changes whenever a term does. One query."""
    state = term_list(viewer=viewer).aggregate(
        last=Max("updated_at"), all=Count("pk"), marked=Count("pk", filter=Q(is_marked=True))
    )
    return current_language(), *state.values()
