"""The editing form of a documentation table: every field in every language, and its original text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from registry.access import ANONYMOUS
from registry.languages import LANGUAGE_CODES, LANGUAGES
from registry.models import DOCUMENTATION_FIELDS, Dataset, Documentation, LegalReference
from registry.presentation.documentation import SECTIONS, label_of
from registry.presentation.languages import original_languages
from registry.selectors.documentation import ASKED_FIELDS
from registry.services.documentation import LONGEST_ANSWER

#: What a field asks for, told to whoever fills it in (D080).
HELP = {
    "definition": _("Who or what is counted, in the words of the national legislation."),
    "event": _("What one unit of a figure is: a person, an application, a decision, a crossing."),
    "reference": _("The day a stock holds for, or the period in which events are counted."),
    "counting_unit": _("Persons or cases. If cases: how many persons a case has on average."),
    "categories": _("How citizenship, sex and other categories are told apart."),
    "instance": _("First instance only, or appeals too; first applications only, or extensions too."),
    "coverage": _("The territory and the groups of people that the figures cover."),
    "inclusions": _("Who is counted besides, and who is left out, for example minors."),
    "duration": _("The length of stay from which on somebody is counted."),
    "stateless": _("Under which category stateless persons are counted."),
    "double_citizenship": _("Under which citizenship persons with several are counted."),
    "source": _("The register, census, survey or files that the figures are taken from."),
    "provider": _("The body that collects the data."),
    "collection_method": _("How the data come into the source, and how the figures are made from it."),
    "forms": _("Which forms are filled in, by whom and when."),
    "attributes": _("Which characteristics are recorded for each person or event."),
    "dissemination": _("Where and how the figures are published or passed on."),
    "periodicity": _("How often the data are collected."),
    "timeliness": _("How long after the end of a period the figures are ready."),
    "legal_basis": _("The norms by which the data are collected."),
    "context": _("Changes of law or policy that show in the figures."),
    "quality": _("Possible errors, breaks in the series, what the figures cannot tell."),
    "gaps": _("What is missing: years, territories, groups."),
    "methodology": _("Anything else one must know to use the figures."),
    "footnotes": _("Notes to single figures or years."),
}
_ORIGINAL = "original_"


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the table in the form."""

    name: str
    label: str
    help: str
    is_asked: bool
    columns: list[tuple[str, forms.BoundField]]
    original: forms.BoundField
    is_original_open: bool


class DocumentationForm(forms.Form):
    """``version`` is the version it started from, 0 for none."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    original_language = forms.ChoiceField(
        label=_("Original language"),
        required=False,
        help_text=_("Only if the texts were written in another language than those of the portal."),
    )
    legal_references = forms.ModelMultipleChoiceField(
        LegalReference.objects.visible_to(ANONYMOUS),  # narrowed to the owner's when the form is made
        label=_("Legal documents"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reviewed_on = forms.DateField(
        label=_("Reviewed on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
        help_text=_("When somebody last went through the whole table. It is due once a year."),
    )

    def __init__(self, *args: Any, dataset: Dataset, references: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DOCUMENTATION_FIELDS:
            for code in LANGUAGE_CODES:
                self.fields[f"{name}_{code}"] = _answer_field(code)
            self.fields[_ORIGINAL + name] = _answer_field("")
        area = dataset.owner.area.code if dataset.owner.area_id and dataset.owner.area else ""
        choices = [("", _("No original text")), *original_languages(area)]
        self.fields["original_language"].choices = choices  # type: ignore[attr-defined]
        documents = list(references)
        self.has_documents = bool(documents)
        field = self.fields["legal_references"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = references
        field.choices = [(row.pk, f"{row} ({row.get_kind_display()})") for row in documents]

    def clean_reviewed_on(self) -> Any:
        day = self.cleaned_data["reviewed_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        has_original = any(cleaned.get(_ORIGINAL + name) for name in DOCUMENTATION_FIELDS)
        if has_original and cleaned.get("original_language") == "":
            self.add_error("original_language", _("Name the language of the original text."))
        return cleaned

    def content(self) -> dict[str, Any]:
        """The columns of `Documentation` that the form holds; once it is valid."""
        cleaned = self.cleaned_data
        answers = {f"{name}_{code}" for name in DOCUMENTATION_FIELDS for code in LANGUAGE_CODES}
        given = {name: cleaned[_ORIGINAL + name] for name in DOCUMENTATION_FIELDS}
        return {
            **{column: cleaned[column] for column in answers},
            "original": {name: text for name, text in given.items() if text},
            "original_language": cleaned["original_language"],
            "reviewed_on": cleaned["reviewed_on"],
        }

    def sections(self) -> Iterator[tuple[str, str, list[Row]]]:
        for section in SECTIONS:
            yield section.name, str(section.label), [self._row(name) for name in section.fields]

    def _row(self, name: str) -> Row:
        columns = [(language.name, self[f"{name}_{language.code}"]) for language in LANGUAGES]
        original = self[_ORIGINAL + name]
        is_open = bool(original.value() or original.errors)
        return Row(name, label_of(name), str(HELP[name]), name in ASKED_FIELDS, columns, original, is_open)


def _answer_field(language: str) -> forms.CharField:
    attrs = {"rows": 2, "lang": language} if language else {"rows": 2}
    widget = AdminAutoHeightTextInput(attrs=attrs)
    return forms.CharField(required=False, max_length=LONGEST_ANSWER, widget=widget, strip=True)


def initial_of(table: Documentation | None, references: list[LegalReference]) -> dict[str, Any]:
    """What the form says before anything is typed. A table that is new counts as reviewed today."""
    if table is None:
        return {"version": 0, "reviewed_on": timezone.localdate()}
    content = table.content()
    original = {_ORIGINAL + name: text for name, text in content.pop("original").items()}
    documents = [reference.pk for reference in references]
    return {"version": table.version, "legal_references": documents, **content, **original}


def taken_over(typed: QueryDict, base: Mapping[str, Any], current: Mapping[str, Any]) -> QueryDict:
    """What was typed, with the other person's text where it was left as it stood in ``base``.

    The mappings are the ``initial_of`` two versions; the result starts from the ``current`` one.
    """
    merged = typed.copy()
    for name in {*base, *current} - {"legal_references", "version"}:
        if _plain(typed.get(name)) == _plain(base.get(name)):
            merged[name] = _plain(current.get(name))
    before = sorted(map(str, base.get("legal_references", ())))
    if sorted(typed.getlist("legal_references")) == before:
        merged.setlist("legal_references", [str(pk) for pk in current.get("legal_references", ())])
    merged["version"] = str(current["version"])
    return merged


def _plain(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n").strip()
