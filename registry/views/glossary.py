"""The glossary of the portal: all terms of the active language in alphabetical order."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.models import TermTopic
from registry.selectors.glossary import glossary_letters
from registry.views.http import viewer_of

MOST_LETTERS = 200  # of what may be asked for


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """``q``: words to look for; ``topic``: one of `TermTopic`. Two queries."""
    text = request.GET.get("q", "").strip()[:MOST_LETTERS]
    topic = request.GET.get("topic", "")
    topic = topic if topic in TermTopic.values else ""
    letters, related = glossary_letters(viewer=viewer_of(request), text=text, topic=topic)
    entries = [(letter.letter, [(term, related[term.pk]) for term in letter.terms]) for letter in letters]
    context = {"entries": entries, "text": text, "topic": topic, "topics": TermTopic.choices}
    return render(request, "registry/glossary.html", context)
