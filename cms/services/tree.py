"""Is the page tree whole? wagtail-localize#773 and interrupted moves can leave wrong counts and paths."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from wagtail.models import Page


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """``kind``: numchild, depth, orphan, or locale (a page standing under a page of another language)."""

    page_id: int
    title: str
    kind: str
    stored: str
    expected: str


def tree_problems() -> list[TreeProblem]:
    """All pages whose place in the tree contradicts itself. One query; nothing is changed."""
    rows = list(
        Page.objects.order_by("path").values_list(
            "pk", "title", "path", "depth", "numchild", "locale__language_code"
        )
    )
    children = Counter(path[: -Page.steplen] for _pk, _title, path, *_rest in rows)
    languages = {path: language for _pk, _title, path, _depth, _numchild, language in rows}
    problems = []
    for pk, title, path, depth, numchild, language in rows:
        parent = path[: -Page.steplen]
        if numchild != children[path]:
            problems.append(TreeProblem(pk, title, "numchild", str(numchild), str(children[path])))
        if depth != len(path) // Page.steplen:
            problems.append(TreeProblem(pk, title, "depth", str(depth), str(len(path) // Page.steplen)))
        if parent and parent not in languages:
            problems.append(TreeProblem(pk, title, "orphan", path, ""))
        elif len(path) > 2 * Page.steplen and language != languages[parent]:
            problems.append(TreeProblem(pk, title, "locale", language, languages[parent]))
    return problems


@transaction.atomic
def tree_repair() -> list[TreeProblem]:
    """Put counts and depths right and return what is still wrong afterwards.

    Orphans and pages under another language need a person's decision and are left as they are.
    """
    for problem in tree_problems():
        if problem.kind in {"numchild", "depth"}:
            Page.objects.filter(pk=problem.page_id).update(**{problem.kind: int(problem.expected)})
    return tree_problems()
