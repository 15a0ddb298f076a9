"""The report of translations: pages by language, and facts that lack a text in one. Also as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permissions import page_permission_policy

from cms.explorer.listing import of_participants, participant_choices
from cms.selectors.country import parts_of
from cms.selectors.translations import (
    WAITING,
    State,
    TranslationLine,
    editable_pages,
    fact_gaps,
    translation_lines,
)
from cms.services.tree import tree_problems
from registry.admin.base import DataMixin
from registry.formats.csv import text_line
from registry.languages import LANGUAGES
from registry.selectors.untranslated import Gap

_PER_PAGE = 50
_BYTE_ORDER_MARK = "\ufeff"  # Excel needs it to read UTF-8
_ANY = ("", gettext_lazy("All"))
_NAMES = {language.code: language.name for language in LANGUAGES}


class ReportFilter(forms.Form):
    """What to show. Anything else than these values is passed over."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[_ANY, *_NAMES.items()]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[_ANY, ("waiting", gettext_lazy("to be translated")), *State.choices],
    )
    participant = forms.ChoiceField(label=gettext_lazy("Participant"), required=False)
    q = forms.CharField(label=gettext_lazy("Words in the title"), required=False, max_length=200)

    def __init__(self, *args: Any, participants: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["participant"].choices = [_ANY, *participants]  # type: ignore[attr-defined]


def may_see_report(user: Any) -> bool:
    return bool(user.is_active) and bool(
        page_permission_policy.user_has_any_permission(user, {"add", "change", "publish"})
    )


class TranslationReportMixin(DataMixin):
    """For those who may change pages: each sees the pages it may change."""

    page_title = gettext_lazy("Translations")
    header_icon = "site"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_see_report(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def form(self) -> ReportFilter:
        form = ReportFilter(self.request.GET, participants=participant_choices(self.actor))
        form.is_valid()
        return form

    @cached_property
    def lines(self) -> list[TranslationLine]:
        asked = self.form.cleaned_data
        words = asked.get("q", "").casefold()
        wanted = set(WAITING) if asked.get("state") == "waiting" else {*filter(None, [asked.get("state")])}
        languages = [asked["language"]] if asked.get("language") else []
        pages = editable_pages(self.actor)
        if asked.get("participant"):
            pages = of_participants(pages, [asked["participant"]])
        return [
            line
            for line in translation_lines(pages=pages, languages=languages)
            if (not wanted or line.state in wanted) and words in line.title.casefold()
        ]


class TranslationReportView(TranslationReportMixin, TemplateView):
    """Pages by language, the most of them 50 at a time. Constant number of queries."""

    template_name = "cms/translation/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.lines, _PER_PAGE).get_page(self.request.GET.get("p"))
        owners = _owners(page)
        query = self.request.GET.copy()
        query.pop("p", None)
        return super().get_context_data(
            form=self.form,
            page=page,
            rows=[(line, _NAMES[line.language], _type(line), owners.get(line.path, "")) for line in page],
            names=_NAMES,
            count=len(self.lines),
            tree_problems=len(tree_problems()) if self.actor.is_superuser else 0,
            query=query.urlencode(),
            **kwargs,
        )

    @property
    def header_buttons(self) -> list[HeaderButton]:
        query = self.request.GET.urlencode()
        csv = f"{reverse('translation:report_csv')}{'?' if query else ''}{query}"
        facts = reverse("translation:facts")
        return [
            HeaderButton("CSV", url=csv, icon_name="download", priority=20),
            HeaderButton(_("Texts of facts"), url=facts, icon_name="table", priority=10),
        ]


class TranslationTableView(TranslationReportMixin, TemplateView):
    """The same as CSV, cells safe to open in a spreadsheet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _csv("translations.csv", _table(self.lines))


class FactsMixin(TranslationReportMixin):
    page_title = gettext_lazy("Texts of facts")

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("translation:report"), "label": _("Translations")}]

    @cached_property
    def gaps(self) -> list[Gap]:
        language = self.form.cleaned_data.get("language")
        return [gap for gap in fact_gaps(viewer=self.viewer) if not language or gap.language == language]


class FactsView(FactsMixin, TemplateView):
    """Facts that lack a text in a language which another one has."""

    template_name = "cms/translation/facts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.gaps, _PER_PAGE).get_page(self.request.GET.get("p"))
        rows = [(gap, _NAMES[gap.language]) for gap in page]
        language = self.form.cleaned_data.get("language", "")
        query = f"language={language}" if language else ""
        return super().get_context_data(
            form=self.form, page=page, rows=rows, count=len(self.gaps), query=query, **kwargs
        )

    @property
    def header_buttons(self) -> list[HeaderButton]:
        query = self.request.GET.urlencode()
        csv = f"{reverse('translation:facts_csv')}{'?' if query else ''}{query}"
        return [HeaderButton("CSV", url=csv, icon_name="download", priority=20)]


class FactsTableView(FactsMixin, TemplateView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        head = [_("Kind"), _("Object"), _("Participant"), _("Field"), _("Language that lacks it")]
        rows = ([gap.kind, gap.what, gap.owner, gap.field, _NAMES[gap.language]] for gap in self.gaps)
        return _csv("facts.csv", iter([head, *rows]))


def _table(lines: list[TranslationLine]) -> Iterator[list[str]]:
    yield [
        _("Page"),
        _("Type"),
        _("Participant"),
        _("Written in"),
        _("Source changed at, UTC"),
        _("Source changed by"),
        _("Language"),
        _("Status"),
        _("Since, UTC"),
        _("Translation changed by"),
        _("Texts translated"),
        _("Texts in all"),
    ]
    owners = _owners(lines)
    for line in lines:
        yield [
            line.title,
            _type(line),
            owners.get(line.path, ""),
            _NAMES[line.source_language],
            f"{line.source_changed_at:%Y-%m-%d %H:%M}" if line.source_changed_at else "",
            line.source_changed_by,
            _NAMES[line.language],
            str(line.state.label),
            f"{line.since:%Y-%m-%d %H:%M}" if line.since else "",
            line.changed_by,
            str(line.done) if line.total else "",
            str(line.total) if line.total else "",
        ]


def _owners(lines: Iterable[TranslationLine]) -> dict[str, str]:
    """The names of the participants by the paths of their pages. One query."""
    parts = parts_of([line.path for line in lines])
    return {path: str(part.participant.name) for path, part in parts.items()}


def _type(line: TranslationLine) -> str:
    model = ContentType.objects.get_for_id(line.content_type_id).model_class()
    return capfirst(str(model._meta.verbose_name)) if model else ""


def _csv(name: str, rows: Iterator[list[str]]) -> HttpResponse:
    text = _BYTE_ORDER_MARK + "".join(text_line(row) for row in rows)
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
