from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.periods import BadPeriod, Frequency, frequency_of, ordinal, period_at, period_of, period_range

PERIODS = {
    "2010": (Frequency.ANNUAL, 2010),
    "0001": (Frequency.ANNUAL, 1),
    "2010-S1": (Frequency.HALF_YEARLY, 4020),
    "2010-S2": (Frequency.HALF_YEARLY, 4021),
    "2010-Q1": (Frequency.QUARTERLY, 8040),
    "2010-Q4": (Frequency.QUARTERLY, 8043),
    "2010-01": (Frequency.MONTHLY, 24120),
    "2010-12": (Frequency.MONTHLY, 24131),
}


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_has_a_frequency_and_a_number(period: str) -> None:
    frequency, number = PERIODS[period]
    assert (frequency_of(period), ordinal(period)) == (frequency, number)
    assert period_at(frequency, number) == period


@pytest.mark.parametrize(
    "text",
    [
        *("", "10", "20100", "2010-S3", "2010-S0", "2010-Q5", "2010-Q0", "2010-13", "2010-00", "2010-1"),
        *("2010-W01", "2010-01-01", " 2010", "2010\n", "2010-q1", "-2010", "year"),
    ],
)
def test_other_texts_are_no_periods(text: str) -> None:
    for call in (frequency_of, ordinal):
        with pytest.raises(BadPeriod):
            call(text)


def test_digits_of_other_scripts_are_no_years() -> None:
    with pytest.raises(BadPeriod):
        ordinal("२०१०")


@given(frequency=st.sampled_from(Frequency), number=st.integers(min_value=12, max_value=9_998))
def test_a_number_and_its_period_are_one(frequency: Frequency, number: int) -> None:
    period = period_at(frequency, number)
    assert frequency_of(period) is frequency
    assert ordinal(period) == number
    assert ordinal(period_at(frequency, number + 1)) == number + 1
    assert period_at(frequency, number + 1) > period, "periods of a frequency sort as texts"


@pytest.mark.parametrize(
    ("day", "periods"),
    [
        (date(2010, 1, 1), ["2010", "2010-S1", "2010-Q1", "2010-01"]),
        (date(2010, 3, 31), ["2010", "2010-S1", "2010-Q1", "2010-03"]),
        (date(2010, 6, 30), ["2010", "2010-S1", "2010-Q2", "2010-06"]),
        (date(2010, 7, 1), ["2010", "2010-S2", "2010-Q3", "2010-07"]),
        (date(2010, 12, 31), ["2010", "2010-S2", "2010-Q4", "2010-12"]),
    ],
)
def test_a_day_lies_in_one_period_of_each_frequency(day: date, periods: list[str]) -> None:
    assert [period_of(frequency, day) for frequency in "ASQM"] == periods


def test_a_range_has_both_ends() -> None:
    assert period_range("2009-Q3", "2010-Q2") == ("2009-Q3", "2009-Q4", "2010-Q1", "2010-Q2")
    assert period_range("2009-S2", "2010-S1") == ("2009-S2", "2010-S1")
    assert period_range("2009-12", "2010-01") == ("2009-12", "2010-01")
    assert period_range("2010", "2010") == ("2010",)
    assert period_range("2010", "2009") == ()


def test_a_range_is_of_one_frequency() -> None:
    with pytest.raises(BadPeriod, match="2010 and 2011-Q1 are of different frequencies"):
        period_range("2010", "2011-Q1")
