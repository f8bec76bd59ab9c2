"""Verify a package, a paper's file, or what the database holds: name the exact thing that changed.

`verify(path)` needs the folder alone: every byte against both manifests, nothing missing or surplus, the case's chain,
the seals. Given the floor, it asks the database too: the package's registered digest and each file's, the chain's head.
Checks are tamper-evident, not tamper-proof: who can rewrite folder, database and anchors together is found only by what
was kept elsewhere (printed roots, time-stamps, copies in other hands).
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive import queries
from archive.bagging import pieces
from archive.facts import PackageFacts
from archive.layout import EVENTS
from archive.portable.verify import check
from foundation import journal
from foundation.context import Context
from foundation.errors import BadInput
from generator.seal_checking import seals_of

Progress = Callable[[int, int, str], None]
SEALED = "_签章.pdf"
INFO = "bag-info.txt"
UNKNOWN = "本系统没有登记这个档案包，只核对了文件本身。"
TAGMANIFEST = "tagmanifest-sha256.txt"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is not as it was."""

    path: str
    """File of the package, or thing of the database."""
    message: str
    what: str = ""
    """What it is for people."""
    field: str = ""
    """Field that was changed, where it can be told."""

    def __str__(self) -> str:
        """Return one sentence."""
        name = f"{self.what}（{self.path}）" if self.what else self.path
        return f"{name}：{self.message}"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verification found."""

    subject: str
    """Package, file or case that was verified."""
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()
    files: int = 0
    size: int = 0
    events: int = 0
    seals: int = 0
    registered: bool = False
    """Compared with this installation's database."""

    @property
    def ok(self) -> bool:
        """Whether nothing changed."""
        return not self.faults


def verify(path: Path, *, ctx: Context | None = None, progress: Progress | None = None) -> Report:
    """Verify a package's folder, or a sealed PDF.

    Args:
        path: The folder (with `bagit.txt`), or a PDF.
        ctx: The floor, to compare with its database; None verifies the files alone.
        progress: Told done and all files, and the one in hand.

    Raises:
        BadInput: It is neither.
    """
    if path.is_dir() and (path / "bagit.txt").is_file():
        return _verify_package(path.resolve(), ctx, progress)
    if path.is_file() and path.read_bytes()[:4] == b"%PDF":
        return _verify_pdf(path)
    raise BadInput(f"“{path.name}”不是档案包文件夹，也不是 PDF。", remedy="选择含有 bagit.txt 的文件夹，或签章的 PDF。")


def _verify_pdf(path: Path) -> Report:
    states = seals_of(path.read_bytes())
    faults = tuple(Fault(path=path.name, message=s.problem, what="签章") for s in states if not s.is_intact)
    notes = () if states else ("该文件没有签章，只能与文书页脚的内容摘要核对。",)
    return Report(subject=path.name, faults=faults, notes=notes, files=1, size=path.stat().st_size, seals=len(states))


def _verify_package(root: Path, ctx: Context | None, progress: Progress | None) -> Report:
    found = check(str(root), progress)
    faults = [Fault(path=f["path"], message=f["message"]) for f in found["faults"]]
    seals, broken = broken_seals(root)
    faults += broken
    notes, registered = list(found["notes"]), False
    if ctx is not None:
        against = against_database(ctx, root, found["head"])
        if against is None:
            notes.append(UNKNOWN)
        else:
            registered, names = True, against[1]
            faults = [named(f, names) for f in (*faults, *against[0])]
    return Report(
        subject=f"{root.parent.name}/{root.name}",
        faults=tuple(dict.fromkeys(faults)),
        notes=tuple(notes),
        files=found["files"],
        size=found["bytes"],
        events=found["events"],
        seals=seals,
        registered=registered,
    )


def broken_seals(root: Path) -> tuple[int, list[Fault]]:
    """Return how many sealed originals a package's folder holds, and what is wrong with them."""
    sealed = sorted(root.glob(f"data/文书/*/*{SEALED}"))
    return len(sealed), [f for path in sealed for f in _broken_seals(root, path)]


def _broken_seals(root: Path, path: Path) -> Iterator[Fault]:
    states = seals_of(path.read_bytes())
    where = path.relative_to(root).as_posix()
    if not states:
        yield Fault(path=where, message="签章原件里没有签章")
    yield from (Fault(path=where, message=s.problem) for s in states if not s.is_intact)


def named(fault: Fault, names: Mapping[str, str]) -> Fault:
    """Return a fault with what its file is for people."""
    what = fault.what or names.get(fault.path, "")
    return Fault(path=fault.path, message=fault.message, what=what, field=fault.field)


def against_database(
    ctx: Context, root: Path, head: str, listed: Mapping[str, str] | None = None
) -> tuple[list[Fault], dict[str, str]] | None:
    """Return what differs from what was registered, and what each file is; None when nothing is registered.

    Args:
        ctx: The floor.
        root: The package's folder.
        head: Last hash of the chain in it.
        listed: SHA-256 by path of a manifest that the files were compared with already; None reads the files.
    """
    with ctx.database.read() as session:
        package_id = _identifier(root)
        known = queries.find_package(session, package_id) if package_id else None
        if known is None:
            return None
        files = queries.files_of(session, known.id)
        chained = [e for e in journal.events(session, f"case:{known.case_id}") if e.seq == known.head_seq]
    faults = list(_against_row(root, known))
    for file in files:
        path = root / file.path
        if path.is_file() and (listed.get(file.path) if listed else sha256_of(path)) != file.sha256:
            faults.append(Fault(path=file.path, message="与归档时登记的摘要不符", what=file.what))
    if not (head == known.head_hash and chained and chained[0].hash == head):
        faults.append(Fault(path=EVENTS, message=f"办案日志末条与数据库第{known.head_seq}条不符"))
    return faults, {f.path: f.what for f in files}


def _against_row(root: Path, known: PackageFacts) -> Iterator[Fault]:
    if sha256_of(root / TAGMANIFEST) != known.digest:
        yield Fault(path=TAGMANIFEST, message="包摘要与归档时登记的不符", what=f"档案包 {known.code}")


def _identifier(root: Path) -> str:
    try:
        text = (root / INFO).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    found = re.search(r"^Internal-Sender-Identifier: (\S+)$", text, re.MULTILINE)
    return found[1] if found else ""


def sha256_of(path: Path) -> str:
    """Return the digest of a file; of one that is not there, that of nothing."""
    digest = hashlib.sha256()
    if path.is_file():
        for piece in pieces(path):
            digest.update(piece)
    return digest.hexdigest()
