"""Every role, every act, for the own participant, another one and none: one cell decides every surface.

The table is table.txt. Here each of its cells is tried: by the service or selector, by a page of the admin
and what is sent to it, on the portal, by the API: of every eighth cell, or with MATRIX=whole of each, as
continuous integration has it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse
from django.template.response import SimpleTemplateResponse
from django.test import Client
from wagtail.admin.menu import Menu

from registry.errors import NotAllowed
from registry.models import AuditEvent, User
from registry.selectors.viewer import viewer_for
from tests.markers import WHOLE
from tests.matrix.act import Act, Address, Read
from tests.matrix.rows import ROWS
from tests.matrix.table import ANONYMOUS, CELLS, TABLE, Cell
from tests.matrix.world import NOWHERE, Things

_EVERY = 1 if WHOLE else 8
#: Written by every visit, whoever comes.
OF_A_VISIT = ("django_session", "wagtailusers_userprofile", "axes_", "registry_claim")
#: A page of the admin where the way to sign in leads from.
SIGN_IN = "/sign-in/"


@dataclass
class Written:
    """What an act left behind: changed tables, and acts in the audit trail with whom they concern."""

    tables: list[str] = field(default_factory=list)
    acts: set[tuple[str, str | None]] = field(default_factory=set)


@contextmanager
def undone(before: int) -> Iterator[Written]:
    """What is done inside is watched, and undone. ``before``: the last row of the audit trail till then."""
    written = Written()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # On PostgreSQL the claim and the actor stand before it (registry/row_security.py).
        verb, *rest = sql.rpartition("true); ")[2].split(None, 3)
        if verb in ("INSERT", "UPDATE", "DELETE"):
            table = rest[0 if verb == "UPDATE" else 1].strip('"')
            if not table.startswith(OF_A_VISIT):
                written.tables.append(table)
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(watch):
            yield written
        if AuditEvent._meta.db_table in written.tables:
            new = AuditEvent.objects.filter(pk__gt=before)
            written.acts = set(new.values_list("action", "participant"))
        transaction.set_rollback(True)


@dataclass
class Visitor:
    name: str
    client: Client

    @property
    def user(self) -> User | AnonymousUser:
        if self.name == ANONYMOUS:
            return AnonymousUser()
        return User.objects.select_related("participant").get(username=self.name)

    def asks(self, query: str) -> str:
        body = orjson.dumps({"query": query})
        return self.client.post("/graphql/", body, content_type="application/json").text


@pytest.fixture
def visitor(person: str, sessions: dict[str, str]) -> Visitor:
    client = Client(raise_request_exception=True)
    if person != ANONYMOUS:
        client.cookies[settings.SESSION_COOKIE_NAME] = sessions[person]
    return Visitor(person, client)


@pytest.fixture
def without_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the menu shows, other tests look at."""
    monkeypatch.setattr(Menu, "menu_items_for_request", lambda menu, request: [])


@pytest.fixture
def unrendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a page is open is known before it is laid out."""
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(lambda response: ""))


#: The same cells in every run.
CHOSEN = [cell for cell in CELLS if zlib.crc32("-".join(cell).encode()) % _EVERY == 0]
WRITTEN = [(act, person) for act, person in CHOSEN if isinstance(ROWS.get(act), Act)]
READ = [(act, person) for act, person in CHOSEN if isinstance(ROWS.get(act), Read)]


def _ids(cells: list[tuple[str, str]]) -> list[str]:
    return [f"{act}-{person}" for act, person in cells]


@pytest.mark.parametrize(("name", "person"), WRITTEN, ids=_ids(WRITTEN))
def test_act(name: str, visitor: Visitor, things: Things, unrendered: None) -> None:
    act, cell = ROWS[name], TABLE[name][visitor.name]
    assert isinstance(act, Act)
    done = by_service(act, cell, visitor, things)
    if act.to is None:
        return
    if act.has_form:
        by_form(act, cell, visitor, things)
    by_post(act, cell, visitor, things, done)


def by_service(act: Act, cell: Cell, visitor: Visitor, things: Things) -> Written:
    """What the service wrote. It is not asked for those not signed in: there is nobody to name."""
    if act.service is None or visitor.name == ANONYMOUS:
        return Written()
    with undone(things.trail) as written:
        if act.given:
            act.given(things)
            written.tables.clear()
        actor: Any = visitor.user
        if cell is Cell.YES:
            act.service(things, actor)
        else:
            with pytest.raises(NotAllowed), transaction.atomic():
                act.service(things, actor)
            assert written.tables == []
    assert bool(written.acts) is (cell is Cell.YES)
    return written


def by_form(act: Act, cell: Cell, visitor: Visitor, things: Things) -> None:
    """The page is open to those who may act."""
    to: Address = act.to  # type: ignore[assignment]
    if acts_for_itself(act, visitor):
        return
    with undone(things.trail) as written:
        if act.given:
            act.given(things)
            written.tables.clear()
        answer = visitor.client.get(to(things))
        assert written.tables == []
        if cell is Cell.YES or visitor.name in act.form_also:
            assert answer.status_code == 200
        elif cell is Cell.NO:
            assert answer.status_code in (302, 403)
            assert SIGN_IN not in answer.get("Location", "")
        else:
            is_absent(answer, lambda: visitor.client.get(to(NOWHERE)))


def by_post(act: Act, cell: Cell, visitor: Visitor, things: Things, done: Written) -> None:
    """What is sent does what the service does, or changes nothing."""
    to: Address = act.to  # type: ignore[assignment]
    with undone(things.trail) as written:
        if act.given:
            act.given(things)
            written.tables.clear()
        data = act.data(things)
        answer = visitor.client.post(to(things), data)
        if cell is Cell.YES:
            assert answer.status_code == 302, answer.status_code
        elif not acts_for_itself(act, visitor):
            assert written.tables == []
            if cell is Cell.NO:
                assert answer.status_code in (200, 302, 403, 422)
                assert SIGN_IN not in answer.get("Location", "")
            else:
                is_absent(answer, lambda: visitor.client.post(to(NOWHERE), data))
    if cell is Cell.YES:
        assert done.acts <= written.acts
        assert written.acts or act.silent
    elif acts_for_itself(act, visitor):
        concerned = "MDA" if act.in_own_name == "own" else None
        assert concerned not in {participant for _action, participant in written.acts}


def acts_for_itself(act: Act, visitor: Visitor) -> bool:
    """Whether the address means something of the visitor's own instead."""
    elsewhere = not visitor.name.endswith(f"-{act.in_own_name}") and visitor.name != ANONYMOUS
    return bool(act.in_own_name) and elsewhere


def is_absent(answer: HttpResponse, elsewhere: Callable[[], HttpResponse]) -> None:
    """Not there, or first sign in; else no different from a thing that does not exist."""
    if answer.status_code == 404 or SIGN_IN in answer.get("Location", ""):
        return
    nowhere = elsewhere()
    assert answer.status_code in (302, 403)
    assert (answer.status_code, answer.get("Location")) == (nowhere.status_code, nowhere.get("Location"))


@pytest.mark.parametrize(("name", "person"), READ, ids=_ids(READ))
def test_read(name: str, visitor: Visitor, things: Things, without_menu: None) -> None:
    read, cell = ROWS[name], TABLE[name][visitor.name]
    assert isinstance(read, Read)
    sees = cell is Cell.YES
    assert cell is not Cell.NO, "what may not be read is absent"
    with undone(things.trail):
        if read.given:
            read.given(things)
        if read.selector is not None:
            assert read.selector(things, viewer_for(visitor.user)) is sees
        if read.query:
            assert (read.word in visitor.asks(read.query)) is sees
        if read.portal is not None:
            answer = visitor.client.get(read.portal(things))
            assert (read.word in answer_text(answer)) is sees
        for page in (*read.pages, *read.wordless):
            answer = visitor.client.get(page(things))
            word = read.word.replace("REQUEST", f"/requests/{things.pk('request')}/")
            text = answer_text(answer)
            if sees:
                assert answer.status_code == 200, page(things)
                assert page in read.wordless or word in text, page(things)
            elif page in read.wordless:
                assert answer.status_code in (302, 403, 404), page(things)
            else:
                assert word not in text, page(things)


def answer_text(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).decode()
    return str(answer.text)
