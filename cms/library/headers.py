"""How files are handed out: under harmless names, as attachments, able to do nothing."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

MOST_BYTES = 150  # of a name; file systems take 255
#: Characters that no file name may hold, on any system, and those that cannot be seen.
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+')

SANDBOX = "sandbox; default-src 'none'"


def safe_name(name: str, extension: str) -> str:
    """What a sender called a file, as it may be kept and shown: one name, readable, with this extension."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    stem = _UNSAFE.sub(" ", last.rpartition(".")[0] or last)
    stem = re.sub(r"\s+", " ", stem).strip(" .")
    while len(stem.encode("utf-8", "ignore")) > MOST_BYTES:
        stem = stem[:-1]
    return f"{stem.encode('utf-8', 'ignore').decode().strip() or 'document'}.{extension}"


def attachment(name: str) -> str:
    """A Content-Disposition with both names of RFC 6266: plain for old programs, whole for the others."""
    stem, _, extension = name.rpartition(".")
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .()\-]+", "_", plain, flags=re.ASCII).strip(" ._") or "document"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(name, safe='')}"
