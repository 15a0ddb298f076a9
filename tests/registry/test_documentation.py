"""Writing documentation tables: versions, who may, conflicts, restoring, and how far they are answered."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from registry.authority import may_document
from registry.errors import Conflict, Invalid, NotAllowed
from registry.models import (
    DOCUMENTATION_FIELDS,
    Agency,
    AuditEvent,
    Contact,
    Dataset,
    Documentation,
    LegalReference,
    RoleAssignment,
    User,
)
from registry.presentation.documentation import SECTIONS, compared, compared_documents, word_marks
from registry.presentation.languages import language_name, original_languages
from registry.selectors.documentation import ASKED_FIELDS, documentation_due, documentation_filled
from registry.services.documentation import (
    documentation_restore,
    documentation_review,
    documentation_write,
)
from tests.conftest import World, make_indicator

TODAY = datetime.date(2026, 6, 1)


def write(world: World, person: str = "submitter", **answers: Any) -> Documentation:
    return documentation_write(dataset=world.dataset("MDA"), actor=world.people["MDA"][person], **answers)


def focal_point(world: World, owner: str = "MDA", **fields: Any) -> User:
    """A user of a participant without a role, who holds a position that is a focal point."""
    user = User.objects.create_user(f"{owner.lower()}-focal", participant=world.participants[owner])
    agency = Agency.objects.create(participant=world.participants[owner], name_en="Office", name_ru="Бюро")
    names = {"position_en": "Head", "position_ru": "Начальник"}
    Contact.objects.create(agency=agency, user=user, **{"is_focal_point": True, **names, **fields})
    return user


# ---- versions


def test_what_changes_makes_a_version_and_the_same_text_none(world: World) -> None:
    first = write(world, definition_en="One", gaps_ru="Нет")
    again = write(world, definition_en="One ", gaps_ru="Нет\r\n")
    second = write(world, definition_en="Two")

    assert (first.version, again.pk, second.version) == (1, first.pk, 2)
    assert (second.definition_en, second.gaps_ru) == ("Two", "Нет")
    rows = Documentation.objects.order_by("version").values_list("version", "is_current", "written_by")
    submitter = world.people["MDA"]["submitter"].pk
    assert list(rows) == [(1, False, submitter), (2, True, submitter)]


def test_each_version_is_audited_by_the_names_of_its_fields(world: World) -> None:
    write(world, definition_en="Sensitive", definition_ru="Слова", reviewed_on=TODAY)

    event = AuditEvent.objects.get(action="documentation.write")
    assert (event.actor, event.participant) == ("mda-submitter", "MDA")
    assert event.data == {"dataset": "MDA_REFUGEES", "version": 1, "fields": ["definition", "reviewed_on"]}


def test_a_text_that_started_from_an_old_version_is_refused(world: World) -> None:
    write(world, definition_en="One")
    write(world, definition_en="Two", base=1)

    with pytest.raises(Conflict):
        write(world, definition_en="Three", base=1)
    with pytest.raises(Conflict):
        write(world, definition_en="Three", base=0)

    assert Documentation.objects.current().get().definition_en == "Two"
    assert write(world, definition_en="Two", base=1).version == 2, "nothing would change, so no conflict"


def test_legal_documents_belong_to_the_version(world: World) -> None:
    law = LegalReference.objects.create(
        participant=world.participants["MDA"], kind="law", title_en="Act", title_ru="Закон"
    )
    first = write(world, definition_en="One", legal_references=[law])
    kept = write(world, definition_en="Two")
    without = write(world, legal_references=[])

    assert [version.legal_references.count() for version in (first, kept, without)] == [1, 1, 0]
    assert without.version == 3
    assert write(world, legal_references=[]).version == 3
    (gone,) = compared_documents([law], [])
    assert (gone.kind, gone.text) == ("del", "Act")


def test_documents_of_another_participant_are_refused(world: World) -> None:
    foreign = LegalReference.objects.create(
        participant=world.participants["KAZ"], kind="law", title_en="Act", title_ru="Закон", audience="public"
    )

    with pytest.raises(Invalid):
        write(world, legal_references=[foreign])
    assert Documentation.objects.count() == 0


def test_an_original_text_needs_its_language(world: World) -> None:
    with pytest.raises(ValidationError) as refused:
        write(world, original={"definition": "Definiția"})
    assert list(refused.value.message_dict) == ["original_language"]
    with pytest.raises(ValidationError):
        write(world, original={"definition": "Definition"}, original_language="en")
    with pytest.raises(Invalid):
        write(world, original={"password": "x"}, original_language="ro")

    written = write(world, original={"definition": " Definiția ", "gaps": " "}, original_language="ro")
    assert written.original == {"definition": "Definiția"}


def test_an_endless_answer_is_refused(world: World) -> None:
    with pytest.raises(ValidationError) as refused:
        write(world, quality_ru="ы" * 20_001)
    assert refused.value.message_dict == {"quality_ru": ["An answer has at most 20000 characters."]}
    assert Documentation.objects.count() == 0


def test_a_review_is_a_version_that_differs_by_its_day(world: World) -> None:
    write(world, definition_en="One")
    reviewed = documentation_review(
        dataset=world.dataset("MDA"), actor=world.people["MDA"]["administrator"], base=1, today=TODAY
    )

    assert (reviewed.version, reviewed.reviewed_on) == (2, TODAY)
    assert reviewed.written_by == world.people["MDA"]["administrator"]
    old = Documentation.objects.get(version=1)
    assert reviewed.changed_from(old) == ["reviewed_on"]


def test_there_is_no_review_of_nothing_nor_of_what_changed_meanwhile(world: World) -> None:
    actor, dataset = world.people["MDA"]["submitter"], world.dataset("MDA")
    with pytest.raises(Invalid):
        documentation_review(dataset=dataset, actor=actor, base=0, today=TODAY)
    write(world, definition_en="One")
    write(world, definition_en="Two")
    with pytest.raises(Conflict):
        documentation_review(dataset=dataset, actor=actor, base=1, today=TODAY)


def test_restoring_writes_the_old_text_anew_and_keeps_the_review(world: World) -> None:
    write(world, definition_en="One", original={"gaps": "Nu"}, original_language="ro")
    write(world, definition_en="Two", original={}, reviewed_on=TODAY)

    restored = documentation_restore(
        dataset=world.dataset("MDA"), actor=world.people["MDA"]["submitter"], version=1
    )

    assert (restored.version, restored.definition_en, restored.original) == (3, "One", {"gaps": "Nu"})
    assert restored.reviewed_on == TODAY
    with pytest.raises(Invalid):
        documentation_restore(dataset=world.dataset("MDA"), actor=world.people["MDA"]["submitter"], version=9)


# ---- who may


@pytest.mark.parametrize(
    ("owner", "person", "may"),
    [
        ("MDA", "administrator", True),
        ("MDA", "submitter", True),
        ("MDA", "verifier", False),
        ("MDA", "user", False),
        ("KAZ", "administrator", False),
        ("KAZ", "submitter", False),
    ],
)
def test_only_the_owner_writes(world: World, owner: str, person: str, may: bool) -> None:
    actor, dataset = world.people[owner][person], world.dataset("MDA")
    assert may_document(actor, dataset) is may
    if may:
        documentation_write(dataset=dataset, actor=actor, definition_en="One")
    else:
        acts: tuple[Any, ...] = (
            lambda: documentation_write(dataset=dataset, actor=actor, definition_en="One"),
            lambda: documentation_review(dataset=dataset, actor=actor, base=1, today=TODAY),
            lambda: documentation_restore(dataset=dataset, actor=actor, version=1),
        )
        for act in acts:
            with pytest.raises(NotAllowed):
                act()
    assert Documentation.objects.count() == may


def test_a_focal_point_writes_for_its_indicators(world: World) -> None:
    other = make_indicator("OTHER", ("Other", "Другой"), {})
    user = focal_point(world)
    contact = user.contacts.get()
    dataset = world.dataset("MDA")
    assert may_document(user, dataset), "no indicator named: all of them"

    contact.indicators.set([other])
    assert not may_document(user, dataset)
    contact.indicators.add(world.indicator)
    assert may_document(user, dataset)

    Contact.objects.update(is_focal_point=False)
    assert not may_document(user, dataset)


def test_a_focal_point_of_another_participant_or_an_inactive_one_does_not(world: World) -> None:
    user = focal_point(world)
    assert not may_document(user, world.dataset("KAZ"))
    # The position is of Moldova, the account no longer is.
    user.participant = world.participants["KAZ"]
    assert not may_document(user, world.dataset("MDA"))
    assert not may_document(user, world.dataset("KAZ"))
    user.participant, user.is_active = world.participants["MDA"], False
    assert not may_document(user, world.dataset("MDA"))


def test_a_role_for_another_indicator_does_not_count(world: World) -> None:
    other = make_indicator("OTHER", ("Other", "Другой"), {})
    submitter = world.people["MDA"]["submitter"]
    dataset = world.dataset("MDA")
    RoleAssignment.objects.filter(user=submitter).update(indicator=other)
    assert not may_document(submitter, dataset)


# ---- how far answered, and due


def test_every_field_stands_in_one_section() -> None:
    names = [name for section in SECTIONS for name in section.fields]
    assert sorted(names) == sorted(DOCUMENTATION_FIELDS)
    assert set(ASKED_FIELDS) <= set(names)


def test_the_filled_share_counts_any_language(world: World, django_assert_num_queries: Any) -> None:
    moldova, kazakhstan = world.dataset("MDA"), world.dataset("KAZ")
    write(
        world,
        definition_en="One",
        definition_ru="Один",
        source_ru="Реестр",
        original={"gaps": "Nu"},
        original_language="ro",
        footnotes_en="Not asked of everybody",
    )

    with django_assert_num_queries(1):
        filled = documentation_filled(datasets=[moldova, kazakhstan])

    assert (filled[moldova.pk].answered, filled[moldova.pk].asked) == (3, len(ASKED_FIELDS))
    assert filled[moldova.pk].languages == {"en": 1, "ru": 2}
    assert set(ASKED_FIELDS) - set(filled[moldova.pk].missing) == {"definition", "source", "gaps"}
    assert (filled[kazakhstan.pk].answered, filled[kazakhstan.pk].missing) == (0, ASKED_FIELDS)
    assert not filled[kazakhstan.pk].is_complete


def test_a_complete_table_is_complete(world: World) -> None:
    write(world, **{f"{name}_en": "Text" for name in ASKED_FIELDS})
    assert documentation_filled(datasets=[world.dataset("MDA")])[world.dataset("MDA").pk].is_complete


def due(world: World, participant: str | None, today: datetime.date = TODAY) -> list[Any]:
    found = documentation_due(viewer=world.viewer(participant), today=today)
    return [(row.dataset.code, row.reviewed_on) for row in found]


def test_a_table_is_due_a_year_after_its_review(world: World) -> None:
    write(world, definition_en="One", reviewed_on=TODAY)
    assert due(world, "MDA", TODAY + datetime.timedelta(days=364)) == []
    assert due(world, "MDA", TODAY + datetime.timedelta(days=365)) == [("MDA_REFUGEES", TODAY)]
    assert due(world, "KAZ", TODAY + datetime.timedelta(days=365)) == []
    assert due(world, None, TODAY + datetime.timedelta(days=365)) == []


def test_what_was_never_reviewed_is_due_once_there_is_something_to_document(world: World) -> None:
    world.dataset("MDA")
    assert due(world, "MDA") == []
    world.release("MDA", {"MDA._T._T": [1]})
    assert due(world, "MDA") == [("MDA_REFUGEES", None)]
    write(world, definition_en="One")
    assert due(world, "MDA") == [("MDA_REFUGEES", None)]


def test_reminders_count_from_the_last_review(world: World) -> None:
    write(world, definition_en="One")
    Dataset.objects.update(documentation_reminded_on=TODAY)
    write(world, definition_en="Two")
    assert Dataset.objects.get(code="MDA_REFUGEES").documentation_reminded_on == TODAY
    write(world, reviewed_on=TODAY)
    assert Dataset.objects.get(code="MDA_REFUGEES").documentation_reminded_on is None


# ---- comparison


def test_words_that_came_and_went_are_marked() -> None:
    marks = word_marks("Persons with a valid permit.", "Persons with a residence permit, aged 15.")
    assert [(mark.kind, mark.text) for mark in marks] == [
        ("same", "Persons with a "),
        ("del", "valid"),
        ("ins", "residence"),
        ("same", " permit"),
        ("ins", ", aged 15"),
        ("same", "."),
    ]
    assert [mark.kind for mark in word_marks("", "Новый")] == ["ins"]
    rewritten = word_marks("Not usable here.", "Counted twice now.")
    assert [(mark.kind, mark.text) for mark in rewritten] == [
        ("del", "Not usable here"),
        ("ins", "Counted twice now"),
        ("same", "."),
    ]
    assert word_marks("", "") == []


@pytest.mark.parametrize(("old", "new"), [("a " * 9_000, "b " * 9_000), ("a b " * 5_000, "b a " * 5_000)])
def test_marks_of_hostile_texts_are_quick_and_whole(old: str, new: str) -> None:
    marks = word_marks(old, new)
    assert "".join(mark.text for mark in marks if mark.kind != "ins") == old
    assert "".join(mark.text for mark in marks if mark.kind != "del") == new


def test_versions_are_compared_field_by_field_in_each_language(world: World, language: str) -> None:
    write(world, definition_en="One", definition_ru="Один", gaps_en="None")
    write(
        world,
        definition_ru="Два",
        original={"definition": "Doi"},
        original_language="ro",
        reviewed_on=TODAY,
    )
    older, newer = Documentation.objects.order_by("version")

    changes = {change.name: change for change in compared(older, newer)}

    assert list(changes) == ["definition", "original_language", "reviewed_on"]
    assert [text.language for text in changes["definition"].texts] == ["ru", "ro"]
    (named,) = changes["original_language"].texts
    assert [mark.text for mark in named.marks] == [{"en": "Romanian", "ru": "румынский"}[language]]
    assert {"en": "National definition", "ru": "Национальное определение"}[language] == changes[
        "definition"
    ].label


def test_languages_are_named_in_the_users_language(language: str) -> None:
    (_near, near), (_all, everything) = original_languages("KAZ")
    assert near == [("kk", {"en": "Kazakh", "ru": "казахский"}[language])], "Russian is ours already"
    assert ("gag", {"en": "Gagauz", "ru": "гагаузский"}[language]) in everything
    assert not {"en", "ru", "und"} & {code for code, _name in everything}
    assert language_name("qq") == "qq"
    assert len(original_languages("")) == len(original_languages("ZZZ")) == 1


def test_refusals_are_in_the_users_language(world: World, language: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        write(world, "user", definition_en="One")
    with translation.override(language):
        text = str(refused.value)
    assert text.isascii() is (language == "en")
