"""Pictures of the demonstration for the documentation: docs/images/*.png, made by `make screenshots`.

Every view is taken in every language, in a window of 1280 and on a telephone of 360 CSS pixels.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import urljoin

from PIL import Image
from playwright.sync_api import Browser, Page

from registry.languages import LANGUAGE_CODES
from scripts.demonstration import ROOT, browser, demonstration_server

IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 150_000
COLOURS = (256, 128, 64)  # the first that fits


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


def pictures(started: Browser, root: str, password: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of every picture."""
    for screen in SCREENS:
        for language in LANGUAGE_CODES:
            context = started.new_context(
                viewport={"width": screen.width, "height": screen.height},
                device_scale_factor=screen.scale,
                is_mobile=screen.name == "phone",
                locale=language,
                timezone_id="UTC",
                color_scheme="light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            for view in VIEWS:
                page.goto(f"{root}/{language}/{view.path.format(searched=SEARCHED[language])}")
                yield _name(view.name, language, screen), _taken(page, screen, view.heights)
            _open_editor(page, root, language, password)
            yield _name("admin", language, screen), _taken(page, screen, {})
            context.close()


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
    page.goto(f"{root}/{language}/account/sign-in/?next=/{language}/about/overview/")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/about/overview/")
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
    for colours in COLOURS:
        output = io.BytesIO()
        _with_commonest(picture, colours).save(output, "PNG", optimize=True)
        if output.tell() <= MOST_BYTES:
            break
    Path(IMAGES, f"{name}.png").write_bytes(output.getvalue())
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

    IMAGES.mkdir(parents=True, exist_ok=True)
    total = 0
    with demonstration_server() as (root, _folder), browser() as started:
        for name, content in pictures(started, root, PASSWORD):
            size = written(name, content)
            total += size
            print(f"{name}.png: {size / 1000:.0f} kB")
    print(f"In all {total / 1_000_000:.1f} MB in {IMAGES.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
