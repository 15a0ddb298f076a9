"""Pictures of the demonstration for the documentation: docs/images/*.png, made by `make screenshots`.

Every view is taken in every language, in a window of 1280 and on a telephone of 360 CSS pixels. Besides, one
picture of each kind of page (docs/images/pages) and of what the editor's guide tells of (docs/images/guide).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page

from registry.languages import LANGUAGE_CODES
from scripts.demonstration import ROOT, browser, demonstration_server
from scripts.screenshots_data import data_pictures

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 150_000
COLOURS = (256, 128, 64)  # the first that fits
FEW_COLOURS = (48,)  # for the many small ones


@dataclass(frozen=True, slots=True)
class Screen:
    """A window in CSS pixels; ``scale`` is how many pixels of the picture each of them takes."""

    name: str
    width: int
    height: int
    scale: float


@dataclass(frozen=True, slots=True)
class View:
    """``path`` is below the language; ``heights`` by screen, where the picture is not as high as that."""

    name: str
    path: str
    heights: dict[str, int]


SCREENS = (Screen("desktop", 1280, 860, 1), Screen("phone", 360, 740, 2))
SEARCHED = {"en": "refugees", "ru": "беженцев"}
VIEWS = (
    View("home", "", {"desktop": 1000}),
    View("statistics", "statistics/", {}),
    View("indicator", "statistics/UNHCR_REF/", {"desktop": 1250, "phone": 1350}),
    View("search", "search/?q={searched}", {}),
)


#: For the guide, below /admin/: whose account, and the address. In place of ``{about} explore`` stands what
#: Wagtail's own menu offers on that page of the portal.
GUIDE = {
    "start": ("editor", ""),
    "explorer": ("editor", "{about} explore"),
    "search": ("editor", "pages/search/?q=data"),
    "new-page": ("editor", "{about} add_subpage"),
    "translations": ("editor", "reports/translations/"),
    "glossary": ("editor", "data/glossary/"),
    "institutions": ("moldova-editor", "data/institutions/"),
    "country": ("moldova-editor", "country/"),
    "country-new-page": ("moldova-editor", "{country} add_subpage"),
    "country-open": ("moldova-admin", "country/MDA/open/"),
    "library": ("moldova-editor", "library/"),
    "document": ("moldova-editor", "library/new/"),
}
KINDS = Screen("page", 1000, 760, 1)


def pictures(started: Browser, root: str, password: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of every picture."""
    yield from _kinds_of_pages(started, root)
    yield from _guide(started, root, password)
    yield from _data(started, root, password)
    for screen in SCREENS:
        for language in LANGUAGE_CODES:
            with _window(started, language, screen) as page:
                for view in VIEWS:
                    page.goto(f"{root}/{language}/{view.path.format(searched=SEARCHED[language])}")
                    yield _name(view.name, language, screen), _taken(page, screen, view.heights)
                _open_editor(page, root, language, password)
                yield _name("admin", language, screen), _taken(page, screen, {})


def _kinds_of_pages(started: Browser, root: str) -> Iterator[tuple[str, bytes]]:
    from tests.browser.conftest import PAGES  # needs Django's settings

    for language in LANGUAGE_CODES:
        with _window(started, language, KINDS) as page:
            for name, path in PAGES.items():
                page.goto(f"{root}/{language}/{path}")
                yield f"pages/{name.replace(' ', '-')}-{language}", _taken(page, KINDS, {})


def _guide(started: Browser, root: str, password: str) -> Iterator[tuple[str, bytes]]:
    for language in LANGUAGE_CODES:
        for account in dict.fromkeys(account for account, _path in GUIDE.values()):
            with _window(started, language, KINDS) as page:
                _sign_in(page, root, language, account, password)
                for name, (who, path) in GUIDE.items():
                    if who == account:
                        page.goto(_admin_address(page, root, language, path))
                        yield f"guide/{name}-{language}", _taken(page, KINDS, {})


def _data(started: Browser, root: str, password: str) -> Iterator[tuple[str, bytes]]:
    @contextmanager
    def window(language: str, account: str) -> Iterator[Page]:
        with _window(started, language, KINDS) as page:
            _sign_in(page, root, language, account, password)
            yield page

    yield from data_pictures(root, window, lambda page: _taken(page, KINDS, {}))


def _admin_address(page: Page, root: str, language: str, path: str) -> str:
    """``{about} add_subpage`` is what Wagtail's menu on that page of the portal offers."""
    if not path.startswith("{"):
        return f"{root}/admin/{path}"
    place, _space, act = path.partition(" ")
    shown = {"{about}": "about/", "{country}": "countries/mda/"}[place]
    page.goto(f"{root}/{language}/{shown}")
    link = page.locator("wagtail-userbar a[href*='/add_subpage/']").first.get_attribute("href") or ""
    address = urljoin(root, link)
    return address if act == "add_subpage" else address.replace("add_subpage/", "")


@contextmanager
def _window(started: Browser, language: str, screen: Screen) -> Iterator[Page]:
    context = started.new_context(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        is_mobile=screen.name == "phone",
        locale=language,
        timezone_id="UTC",
        color_scheme="light",
        reduced_motion="reduce",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _sign_in(page: Page, root: str, language: str, account: str, password: str, then: str = "") -> None:
    page.goto(f"{root}/{language}/account/sign-in/?next=/{language}/{then}")
    page.fill("[name=username]", account)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/{language}/{then}")


def _name(view: str, language: str, screen: Screen) -> str:
    return f"{view}-{language}-{screen.name}"


def _taken(page: Page, screen: Screen, heights: dict[str, int]) -> bytes:
    page.set_viewport_size({"width": screen.width, "height": heights.get(screen.name, screen.height)})
    page.wait_for_load_state("networkidle")
    taken = page.screenshot(animations="disabled")
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    return taken


def _open_editor(page: Page, root: str, language: str, password: str) -> None:
    """An article as its editor sees it: English with the preview beside it, Russian as a translation."""
    _sign_in(page, root, language, "editor", password, "about/overview/")
    address = page.locator("wagtail-userbar a[href*='/edit/']").first.get_attribute("href") or ""
    page.goto(urljoin(root, address))
    preview = page.get_by_role("button", name="Toggle preview")
    if preview.count() and page.viewport_size and page.viewport_size["width"] > 1000:
        preview.click()
        page.frame_locator("iframe").first.get_by_role("main").wait_for()
    page.wait_for_load_state("networkidle")


def written(name: str, content: bytes) -> int:
    """Save a picture with few colours: enough for text and lines. Returns how many bytes it takes."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    for colours in FEW_COLOURS if "/" in name else COLOURS:
        output = io.BytesIO()
        _with_commonest(picture, colours).save(output, "PNG", optimize=True)
        if output.tell() <= MOST_BYTES:
            break
    kept = IMAGES / f"{name}.png"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(output.getvalue())
    return output.tell()


def _with_commonest(picture: Image.Image, colours: int) -> Image.Image:
    """The commonest colours kept exactly, every other one replaced by the nearest of them."""
    counted = picture.getcolors(picture.width * picture.height) or []
    commonest = sorted(counted, reverse=True)[:colours]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _count, colour in commonest for part in cast("tuple[int, ...]", colour)])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from importers.services.demonstration import PASSWORD

    total = 0
    with demonstration_server() as (root, _folder), browser() as started:
        for name, content in pictures(started, root, PASSWORD):
            size = written(name, content)
            total += size
            print(f"{name}.png: {size / 1000:.0f} kB")
    print(f"In all {total / 1_000_000:.1f} MB in {IMAGES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
