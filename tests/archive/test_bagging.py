"""A package's folder: both manifests, checked by anybody, written beside and renamed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import bagit
import pytest

from archive import bagging
from archive.facts import FileFacts
from archive.portable.verify import canonical, check
from archive.reporting import PORTABLE
from foundation.blobs import LocalBlobs
from foundation.canonical import canonical as rfc8785
from foundation.canonical import digest
from foundation.context import Context
from foundation.errors import Broken, Unavailable
from foundation.settings import ROOT

NAMES = ["data/正卷/正卷.pdf", "data/文书/正卷/0001_阿.不（决定书）.pdf", "data/媒体/原件/ab_录像 一.mp4"]
FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from archive import bagging
from archive.facts import FileFacts
from foundation.errors import Unavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
file = FileFacts(path='data/big.bin', sha256='', sm3='', size=0, what='大文件')
try:
    bagging.write_file(Path(sys.argv[1]), file, b'x' * 5000)
except Unavailable as error:
    print(error.message)
"""


def chain(count: int) -> bytes:
    """Return so many events of a chain, a line each."""
    previous, lines = "0" * 64, []
    for seq in range(1, count + 1):
        event = {"seq": seq, "kind": "x.y", "data": {"号": seq, "b": [1, 2.5, None, True]}, "previous": previous}
        previous = digest(event)
        lines.append(rfc8785({**event, "hash": previous}) + b"\n")
    return b"".join(lines)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    blobs = LocalBlobs(tmp_path / "blobs")
    contents = {name: name.encode() * 50 for name in NAMES} | {"data/元数据/events.jsonl": chain(5)}
    files = [fact(blobs, name, data) for name, data in contents.items()]
    root = tmp_path / "档" / "v1"
    placed = bagging.place(blobs, files, root)
    tags = {"verify.py": (PORTABLE / "verify.py").read_bytes()}
    bagging.seal(root, placed, {"External-Identifier": "QH01-ZY·CF·2026-Y-005"}, tags)
    return root


def fact(blobs: LocalBlobs, name: str, data: bytes) -> FileFacts:
    blob = blobs.put(data)
    return FileFacts(path=name, sha256=blob.sha256, sm3="", size=blob.size, what=name)


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own commands
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], **environment},
    )


def verified(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the package's own verifier as a stranger would: Python alone, nothing of ours importable."""
    return run([sys.executable, "-I", str(root / "verify.py"), *arguments], root, LC_ALL="C.UTF-8")


def change(path: Path, at: int = 3) -> None:
    """Change one byte; the file becomes one of its own (the store holds another name of the same bytes)."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.unlink()
    path.write_bytes(bytes(data))


def forge(bag: Path, name: str, data: bytes) -> None:
    """Change a tag file and make the tag manifest agree."""
    (bag / name).unlink()
    (bag / name).write_bytes(data)
    tags = bag / bagging.TAGMANIFEST
    lines = tags.read_text(encoding="utf-8").splitlines()
    tags.unlink()
    fresh = [f"{hashlib.sha256(data).hexdigest()}  {name}" if line.endswith(f"  {name}") else line for line in lines]
    tags.write_text("\n".join(fresh) + "\n", encoding="utf-8")


def messages(bag: Path) -> list[str]:
    return [fault["message"] for fault in check(str(bag))["faults"]]


def test_bagit_accepts_the_folder(bag: Path) -> None:
    assert bagit.Bag(str(bag)).validate(processes=1)


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_sha256sum_accepts_the_folder(bag: Path, manifest: str) -> None:
    done = run(["sha256sum", "-c", "--strict", manifest], bag)
    assert done.returncode == 0, done.stdout


@pytest.mark.article("A36.3")
def test_the_verifier_needs_nothing_but_python(bag: Path) -> None:
    done = verified(bag)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "全部相符" in done.stdout


@pytest.mark.article("A36.3")
@pytest.mark.parametrize("name", NAMES)
def test_one_changed_byte_is_named(bag: Path, name: str) -> None:
    change(bag / name)
    done = verified(bag, "--json")
    assert done.returncode == 1
    assert {f["path"] for f in json.loads(done.stdout)["faults"]} == {name}


def test_a_wrong_sm3_line_is_refused_although_bagit_accepts_it(bag: Path) -> None:
    text = (bag / "manifest-sm3.txt").read_text(encoding="utf-8")
    forge(bag, "manifest-sm3.txt", (("1" if text[0] == "0" else "0") + text[1:]).encode())
    assert bagit.Bag(str(bag)).validate(processes=1)
    assert messages(bag) == ["内容与SM3清单不符"]


def test_a_missing_file_is_named(bag: Path) -> None:
    (bag / NAMES[0]).unlink()
    assert "文件缺失" in messages(bag)


def test_a_surplus_file_is_named(bag: Path) -> None:
    (bag / "data/正卷/多出.txt").write_text("x")
    assert "清单以外的文件" in messages(bag)


def test_swapped_files_are_both_named(bag: Path) -> None:
    one, other = bag / NAMES[0], bag / NAMES[1]
    one.rename(bag / "x")
    other.rename(one)
    (bag / "x").rename(other)
    assert {f["path"] for f in check(str(bag))["faults"]} == set(NAMES[:2])


def test_a_changed_event_is_named_by_its_number(bag: Path) -> None:
    events = bag / "data/元数据/events.jsonl"
    lines = events.read_text(encoding="utf-8").splitlines()
    events.unlink()
    lines[2] = lines[2].replace('"x.y"', '"x.z"')
    events.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "办案日志第3条与哈希链不符" in messages(bag)


def test_a_path_that_leaves_the_package_is_refused(bag: Path) -> None:
    text = (bag / "manifest-sha256.txt").read_text(encoding="utf-8")
    forge(bag, "manifest-sha256.txt", f"{text}{'0' * 64}  ../../etc/passwd\n".encode())
    assert any("指向包外" in message for message in messages(bag))


def test_a_folder_that_is_no_package_is_said(tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes((PORTABLE / "verify.py").read_bytes())
    assert verified(tmp_path).returncode == 2


def test_the_verifiers_canonical_form_is_the_products() -> None:
    value = {"é": 1, "\U0001d11e": [0.5, 1e21, 1e-7, 100.0, -0.0], "z": {"b": None, "a": '\u20ac\n"\\'}}
    assert canonical(value).encode() == rfc8785(value)


def test_stored_bytes_that_changed_stop_the_placing_and_leave_nothing(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    file = fact(blobs, "data/a.pdf", b"one")
    change(blobs.path(file.sha256), 0)
    with pytest.raises(Broken, match=r"a\.pdf"):
        bagging.place(blobs, [file], tmp_path / "root")
    assert not (tmp_path / "root/data/a.pdf").exists()


def test_media_are_linked_and_take_no_second_room(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")
    file = fact(blobs, "data/a.mp4", b"x" * 1000)
    (placed,) = bagging.place(blobs, [file], tmp_path / "root")
    assert (tmp_path / "root/data/a.mp4").stat().st_ino == blobs.path(file.sha256).stat().st_ino
    assert len(placed.sm3) == 64


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", FULL_DISK, str(tmp_path)], ROOT, PYTHONPATH=str(ROOT))
    assert "磁盘空间不足" in done.stdout, done.stderr


def test_leftovers_are_swept_and_work_in_hand_stays(tmp_path: Path) -> None:
    for name in ("old", "mine"):
        (tmp_path / name / "data").mkdir(parents=True)
    assert bagging.sweep(tmp_path, ["mine"]) == ["old"]
    assert [p.name for p in tmp_path.iterdir()] == ["mine"]


def test_a_name_that_is_taken_is_never_overwritten(tmp_path: Path) -> None:
    for name in ("work", "v1"):
        (tmp_path / name).mkdir()
    with pytest.raises(Broken, match="已经存在"):
        bagging.rename_whole(tmp_path / "work", tmp_path / "v1")


def test_a_folder_that_cannot_be_written_is_said_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable, match="无法写入"), bagging.disk_errors():
        (tmp_path / "file" / "below").mkdir()


def test_stored_files_are_placed_from_any_store(any_ctx: Context, tmp_path: Path) -> None:
    blob = any_ctx.blobs.put(b"x" * 3_000_000)
    file = FileFacts(path="data/媒体/原件/a.mp4", sha256=blob.sha256, sm3="", size=blob.size, what="音像")
    (placed,) = bagging.place(any_ctx.blobs, [file], tmp_path / "root")
    assert (placed.sm3, placed.size) == (blob.sm3, 3_000_000)
    bagging.check_again(tmp_path / "root", [placed])
