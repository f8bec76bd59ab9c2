"""Pictures for papers: upright, RGB or grey, JPEG or PNG, within pixel limits; a good JPEG's bytes pass untouched."""

import functools
import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from foundation.errors import BadInput

MOST_PIXELS = 60_000_000
"""More pixels than any camera in use makes; larger ones are image bombs or scans to be reduced first."""
ORIENTATION = 0x0112
"""EXIF tag of the camera's position."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture ready to be placed; size in mm."""

    data: bytes
    width: float
    height: float


@functools.lru_cache(maxsize=32)
def picture_size(data: bytes, *, max_width: float, max_height: float) -> Picture:
    """Return a picture scaled into a box.

    Raises:
        BadInput: The bytes are no picture, or it has too many pixels.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadInput(
                    "图片像素过大。", remedy=f"请缩小到{MOST_PIXELS // 1_000_000}百万像素以内。", path="file"
                )
            fine = image.format in ("JPEG", "PNG") and image.mode in ("RGB", "L", "RGBA", "1", "P")
            upright = image.getexif().get(ORIENTATION, 1) == 1
            if not (fine and upright):
                data = _redrawn(image)
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadInput("图片文件无法读取。", remedy="请上传 JPEG 或 PNG 图片。", path="file") from error
    scale = min(max_width / width, max_height / height)
    return Picture(data=data, width=width * scale, height=height * scale)


def _redrawn(image: Image.Image) -> bytes:
    out = io.BytesIO()
    turned = ImageOps.exif_transpose(image)
    turned.convert("RGB").save(out, "JPEG", quality=92)
    return out.getvalue()
