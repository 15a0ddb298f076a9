"""Storing the starter content."""

from dataclasses import replace
from io import StringIO
from time import perf_counter
from typing import Any

import pytest
from django.core.management import call_command
from django.db import models
from django.utils import translation

from registry.models import (
    AuditEvent,
    Code,
    Codelist,
    Indicator,
    IndicatorDimension,
    Institution,
    Participant,
    Term,
)
from registry.services.starter import Counts, StarterSummary, starter_load
from registry.starter import starter_content

MODELS: tuple[type[models.Model], ...] = (
    Codelist,
    Code,
    Indicator,
    IndicatorDimension,
    Participant,
    Term,
    Institution,
)
CODES = 836
INSTITUTIONS = 126
NOTHING_NEW = StarterSummary(
    codelists=Counts(unchanged=8),
    codes=Counts(unchanged=CODES),
    indicators=Counts(unchanged=27),
    dimensions=Counts(unchanged=75),
    participants=Counts(unchanged=15),
    terms=Counts(unchanged=80),
    institutions=Counts(unchanged=INSTITUTIONS),
)


def everything() -> list[list[dict[str, Any]]]:
    return [list(model._default_manager.order_by("pk").values()) for model in MODELS]


def test_the_first_run_creates_everything(loaded: StarterSummary) -> None:
    assert loaded == StarterSummary(
        codelists=Counts(created=8),
        codes=Counts(created=CODES),
        indicators=Counts(created=27),
        dimensions=Counts(created=75),
        participants=Counts(created=15),
        terms=Counts(created=80),
        institutions=Counts(created=INSTITUTIONS),
    )
    assert [model._default_manager.count() for model in MODELS] == [8, CODES, 27, 75, 15, 80, INSTITUTIONS]
    event = AuditEvent.objects.get()
    assert (event.action, event.participant, event.actor) == ("starter.load", None, "")
    assert event.data["codes"] == {"created": CODES, "changed": 0, "unchanged": 0}


def test_what_is_stored_is_valid(loaded: StarterSummary) -> None:
    for model in MODELS:
        for row in model._default_manager.all():
            row.clean_fields()


def test_stored_rows_hang_together(loaded: StarterSummary) -> None:
    uzbekistan = Code.objects.get(codelist__code="CL_AREA", code="UZB")
    decisions = Indicator.objects.get(code="DSM_6")
    citizenship = decisions.dimensions.get(code="CITIZENSHIP")

    assert uzbekistan.parent is not None
    assert uzbekistan.parent.code == "143"
    assert Participant.objects.get(code="UZB").area == uzbekistan
    assert Participant.objects.get(code="UNHCR").area is None
    assert [dimension.code for dimension in decisions.dimensions.all()] == [
        "REF_AREA",
        "CITIZENSHIP",
        "SEX",
        "DECISION",
    ]
    assert citizenship.default_member == Code.objects.get(codelist__code="CL_CITIZENSHIP", code="_T")
    assert Code.objects.filter(codelist__code="CL_SEX").first() == Code.objects.get(
        codelist__code="CL_SEX", is_total=True
    )


def test_the_second_run_changes_nothing(loaded: StarterSummary) -> None:
    before = everything()
    began = perf_counter()

    summary = starter_load()

    assert perf_counter() - began < 1
    assert summary == NOTHING_NEW
    assert not summary.has_changes
    assert everything() == before
    assert AuditEvent.objects.count() == 1


def test_the_second_run_asks_once_for_each_kind(
    loaded: StarterSummary, django_assert_num_queries: Any
) -> None:
    # One savepoint and its release, and one query for each of the seven kinds.
    with django_assert_num_queries(9):
        starter_load()


def test_the_first_run_writes_in_bulk(db: None, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(40):
        starter_load()


def test_labels_and_order_are_brought_up_to_date(loaded: StarterSummary) -> None:
    # given labels, order and place as an older version left them
    Code.objects.filter(codelist__code="CL_AREA", code="KGZ").update(
        name_ru="Киргизия", order=1, parent=Code.objects.get(codelist__code="CL_AREA", code="142")
    )
    Indicator.objects.filter(code="UNHCR_REF").update(name_ru="Изгнанники", order=999)
    IndicatorDimension.objects.filter(indicator__code="DSM_1", code="SEX").update(name_en="Gender")
    Participant.objects.filter(code="MDA").update(name_en="Moldova")
    Codelist.objects.filter(code="CL_SEX").update(description_en="")

    summary = starter_load()

    assert summary == StarterSummary(
        codelists=Counts(changed=1, unchanged=7),
        codes=Counts(changed=1, unchanged=CODES - 1),
        indicators=Counts(changed=1, unchanged=26),
        dimensions=Counts(changed=1, unchanged=74),
        participants=Counts(changed=1, unchanged=14),
        terms=Counts(unchanged=80),
        institutions=Counts(unchanged=INSTITUTIONS),
    )
    kyrgyzstan = Code.objects.get(codelist__code="CL_AREA", code="KGZ")
    assert kyrgyzstan.name_ru == "Кыргызстан"
    assert kyrgyzstan.parent is not None
    assert kyrgyzstan.parent.code == "143"
    assert Indicator.objects.get(code="UNHCR_REF").name_ru == "Беженцы"
    assert IndicatorDimension.objects.get(indicator__code="DSM_1", code="SEX").name_en == "Sex"
    assert Participant.objects.get(code="MDA").name_en == "Republic of Moldova"
    assert starter_load() == NOTHING_NEW


def test_what_people_decided_stays(loaded: StarterSummary) -> None:
    # given settings made in the admin, and rows added there
    Indicator.objects.filter(code="DSM_3").update(frequencies=["Q"], is_active=False, counting_unit="cases")
    Participant.objects.filter(code="KAZ").update(release_authority="secretariat", is_observer=True)
    decisions = IndicatorDimension.objects.filter(indicator__code="DSM_6", code="DECISION")
    decisions.update(default_member=None)
    IndicatorDimension.objects.filter(indicator__code="CH_3", code="SEX").delete()
    sexes = Codelist.objects.get(code="CL_SEX")
    Code.objects.create(codelist=sexes, code="_O", name_en="Other", name_ru="Другой")
    before = everything()

    summary = starter_load()

    assert not summary.has_changes
    assert summary.dimensions == Counts(unchanged=74)
    assert everything() == before


def test_a_failure_leaves_nothing_behind(db: None) -> None:
    # given content whose last part cannot be stored
    content = starter_content()
    nowhere = replace(content.participants[0], area="ATLANTIS")

    with pytest.raises(KeyError, match="ATLANTIS"):
        starter_load(content=replace(content, participants=(nowhere,)))

    assert everything() == [[], [], [], [], [], [], []]


def test_the_command_sums_up(db: None) -> None:
    first, second = StringIO(), StringIO()

    with translation.override("en"):
        call_command("load_starter", stdout=first)
        call_command("load_starter", stdout=second)

    assert first.getvalue().splitlines() == [
        "Code lists: 8 created, 0 changed, 0 unchanged",
        f"Codes: {CODES} created, 0 changed, 0 unchanged",
        "Indicators: 27 created, 0 changed, 0 unchanged",
        "Dimensions: 75 created, 0 changed, 0 unchanged",
        "Participants: 15 created, 0 changed, 0 unchanged",
        "Terms: 80 created, 0 changed, 0 unchanged",
        f"Institutions: {INSTITUTIONS} created, 0 changed, 0 unchanged",
    ]
    assert second.getvalue().splitlines()[-1] == "The starter content was up to date."
