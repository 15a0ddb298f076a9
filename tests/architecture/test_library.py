"""Documents of the library are read by the same rule as everything with an audience."""

import re

from tests.architecture.sources import modules, relative

UNGUARDED = re.compile(r"\bLibrary(?:Document|File)\.(?:objects|_default_manager)\.(?!visible_to\b)\w+")
#: Who reads otherwise, and why.
READS_OTHERWISE = {
    "cms/library/forms.py": "what its writer keeps or may see, joined",
    "cms/selectors/documents.py": "what somebody keeps; files of documents that the caller may see",
    "cms/selectors/work.py": "files of the documents that somebody keeps",
    "cms/services/documents.py": "writes",
    "cms/services/library_check.py": "a check of everything, for operators",
    "cms/services/library_starter.py": "writes",
    "search/builders/document.py": "the index, which carries the audiences",
}


def test_only_the_named_modules_read_past_the_rule() -> None:
    found = {
        relative(path)
        for path in modules()
        if UNGUARDED.search(re.sub(r"\s*\.\s*", ".", path.read_text(encoding="utf-8")))
    }
    assert found == set(READS_OTHERWISE)
