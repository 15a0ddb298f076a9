"""One world for the whole table: in the database until the module ends, and every cell undoes its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.utils import translation

from config import urls
from registry.models import Upload, User
from tests.database import as_system
from tests.matrix.people import session_of
from tests.matrix.world import Things, make_things


@pytest.fixture(scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("matrix")


@pytest.fixture(autouse=True)
def search_index_folder(_folder: Path) -> Path:
    """Nothing is indexed: no cell is ever committed."""
    return _folder


@pytest.fixture(autouse=True)
def upload_folder(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Upload._meta.get_field("file"), "storage", FileSystemStorage(location=_folder))
    return _folder


@pytest.fixture(autouse=True)
def _plain_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told where nothing is, other tests look at; making it for a thousand cells takes seconds."""

    def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
        return HttpResponse("Absent", status=404)

    monkeypatch.setattr(urls, "handler404", absent, raising=False)


@pytest.fixture(scope="module")
def _made(
    django_db_setup: None, django_db_blocker: Any, _folder: Path
) -> Iterator[tuple[Things, dict[str, User], dict[str, str]]]:
    with django_db_blocker.unblock(), as_system(), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch, translation.override("en"):
            storage = FileSystemStorage(location=_folder)
            patch.setattr(Upload._meta.get_field("file"), "storage", storage)
            with override_settings(SEARCH_INDEX_DIR=_folder):
                things, people = make_things()
            sessions = {name: session_of(user) for name, user in people.items()}
        yield things, people, sessions
        transaction.set_rollback(True)


@pytest.fixture
def things(db: None, _made: Any) -> Things:
    found: Things = _made[0]
    return found


@pytest.fixture
def sessions(_made: Any) -> dict[str, str]:
    """Keys of sessions by person."""
    found: dict[str, str] = _made[2]
    return found
