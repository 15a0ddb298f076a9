"""A small foreign layout: its profile, a file, and the command run on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import translation

from registry.models import Code, Codelist, Indicator
from tests.conftest import World, make_indicator

PROFILE = """
name = "protection"
owner = "MDA"
missing = ["", "-"]
ignore = ["remark"]
title = { en = "Persons under protection", ru = "Лица под защитой" }
source = { name = { en = "Migration service", ru = "Миграционная служба" }, licence = "CC BY 4.0" }
reason = { en = "New extraction.", ru = "Новая выгрузка." }

[time]
column = "year"

[dimensions.REF_AREA]
column = "country"
translate = { Moldova = "MDA" }

[dimensions.CITIZENSHIP]
column = "citizenship"
translate = { STLS = "XXA" }

[dimensions.SEX]
code = "_T"

[[measures]]
column = "refugees"
indicator = "REFUGEES"
dataset = "MDA_REFUGEES"

[[measures]]
column = "asylum"
indicator = "ASYLUM"
dataset = "MDA_ASYLUM"
"""
HEADER = "year,country,citizenship,refugees,asylum,remark"
LINES = (
    "2020,Moldova,KAZ,10,3,first",
    "2021,Moldova,KAZ,12,-,",
    "2020,MDA,UKR,100,30,",
    "2021,MDA,UKR,150,45,",
    "2021,MDA,STLS,7,0,",
)


def text_of(*lines: str, header: str = HEADER) -> str:
    return "\n".join((header, *lines)) + "\n"


def stored() -> dict[str, list[dict[str, Any]]]:
    """Every row of the registry, so that nothing can have been stored unseen."""
    models = [model for model in apps.get_app_config("registry").get_models() if model._meta.managed]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for model in models
        if model is not Codelist and model is not Code
    }


@dataclass
class Importer:
    """Runs import_data on a file in its own folder, as the people of Moldova unless told otherwise."""

    folder: Path
    profile: str = ""
    path: Path = field(init=False)
    options: tuple[str, ...] = ("--as", "mda-submitter", "--verified-by", "mda-verifier", "--release")

    def __post_init__(self) -> None:
        self.path = self.folder / "figures.csv"
        self.profile = self.profile or self.write_profile(PROFILE)

    def write_profile(self, text: str) -> str:
        path = self.folder / "profile.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def write(self, content: str | bytes) -> Path:
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.path

    def run(self, *options: str, language: str = "en", path: Path | None = None) -> str:
        """What the command says. Lines without the seconds it took, which differ."""
        out = StringIO()
        given = [str(path or self.path), "--profile", self.profile, "--language", language]
        call_command("import_data", *given, *(options or self.options), stdout=out, stderr=out)
        return out.getvalue()

    def refused(self, *options: str, language: str = "en", path: Path | None = None) -> str:
        """The error the command ends with, having stored nothing."""
        before = stored()
        with pytest.raises(CommandError) as caught:
            self.run(*options, language=language, path=path)
        assert stored() == before
        assert caught.value.returncode == 1
        return str(caught.value)


@pytest.fixture
def asylum(world: World, codelists: dict[str, Codelist]) -> Indicator:
    return make_indicator("ASYLUM", ("Asylum-seekers", "Лица, ищущие убежище"), codelists)


@pytest.fixture
def importer(world: World, asylum: Indicator, tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def said(language: str, text: Callable[[], str]) -> str:
    """A text made in a language, as the command must have said it."""
    with translation.override(language):
        return text()
