"""The table of environment variables in docs/operations.md, made from config/env.py.

Usage: ``python -m scripts.environment`` writes it; ``--check`` fails if the file is not current.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

from config.env import ROOT, Env

PAGE = ROOT / "docs" / "operations.md"
START, END = "<!-- environment: start, made by `make docs` -->", "<!-- environment: end -->"


def kind(annotation: Any, metadata: Iterable[Any] = ()) -> str:
    """The type of a variable in a reader's words; the choices where there are only some."""
    for pattern in filter(None, (getattr(item, "pattern", None) for item in metadata)):
        if choices := re.fullmatch(r"\^\(([\w|]+)\)\$", pattern):
            return choices[1].replace("|", ", ")
    if get_origin(annotation) is list:
        return f"list of {kind(get_args(annotation)[0])}"
    names = {bool: "true or false", int: "number", str: "text", Path: "folder"}
    return names.get(annotation, str(annotation))


def shown(default: Any) -> str:
    """A default as one would write it in the environment."""
    if isinstance(default, Path):
        default = default.relative_to(ROOT) if default.is_relative_to(ROOT) else default
    elif isinstance(default, list):
        default = ",".join(default)
    elif isinstance(default, bool):
        default = str(default).lower()
    return f"`{default}`" if str(default) else "(empty)"


def table() -> str:
    """The Markdown table, one row per variable, in the order of the code."""
    rows = ["| variable | kind | default | what it is |", "| --- | --- | --- | --- |"]
    for name, field in Env.model_fields.items():
        cells = (
            f"`{name.upper()}`",
            kind(field.annotation, field.metadata),
            shown(field.default),
            field.description,
        )
        rows.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(rows)


def current_page() -> str:
    """docs/operations.md with the table as it has to be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    return f"{before}{START}\n{table()}\n{END}{after}"


def main() -> int:
    page = current_page()
    if page == PAGE.read_text(encoding="utf-8"):
        return 0
    if "--check" in sys.argv:
        print("docs/operations.md: the table of environment variables is not current: run 'make docs'.")
        return 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
