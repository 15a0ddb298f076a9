"""Translations as PO files, there and back, for who translates in a program of their own.

They stand before wagtail-localize's views at the same addresses (cms/translation/hooks.py), which name all
Russian pages alike, break on a file without its header, and do not tell what of a file was taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import polib  # type: ignore[import-untyped]
from anyascii import anyascii
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.models import Page
from wagtail_localize.models import Translation
from wagtail_localize.strings import StringValue, validate_translation_links
from wagtail_localize.views.edit_translation import user_can_edit_instance

from registry.errors import Invalid

MOST_BYTES = 2 * 2**20
MOST_TEXTS = 5_000
MOST_NAMED = 5  # of the texts that were not taken
OWN_HEADER = "X-WagtailLocalize-TranslationID"
_CHARSET = re.compile(rb"charset=([\w.-]{1,20})")
_CHARSETS = frozenset(("windows-1251", "cp1251", "koi8-r", "utf-16"))
_QUOTED = re.compile(r'(?:msg(?:id|id_plural|str|ctxt)(?:\[\d+\])?\s*)?"(?:[^"\\]|\\.)*"')
_LINE = re.compile(r"\(line (\d+)\)")


@dataclass(slots=True)
class Outcome:
    """What became of the texts of a file; ``unknown`` and ``refused``: their lines and originals."""

    taken: int = 0
    unknown: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


@require_safe
def po_download(request: HttpRequest, translation_id: int) -> HttpResponse:
    translation = _translation(request, translation_id)
    po = translation.export_po()
    po.metadata["Language"] = translation.target_locale.language_code
    return HttpResponse(
        str(po),
        content_type="text/x-gettext-translation; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{po_name(translation)}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_POST
def po_upload(request: HttpRequest, translation_id: int) -> HttpResponse:
    translation = _translation(request, translation_id)
    try:
        _tell(request, po_import(translation, _content(request), user=request.user))
    except Invalid as refusal:
        messages.error(request, str(refusal))
    return redirect(get_valid_next_url_from_request(request) or reverse("wagtailadmin_home"))


def _translation(request: HttpRequest, key: int) -> Translation:
    translation = get_object_or_404(
        Translation.objects.select_related("source__locale", "target_locale"), pk=key
    )
    try:
        target = translation.get_target_instance()
    except ObjectDoesNotExist:
        raise Http404 from None
    if not user_can_edit_instance(request.user, target):
        raise PermissionDenied
    return translation


def po_name(translation: Translation) -> str:
    """``labour-ru-en.po``; the slug of the page above stands first where its own is not unique."""
    try:
        source = translation.source.get_source_instance()
    except ObjectDoesNotExist:
        source = None
    name = getattr(source, "slug", "") or str(translation.source.object_repr)
    if isinstance(source, Page):
        alike = Page.objects.filter(slug=source.slug, locale=source.locale_id).exclude(pk=source.pk)
        above = source.get_parent()
        if above is not None and alike.exists():
            name = f"{above.slug}-{name}"
    languages = (translation.source.locale.language_code, translation.target_locale.language_code)
    return f"{'-'.join((slugify(anyascii(name))[:100] or 'texts', *languages))}.po"


def _content(request: HttpRequest) -> str:
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        raise Invalid(_("Choose a PO file with translations."))
    if upload.size > MOST_BYTES:
        raise Invalid(
            _("The file has %(size)s; at most %(most)s are taken."),
            size=filesizeformat(upload.size),
            most=filesizeformat(MOST_BYTES),
        )
    return _decoded(upload.read())


def _decoded(data: bytes) -> str:
    """UTF-8, or another code that the header names."""
    charset = _CHARSET.search(data[:4096])
    named = charset[1].decode().lower() if charset else ""
    for name in ("utf-8-sig", *({named} & _CHARSETS)):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    line = data.decode("utf-8", "replace").partition("\ufffd")[0].count("\n") + 1
    raise Invalid(_("This is no PO file: line %(line)s cannot be read. Expected: text in UTF-8."), line=line)


def po_import(translation: Translation, content: str, *, user: Any) -> Outcome:
    """Take over what fits; what is unknown here, or would break a page, is left out and told."""
    po = _parsed(content)
    if po.metadata.get(OWN_HEADER) != str(translation.uuid):
        raise Invalid(
            _(
                "This PO file belongs to another translation, or has lost its header %(header)s. "
                "Download the file anew, and keep its header."
            ),
            header=OWN_HEADER,
        )
    if len(po) > MOST_TEXTS:
        raise Invalid(
            _("The file has %(count)s texts; at most %(most)s are taken."), count=len(po), most=MOST_TEXTS
        )
    outcome, kept = Outcome(), polib.POFile()
    kept.metadata = po.metadata
    for entry in po:
        if entry.msgstr and not _is_sound(entry):
            outcome.refused.append((entry.linenum, entry.msgid))
        elif entry.msgstr:
            kept.append(entry)
    warnings = translation.import_po(kept, user=user, tool_name="PO File")
    left = [kept[warning.index] for warning in warnings]
    # Texts of former versions are in every file, for translators to see them.
    outcome.unknown = [(entry.linenum, entry.msgid) for entry in left if not entry.obsolete]
    outcome.taken = sum(not entry.obsolete for entry in kept) - len(outcome.unknown)
    return outcome


def _parsed(content: str) -> polib.POFile:
    for number, line in enumerate(content.splitlines(), start=1):
        text = line.strip().removeprefix("#~").strip()
        if text.startswith(("msg", '"')) and not _QUOTED.fullmatch(text):
            raise _broken(number)
    try:
        # What it is given may be the name of a file too; no name ends in empty lines.
        return polib.pofile(f"{content}\n\n", encoding="utf-8")
    except (OSError, ValueError, LookupError, AttributeError) as error:
        place = _LINE.search(str(error))
        raise _broken(int(place[1]) if place else 1) from None


def _broken(line: int) -> Invalid:
    return Invalid(
        _('This is no PO file: line %(line)s cannot be read. Expected: msgid "…" and msgstr "…".'), line=line
    )


def _is_sound(entry: polib.POEntry) -> bool:
    """Whether its marks and links are those that a page may have."""
    try:
        StringValue.from_translated_html(entry.msgstr)
        validate_translation_links(entry.msgid, entry.msgstr)
    except ValueError:
        return False
    return True


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    counts = {
        "taken": outcome.taken,
        "unknown": len(outcome.unknown),
        "refused": len(outcome.refused),
    }
    told = _(
        "Texts of the PO file: taken over %(taken)s, unknown on this page %(unknown)s, refused %(refused)s."
    )
    is_whole = not (outcome.unknown or outcome.refused)
    tell = messages.success if is_whole and outcome.taken else messages.warning
    tell(request, told % counts)
    if outcome.unknown:
        reason = _("Not taken because the page has no such text, or no longer: %(texts)s")
        messages.warning(request, reason % {"texts": _named(outcome.unknown)})
    if outcome.refused:
        reason = _("Refused because their HTML or links are not those of the original: %(texts)s")
        messages.error(request, reason % {"texts": _named(outcome.refused)})


def _named(entries: list[tuple[int, str]]) -> str:
    line = _("line %(line)s, “%(text)s”")
    named = [line % {"line": at, "text": Truncator(text).chars(60)} for at, text in entries[:MOST_NAMED]]
    return "; ".join([*named, *(["…"] if len(entries) > MOST_NAMED else [])])
