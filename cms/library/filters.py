"""What the list of documents is narrowed by, read from an address and written into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import capfirst

from cms.models import DocumentKind, LibraryDocument
from cms.models.documents import TEXT_LANGUAGES, language_name
from cms.selectors.documents import Chapter, Choices, document_list, ordered
from registry.access import Viewer
from registry.languages import current_language
from registry.middleware import IN_PLACE_OF_NUL

LONGEST = 200  # of the words
_LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool = False
    is_below: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """The choice as it stands in the address. What cannot be understood there is passed over."""

    words: str = ""
    topic: str = ""
    kind: str = ""
    year: str = ""
    participant: str = ""
    language: str = ""
    file: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Filters:
        def given(name: str) -> str:
            return query.get(name, "").replace(IN_PLACE_OF_NUL, "").strip()[:LONGEST]

        year, page = given("year"), given("page")
        return cls(
            words=given("q"),
            topic=given("topic"),
            kind=given("kind") if given("kind") in DocumentKind.values else "",
            year=year if year.isascii() and year.isdigit() and len(year) == 4 else "",
            participant=given("participant"),
            language=given("language") if given("language") in TEXT_LANGUAGES else "",
            file=given("file") if given("file") in ("yes", "no") else "",
            sort="title" if given("sort") == "title" else "",
            page=max(1, min(int(page), _LAST_PAGE))
            if page.isascii() and page.isdigit() and len(page) < 6
            else 1,
        )

    def rows(self, viewer: Viewer) -> QuerySet[LibraryDocument]:
        rows = document_list(
            viewer=viewer,
            topic=self.topic,
            kind=self.kind,
            participant=self.participant,
            year=int(self.year) if self.year else None,
            language=self.language,
            has_file={"yes": True, "no": False}.get(self.file),
            words=self.words,
        )
        return ordered(rows, by_title=current_language() if self.sort else None)

    @property
    def narrows(self) -> bool:
        return any((self.words, self.topic, self.kind, self.year, self.participant, self.language, self.file))

    def query(self, *, page: int = 1, **changes: str) -> str:
        """The address of the list with this choice, without the path."""
        chosen = replace(self, page=page, **changes)
        pairs: Mapping[str, str] = {
            "q": chosen.words,
            "topic": chosen.topic,
            "kind": chosen.kind,
            "year": chosen.year,
            "participant": chosen.participant,
            "language": chosen.language,
            "file": chosen.file,
            "sort": chosen.sort,
            "page": str(page) if page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value})

    def options(self, choices: Choices, tree: Sequence[Chapter]) -> dict[str, list[Option]]:
        """What can be chosen, by the name of the parameter."""
        kinds = [(kind.value, str(kind.label)) for kind in DocumentKind if kind.value in choices.kinds]
        languages = [
            (code, capfirst(language_name(code))) for code in TEXT_LANGUAGES if code in choices.languages
        ]
        return {
            "topic": self._topics(tree),
            "kind": self._options(kinds, self.kind),
            "year": self._options([(str(year), str(year)) for year in choices.years], self.year),
            "participant": self._options(
                [(owner.code, str(owner.name)) for owner in choices.participants], self.participant
            ),
            "language": self._options(languages, self.language),
        }

    def _options(self, pairs: Sequence[tuple[str, str]], chosen: str) -> list[Option]:
        return [Option(value, label, value == chosen) for value, label in pairs]

    def _topics(self, tree: Sequence[Chapter]) -> list[Option]:
        found = []
        for chapter in tree:
            for item in (chapter, *chapter.sections):
                if item.count:
                    topic = item.topic
                    found.append(
                        Option(topic.code, str(topic), topic.code == self.topic, item is not chapter)
                    )
        return found
