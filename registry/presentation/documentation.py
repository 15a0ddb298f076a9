"""How documentation tables are laid out, compared and written to a file."""

from __future__ import annotations

import difflib
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext

from registry.formats.csv import text_line
from registry.languages import LANGUAGES, ServedText, served, texts
from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation, LegalReference
from registry.presentation.languages import language_name
from registry.selectors.availability import SeenRelease


@dataclass(frozen=True, slots=True)
class Section:
    """Fields of `Documentation` that belong together."""

    name: str
    label: Promise
    fields: tuple[str, ...]


SECTIONS = (
    Section(
        "counted",
        gettext_lazy("What is counted"),
        (
            "definition",
            "event",
            "reference",
            "counting_unit",
            "categories",
            "instance",
            "coverage",
            "inclusions",
            "duration",
            "stateless",
            "double_citizenship",
        ),
    ),
    Section(
        "collected",
        gettext_lazy("Who collects it, and how"),
        ("source", "provider", "collection_method", "forms", "attributes"),
    ),
    Section(
        "disseminated",
        gettext_lazy("Dissemination"),
        ("dissemination", "periodicity", "timeliness"),
    ),
    Section("law", gettext_lazy("Law and quality"), ("legal_basis", "context", "quality", "gaps")),
    Section("notes", gettext_lazy("Notes"), ("methodology", "footnotes")),
)


def label_of(name: str) -> str:
    """What a field of a version is called, in the active language."""
    if name in DOCUMENTATION_FIELDS:
        return capfirst(str(getattr(Documentation, name).verbose_name))
    return capfirst(str(Documentation._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


# ---- one version


@dataclass(frozen=True, slots=True)
class Answer:
    """An answered field: its text, served in a language, and the original beside it. One may be empty."""

    name: str
    label: str
    text: ServedText
    original: str


def answers_of(table: Documentation | None) -> list[Answer]:
    """The answered fields in the active language, in their order; those with an original text alone too."""
    found = []
    for name in DOCUMENTATION_FIELDS if table is not None else ():
        text, original = getattr(table, name), table.original.get(name, "")  # type: ignore[union-attr]
        if text or original:
            found.append(Answer(name, label_of(name), text, original))
    return found


# ---- two versions


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of words that stayed, came (``ins``) or went (``del``)."""

    kind: Literal["same", "ins", "del"]
    text: str


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One language of a changed field; ``language`` is empty where the field is in none."""

    language: str
    label: str
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Change:
    """A field of which two versions say something else."""

    name: str
    label: str
    texts: Sequence[ChangedText]


_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
#: Above so many pairs of words, what is between the first and the last difference is marked as a whole.
_MOST_PAIRS = 4_000_000


def word_marks(old: str, new: str) -> list[Mark]:
    """What became of a text, word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    head, tail = before[:start], before[len(before) - end :]
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    marks = [Mark("same", "".join(head))]
    if len(before) * len(after) > _MOST_PAIRS:
        marks += [Mark("del", "".join(before)), Mark("ins", "".join(after))]
    else:
        for is_same, gone, came in _runs(before, after):
            marks += [Mark("same", gone)] if is_same else [Mark("del", gone), Mark("ins", came)]
    marks.append(Mark("same", "".join(tail)))
    return [mark for mark in marks if mark.text]


def _runs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """Runs that stayed or changed, in turn. A space or comma alone between two changes is part of them."""
    matcher = difflib.SequenceMatcher(None, before, after)
    gone = came = ""
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        old, new = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal" and re.search(r"\w", old):
            yield False, gone, came
            yield True, old, old
            gone = came = ""
        else:
            gone, came = gone + old, came + new
    yield False, gone, came


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """How many words both begin with."""
    for at, (one, other) in enumerate(zip(first, second, strict=False)):
        if one != other:
            return at
    return min(len(first), len(second))


def compared(older: Documentation, newer: Documentation) -> list[Change]:
    """The fields that differ, with marks, in the order of the table."""
    changed = newer.changed_from(older)
    return [Change(name, label_of(name), _changed_texts(name, older, newer)) for name in changed]


def compared_documents(older: Iterable[LegalReference], newer: Iterable[LegalReference]) -> list[Mark]:
    """The legal documents that came and went; empty if none did."""
    before, after = set(older), set(newer)
    gone = [Mark("del", str(reference)) for reference in sorted(before - after, key=str)]
    return gone + [Mark("ins", str(reference)) for reference in sorted(after - before, key=str)]


def _changed_texts(name: str, older: Documentation, newer: Documentation) -> list[ChangedText]:
    if name not in DOCUMENTATION_FIELDS:
        return [ChangedText("", "", word_marks(_plain(older, name), _plain(newer, name)))]
    before, after = older.answer(name), newer.answer(name)
    languages = [(language.code, language.code, language.name) for language in LANGUAGES]
    original = newer.original_language or older.original_language
    languages.append(("original", original, _("Original text")))
    return [
        ChangedText(language, label, word_marks(before[key], after[key]))
        for key, language, label in languages
        if before[key] != after[key]
    ]


def _plain(version: Documentation, name: str) -> str:
    if name == "original_language":
        return language_name(version.original_language)
    return date_format(version.reviewed_on) if version.reviewed_on else ""


# ---- a file

_HEADER = ("FIELD", "LABEL", "TEXT", "LANGUAGE", "ORIGINAL_TEXT", "ORIGINAL_LANGUAGE")
_Line = tuple[str, str, Mapping[str, str] | str, str]


def documentation_csv(
    *,
    dataset: Dataset,
    table: Documentation | None,
    documents: Iterable[LegalReference],
    release: SeenRelease | None,
    language: str,
) -> bytes:
    """The table as CSV, a line per field; LANGUAGE is the one that TEXT is really in.

    Begins with what the dataset itself says, ends with the legal documents. The dataset
    has its indicator and owner at hand.
    """
    with override(language):
        lines = [*_dataset_lines(dataset, release), *_table_lines(table), *_document_lines(documents)]
    original_language = table.original_language if table else ""
    text = text_line(_HEADER)
    for name, label, given, original in lines:
        found = served(given, language) if isinstance(given, Mapping) else ServedText(given, "", False)
        told = found.language if found else ""
        text += text_line((name, label, found, told, original, original_language if original else ""))
    return BOM_UTF8 + text.encode()


def _dataset_lines(dataset: Dataset, release: SeenRelease | None) -> Iterator[_Line]:
    yield "dataset", _("Dataset"), dataset.code, ""
    yield "indicator", _("Indicator"), texts(dataset.indicator, "name"), ""
    yield "owner", _("Owner"), texts(dataset.owner, "name"), ""
    yield "dataset_source", pgettext("figures", "Source"), texts(dataset, "source"), ""
    for name, label in (("source_url", _("Address of the source")), ("licence", _("Licence"))):
        if getattr(dataset, name):
            yield name, label, getattr(dataset, name), ""
    if dataset.note:
        yield "note", _("Note to the table"), texts(dataset, "note"), ""
    if release is not None:
        yield "release", _("Release"), f"{release.number} ({release.released_at:%Y-%m-%d})", ""


def _table_lines(table: Documentation | None) -> Iterator[_Line]:
    if table is None:
        return
    for answer in answers_of(table):
        yield answer.name, answer.label, texts(table, answer.name), answer.original
    yield "version", _("Version"), str(table.version), ""
    if table.reviewed_on:
        yield "reviewed_on", _("Reviewed on"), table.reviewed_on.isoformat(), ""


def _document_lines(documents: Iterable[LegalReference]) -> Iterator[_Line]:
    for reference in documents:
        adopted = reference.adopted_on.isoformat() if reference.adopted_on else ""
        facts = [fact for fact in (reference.number, adopted, reference.url) if fact]
        given = {code: title for code, title in texts(reference, "title").items() if title}
        titles = {code: "; ".join((title, *facts)) for code, title in given.items()}
        yield "legal_document", str(reference.get_kind_display()), titles, ""
