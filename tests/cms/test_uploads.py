"""Images that are damaged, or pretend to be images, are refused at every place where one is uploaded."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as PillowImage
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.users.models import UserProfile

from registry.models import User

SAID = {
    "en": "Upload a valid image. The file you uploaded was either not an image or a corrupted image.",
    "ru": "Загрузите правильное изображение. "
    "Файл, который вы загрузили, поврежден или не является изображением.",
}
WAYS = ("wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create")


def _picture(kind: str, frames: int = 1) -> bytes:
    made = [PillowImage.effect_noise((120, 80), 90 + number).convert("RGB") for number in range(frames)]
    file = BytesIO()
    made[0].save(file, kind, **({"save_all": True, "append_images": made[1:]} if frames > 1 else {}))
    return file.getvalue()


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


DAMAGED = {
    "markup.gif": b"GIF89a<html><script>alert(1)</script></html>",
    "head.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    "cut.jpg": _cut(_picture("JPEG")),
    "cut.png": _cut(_picture("PNG")),
    "cut.gif": _cut(_picture("GIF", frames=5)),
    "cut.webp": _cut(_picture("WEBP")),
}


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest, editor: Client) -> str:
    user = User.objects.get(username="editor")
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": request.param})
    return str(request.param)


def _upload(client: Client, way: str, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    fields = {"title": "Picture", "collection": Collection.objects.first().pk}  # type: ignore[union-attr]
    if way.endswith("multiple"):
        return client.post(reverse(way), {**fields, "files[]": file})
    prefix = "image-chooser-upload-" if way.endswith("create") else ""
    return client.post(
        reverse(way), {f"{prefix}{key}": value for key, value in {**fields, "file": file}.items()}
    )


def test_the_other_pictures_in_a_photograph_may_be_damaged(
    editor: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    whole = _picture("MPO", 2)
    _upload(editor, WAYS[0], "photo.jpg", whole[:-200])
    assert get_image_model().objects.count() == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_image_is_refused_with_a_message(
    editor: Client, language: str, way: str, name: str
) -> None:
    response = _upload(editor, way, name, DAMAGED[name])
    assert response.status_code == 200
    told = response.text
    if not way.endswith(":add"):
        answer = response.json()
        told = answer["error_message"] if way.endswith("multiple") else answer["htmlFragment"]
    assert SAID[language] in told
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("kept", [0, 2_621_440], ids=["as a file", "in memory"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "kind", "frames"), [("a.jpg", "JPEG", 1), ("a.gif", "GIF", 3), ("b.jpg", "MPO", 2)]
)
def test_a_whole_image_is_taken(
    editor: Client, way: str, name: str, kind: str, frames: int, kept: int, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = tmp_path, kept
    content = _picture(kind, frames)
    assert _upload(editor, way, name, content).status_code in {200, 302}
    image = get_image_model().objects.get()
    assert (image.width, image.height) == (120, 80)
    with image.file.open() as stored:
        assert stored.read() == content


def test_an_image_too_large_to_be_counted_is_refused_in_the_language(editor: Client, language: str) -> None:
    """Pillow refuses it before its pixels are known."""
    head = bytearray(_picture("PNG"))
    head[16:24] = (30_000).to_bytes(4, "big") * 2  # width and height, and their checksum
    head[29:33] = zlib.crc32(bytes(head[12:29])).to_bytes(4, "big")
    told = _upload(editor, "wagtailimages:add_multiple", "large.png", bytes(head)).json()["error_message"]
    number = {"en": "(unknown number)", "ru": "(число неизвестно)"}[language]
    assert number in told
