"""Images as editors upload them: nothing is taken in that cannot be shown afterwards."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_noop
from PIL import Image, ImageSequence
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

gettext_noop("unknown number")  # said by Wagtail of images too large to be counted; its Russian lacks it


class ImageField(WagtailImageField):
    """Refuses damaged files. Wagtail reads no more than the head of a file, and fails on a bad one."""

    def to_python(self, data: Any) -> Any:
        try:
            file = super().to_python(data)
            if file is not None:
                _read_whole(file)
        except ValidationError:
            raise
        except Exception as error:
            # Pillow has no class for what it says of a file: OSError, SyntaxError, struct.error and others.
            raise ValidationError(self.error_messages["invalid_image"], code="invalid_image") from error
        return file


def _read_whole(file: Any) -> None:
    """Every frame; how many pixels they have together was asked before.

    Photographs may hold others besides (MPO), of which nothing is ever shown.
    """
    file.seek(0)
    with Image.open(file) as image:
        for frame in [image] if image.format == "MPO" else ImageSequence.Iterator(image):
            frame.load()
    file.seek(0)


class ImageForm(BaseImageForm):
    """WAGTAILIMAGES_IMAGE_FORM_BASE: of all three ways to upload an image, and of changing its file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.fields.get("file")
        if known is not None:
            self.fields["file"] = ImageField(
                label=known.label, required=known.required, widget=known.widget, max_length=known.max_length
            )
