from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from search.analysis import terms
from search.highlighting import SNIPPET_LENGTH, highlight, snippet, telling


def test_the_word_is_marked_in_the_form_it_has() -> None:
    assert highlight("Число беженцев", terms("беженцы")) == "Число <mark>беженцев</mark>"


def test_a_text_cannot_bring_its_own_markup() -> None:
    marked = highlight("<script>alert('refugees')</script> & <mark>", terms("refugee"))
    assert marked == (
        "&lt;script&gt;alert(&#x27;<mark>refugees</mark>&#x27;)&lt;/script&gt; &amp; &lt;mark&gt;"
    )


def test_the_passage_with_most_of_the_words_is_shown() -> None:
    text = "refugees " + "filler " * 100 + "asylum seekers and refugees " + "filler " * 100
    shown = snippet(text, terms("refugees asylum"))
    assert "<mark>asylum</mark> seekers and <mark>refugees</mark>" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(re.sub("<[^>]+>", "", shown)) <= SNIPPET_LENGTH + 4


def test_a_text_without_the_words_is_shown_from_its_beginning() -> None:
    assert snippet("Short text", terms("refugees")) == "Short text"


@given(st.text(max_size=600), st.text(max_size=20))
def test_without_the_marks_the_text_is_unchanged(text: str, query: str) -> None:
    plain = html.unescape(re.sub("</?mark>", "", highlight(text, terms(query))))
    assert plain == text
    shown = html.unescape(re.sub("</?mark>", "", snippet(text, terms(query))))
    assert shown.removeprefix("… ").removesuffix(" …") in text or shown in text


def test_what_follows_the_summary_is_shown_only_where_it_says_more() -> None:
    summary, body = "Refugees at the end of the year.", "UNHCR_REF stock, by country of asylum"
    assert telling(summary, body, terms("refugees")) == summary
    assert telling(summary, body, terms("refugees asylum")) == f"{summary} {body}"
    assert telling("", body, terms("refugees")) == body
