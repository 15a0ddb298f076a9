"""Every string of the interface in every language, and the tool that keeps it so."""

import gettext
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django import conf
from django.apps import apps

from scripts import messages

MODULE = """
from django.utils.translation import gettext, ngettext, pgettext_lazy
title = gettext("Refugees")
opened = pgettext_lazy("data set", "Open")
def rows(n): return ngettext("%(n)s row", "%(n)s rows", n) % {"n": n}
def items(n): return ngettext("One item", "%(n)s items", n) % {"n": n}
"""
TEMPLATE = """{% load i18n %}
    <h1>{% translate "It's here" %}</h1>
  {% blocktranslate trimmed count n=rows|length %}
      {{ n }} value
    {% plural %}
      {{ n }} values
  {% endblocktranslate %}
"""
TABLE = """Refugees\tБеженцы
[data set] Open\tОткрытый
%(n)s row\t%(n)s строка\t%(n)s строки\t%(n)s строк
One item\t%(n)s пункт\t%(n)s пункта\t%(n)s пунктов
It's here\tЗдесь
%(n)s value\t%(n)s значение\t%(n)s значения\t%(n)s значений
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one app with six messages."""
    (tmp_path / "app" / "templates").mkdir(parents=True)
    (tmp_path / "app" / "texts.py").write_text(MODULE)
    (tmp_path / "app" / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "table.tsv").write_text(TABLE)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "APPS", ("app",))
    return tmp_path


def imported(project: Path) -> Path:
    """The catalogue after the translators' table was taken in."""
    messages.run_update("ru", messages.read_table([project / "table.tsv"]))
    return messages.catalog_path("app", "ru")


def test_every_string_has_its_translation() -> None:
    found = messages.problems()
    assert not found, "\n".join([f"{len(found)} of them; 'make messages-check' lists them all:", *found[:5]])


#: Better words for the same thing; there they may replace those of the packages.
SAID_BETTER = {
    "Account",
    "account",
    "Choose a document",  # the packages' documents are closed: ours are those of the library
    "Edit this document",
    "Delete",
    "Edit",
    "Status",
    "created at",
}


def _of_packages(language: str) -> dict[messages.Key, set[tuple[str, ...]]]:
    """What the packages installed say, Django's own texts included."""
    folders = [Path(config.path) for config in apps.get_app_configs()] + [Path(conf.__file__).parent]
    own = {messages.ROOT / app for app in messages.APPS}
    found: dict[messages.Key, set[tuple[str, ...]]] = {}
    for folder in folders:
        path = folder / "locale" / language / "LC_MESSAGES" / "django.mo"
        if path.exists() and folder not in own:
            with path.open("rb") as file:
                for message in messages.messages(read_mo(file)):
                    if messages.translated(message):
                        said = messages.forms(message.string)
                        found.setdefault(messages.key_of(message), set()).add(said)
    return found


@pytest.mark.parametrize("language", messages.TARGETS)
def test_no_string_of_ours_changes_what_a_package_says(language: str) -> None:
    """Catalogues of all apps become one, ours first: a string that means something else needs a context."""
    theirs = _of_packages(language)
    assert (None, "Focal point") in theirs, "the catalogues of Wagtail were not read"
    changed = {
        key[1]
        for app in messages.APPS
        for message in messages.messages(messages.stored(app, language))
        if messages.translated(message)
        and (key := messages.key_of(message)) in theirs
        and theirs[key] != {messages.forms(message.string)}
    }
    assert changed - SAID_BETTER == set()
    assert SAID_BETTER - changed == set(), "no longer needed"


@pytest.mark.parametrize("language", messages.TARGETS)
def test_our_apps_say_the_same_in_the_same_words(language: str) -> None:
    said: dict[messages.Key, dict[str, tuple[str, ...]]] = {}
    for app in messages.APPS:
        for message in messages.messages(messages.stored(app, language)):
            said.setdefault(messages.key_of(message), {})[app] = messages.forms(message.string)
    assert {key: by_app for key, by_app in said.items() if len(set(by_app.values())) > 1} == {}


def test_strings_are_found_in_code_and_templates(project: Path) -> None:
    found = {messages.key_of(m) for m in messages.messages(messages.extracted("app", "ru"))}
    assert found == {
        (None, "Refugees"),
        ("data set", "Open"),
        (None, "%(n)s row"),
        (None, "One item"),
        (None, "It's here"),
        (None, "%(n)s value"),
    }


def test_a_table_of_translations_completes_and_compiles(project: Path) -> None:
    path = imported(project)
    assert messages.problems() == []
    messages.compile_catalog(path)
    with path.with_suffix(".mo").open("rb") as file:
        russian = gettext.GNUTranslations(file)
    assert russian.gettext("Refugees") == "Беженцы"
    assert russian.pgettext("data set", "Open") == "Открытый"
    assert [russian.ngettext("%(n)s row", "%(n)s rows", n) % {"n": n} for n in (1, 3, 5, 21)] == [
        "1 строка",
        "3 строки",
        "5 строк",
        "21 строка",
    ]


def test_the_exported_table_can_be_taken_back(project: Path) -> None:
    imported(project)
    assert sorted(messages.export_lines("ru", only_missing=False)) == sorted(TABLE.splitlines())
    assert messages.export_lines("ru", only_missing=True) == []


def test_a_second_update_changes_nothing(project: Path) -> None:
    path = imported(project)
    before = path.read_bytes()
    assert messages.run_update("ru", {}) == []
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgstr "Беженцы"', 'msgstr ""', "not translated: 'Refugees' (from app/texts.py)"),
        ('msgid "Refugees"', '#, fuzzy\nmsgid "Refugees"', "marked fuzzy: 'Refugees' (from app/texts.py)"),
        (
            '"%(n)s строки"',
            '"%(m)s строки"',
            "other placeholders than the English text: '%(n)s row' (from app/texts.py)",
        ),
        (
            '"%(n)s пункт"',
            '"Один пункт"',  # the form of 21, too
            "other placeholders than the English text: 'One item' (from app/texts.py)",
        ),
    ],
)
def test_an_unfit_translation_is_reported(project: Path, old: str, new: str, complaint: str) -> None:
    path = imported(project)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    assert messages.problems() == [f"app/locale/ru/LC_MESSAGES/django.po: {complaint}"]


def test_a_string_no_longer_used_is_reported_and_removed(project: Path) -> None:
    path = imported(project)
    (project / "app" / "texts.py").write_text(MODULE.replace("Refugees", "Asylum-seekers"))
    assert messages.problems() == [
        "app/locale/ru/LC_MESSAGES/django.po: not translated: 'Asylum-seekers' (from app/texts.py)",
        "app/locale/ru/LC_MESSAGES/django.po: no longer used: 'Refugees'",
    ]
    messages.run_update("ru", {})
    assert "Беженцы" not in path.read_text()


def test_a_table_with_too_few_forms_is_refused(project: Path) -> None:
    report = messages.run_update("ru", {"%(n)s row": ("%(n)s строка",), "Nobody says this": ("Никто",)})
    assert report == [
        "app: '%(n)s row': 3 forms expected, 1 given; left out.",
        "app: ru: 6 messages, 6 not translated.",
        "no app says 'Nobody says this': left out.",
    ]
