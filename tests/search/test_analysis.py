from __future__ import annotations

import pymorphy3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import analysis


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("беженцев", "Беженцы"),
        ("беженке", "беженка"),
        ("переписи", "перепись"),
        ("рынка", "рынок"),
        ("ищущих убежища", "ищущие убежище"),
        ("лиц без гражданства", "лица без гражданства"),
        ("всех", "всё"),
        ("учёт", "учет"),
        ("тру\u0301дящиеся", "трудящихся"),
        ("бе\u00adженцы", "БЕЖЕНЕЦ"),
        ("Молдовой", "Молдова"),
        ("refugees", "Refugee"),
        ("applications", "application"),
        ("UNHCR's", "unhcr"),
        ("Côte d’Ivoire", "cote d'ivoire"),
    ],
)
def test_forms_of_one_word_share_a_term(one: str, other: str) -> None:
    for left, right in zip(analysis.words(one), analysis.words(other), strict=True):
        assert set(left.terms) & set(right.terms)


@pytest.mark.parametrize(
    ("one", "other"), [("мой", "мои дома"), ("беженец", "бег"), ("2010", "2011"), ("T1", "T2")]
)
def test_other_words_share_none(one: str, other: str) -> None:
    assert not analysis.terms(one) & analysis.terms(other.split()[-1])


def test_every_inflected_form_finds_its_word() -> None:
    morphology = pymorphy3.MorphAnalyzer(lang="ru")
    nouns = [
        "беженец",
        "мигрант",
        "убежище",
        "гражданство",
        "перепись",
        "граница",
        "въезд",
        "выезд",
        "ходатайство",
    ]
    for noun in nouns:
        for form in morphology.parse(noun)[0].lexeme:
            assert analysis.terms(form.word) & analysis.terms(noun), form.word


def test_words_keep_their_places_in_the_text() -> None:
    text = "Число бе\u00adженцев, 2019 (Б-2)"
    found = [text[word.start : word.end] for word in analysis.words(text)]
    assert found == ["Число", "бе\u00adженцев", "2019", "Б", "2"]


def test_stop_words_do_not_count_unless_alone() -> None:
    assert [word.terms[0] for word in analysis.query_words("the status of refugees")] == ["status", "refuge"]
    assert [word.terms[0] for word in analysis.query_words("въезд и выезд")] == ["въезд", "выезд"]
    assert [word.terms[0] for word in analysis.query_words("и")] == ["и"]


@pytest.mark.parametrize(
    "text", ['"asylum seekers" 2019', "«asylum seekers» 2019", "“asylum seekers”", "„asylum seekers“"]
)
def test_quoted_words_are_a_phrase(text: str) -> None:
    assert analysis.quoted_phrases(text) == [["asylum", "seeker"]]


def test_a_single_quoted_word_is_no_phrase() -> None:
    assert analysis.quoted_phrases('«беженцы» "x" ""') == []


@given(st.text(max_size=300))
def test_terms_hold_no_spaces_whatever_the_text(text: str) -> None:
    for word in analysis.words(text):
        assert 0 <= word.start < word.end <= len(text)
        assert all(term and not any(sign.isspace() for sign in term) for term in word.terms)
