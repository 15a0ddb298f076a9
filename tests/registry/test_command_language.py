"""The commands speak every language of the portal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.utils import translation

from registry.management.base import PortalCommand

COMMANDS = {
    "load_starter": "Загрузить справочники кодов",
    "remind": "Напомнить по электронной почте",
    "load_pages": "Создать начальные страницы",
    "load_library": "Загрузить главы электронной библиотеки",
    "country_pages": "Создать страницу страны каждого участника",
    "check_pages": "Проверить целостность дерева страниц",
    "check_translations": "Перечислить страницы, которых нет",
    "check_library": "Проверить, что у каждого документа",
    "appoint_system_administrator": "Назначить учётную запись секретариата",
    "database_roles": "Создать или исправить рабочую роль PostgreSQL",
    "release_due": "Выпустить данные, назначенное время которых",
    "search_rebuild": "Построить поисковый индекс заново",
    "import_data": "Импортировать файл данных по профилю",
    "load_demonstration": "Загрузить учётные записи",
    "demo": "Заполненный портал",
}


def command(name: str) -> PortalCommand:
    found = load_command_class(get_commands()[name], name)
    assert isinstance(found, PortalCommand)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_is_in_the_language_asked_for(name: str, capsys: Any) -> None:
    for language, is_russian in (("ru", True), ("en", False)):
        with pytest.raises(SystemExit):
            command(name).run_from_argv(["manage.py", name, "--help", "--language", language])
        printed = " ".join(capsys.readouterr().out.split())
        assert (COMMANDS[name] in printed) is is_russian
        assert ("Язык выводимых сообщений." in printed) is is_russian


def test_an_unknown_language_is_refused(capsys: Any) -> None:
    with pytest.raises(SystemExit):
        command("load_starter").run_from_argv(["manage.py", "load_starter", "--language", "xx"])
    assert "choose from" in capsys.readouterr().err


def test_what_is_printed_is_in_the_language_asked_for(db: None) -> None:
    first, second = io.StringIO(), io.StringIO()
    with translation.override("en"):
        call_command("load_starter", language="ru", stdout=first)
        call_command("load_starter", stdout=second)
    assert first.getvalue().startswith("Списки кодов: создано 8, изменено 0, без изменений 0")
    assert second.getvalue().splitlines()[-1] == "The starter content was up to date."
    quiet = io.StringIO()
    call_command("load_starter", verbosity=0, stdout=quiet)
    assert quiet.getvalue() == ""
