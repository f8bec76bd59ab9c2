"""What a file says of itself: when and where it was taken, and by which device. Kept beside what the server knows.

Device clocks go wrong and can be set, so nothing here decides: the times of the record are the announced ones and the
server's. A photo tells by EXIF, sound and video by the tags of their container.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST = 120
"""Characters of a device's name."""
EXIF_TIME = "%Y:%m:%d %H:%M:%S"
PLACE = re.compile(r"^([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")
"""ISO 6709: `+39.9042+116.4074/`."""
PLACE_TAGS = ("location", "com.apple.quicktime.location.ISO6709", "location-eng")
TIME_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "date")
MAKE_TAGS = ("com.android.manufacturer", "com.apple.quicktime.make", "make")
MODEL_TAGS = ("com.android.model", "com.apple.quicktime.model", "model")
FIRST_YEAR = 2000
"""Earlier times are of a clock that was never set (1904 and 1970 are the zeros of containers)."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a file says of itself; None or empty where it says nothing."""

    taken_at: dt.datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    device: str = ""

    def stored(self) -> dict[str, Any]:
        """Return it as JSON, without what was not said."""
        facts = {
            "taken_at": self.taken_at.isoformat() if self.taken_at else None,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "device": self.device or None,
        }
        return {name: value for name, value in facts.items() if value is not None}


def of_photo(file: Path) -> Told:
    """Return what a photo's EXIF says; a broken one says nothing."""
    with contextlib.suppress(
        OSError, SyntaxError, ValueError, Image.DecompressionBombError, ZeroDivisionError, TypeError
    ):
        with Image.open(file) as image:
            exif = image.getexif()
            inner, gps = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
        at = inner.get(Base.DateTimeOriginal) or exif.get(Base.DateTime)
        return Told(
            taken_at=_exif_time(at, inner.get(Base.OffsetTimeOriginal)),
            latitude=_degrees(gps.get(GPS.GPSLatitude), gps.get(GPS.GPSLatitudeRef) == "S", 90),
            longitude=_degrees(gps.get(GPS.GPSLongitude), gps.get(GPS.GPSLongitudeRef) == "W", 180),
            device=_device(exif.get(Base.Make), exif.get(Base.Model)),
        )
    return Told()


def of_container(tags: Mapping[str, Any]) -> Told:
    """Return what the tags of a sound or video say (`format.tags` of ffprobe)."""
    plain = {str(k).lower(): str(v) for k, v in tags.items()}
    said = [next((plain[t.lower()] for t in some if t.lower() in plain), "") for some in (MAKE_TAGS, MODEL_TAGS)]
    at = next((found for t in TIME_TAGS if (found := _iso_time(plain.get(t.lower(), "")))), None)
    place = next((m for t in PLACE_TAGS if (m := PLACE.match(plain.get(t.lower(), "")))), None)
    return Told(
        taken_at=at,
        latitude=float(place[1]) if place and abs(float(place[1])) <= 90 else None,  # noqa: PLR2004 - degrees
        longitude=float(place[2]) if place and abs(float(place[2])) <= 180 else None,  # noqa: PLR2004 - degrees
        device=_device(*said),
    )


def _exif_time(text: Any, offset: Any) -> dt.datetime | None:
    """Read a time without zone as Shanghai's, unless an offset stands beside it."""
    try:
        naive = dt.datetime.strptime(str(text).strip("\x00 "), EXIF_TIME)  # noqa: DTZ007 - a zone follows
    except ValueError:
        return None
    zoned = naive.replace(tzinfo=SHANGHAI)
    if offset:
        with contextlib.suppress(ValueError):
            zoned = dt.datetime.fromisoformat(f"{naive.isoformat()}{offset}")
    return _sensible(zoned)


def _iso_time(text: str) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", text.strip()))
    except ValueError:
        return None
    return _sensible(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))


def _sensible(at: dt.datetime) -> dt.datetime | None:
    return at.astimezone(dt.UTC) if at.year >= FIRST_YEAR else None


def _degrees(parts: Any, is_negative: bool, most: int) -> float | None:
    if not parts or len(parts) != 3:  # noqa: PLR2004 - degrees, minutes, seconds
        return None
    value = round(float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600, 6)
    return (-value if is_negative else value) if 0 <= value <= most else None


def _device(make: Any, model: Any) -> str:
    make, model = (str(x or "").strip("\x00 ") for x in (make, model))
    text = model if model.lower().startswith(make.lower()) else f"{make} {model}"
    return "".join(c for c in text if c.isprintable()).strip()[:LONGEST]
