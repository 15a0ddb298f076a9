"""From an uploaded file to what may be stored of it: what it is, by its content, and the text it holds."""

from __future__ import annotations

import hashlib
import json
import logging
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from cms.library.formats import FORMATS, FileFormat
from registry.errors import Invalid

READER = Path(__file__).with_name("reader.py")
_WALL_SECONDS = 40
_BROKEN = _("The file is damaged or is not what it says it is. Open it, save it anew and try again.")
_REFUSALS = {
    "broken": _BROKEN,
    "encrypted": _("The file is protected with a password. Save it without protection and try again."),
    "unknown": _("This kind of file is not taken. Expected: %(formats)s."),
    "old_format": _(
        "The file is in an old office format or protected with a password. Save it as PDF, DOCX, XLSX or "
        "PPTX without protection and try again."
    ),
    "macros": _("The file holds macros. Save it without them and try again."),
    "active": _(
        "The PDF holds scripts, actions or other files within it. Save it as plain PDF (PDF/A) and try again."
    ),
    "bomb": _("The file takes too much memory or time to read. Divide it or save it more simply."),
    "entries": _("The file is made of too many parts. Divide it or save it more simply."),
}

logger = logging.getLogger(__name__)


class BadFile(Invalid):
    """The file cannot be taken; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was checked. ``text`` is what it says; ``is_cut``: only the beginning of that."""

    name: str
    format: FileFormat
    size: int
    sha256: str
    text: str
    is_cut: bool
    content: File[bytes]


def file_read(content: File[bytes], *, name: str) -> ReadFile:
    """Check a file and read its text, in a process of its own. `BadFile` tells what is wrong."""
    if not content.size:
        raise BadFile(_("The file is empty."))
    if content.size > settings.LIBRARY_MAX_BYTES:
        raise BadFile(
            _("The file has %(size)s; at most %(most)s are taken."),
            size=filesizeformat(content.size),
            most=filesizeformat(settings.LIBRARY_MAX_BYTES),
        )
    checksum = hashlib.sha256()
    with tempfile.NamedTemporaryFile(prefix="library-") as copy:
        content.seek(0)
        size = 0
        for chunk in content.chunks():
            size += len(chunk)
            checksum.update(chunk)
            copy.write(chunk)
        copy.flush()
        answer = _asked(copy.name, name)
    content.seek(0)
    if "error" in answer:
        formats = ", ".join(str(known.label) for known in FORMATS.values())
        raise BadFile(_REFUSALS.get(answer["error"], _BROKEN), formats=formats)
    return ReadFile(
        name=name,
        format=FORMATS[answer["format"]],
        size=size,
        sha256=checksum.hexdigest(),
        text=answer["text"],
        is_cut=answer["is_cut"],
        content=content,
    )


def _asked(path: str, name: str) -> dict[str, Any]:
    """What the reader says; a reader that was stopped, or fell over, means a file that asks too much."""
    extension = "".join(re.findall(r"\.\w{1,5}\Z", name, re.ASCII))
    command = [sys.executable, "-I", str(READER), path, extension]
    try:
        done = subprocess.run(  # noqa: S603 - our own program on a file we named
            command, capture_output=True, timeout=_WALL_SECONDS, env={}, stdin=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        return {"error": "bomb"}
    if done.returncode:
        logger.warning("The reader of library files ended with %s: %s", done.returncode, done.stderr[-500:])
        return {"error": "bomb"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
