"""The demonstration as a running server, and a browser to look at it: for browser tests and screenshots."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.markers import chromium

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_PREPARE = 300
#: What the demonstration must not take over from whoever starts it.
_NOT_INHERITED = {
    "DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "ROW_SECURITY",
    "SEARCH_URL",
    "SECURE",
    "DEBUG",
    "TASKS",
    "ALLOWED_HOSTS",
    "DJANGO_SETTINGS_MODULE",
}
#: Nothing calls home, and a container's root may start it.
_CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


@contextmanager
def demonstration_server() -> Iterator[tuple[str, Path]]:
    """`manage.py demo` on a free port, with data of its own that is thrown away.

    Yields its address and the folder of its data, where its e-mails lie too.
    """
    with tempfile.TemporaryDirectory(prefix="clearinghouse-demo-", ignore_cleanup_errors=True) as folder:
        port = _free_port()
        log = Path(folder, "log.txt")
        inherited = {name: value for name, value in os.environ.items() if name.upper() not in _NOT_INHERITED}
        with log.open("wb") as output:
            server = subprocess.Popen(  # noqa: S603
                [sys.executable, "manage.py", "demo", "--port", str(port)],
                cwd=ROOT,
                env={**inherited, "VAR_DIR": folder},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the server has children; all are ended together
            )
        try:
            _wait_for(f"http://127.0.0.1:{port}/en/", server, log)
            yield f"http://127.0.0.1:{port}", Path(folder)
        finally:
            _end(server)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    program = chromium()
    if program is None:
        raise FileNotFoundError("Chromium is needed: install it, or set CHROMIUM=/path/to/it.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(_CHROMIUM))
        try:
            yield started
        finally:
            started.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_PREPARE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=10):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise RuntimeError(f"The demonstration did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, number)
        except ProcessLookupError:
            break
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    server.wait(timeout=10)
