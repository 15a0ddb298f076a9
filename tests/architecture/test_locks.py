"""The locked dependencies: complete, hashed, and without the address of any registry."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.paths import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([\w.\-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, set[Version]]:
    """Versions by package name; more than one where they differ between Python versions."""
    found: dict[str, set[Version]] = {}
    for name, version in PIN.findall((ROOT / lock).read_text()):
        found.setdefault(canonicalize_name(name), set()).add(Version(version))
    return found


def wanted(lock: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]["dev"] if lock == "requirements-dev.lock" else []
    return [Requirement(line) for line in [*project["project"]["dependencies"], *groups]]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_registry_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(?:-i|-f|--[a-z-]*(?:index|links|host)[a-z-]*)\b", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes(lock: str) -> None:
    requirements = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    assert [line.split()[0] for line in requirements if line.strip() and "--hash=sha256:" not in line] == []
    assert len(requirements) > 30


@pytest.mark.parametrize("lock", LOCKS)
def test_what_the_project_asks_for_is_locked(lock: str) -> None:
    locked = pins(lock)
    missing = []
    for requirement in wanted(lock):
        versions = locked.get(canonicalize_name(requirement.name), set())
        if not any(version in requirement.specifier for version in versions):
            missing.append(str(requirement))
    assert missing == [], "Run 'make lock'."


def test_both_locks_agree() -> None:
    runtime, development = (pins(lock) for lock in LOCKS)
    assert {name: versions for name, versions in runtime.items() if development.get(name) != versions} == {}
