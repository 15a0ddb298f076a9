"""Addresses that ask for what has no figures, or none the viewer sees: a page in words, never an error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.cube import Cube
from registry.models import AudienceKind, Dataset
from registry.selectors.cube import time_dimension
from registry.services.access import grant_create
from registry.services.dataset import dataset_create
from registry.services.release import submission_release
from registry.services.submission import submission_stage, submission_submit, submission_validate
from tests.conftest import World
from tests.registry.seen import opened
from tests.registry.views.conftest import FIGURES, Get, publish

pytestmark = pytest.mark.thorough

NO_CHOICE = {
    "en": "There are no figures for this choice.",
    "ru": "Для этого выбора данных нет.",
}
NOTHING_OPEN = {
    "en": "No figures of this indicator are open to you.",
    "ru": "Открытых вам данных по этому показателю нет.",
}


def quarterly(world: World, figures: dict[str, list[Any]]) -> Dataset:
    """A dataset of Kazakhstan with figures by quarter from 2010-Q1 on."""
    people = world.people["KAZ"]
    dataset = dataset_create(
        code="KAZ_QUARTERS",
        indicator=world.indicator,
        owner=world.participants["KAZ"],
        actor=None,
        frequency="Q",
        source_en="Border service",
        source_ru="Пограничная служба",
    )
    yearly = world.cube(figures)
    time = time_dimension("Q", 2010 * 4, 2010 * 4 + len(yearly.time) - 1)
    cube: Cube = replace(yearly, time=time, frequency="Q")
    submission = submission_stage(dataset=dataset, cube=cube, actor=people["submitter"])
    submission_submit(submission=submission, actor=people["submitter"])
    submission_validate(submission=submission, actor=people["verifier"])
    submission_release(submission=submission, actor=people["verifier"])
    return Dataset.objects.select_related("owner", "indicator").get(pk=dataset.pk)


@pytest.mark.parametrize("participant", [None, "KAZ"])
@pytest.mark.parametrize("extra", ["", "&by_source=1", "&CITIZENSHIP=KAZ", "&from=2010&rows=TIME_PERIOD"])
def test_a_frequency_without_figures_is_no_mistake(
    open_world: World, get_as: Get, language: str, participant: str | None, extra: str
) -> None:
    response = get_as(f"REFUGEES/?freq=Q{extra}", participant=participant)
    assert response.status_code == 200
    assert NO_CHOICE[language] in response.content.decode()
    # And the way back to what there is stands in the form
    assert '<option value="A"' in response.content.decode()
    assert get_as(f"REFUGEES/data.csv?freq=Q{extra.partition('&rows')[0]}").status_code == 200


@pytest.mark.parametrize("query", ["", "?freq=Q", "?SEX=_T", "?by_source=1"])
def test_a_slice_without_series_shows_no_figures(
    world: World, get_as: Get, language: str, query: str
) -> None:
    # Given a slice opened of which there is nothing, beside figures that are hidden
    world.release("MDA", FIGURES)
    opened(world, to="KAZ", slice={"CITIZENSHIP": ["XXA"]})
    response = get_as(f"REFUGEES/{query}", participant="KAZ")
    text = response.content.decode()
    # Then the page says so, and offers no form and no release of what is hidden
    assert response.status_code == 200
    assert NOTHING_OPEN[language] in text
    assert 'name="CITIZENSHIP"' not in text
    assert {"en": "No. 1 of", "ru": "№ 1 от"}[language] not in text
    # And the visitor's page is that of an indicator without any figures
    assert NOTHING_OPEN[language] in get_as(f"REFUGEES/{query}").content.decode()


def test_whoever_sees_a_slice_gets_the_frequency_of_that(world: World, get_as: Get) -> None:
    # Given yearly figures of which the slice opened holds nothing, and quarterly ones open to all
    world.release("MDA", FIGURES)
    opened(world, to="KAZ", slice={"CITIZENSHIP": ["XXA"]})
    grant_create(
        dataset=quarterly(world, {"KAZ._T._T": [1, 2]}),
        actor=world.people["KAZ"]["administrator"],
        audience=AudienceKind.PUBLIC,
    )
    # Then page and download show the quarters to both, and no form tells of the years
    for participant in (None, "KAZ"):
        text = get_as("REFUGEES/", participant=participant).content.decode()
        assert "2010-Q2" in text
        assert 'name="freq"' not in text
        content = get_as("REFUGEES/data.csv?from=2010-Q2", participant=participant).content.decode()
        assert ("2010-Q2" in content, "2010-Q1" in content) == (True, False)
    publish(world, "MDA")
    assert "2010-Q2" not in get_as("REFUGEES/").content.decode()


def test_a_choice_of_frequency_outlives_the_links_of_the_page(world: World, get_as: Get) -> None:
    grant_create(
        dataset=quarterly(world, {"KAZ._T._T": [1, 2]}),
        actor=world.people["KAZ"]["administrator"],
        audience=AudienceKind.PUBLIC,
    )
    assert "&amp;freq=Q" in get_as("REFUGEES/").content.decode()
    assert "&amp;freq=A" in get_as("REFUGEES/?freq=A").content.decode()
