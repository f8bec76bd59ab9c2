"""Logs say what happened and to which id, never to whom; a full disk does not stop anything."""

import datetime as dt
import json
import logging
import multiprocessing
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from foundation.errors import Refused
from foundation.logs import RotatingFile, configure
from tests.conftest import settings_for

JOB = "019b8b74-1800-7a29-8018-8696dc93a963"
PERSONAL = ["张三", "110101199003070011", "13800138000", "hunter2"]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """Configure logs in a folder of the test and put everything back."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    configure(settings_for(tmp_path))
    yield tmp_path / "logs" / "anjuan.log"
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.reset_defaults()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_is_json_with_time_level_event_and_ids(log: Path) -> None:
    structlog.get_logger("foundation.workflows").info("job.parked", job=JOB, tries=3)
    (line,) = lines(log)
    assert line["event"] == "job.parked"
    assert (line["job"], line["tries"], line["level"]) == (JOB, 3, "info")
    assert dt.datetime.fromisoformat(line["timestamp"]).utcoffset() == dt.timedelta(0)


def test_what_could_name_a_person_is_masked(log: Path) -> None:
    ours = structlog.get_logger("x")
    ours.warning("odd", name="张三", found={"id_no": "110101199003070011", "n": ["电话13800138000"]})
    ours.info("url", at="postgresql://anjuan:hunter2@db/x", path=f"/cases/{JOB}?q=张三")
    logging.getLogger("werkzeug").info("GET /search?q=%s HTTP/1.1 from 13800138000", "张三")
    text = log.read_text()
    assert [word for word in PERSONAL if word in text] == []
    assert JOB in text


def test_an_exception_is_told_by_type_and_place_without_its_text(log: Path) -> None:
    for error in (ValueError("张三 110101199003070011"), Refused("张三未签名。", remedy="补签。")):
        try:
            raise error
        except (ValueError, Refused):
            structlog.get_logger("x").exception("failed")
            logging.getLogger("library").exception("failed")
    text = log.read_text()
    assert [word for word in PERSONAL if word in text] == []
    assert "ValueError < tests/foundation/test_logs.py" in text
    assert "Refused(refused) < " in text


def test_a_full_disk_loses_the_line_and_nothing_else(log: Path) -> None:
    ours = structlog.get_logger("x")
    ours.info("before")
    (handler,) = (h for h in logging.getLogger().handlers if isinstance(h, RotatingFile))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, limits[1]))
    try:
        ours.info("lost")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    ours.info("after")
    assert handler.dropped == 1
    assert [line["event"] for line in lines(log)] == ["before", "after"]


def test_a_folder_that_cannot_be_made_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file in the way")
    handler = RotatingFile(tmp_path / "logs" / "anjuan.log")
    handler.emit(logging.makeLogRecord({"msg": "x"}))
    assert handler.dropped == 1


def test_files_rotate_and_only_the_newest_are_kept(tmp_path: Path) -> None:
    handler = RotatingFile(tmp_path / "anjuan.log", size=100, kept=3)
    for i in range(40):
        handler.emit(logging.makeLogRecord({"msg": f"line {i:02} " + "x" * 40}))
    handler.close()
    names = sorted(p.name for p in tmp_path.glob("*.log*"))
    assert names == ["anjuan.log", "anjuan.log.1", "anjuan.log.2", "anjuan.log.3"]
    assert "line 39" in "".join(p.read_text() for p in tmp_path.glob("*.log*"))


def test_many_processes_rotate_one_file_without_losing_a_line(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(tmp_path / "anjuan.log", n)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = "".join(p.read_text() for p in tmp_path.glob("anjuan.log*") if p.suffix != ".lock").split()
    assert sorted(found) == sorted(f"{n}-{i}" for n in range(3) for i in range(200))


def write_many(path: Path, number: int) -> None:
    handler = RotatingFile(path, size=400, kept=99)
    for i in range(200):
        handler.emit(logging.makeLogRecord({"msg": f"{number}-{i}"}))
