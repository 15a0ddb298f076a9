"""The report of translations: what is missing or out of date in a language, by whom, and who may read it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.operations import translate_object

from cms.selectors.translations import State, TranslationLine, translation_lines
from registry.models import Term, User
from tests.cms.conftest import locale, new_article, page

AT = "/admin/reports/languages/"
Capture = Callable[..., Any]


def line(title: str) -> TranslationLine:
    (found,) = [line for line in translation_lines(pages=Page.objects.all()) if line.title == title]
    return found


def submitted(source: Page, capture: Capture, target: str = "ru") -> Translation:
    with capture(execute=True):
        translate_object(source, [locale(target)])
    found: Translation = Translation.objects.get(
        source__object_id=source.translation_key, target_locale=locale(target)
    )
    return found


def complete(translation: Translation, publish: bool = True) -> None:
    """Every text translated, and the result saved."""
    for segment in StringSegment.objects.filter(source=translation.source):
        StringTranslation.from_text(
            segment.string, translation.target_locale, segment.context, f"Перевод {segment.pk}"
        )
    translation.save_target(publish=publish)


@pytest.mark.django_db
def test_the_starter_pages_wait_for_nothing(portal: None) -> None:
    lines = translation_lines(pages=Page.objects.all())
    assert {line.state for line in lines} == {State.CURRENT}
    assert {(line.source_language, line.language) for line in lines} == {("en", "ru")}
    assert all(line.done == line.total > 0 for line in lines)


def test_a_page_passes_through_all_states(portal: None, django_capture_on_commit_callbacks: Capture) -> None:
    author = User.objects.create_user("author")
    source = new_article(page("about"), "Border counts", "border-counts")
    source.save_revision(user=author).publish()
    found = line("Border counts")
    assert (found.state, found.page_id, found.source_changed_by) == (State.MISSING, None, "author")

    translation = submitted(source, django_capture_on_commit_callbacks)
    found = line("Border counts")
    assert (found.state, found.done, found.total) == (State.PARTLY, 0, 4)
    complete(translation, publish=False)
    target = translation.get_target_instance()
    assert line("Border counts").state == State.DRAFT

    translator = User.objects.create_user("translator")
    target.save_revision(user=translator).publish()
    found = line("Border counts")
    assert (found.state, found.changed_by, found.page_id) == (State.CURRENT, "translator", target.pk)
    target.save_revision(user=translator)
    assert line("Border counts").state == State.CHANGED

    source = page("border-counts")
    source.introduction = "Changed."
    revision = source.save_revision(user=author)
    assert line("Border counts").state == State.CHANGED  # a draft concerns no translator yet
    revision.publish()
    found = line("Border counts")
    assert (found.state, found.since) == (State.OUTDATED, revision.created_at)
    assert found.source_changed_by == "author"

    TranslationSource.objects.get(object_id=source.translation_key).update_from_db()
    found = line("Border counts")
    assert (found.state, found.done, found.total) == (State.PARTLY, 3, 4)


def test_a_page_written_in_russian_waits_for_english(
    portal: None, django_capture_on_commit_callbacks: Capture
) -> None:
    source = new_article(page("about", "ru"), "Учёт на границе", "border-counts")
    found = line("Учёт на границе")
    assert (found.source_language, found.language, found.state) == ("ru", "en", State.MISSING)
    with django_capture_on_commit_callbacks(execute=True):
        complete(submitted(source, django_capture_on_commit_callbacks, "en"))
    assert line("Учёт на границе").state == State.CURRENT


def test_an_alias_is_no_translation(portal: None) -> None:
    source = new_article(page("about"), "Border counts", "border-counts")
    source.copy_for_translation(locale("ru"), copy_parents=True, alias=True)
    assert line("Border counts").state == State.MISSING


def test_the_page_shows_filters_and_links(editor: Client, portal: None) -> None:
    source = new_article(page("about"), "=HYPERLINK(1)", "border-counts")
    html = editor.get(AT).content.decode()
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[source.pk])}"' in html
    waiting = editor.get(f"{AT}?state=waiting")
    assert [line.title for line, *_rest in waiting.context["rows"]] == ["=HYPERLINK(1)"]
    assert not editor.get(f"{AT}?state=waiting&language=en").context["rows"]
    assert not editor.get(f"{AT}?q=nowhere").context["rows"]
    assert editor.get(f"{AT}?state=nonsense&p=999").status_code == 200


def test_the_table_is_safe_to_open(editor: Client, portal: None) -> None:
    new_article(page("about"), "=HYPERLINK(1)", "border-counts")
    text = editor.get(f"{AT}pages.csv?state=missing").content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert len(rows) == 2
    assert rows[0][0] == "Page"
    assert rows[1][0] != "=HYPERLINK(1)"
    assert rows[1][0].endswith("=HYPERLINK(1)")
    assert rows[1][6:8] == ["Русский", "missing"]


def test_each_sees_the_pages_it_may_change_and_nobody_else_any(portal: None, client: Client) -> None:
    new_article(page("about"), "Secret draft", "secret")
    group = Group.objects.create(name="About only")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    GroupPagePermission.objects.create(group=group, page=page("help"), permission_type="change")
    person = User.objects.create_user("narrow")
    person.groups.add(group)
    client.force_login(person)
    response = client.get(AT)
    assert {line.title for line, *_rest in response.context["rows"]} == {page("help").title}
    assert "Secret draft" not in client.get(f"{AT}pages.csv").content.decode()
    # wagtail-localize's own report would show everything
    assert client.get("/admin/localize/reports/translations/").url == AT
    assert client.get("/admin/localize/reports/translations/results/").url == AT

    nobody = User.objects.create_user("nobody")
    only_admin = Group.objects.create(name="Admin only")
    only_admin.permissions.add(Permission.objects.get(codename="access_admin"))
    nobody.groups.add(only_admin)
    client.force_login(nobody)
    for address in (AT, f"{AT}pages.csv", f"{AT}facts/", f"{AT}facts.csv"):
        assert client.get(address).status_code in {302, 403}, address


def test_many_pages_cost_no_more_queries(
    editor: Client, portal: None, django_assert_max_num_queries: Any
) -> None:
    editor.get(AT)
    with django_assert_max_num_queries(100) as few:
        editor.get(AT)
    parent = page("about")
    for number in range(30):
        new_article(parent, f"Article {number}", f"article-{number}")
    with django_assert_max_num_queries(len(few)):
        response = editor.get(AT)
    assert len(response.context["rows"]) > 30


def test_facts_without_a_text_are_listed(editor: Client, portal: None) -> None:
    Term.objects.create(
        code="flow", topic="measure", name_en="Flow", name_ru="Поток", definition_en="In a period."
    )
    rows = editor.get(f"{AT}facts/").context["rows"]
    assert [(gap.what, gap.field, gap.language) for gap, _name in rows] == [("flow", "definition", "ru")]
    assert not editor.get(f"{AT}facts/?language=en").context["rows"]
    text = editor.get(f"{AT}facts.csv").content.decode("utf-8-sig")
    assert list(csv.reader(StringIO(text)))[1][1:] == ["flow", "", "definition", "Русский"]


def test_the_home_page_of_the_admin_tells_what_waits(editor: Client, portal: None) -> None:
    assert 'id="translations' not in editor.get("/admin/").content.decode()
    new_article(page("about"), "Border counts", "border-counts")
    html = editor.get("/admin/").content.decode()
    assert 'id="translations' in html
    assert "Border counts" in html
    assert f"{AT}?state=waiting" in html


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ["ru: Border counts: missing", "ru: Term flow: definition"]),
        ("ru", ["ru: Border counts: ", "ru: "]),
    ],
)
def test_the_command_lists_the_same_and_fails(portal: None, language: str, told: list[str]) -> None:
    out = StringIO()
    call_command("check_translations", language=language, stdout=out)
    new_article(page("about"), "Border counts", "border-counts")
    Term.objects.create(
        code="flow", topic="measure", name_en="Flow", name_ru="Поток", definition_en="In a period."
    )
    out = StringIO()
    with pytest.raises(CommandError, match=r"1.*1"):
        call_command("check_translations", language=language, stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    for text, start in zip(lines, told, strict=True):
        assert text.startswith(start)
    call_command("check_translations", language=language, only="en", stdout=out)
