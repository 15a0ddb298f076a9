"""The kinds of files the library takes. What a file is, its content says, and never its name."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FileFormat:
    """``media_type`` is what is stored and told; ``served_as`` what browsers are given."""

    name: str
    label: str | Promise
    media_type: str
    is_inert: bool = True

    @property
    def served_as(self) -> str:
        """A format that browsers would run is handed out as bytes of no kind (threat: stored scripts)."""
        return self.media_type if self.is_inert else "application/octet-stream"


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
#: By name, which is the extension of their files too.
FORMATS = {
    known.name: known
    for known in (
        FileFormat("pdf", "PDF", "application/pdf"),
        FileFormat("docx", "Word (DOCX)", f"{_OPEN_XML}.wordprocessingml.document"),
        FileFormat("xlsx", "Excel (XLSX)", f"{_OPEN_XML}.spreadsheetml.sheet"),
        FileFormat("pptx", "PowerPoint (PPTX)", f"{_OPEN_XML}.presentationml.presentation"),
        FileFormat("odt", "OpenDocument (ODT)", "application/vnd.oasis.opendocument.text"),
        FileFormat("html", _("Web page (HTML)"), "text/html", is_inert=False),
        FileFormat("txt", _("Plain text"), "text/plain"),
        FileFormat("csv", "CSV", "text/csv"),
    )
}
