"""Pictures of the section "Data" of the admin: a file with findings, its verification, what came of it.

The demonstration has no figures on their way, so somebody sends two files here: one with mistakes, one
without. Both are the template of the dataset with a few cells changed.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Page

from registry.languages import LANGUAGE_CODES

DATASET = "MDA_DSM_5"
AT = f"admin/data/datasets/{DATASET}/"
#: Codes with a name, in the language of whoever asks, after each.
_ROW = r"^(MDA,[^,]*,_T,[^,]*,_T,[^,]*,{year},){value},"
RIGHT = {"2011": ("22290", "22345"), "2012": ("23155", "23210")}
#: A negative count, and a figure ten times too large.
WRONG = {"2011": ("22290", "-22290"), "2012": ("23155", "231550")}
REASON = {"en": "Two years counted again.", "ru": "Два года пересчитаны."}
#: Whose account, and the address, after the file with mistakes was corrected and submitted.
VIEWS = {
    "data-start": ("moldova-verifier", "admin/"),
    "data-verification": ("moldova-verifier", "{verification}"),
    "data-release": ("moldova-verifier", f"{AT}releases/"),
    "data-access": ("moldova-admin", f"{AT}access/"),
    "data-documentation": ("moldova-submitter", f"{AT}documentation/"),
}
Window = Callable[[str, str], AbstractContextManager[Page]]
Taken = Callable[[Page], bytes]


def data_pictures(root: str, window: Window, taken: Taken) -> Iterator[tuple[str, bytes]]:
    """Name and content of every picture. ``window(language, account)`` opens one that is signed in."""
    for language in LANGUAGE_CODES:
        with window(language, "moldova-submitter") as page:
            _send(page, root, WRONG)
            yield f"guide/data-findings-{language}", taken(page)
    with window(LANGUAGE_CODES[0], "moldova-submitter") as page:
        _send(page, root, RIGHT)
        number = re.search(r"/submissions/(\d+)/", page.url)
        for language, text in REASON.items():
            page.locator(f"textarea[name$=_{language}], main input[name$=_{language}]").first.fill(text)
        page.get_by_role("button", name="Submit for verification").click()
        page.wait_for_load_state("networkidle")
    if number is None:
        raise RuntimeError(f"No submission at {page.url}")
    for language in LANGUAGE_CODES:
        for account in dict.fromkeys(account for account, _path in VIEWS.values()):
            with window(language, account) as page:
                for name, (who, path) in VIEWS.items():
                    if who == account:
                        verification = f"admin/data/submissions/{number[1]}/verify/"
                        page.goto(f"{root}/{path.format(verification=verification)}")
                        yield f"guide/{name}-{language}", taken(page)


def _send(page: Page, root: str, changes: dict[str, tuple[str, str]]) -> None:
    """Upload the template with some cells changed, in place of an earlier draft."""
    text = page.request.get(f"{root}/{AT}template.csv?prefill=1").text()
    for year, (before, after) in changes.items():
        row = re.compile(_ROW.format(year=year, value=before), re.MULTILINE)
        text, found = row.subn(rf"\g<1>{after},", text)
        if found != 1:
            raise RuntimeError(f"The template of {DATASET} has not {before} for {year}.")
    page.goto(f"{root}/{AT}submissions/new/")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"{DATASET}.csv")
        file.write_text(text, encoding="utf-8")
        page.locator("input[type=file]").set_input_files(file)
        replaces = page.locator("main form input[type=checkbox][name*=replace]")
        if replaces.count():
            replaces.first.check()
        page.locator("main form:has(input[type=file]) button[type=submit]").first.click()
        page.wait_for_url(re.compile(r"/(submissions|uploads)/\d+/$"))
