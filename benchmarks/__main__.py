"""Runs the benchmarks named on the command line, or all of them, each in a process of its own.

A benchmark is a module of this folder that can be run as a program; the others are helpers.
"""

import subprocess
import sys
from pathlib import Path


def benchmarks() -> list[str]:
    """The modules with a block for being run as a program."""
    modules = (path for path in Path(__file__).parent.glob("*.py") if path != Path(__file__))
    return sorted(path.stem for path in modules if 'if __name__ == "__main__":' in path.read_text())


def main() -> int:
    known = benchmarks()
    chosen = sys.argv[1:] or known
    if unknown := sorted(set(chosen) - set(known)):
        print(f"Unknown: {', '.join(unknown)}. There is: {', '.join(known) or 'nothing yet'}.")
        return 2
    failed = []
    for name in chosen:
        print(f"\n=== {name} ===", flush=True)
        # A process for each, so that one's memory and warm caches are not another's.
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode:
            failed.append(name)
    if failed:
        print(f"\nFailed: {', '.join(failed)}.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
