"""A workbook is taken apart in a process of its own (xlsx_child.py): what that dies of harms nobody else."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from registry.formats.base import Limits, Source
from registry.formats.problems import Problems
from registry.formats.text import announced_size, stream_of

WALL_SECONDS = 30
_CHILD = Path(__file__).with_name("xlsx_child.py")
_BLOCK = 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def taken_apart(source: Source, limits: Limits, problems: Problems) -> IO[str]:
    """What the child process says of the file. It has the file and its answer only, and dies alone."""
    answer = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - given back open
    with TemporaryFile() as file:
        _copied(source, file, limits, problems)
        if run_child(file, answer):
            answer.seek(0)
            return answer
    answer.close()
    return problems.fatal("workbook_too_demanding")


def run_child(file: IO[bytes], answer: IO[str]) -> bool:
    """Have the child answer. False where it died of its limits, or took too long."""
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            [sys.executable, "-I", "-X", "utf8", str(_CHILD)],
            stdin=file,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            timeout=WALL_SECONDS,
            check=False,
            env={},
        )
        return done.returncode == 0
    return False


def _copied(source: Source, file: IO[bytes], limits: Limits, problems: Problems) -> None:
    """The source as a file on disk, and no more of it than is read; what it is is told by its beginning."""
    stream = stream_of(source)
    limit = limits.document_bytes
    megabytes = limit // (1024 * 1024)
    if announced_size(stream) > limit:
        problems.fatal("too_large", limit=megabytes)
    head = b""
    taken = 0
    while block := stream.read(_BLOCK):
        head = head or block[:8]
        taken += len(block)
        if taken > limit:
            problems.fatal("too_large", limit=megabytes)
        if head.startswith(_OLE) and (taken == len(block) or _ENCRYPTED in block):
            problems.fatal("encrypted" if _is_encrypted(block, stream) else "old_excel")
        file.write(block)
    if not taken:
        problems.fatal("empty")
    if not head.startswith(b"PK"):
        problems.fatal("not_xlsx")
    file.seek(0)


def _is_encrypted(block: bytes, stream: Any) -> bool:
    """Whether a compound file holds an encrypted workbook: its directory lies at either end."""
    while block:
        if _ENCRYPTED in block:
            return True
        block = stream.read(_BLOCK)
    return False
