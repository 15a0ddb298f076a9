"""What the documentation promises is there."""

import re
import subprocess

import pytest

from scripts import environment
from tests.architecture.sources import files, relative
from tests.paths import ROOT

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"`make ([a-z-]+)")
PAGES = [path for path in files(".md") if "fixtures" not in path.parts]


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as repository hosts make them."""
    headings = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_lead_somewhere(page) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def test_the_readme_names_the_two_commands_and_ci_runs_the_test_command() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_every_make_target_in_the_documentation_exists() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    targets = set(re.findall(r"^  make ([a-z-]+)", listed, re.MULTILINE))
    named = [(relative(page), target) for page in PAGES for target in MAKE.findall(page.read_text())]
    assert [(page, target) for page, target in named if target not in targets] == []
    assert {"help", "setup", "demo", "test", "check", "bench", "ci"} <= targets


def test_the_decisions_are_numbered_without_gaps_and_listed() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert re.findall(r"\(adr/([^)]+)\)", (ROOT / "docs" / "index.md").read_text()) == names


def test_the_table_of_environment_variables_is_current() -> None:
    assert environment.current_page() == environment.PAGE.read_text(encoding="utf-8"), "Run 'make docs'."
