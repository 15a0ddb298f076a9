"""How the index follows what happens."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from wagtail.models import Locale, Page, PageViewRestriction, Site

from cms.models import ArticlePage, HomePage, SectionPage
from registry.access import ANONYMOUS
from registry.events import announce_indicator
from registry.models import AudienceKind, Indicator
from registry.services.access import grant_create, grant_revoke
from registry.services.documentation import documentation_write
from search.builders import BUILDERS
from search.engines import get_engine
from search.engines.base import SearchBusyError
from search.models import PendingDocument
from search.selectors.search import search_documents
from search.services.indexing import documents_refresh, index_rebuild
from search.tasks import refreshed_together
from tests.conftest import World
from tests.search.conftest import titles

Committing = Callable[[], Any]


@pytest.fixture
def home(db: None) -> HomePage:
    """The English home page with a Russian sister, and nothing below."""
    root = Page.get_first_root_node()
    home = HomePage(title="Migration figures", slug="portal", hero_title="Figures", introduction="Start here")
    root.add_child(instance=home)
    Site.objects.update(root_page=home)
    Site.clear_site_root_paths_cache()
    russian = Locale.objects.get_or_create(language_code="ru")[0]
    sister = home.copy_for_translation(russian)
    sister.title, sister.introduction = "Миграция в цифрах", "Начните отсюда"
    sister.save_revision().publish()
    yield home
    Site.clear_site_root_paths_cache()


def article(
    parent: Page, title: str = "Resettlement rules", text: str = "quotas and transfers"
) -> ArticlePage:
    page = ArticlePage(
        title=title, introduction="All about it", body=[("paragraph", f"<p>{text}</p>")], live=False
    )
    parent.add_child(instance=page)
    page.save_revision().publish()
    return ArticlePage.objects.get(pk=page.pk)


def test_a_page_is_found_while_it_is_published(home: HomePage, committing: Committing) -> None:
    index_rebuild()
    with committing():
        page = article(home)
    assert titles("quota") == titles("resettlement rule") == ["Resettlement rules"]
    with committing():
        page.unpublish()
    assert titles("quota") == []
    with committing():
        page.save_revision().publish()
    assert titles("quota") == ["Resettlement rules"]
    with committing():
        page.delete()
    assert titles("quota") == []


def test_a_draft_is_not_found(home: HomePage, committing: Committing) -> None:
    page = article(home)
    index_rebuild()
    with committing():
        page.title = "Secret plans"
        page.save_revision()
    assert titles("secret plans") == []


def test_both_languages_of_a_page_are_one_document(home: HomePage, committing: Committing) -> None:
    page = article(home)
    index_rebuild()
    (hit,) = search_documents(viewer=ANONYMOUS, text="quotas", language="ru").hits
    assert hit.served_title("ru").is_fallback
    with committing():
        russian = page.copy_for_translation(Locale.objects.get(language_code="ru"))
        russian.title = "Правила переселения"
        russian.body = [("paragraph", "<p>квоты и перевозки</p>")]
        russian.save_revision().publish()
    for text in ("quotas", "квотами", "правил переселение"):
        (hit,) = search_documents(viewer=ANONYMOUS, text=text, language="ru").hits
        assert hit.title == {"en": "Resettlement rules", "ru": "Правила переселения"}
        assert {code: url.split("/")[1] for code, url in hit.url.items()} == {"en": "en", "ru": "ru"}


def test_an_alias_is_an_address_but_no_translation(home: HomePage) -> None:
    page = article(home)
    russian = Locale.objects.get(language_code="ru")
    page.copy_for_translation(russian, alias=True)
    (built,) = BUILDERS["page"].build([str(page.translation_key)])
    assert (built.title, set(built.url)) == ({"en": "Resettlement rules"}, {"en", "ru"})


def test_moving_a_section_changes_the_addresses_below(home: HomePage, committing: Committing) -> None:
    first, second = (SectionPage(title=name, introduction="x", slug=name) for name in ("first", "second"))
    home.add_child(instance=first)
    home.add_child(instance=second)
    article(first)
    index_rebuild()
    with committing():
        Page.objects.get(pk=first.pk).move(Page.objects.get(pk=second.pk), pos="last-child")
    (hit,) = search_documents(viewer=ANONYMOUS, text="quotas", language="en").hits
    assert hit.url["en"] == "/en/second/first/resettlement-rules/"
    with committing():
        second.refresh_from_db()
        second.slug = "third"
        second.save_revision().publish()
    (hit,) = search_documents(viewer=ANONYMOUS, text="quotas", language="en").hits
    assert hit.url["en"] == "/en/third/first/resettlement-rules/"


def test_a_restricted_page_and_those_below_are_not_found(home: HomePage, committing: Committing) -> None:
    section = SectionPage(title="Members", introduction="x")
    home.add_child(instance=section)
    article(section)
    index_rebuild()
    assert titles("quotas") == ["Resettlement rules"]
    restriction = PageViewRestriction(page=section, restriction_type=PageViewRestriction.LOGIN)
    restriction.save()  # without what follows a commit: the index does not know yet
    assert titles("quotas") == []
    with committing():
        restriction.save()
    assert titles("quotas") == []
    with committing():
        restriction.delete()
    assert titles("quotas") == ["Resettlement rules"]


def test_grants_and_documentation_reach_the_index(world: World, committing: Committing) -> None:
    index_rebuild()
    actor, dataset = world.people["MDA"]["administrator"], world.dataset("MDA")
    with committing():
        documentation_write(
            dataset=dataset, actor=actor, definition_en="Census register", definition_ru="Перепись"
        )
    assert titles("census") == []
    assert titles("census", world.viewer("MDA")) == ["Refugees — Republic of Moldova"]
    with committing():
        grant = grant_create(dataset=dataset, actor=actor, audience=AudienceKind.PUBLIC)
    assert titles("переписи") == ["Refugees — Republic of Moldova"]
    with committing():
        grant_revoke(grant=grant, actor=actor)
    assert titles("census") == []


def test_a_renamed_indicator_renames_its_documentation(world: World, committing: Committing) -> None:
    actor = world.people["MDA"]["administrator"]
    documentation_write(dataset=world.dataset("MDA"), actor=actor, definition_en="Census")
    index_rebuild()
    with committing():
        Indicator.objects.filter(pk=world.indicator.pk).update(name_en="Persons under protection")
        announce_indicator(world.indicator.pk)
    assert titles("protection", world.viewer("MDA")) == [
        "Persons under protection",
        "Persons under protection — Republic of Moldova",
    ]


def test_bulk_work_is_indexed_once(
    world: World, committing: Committing, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_rebuild()
    calls: list[list[str]] = []
    monkeypatch.setattr("search.tasks.documents_refresh", lambda ids: bool(calls.append(ids)))
    together = refreshed_together()
    together.__enter__()
    for indicator_id in (world.indicator.pk, 10**6):
        with committing():
            announce_indicator(indicator_id)
    assert calls == []
    with committing():
        together.__exit__(None, None, None)
    assert calls == [sorted(["indicator:1000000", f"indicator:{world.indicator.pk}"])]


def test_without_an_index_an_update_builds_it(world: World, committing: Committing) -> None:
    with committing():
        announce_indicator(world.indicator.pk)
    assert titles("refugees") == ["Refugees"]


def test_a_failing_engine_does_not_stop_the_editor(
    home: HomePage, committing: Committing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    index_rebuild()

    def busy(*args: object, **kwargs: object) -> int:
        raise SearchBusyError("busy")

    with monkeypatch.context() as patched:
        patched.setattr(get_engine(), "index", busy)
        with caplog.at_level(logging.ERROR), committing():
            page = article(home)
    assert Page.objects.get(pk=page.pk).live
    assert f"page:{page.translation_key}" in caplog.text
    assert set(PendingDocument.objects.values_list("document_id", flat=True)) == {
        f"page:{page.translation_key}"
    }
    assert titles("quotas") == []
    assert documents_refresh(ids=["indicator:0"])  # any later update takes it along
    assert titles("quotas") == ["Resettlement rules"]
    assert not PendingDocument.objects.exists()


def test_an_update_during_a_rebuild_is_not_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    index_rebuild()
    monkeypatch.setattr(get_engine()._store, "patience", 0.05)  # type: ignore[attr-defined]

    def meanwhile(kind: str) -> None:
        Indicator.objects.filter(pk=world.indicator.pk).update(name_en="Persons under protection")
        assert documents_refresh(ids=[f"indicator:{world.indicator.pk}"]) is False

    index_rebuild(progress=meanwhile)
    assert titles("protection") == ["Persons under protection"]
    assert not PendingDocument.objects.exists()


@pytest.mark.parametrize(("code", "summary"), [("en", "Search index rebuilt: 2 documents in"), ("ru", "")])
def test_the_command_tells_what_it_did(home: HomePage, world: World, code: str, summary: str) -> None:
    out = io.StringIO()
    with translation.override(code):
        call_command("search_rebuild", stdout=out)
    assert summary in out.getvalue()
    assert [line.rpartition(": ")[2] for line in out.getvalue().splitlines()[:4]] == ["1", "0", "0", "1"]
    assert titles("refugees") == ["Refugees"]


def test_the_command_says_when_it_cannot(
    world: World, index_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: object) -> int:
        raise SearchBusyError("being written by another process")

    monkeypatch.setattr(get_engine(), "rebuild", busy)
    with pytest.raises(CommandError, match="another process"):
        call_command("search_rebuild", verbosity=0)
