"""The public inventory of institutions and other information sources on migration (M1–M11)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.middleware import IN_PLACE_OF_NUL
from registry.models import InstitutionCategory, InstitutionKind
from registry.selectors.institution import (
    NO_AREA,
    InstitutionChoices,
    by_name,
    institution_around,
    institution_choices,
    institution_get,
    institution_list,
    with_area,
)
from registry.views.http import viewer_of

PAGE_SIZE = 30
MOST_LETTERS = 200  # of what may be asked for
_LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Filters:
    """The choice as it stands in the address. What cannot be understood there is passed over."""

    words: str = ""
    kind: str = ""
    category: str = ""
    area: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        def given(name: str) -> str:
            return query.get(name, "").replace(IN_PLACE_OF_NUL, "").strip()[:MOST_LETTERS]

        page = given("page")
        is_number = page.isascii() and page.isdigit() and len(page) < 6
        return cls(
            words=given("q"),
            kind=given("kind") if given("kind") in InstitutionKind.values else "",
            category=given("category") if given("category") in InstitutionCategory.values else "",
            area=given("area"),
            page=max(1, min(int(page), _LAST_PAGE)) if is_number else 1,
        )

    @property
    def narrows(self) -> bool:
        return any((self.words, self.kind, self.category, self.area))

    def query(self, page: int) -> str:
        """The address of another page of this choice, without the path."""
        pairs = {"q": self.words, "kind": self.kind, "category": self.category, "area": self.area}
        return "?" + urlencode({name: value for name, value in (*pairs.items(), ("page", page)) if value})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The entries the viewer may see, narrowed and paged by the address. Three queries."""
    viewer, filters = viewer_of(request), Filters.of(request.GET)
    rows = institution_list(
        viewer=viewer,
        kind=filters.kind,
        category=filters.category,
        area=filters.area,
        words=filters.words,
    )
    page = Paginator(with_area(by_name(rows)), PAGE_SIZE).get_page(filters.page)
    context = {
        "filters": filters,
        "options": _options(institution_choices(viewer=viewer)),
        "institutions": page,
        "previous_url": filters.query(page.number - 1) if page.has_previous() else "",
        "next_url": filters.query(page.number + 1) if page.has_next() else "",
        "longest": MOST_LETTERS,
    }
    return render(request, "registry/institutions.html", context)


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One entry with what it is a part of and its own parts; hidden and absent are the same. Two queries."""
    viewer = viewer_of(request)
    found = institution_get(viewer=viewer, code=code)
    if found is None:
        raise Http404
    context = {"institution": found, "around": institution_around(viewer=viewer, institution=found)}
    return render(request, "registry/institution.html", context)


def _options(choices: InstitutionChoices) -> dict[str, list[tuple[str, str]]]:
    """Values and labels by the name of the parameter."""
    areas = list(choices.areas.items())
    return {
        "kind": [(kind.value, str(kind.label)) for kind in InstitutionKind if kind.value in choices.kinds],
        "category": [
            (category.value, str(category.label))
            for category in InstitutionCategory
            if category.value in choices.categories
        ],
        "area": [(NO_AREA, _("of no single country")), *areas] if choices.has_no_area else areas,
    }
