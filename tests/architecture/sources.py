"""The project's own files, as the architecture tests read them."""

from collections.abc import Iterator
from pathlib import Path

from tests.paths import ROOT

#: App folder by import name, lowest layer first.
APPS = {
    "registry": ROOT / "registry",
    "cms": ROOT / "cms",
    "search": ROOT / "search",
    "importers": ROOT / "importers",
    "subgraph": ROOT / "graphql" / "subgraph",
    "config": ROOT / "config",
}
NOT_OURS = {".git", ".venv", "var", "dist", "node_modules", "__pycache__", "static-collected", ".hypothesis"}


def files(*suffixes: str, under: Path = ROOT) -> Iterator[Path]:
    """Every file of the project, without what is generated, installed or ignored; hidden folders included."""
    for path in sorted(under.iterdir()):
        if path.is_dir() and path.name not in NOT_OURS and not path.name.endswith("_cache"):
            yield from files(*suffixes, under=path)
        elif path.is_file() and (not suffixes or path.name.endswith(suffixes)):
            yield path


def modules(*apps: str) -> Iterator[Path]:
    """The Python modules of the named apps (all of them if none is named), migrations left out."""
    for app in apps or APPS:
        yield from (path for path in files(".py", under=APPS[app]) if "migrations" not in path.parts)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
