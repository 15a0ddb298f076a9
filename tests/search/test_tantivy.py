from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tantivy import Index

from search.documents import SearchDocument
from search.engines import get_engine
from search.engines.base import Engine, Query, SearchBusyError, SearchUnavailableError
from search.engines.tantivy import TantivyEngine
from tests.markers import WHOLE
from tests.search.conftest import document, find, keys

OPEN = frozenset({"public"})


def test_a_hit_carries_the_document(engine: Engine) -> None:
    engine.index(
        [
            document(
                "a",
                "Refugees",
                "Беженцы",
                summary={"en": "People", "ru": "Люди"},
                facets={"collection": ("dsm",)},
                date=datetime.date(2020, 1, 31),
            )
        ]
    )
    (hit,) = find(engine, "беженцев", language="ru").hits
    assert (hit.id, hit.url["ru"], hit.date) == ("page:a", "/ru/a/", datetime.date(2020, 1, 31))
    assert hit.facets == {"collection": ("dsm",)}
    assert hit.served_title("ru") == "Беженцы"
    assert hit.highlights["ru"].title == "<mark>Беженцы</mark>"
    assert hit.highlights["en"].title == "Refugees"
    assert hit.highlights["en"].snippet == "People"


def test_all_words_are_required_and_else_some_suffice(engine: Engine) -> None:
    engine.index([document("both", "Asylum applications"), document("one", "Asylum decisions")])
    every = find(engine, "applications for asylum")
    assert (keys(every), every.is_partial) == (["both"], False)
    some = find(engine, "asylum tourism")
    assert (sorted(keys(some)), some.total, some.is_partial) == (["both", "one"], 2, True)
    assert find(engine, "tourism").total == 0


def test_a_quoted_phrase_must_stand_together(engine: Engine) -> None:
    engine.index(
        [
            document("phrase", "X", body_en="the status of refugee in law", body_ru="статусе беженца"),
            document("apart", "Y", body_en="a refugee has status in the law", body_ru="беженец имеет статус"),
        ]
    )
    assert sorted(keys(find(engine, "status of refugee"))) == ["apart", "phrase"]
    assert keys(find(engine, '"status of refugees"')) == ["phrase"]
    assert keys(find(engine, "«статус беженцев»")) == ["phrase"]


def test_title_counts_more_than_text_and_the_same_title_most(engine: Engine) -> None:
    engine.index(
        [
            document("text", "Other", body_en="refugees " * 50),
            document("longer", "Refugees by sex"),
            document("same", "Refugees"),
            document("summary", "Third", summary={"en": "refugees"}),
        ]
    )
    assert keys(find(engine, "refugee")) == ["same", "longer", "summary", "text"]


def test_weight_decides_between_equals(engine: Engine) -> None:
    engine.index([document("light", "Refugees by sex"), document("heavy", "Refugees by age", weight=2.0)])
    assert keys(find(engine, "refugees")) == ["heavy", "light"]


def test_filters_and_counts(engine: Engine) -> None:
    engine.index(
        [
            document(
                "a", "Refugees", kind="indicator", facets={"collection": ("dsm",), "participant": ("MDA",)}
            ),
            document("b", "Refugees", kind="indicator", facets={"collection": ("national",)}),
            document("c", "Refugees", facets={"collection": ("dsm",)}),
        ]
    )
    everything = find(engine, "refugees")
    assert everything.kinds == {"indicator": 2, "page": 1}
    assert everything.facets == {"collection": {"dsm": 2, "national": 1}, "participant": {"MDA": 1}}
    pages = find(engine, "refugees", kinds=("page",))
    assert (keys(pages), pages.total, pages.kinds) == (["c"], 1, {"indicator": 2, "page": 1})
    shared = find(engine, "refugees", facets={"collection": ("dsm",)})
    assert (sorted(keys(shared)), shared.kinds) == (["a", "c"], {"indicator": 1, "page": 1})
    assert shared.facets == {"collection": {"dsm": 2, "national": 1}, "participant": {"MDA": 1}}
    either = find(engine, "refugees", facets={"collection": ("dsm", "national"), "participant": ("MDA",)})
    assert keys(either) == ["a"]


def test_paging(engine: Engine) -> None:
    engine.index([document(f"{number:02}", "Refugees") for number in range(25)])
    pages = [find(engine, "refugees", first=10, offset=offset) for offset in (0, 10, 20, 30)]
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert {page.total for page in pages} == {25}
    assert len({key for page in pages for key in keys(page)}) == 25
    assert len(find(engine, "refugees", first=10**9, offset=-5).hits) == 25
    assert find(engine, "refugees", first=0).hits == ()
    assert find(engine, "refugees", offset=10**12).total == 25


def test_without_the_token_nothing_tells_of_a_document(engine: Engine) -> None:
    shown = [document("open", "Refugees by sex"), document("more", "Stateless refugees")]
    engine.index(shown)
    before = find(engine, "refugees"), find(engine, "refugees sex"), find(engine, "secret")
    engine.index(
        [
            document(
                f"hidden{number}",
                "Refugees secret",
                kind="hidden",
                facets={"participant": ("KAZ",)},
                audiences=frozenset({"participant:KAZ"}),
            )
            for number in range(50)
        ]
    )
    assert (find(engine, "refugees"), find(engine, "refugees sex"), find(engine, "secret")) == before
    assert engine.suggest(Query("secr", "en", OPEN)) == ()


def test_a_token_without_the_databases_consent_finds_nothing(engine: Engine) -> None:
    own = frozenset({"participant:KAZ"})
    engine.index([document(key, "Refugees", kind="table", audiences=own) for key in "ab"])
    holder = {"tokens": {"public", "participant:KAZ"}}
    assert find(engine, "refugees", **holder).total == 0
    assert find(engine, "refugees", **holder, scopes={"table": frozenset()}).total == 0
    allowed = find(engine, "refugees", **holder, scopes={"table": frozenset({"b"})})
    assert (keys(allowed), allowed.total, allowed.kinds) == (["b"], 1, {"table": 1})
    assert find(engine, "refugees", scopes={"table": frozenset({"a", "b"})}).total == 0
    assert engine.suggest(Query("ref", "en", frozenset(holder["tokens"]), {"table": frozenset({"b"})})) == (
        "Refugees",
    )
    assert engine.suggest(Query("ref", "en", frozenset(holder["tokens"]), {"table": frozenset()})) == ()


def test_suggestions_are_titles_in_the_language_typed(engine: Engine) -> None:
    engine.index(
        [document("a", "Asylum applications", "Ходатайства об убежище"), document("b", "Other", "Иное")]
    )
    (title,) = engine.suggest(Query("asylum appl", "ru", OPEN))
    assert (title, title.language, title.is_fallback) == ("Asylum applications", "en", True)
    assert engine.suggest(Query("убеж", "ru", OPEN)) == ("Ходатайства об убежище",)
    assert engine.suggest(Query("tourism appl", "en", OPEN)) == ()
    assert engine.suggest(Query("  ", "en", OPEN)) == engine.suggest(Query(".*", "en", OPEN)) == ()


def test_a_document_takes_the_place_of_the_one_before(engine: Engine) -> None:
    engine.index([document("a", "Refugees"), document("b", "Refugees")])
    engine.index([document("a", "Migrants")])
    engine.delete(["page:b", "page:unknown"])
    assert find(engine, "refugees").total == 0
    assert keys(find(engine, "migrants")) == ["a"]


def test_what_fails_half_way_changes_nothing(engine: Engine) -> None:
    engine.index([document("a", "Refugees")])

    def broken() -> Iterator[SearchDocument]:
        yield document("b", "Refugees")
        raise RuntimeError("stop")

    for act in (lambda: engine.index(broken(), replacing=["page:a"]), lambda: engine.rebuild(broken())):
        with pytest.raises(RuntimeError, match="stop"):
            act()
        assert keys(find(engine, "refugees")) == ["a"]
    with pytest.raises(AttributeError):  # a fault met only after the old document has been taken out
        engine.index([document("a", "Migrants"), document("b", "Refugees", date="not a date")])
    assert keys(find(engine, "refugees")) == ["a"]
    engine.index([document("c", "Refugees")])
    assert sorted(keys(find(engine, "refugees"))) == ["a", "c"]


def test_the_old_index_answers_until_the_new_one_is_complete(engine: Engine, index_folder: Path) -> None:
    engine.index([document("old", "Refugees")])
    during: list[list[str]] = []

    def documents() -> Iterator[SearchDocument]:
        yield document("new", "Refugees")
        during.append(keys(find(engine, "refugees")))

    assert engine.rebuild(documents()) == 1
    assert during == [["old"]]
    assert keys(find(engine, "refugees")) == ["new"]
    assert len(list(index_folder.glob("v*"))) == 1


def test_another_process_sees_a_rebuild(engine: Engine, index_folder: Path) -> None:
    other = TantivyEngine(index_folder)
    assert find(other, "refugees").total == 0
    engine.rebuild([document("a", "Refugees")])
    assert find(other, "refugees").total == 1
    other.index([document("b", "Refugees")])
    assert find(engine, "refugees").total == 2


def test_a_writer_waits_for_the_other_one(engine: Engine, index_folder: Path) -> None:
    (folder,) = index_folder.glob("v*")
    foreign = Index.open(str(folder)).writer(15_000_000, 1)
    waiting = threading.Thread(target=lambda: engine.index([document("a", "Refugees")]))
    waiting.start()
    time.sleep(0.2)
    assert find(engine, "refugees").total == 0
    foreign.rollback()
    foreign.wait_merging_threads()
    del foreign
    waiting.join(timeout=5)
    assert find(engine, "refugees").total == 1


def test_a_writer_gives_up_after_a_while(engine: Engine, index_folder: Path) -> None:
    impatient = TantivyEngine(index_folder, patience=0.1)

    def documents() -> Iterator[SearchDocument]:
        with pytest.raises(SearchBusyError):
            impatient.index([document("b", "Refugees")])
        with pytest.raises(SearchBusyError):
            impatient.rebuild([document("b", "Refugees")])
        yield document("a", "Refugees")

    engine.rebuild(documents())
    assert keys(find(engine, "refugees")) == ["a"]
    (folder,) = index_folder.glob("v*")
    foreign = Index.open(str(folder)).writer(15_000_000, 1)
    with pytest.raises(SearchBusyError):
        impatient.index([document("b", "Refugees")])
    del foreign


def _remove(folder: Path) -> None:
    (folder / "current").unlink()


def _replace(folder: Path) -> None:
    (folder / "current").write_text("v0.0-abcdef")


def _damage(folder: Path) -> None:
    (generation,) = folder.glob("v*")
    (generation / "meta.json").write_text("{")


def _confuse(folder: Path) -> None:
    (folder / "current").write_bytes(b"\xff\xfe")


@pytest.mark.parametrize("harm", [_remove, _replace, _damage, _confuse])
def test_an_unusable_index_is_said_to_be_one_and_a_rebuild_helps(
    engine: Engine, index_folder: Path, harm
) -> None:
    engine.index([document("a", "Refugees")])
    harm(index_folder)
    fresh = TantivyEngine(index_folder)
    for act in (
        lambda: find(fresh, "refugees"),
        lambda: fresh.index([]),
        lambda: fresh.suggest(Query("r", "en", OPEN)),
    ):
        with pytest.raises(SearchUnavailableError, match="search_rebuild"):
            act()
    fresh.rebuild([document("b", "Refugees")])
    assert keys(find(fresh, "refugees")) == ["b"]


@settings(
    max_examples=120 if WHOLE else 50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.one_of(
        st.text(max_size=250),
        st.lists(
            st.sampled_from(
                [
                    '"',
                    "«",
                    "(",
                    ")",
                    "AND",
                    "OR",
                    "NOT",
                    "+",
                    "-",
                    "title:",
                    "*",
                    "~",
                    "^",
                    "[",
                    "]",
                    "\\",
                    "refugees",
                    "беженцы",
                    "\0",
                    "/.*/",
                    "IN",
                    "{",
                    "}",
                    "'",
                    "½",
                ]
            ),
            max_size=40,
        ).map(" ".join),
    )
)
def test_no_query_is_an_error(fuzzed: Engine, text: str) -> None:
    for query in (Query(text, "en", OPEN), Query(text, "ru", OPEN, {"page": frozenset({"a"})})):
        results = fuzzed.search(query)
        assert all(hit.key == "a" for hit in results.hits)
        assert set(fuzzed.suggest(query)) <= {"Refugees", "Беженцы"}


def test_half_a_character_is_passed_over(engine: Engine) -> None:
    engine.index([document("a", "Refugees")])
    assert keys(find(engine, "refugees \ud800")) == ["a"]
    assert engine.suggest(Query("refug\udfff", "en", OPEN)) == ("Refugees",)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    with override_settings(SEARCH_INDEX_DIR=tmp_path_factory.mktemp("fuzz")):
        engine = get_engine()
    engine.rebuild(
        [
            document("a", "Refugees", "Беженцы", body_en="NOT secret title"),
            document("b", "Refugees", "Беженцы", audiences=frozenset({"participant:KAZ"})),
        ]
    )
    return engine
