"""Asking the API over HTTP, and a world with something in every field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from wagtail.models import Locale, Page, Site

from cms.models import EventIndexPage, EventPage, HomePage, LibraryDocument, LibraryFile, LibraryTopic
from cms.services.documents import document_create
from registry.models import AudienceKind, LegalReference, Term, User
from registry.services.access import grant_create
from registry.services.documentation import documentation_write
from tests.paths import ROOT

OPERATIONS = {
    path.stem: path.read_text() for path in sorted((ROOT / "graphql" / "operations").glob("*.graphql"))
}
FIGURES: dict[str, list[Any]] = {
    "MDA._T._T": [100, 120, None, 90],
    "MDA.KAZ._T": [40, 50, 60, 70],
    "MDA.UKR._T": [None, 7, 0, 8],
}

PUBLISHED_AT = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)

Ask = Callable[..., Any]


def post(client: Client, body: Any, **headers: str) -> HttpResponse:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return client.post("/graphql/", data, content_type="application/json", headers=headers or None)


@pytest.fixture
def ask(client: Client) -> Ask:
    """``ask(query, variables, user=…, language=…)``: the answer; an operation can be given by its name."""

    def ask(
        query: str, variables: dict[str, Any] | None = None, *, user: User | None = None, language: str = "en"
    ) -> Any:
        caller = client
        if user is not None:
            caller = Client()
            caller.force_login(user)
        query = OPERATIONS.get(query, query)
        response = post(caller, {"query": query, "variables": variables}, **{"Accept-Language": language})
        return orjson.loads(response.content)

    return ask


@pytest.fixture
def data(ask: Ask) -> Ask:
    """The same, for what must succeed: the data."""

    def data(*args: Any, **options: Any) -> Any:
        answer = ask(*args, **options)
        assert "errors" not in answer, answer
        return answer["data"]

    return data


@pytest.fixture
def error(ask: Ask) -> Ask:
    """The same, for what must fail: the one error, as code and message."""

    def error(*args: Any, **options: Any) -> tuple[str, str]:
        answer = ask(*args, **options)
        (found,) = answer["errors"]
        return found["extensions"]["code"], found["message"]

    return error


def open_to_all(world: Any, owner: str, **options: Any) -> None:
    """Grant the owner's dataset to the public."""
    grant_create(
        dataset=world.dataset(owner),
        actor=world.people[owner]["administrator"],
        audience=AudienceKind.PUBLIC,
        **options,
    )


@pytest.fixture
def public_world(world: Any) -> Any:
    """Moldova's figures of refugees, released to everybody with a documentation table."""
    world.indicator.definition_en = "Persons granted refugee status."
    world.indicator.table_number = "5"
    world.indicator.save()
    world.dataset("MDA", is_official=True, note_en="Final figures.", licence="CC BY 4.0")
    world.release("MDA", FIGURES, statuses={"MDA._T._T": {2: "Q", 3: "P"}})
    open_to_all(world, "MDA")
    law, hidden = (
        LegalReference.objects.create(
            participant=world.participants["MDA"],
            kind="law",
            title_en="Law on asylum",
            title_ru="Закон об убежище",
            number="270",
            adopted_on="2008-12-18",
            audience=audience,
        )
        for audience in ("public", "owner")
    )
    documentation_write(
        dataset=world.dataset("MDA"),
        actor=world.people["MDA"]["administrator"],
        definition_en="Recognised refugees",
        definition_ru="Признанные беженцы",
        gaps_en="None known",
        reviewed_on="2026-03-01",
        legal_references=[law, hidden],
    )
    return world


@pytest.fixture
def library(world: Any) -> dict[str, LibraryDocument]:
    """A law of Moldova with a file, a common one beside it, and one that only Moldova sees."""
    chapter = LibraryTopic.objects.create(
        code="laws", name_en="Laws", name_ru="Законы", description_en="Legal acts.", order=1
    )
    section = LibraryTopic.objects.create(code="acts", name_en="Acts", name_ru="Акты", parent=chapter)
    owner = world.participants["MDA"]
    shared = {"kind": "legislation", "topics": [section], "summary_en": "Rules.", "summary_ru": "Нормы."}
    made: dict[str, LibraryDocument] = {}
    for number, participant, audience in ((1, owner, "public"), (2, None, "public"), (3, owner, "owner")):
        made[f"law-{number}"] = document_create(
            participant=participant,
            actor=None,
            code=f"law-{number}",
            title_en=f"Act {number}",
            title_ru=f"Акт {number}",
            year=2000 + number,
            audience=audience,
            place_ru="Журнал",
            languages=["ru"],
            indicators=[world.indicator],
            related=made.values(),
            **shared,
        )
    made["law-1"].related.set([made["law-2"], made["law-3"]])
    LibraryFile.objects.create(
        document=made["law-1"],
        language="ru",
        name="Акт.pdf",
        format="pdf",
        size=2048,
        sha256="0" * 64,
        path="00/0",
    )
    return made


@pytest.fixture
def glossary(db: None) -> dict[str, Term]:
    """Two related terms; the second has no English definition."""
    stock = Term.objects.create(
        code="stock",
        topic="measure",
        name_en="Stock",
        name_ru="Численность на дату",
        other_forms_en="stocks\nstock data",
        definition_en="How many there are at a moment.",
        definition_ru="Сколько их на данный момент.",
        source_en="Handbook",
        source_ru="Пособие",
    )
    flow = Term.objects.create(
        code="flow", topic="measure", name_en="Flow", name_ru="Поток", definition_ru="Сколько прибыло."
    )
    stock.related.add(flow)
    return {"stock": stock, "flow": flow}


@pytest.fixture
def pages(world: Any) -> None:
    """In each language the home page, and below it a meeting; one more is written and not published."""
    root = Page.objects.get(depth=1)
    for language, title, meeting in (("en", "Home", "Meeting"), ("ru", "Главная", "Совещание")):
        locale = Locale.objects.get_or_create(language_code=language)[0]
        kept: dict[str, Any] = {
            "locale": locale,
            "introduction": f"{title}.",
            "last_published_at": PUBLISHED_AT,
        }
        home = root.add_child(
            instance=HomePage(
                title=title, hero_title=title, slug=f"home-{language}", translation_key=UUID(int=1), **kept
            )
        )
        events = home.add_child(
            instance=EventIndexPage(title=meeting, slug="events", translation_key=UUID(int=2), **kept)
        )
        for number, live in ((3, True), (4, False)):
            events.add_child(
                instance=EventPage(
                    title=f"{meeting} {number}",
                    slug=f"meeting-{number}",
                    translation_key=UUID(int=number),
                    live=live,
                    starts_on=date(2999, 5, 4),
                    starts_at=time(9, 30),
                    ends_at=time(17),
                    time_zone="Europe/Chisinau",
                    place="Chişinău",
                    registration_url="https://example.org/register",
                    **kept,
                )
            )
        if language == "en":
            Site.objects.update(root_page=home)
            Page.objects.filter(depth=2).exclude(pk=home.pk).delete()  # Wagtail's own welcome
    cache.clear()
    assert [page.url for page in HomePage.objects.all()] == ["/en/", "/ru/"]  # warm: the site's addresses
    list(Page.objects.specific())  # and the content types
