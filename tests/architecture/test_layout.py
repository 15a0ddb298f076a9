"""The house: where things live, how they are named, which layer may use which."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile

import graphql
import pytest

from tests.architecture.sources import APPS, files, modules, relative
from tests.paths import ROOT

ABSOLUTE_PATH = re.compile(r"(?<![\w.}/-])/(?:work|root|Users)/|[A-Z]:\\\\")
MOST_LINES = 450
FOLDERS = ("models", "selectors", "services")


def test_graphql_is_a_folder_and_not_a_package() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists(), "It would hide graphql-core: docs/adr/0001."
    assert not (ROOT / "tests" / "graphql").exists(), "The tests of graphql/subgraph are tests/subgraph."


def test_import_graphql_gives_graphql_core() -> None:
    assert "site-packages" in str(graphql.__file__)
    assert hasattr(graphql, "specified_rules")


def test_a_lower_layer_never_imports_a_higher_one() -> None:
    # In a process of its own, because import-linter disables the loggers of the one it runs in.
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((".", "graphql"))},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_app_is_in_the_layers_the_wheel_and_the_type_check() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    layers = project["importlinter"]["contracts"][0]["layers"]
    wheel = {path.rsplit("/")[-1] for path in project["hatch"]["build"]["targets"]["wheel"]["packages"]}
    assert layers == list(reversed(APPS))
    assert wheel == set(APPS)
    assert set(APPS) <= set(project["mypy"]["packages"])


@pytest.mark.parametrize("app", APPS)
def test_models_selectors_and_services_are_folders_of_entities(app: str) -> None:
    flat = [f"{name}.py" for name in FOLDERS if (APPS[app] / f"{name}.py").exists()]
    assert flat == [], f"{app}: one module per entity in a folder instead."


def test_what_acts_for_somebody_takes_keyword_arguments_only() -> None:
    """A service with an actor writes: at the call each argument shows what it is."""
    positional = []
    for path in modules():
        if "services" in path.parts:
            for node in ast.parse(path.read_text()).body:
                public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
                if public and "actor" in {argument.arg for argument in node.args.args}:
                    positional.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert positional == []


def test_modules_stay_readable_in_one_sitting() -> None:
    written = (path for path in files(".py") if "migrations" not in path.parts)
    lengths = {relative(path): path.read_text().count("\n") for path in written}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    found = []
    for path in files(".py", ".toml", ".md", ".yaml", ".yml", ".html", ".sh", ".lock", "Makefile", ".ci/run"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if ABSOLUTE_PATH.search(line):
                found.append(f"{relative(path)}:{number}")
    assert found == []


def test_the_wheel_holds_the_apps_and_nothing_in_graphql_cores_place(tmp_path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("clearinghouse-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == set(APPS)
    assert "subgraph/__init__.py" in names
    assert "registry/migrations/0001_initial.py" in names
