"""Where the embedded index lies: generations of it in sibling folders, and a pointer to the current one.

``<root>/current`` holds the name of a folder ``v<version>-<random>``. A rebuild fills a new folder and
replaces the pointer in one step; readers look at the pointer at every search. All writers, rebuilds
included, hold the lock of ``<root>/lock``, so a rebuild cannot lose an update made meanwhile: the update
waits, and if it has to give up, it is noted (search/services/indexing.py).
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import locks
from django.utils.translation import gettext_lazy as _
from tantivy import Index, IndexWriter, Schema

from search.engines.base import SearchBusyError, SearchUnavailableError

_MEGABYTE = 1_000_000
_PAUSE = 0.05


class Store:
    """The index folder of one installation, used by any number of threads and processes.

    ``version`` stands for schema and analysis: an index of another version is not used.
    ``patience`` is how long a writer waits for another one, in seconds.
    """

    def __init__(self, root: Path, schema: Schema, version: str, patience: float = 3.0) -> None:
        self.root = root
        self.schema = schema
        self.version = version
        self.patience = patience
        self._opened: tuple[str, Index] | None = None
        self._guard = threading.Lock()

    def reader(self) -> Index:
        """The current index with all commits so far. Raises `SearchUnavailableError`."""
        with self._guard:
            for attempt in (1, 2):
                try:
                    return self._open_current()
                except (ValueError, OSError) as error:
                    # A rebuild in another process may have removed the folder just read from the pointer.
                    self._opened = None
                    if attempt == 2:
                        raise self._unavailable(str(error)) from error
        raise AssertionError

    def _open_current(self) -> Index:
        name = self._current_name()
        if self._opened is None or self._opened[0] != name:
            self._opened = (name, Index.open(str(self.root / name)))
        self._opened[1].reload()
        return self._opened[1]

    def _current_name(self) -> str:
        try:
            name = (self.root / "current").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise self._unavailable(_("there is none")) from error
        if not name.startswith(f"v{self.version}-"):
            raise self._unavailable(_("it was built by another version"))
        return name

    def _unavailable(self, reason: object) -> SearchUnavailableError:
        return SearchUnavailableError(
            _("No usable search index in %(folder)s: %(reason)s. Run: manage.py search_rebuild"),
            folder=self.root,
            reason=reason,
        )

    @contextmanager
    def writing(self) -> Iterator[IndexWriter]:
        """A writer to the current index; committed at the end, rolled back on an error."""
        deadline = time.monotonic() + self.patience
        with self._locked(deadline):
            writer = self._writer(self.reader(), deadline, 15 * _MEGABYTE)
            with _committed(writer):
                yield writer

    @contextmanager
    def rebuilding(self) -> Iterator[IndexWriter]:
        """A writer to a new, empty index that becomes the current one at the end; on an error it vanishes."""
        deadline = time.monotonic() + self.patience
        with self._locked(deadline):
            folder = self.root / f"v{self.version}-{secrets.token_hex(4)}"
            folder.mkdir(mode=0o700)
            try:
                writer = self._writer(Index(self.schema, str(folder)), deadline, 60 * _MEGABYTE)
                with _committed(writer):
                    yield writer
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            self._point_to(folder.name)

    def _point_to(self, name: str) -> None:
        fresh = self.root / "current.new"
        fresh.write_text(name, "ascii")
        fresh.replace(self.root / "current")
        for folder in self.root.glob("v*-*"):
            if folder.name != name:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _locked(self, deadline: float) -> Iterator[None]:
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.root / "lock").open("wb") as file:
            while not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
                self._wait(deadline)
            try:
                yield
            finally:
                locks.unlock(file)

    def _writer(self, index: Index, deadline: float, heap: int) -> IndexWriter:
        while True:
            try:
                return index.writer(heap, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise SearchUnavailableError(
                        _("The search index cannot be written: %(reason)s"), reason=error
                    ) from error
            self._wait(deadline)

    def _wait(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise SearchBusyError(
                _("The search index in %(folder)s is being written by another process."), folder=self.root
            )
        time.sleep(_PAUSE)


@contextmanager
def _committed(writer: IndexWriter) -> Iterator[None]:
    try:
        yield
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()
