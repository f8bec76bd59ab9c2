"""Logs: one JSON object a line in `data_dir/logs/anjuan.log`, without personal data, rotated, never in the way.

Events name what happened and ids (`log.info("job.parked", job=id)`). Names, numbers, titles and search words do not
belong here; what slips in is masked: long digit runs, values of telling keys, query strings, texts of exceptions (their
type and place remain). The journal in the database is the record; a log that cannot be written is dropped.
"""

import fcntl
import logging
import os
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from foundation.errors import AnjuanError
from foundation.settings import ROOT, Settings

SIZE = 10 << 20
"""Bytes of one file before the next begins."""
KEPT = 9
"""Older files that are kept beside the current one."""

CHATTY = ("alembic", "elastic_transport", "fontTools", "weasyprint")
"""Libraries whose every step is of no interest."""

TELLING = frozenset(
    {"name", "title", "address", "phone", "id_no", "query", "password", "token", "secret", "value", "values", "data"}
)
"""Keys whose values are never written."""
_DIGITS = re.compile(r"\d{6,}[\dXx]?|(?<=://)[^/@\s]+(?=@)")
"""Identity, phone and account numbers; user and password of an address."""
_QUERY = re.compile(r"\?[^\s\"']+")
_IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b")
"""Our ids and digests: they stay as they are."""

Event = MutableMapping[str, Any]


def configure(settings: Settings, *, to_console: bool = False) -> None:
    """Send structlog's and all libraries' messages to the log file (and to the console as well)."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        without_personal_data,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler: logging.Handler = RotatingFile(settings.data_dir / "logs" / "anjuan.log")
    handlers = [handler, logging.StreamHandler()] if to_console else [handler]
    for each in handlers:
        remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        as_json = structlog.processors.JSONRenderer(ensure_ascii=False)
        each.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, as_json]))
    root = logging.getLogger()
    for old in list(root.handlers):
        if isinstance(old, RotatingFile):
            root.removeHandler(old)
            old.close()
    for each in handlers:
        root.addHandler(each)
    root.setLevel(logging.INFO)
    for library in CHATTY:
        logging.getLogger(library).setLevel(logging.WARNING)


def without_personal_data(_logger: object, _method: str, event: Event) -> Event:
    """Mask what should not have been logged; say of an exception its type and place only."""
    exc_info = event.pop("exc_info", None)
    for key, value in event.items():
        event[key] = "…" if key in TELLING else _masked(value)
    if exc_info:
        event["exception"] = _place_of(exc_info)
    return event


class RotatingFile(logging.Handler):
    """Appends whole lines to a file that many processes share; who finds it full begins the next one."""

    def __init__(self, path: Path, size: int = SIZE, kept: int = KEPT) -> None:
        super().__init__()
        self.path, self.size, self.kept = path, size, kept
        self.dropped = 0
        """Lines that could not be written."""
        self._handle = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; when that fails (disk full, no rights), drop it: work goes on."""
        try:
            line = self.format(record).encode("utf-8", "backslashreplace") + b"\n"
            os.write(self._open(), line)
        except OSError:
            self.dropped += 1
            self._close()

    def close(self) -> None:
        """Close the file."""
        self._close()
        super().close()

    def _open(self) -> int:
        if self._handle >= 0 and not self._is_current():
            self._close()
        if self._handle < 0:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o640)
        if os.fstat(self._handle).st_size >= self.size:
            self._rotate()
            self._close()
            self._handle = os.open(self.path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o640)
        return self._handle

    def _is_current(self) -> bool:
        try:
            return os.fstat(self._handle).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        with self.path.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._is_current():
                return  # another process was first
            for number in range(self.kept - 1, 0, -1):
                older = self.path.with_suffix(f".log.{number}")
                if older.exists():
                    older.replace(self.path.with_suffix(f".log.{number + 1}"))
            self.path.replace(self.path.with_suffix(".log.1"))

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        parts, at = [], 0
        for found in _IDS.finditer(value):
            parts += [_hide(value[at : found.start()]), found.group()]
            at = found.end()
        return "".join([*parts, _hide(value[at:])])
    if isinstance(value, dict):
        return {key: "…" if key in TELLING else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return value if isinstance(value, int | float | bool | None) else _masked(str(value))


def _hide(text: str) -> str:
    return _DIGITS.sub("…", _QUERY.sub("?…", text))


def _place_of(exc_info: Any) -> str:
    error = exc_info if isinstance(exc_info, BaseException) else _current(exc_info)
    if error is None:
        return ""
    kind = f"{type(error).__name__}({error.code})" if isinstance(error, AnjuanError) else type(error).__name__
    return " < ".join([kind, *_frames(error.__traceback__)])


def _current(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, tuple):
        found: BaseException | None = exc_info[1]
        return found
    return sys.exc_info()[1]


def _frames(tb: TracebackType | None) -> list[str]:
    """Return the places of a traceback, the deepest first, as `foundation/jobs.py:120 begin`."""
    frames = traceback.extract_tb(tb)[::-1][:12]
    return [f"{frame.filename.removeprefix(f'{ROOT}/')}:{frame.lineno} {frame.name}" for frame in frames]
