"""Prepare the fonts of every paper, once: static TrueType under our own names, from Debian's and the agency's files.

Result in `<fonts_dir>/ready/`: `Aj*.ttf`, `fonts.conf` (fontconfig sees this folder and nothing else) and, beside it,
`fonts.json` with the digests of sources and results; `generator.fonts` reads it. A second run compares digests of
sources and makes only what is new. Fonts that the agency puts into `<fonts_dir>/` (its licensed 小标宋, 仿宋_GB2312 …,
or one with rare characters) come before ours in the chain of each face.
"""

import fcntl
import functools
import hashlib
import multiprocessing
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb

from foundation.settings import Settings
from generator.fonts import LIST, READY, Face, faces, spans, write_list
from scripts.font_outlines import RARE, characters_of, convert, rank

RECIPE = "5"
"""Raised when conversion changes: every font is then made again."""

NOTO = "/usr/share/fonts/opentype/noto/"
SIMPLIFIED = 2
"""Place of the Simplified Chinese font in Noto's collections."""
LATIN_FONT = Path("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf")
KAI_FONT = Path("/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")
HANAZONO = "/usr/share/fonts/truetype/hanazono/HanaMin{}.ttf"
FANDOL = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/FandolFang-Regular.otf"
FANDOL_PACKAGE = "texlive-lang-chinese"
FANDOL_REMEDY = "请联网后重试（apt-get update），或把本机关的仿宋字体文件放入 var/fonts/ 后再运行。"

HANGUL, PRIVATE, PLANES = range(0xAC00, 0xD7B0), range(0xE000, 0xF900), 0xF0000
"""Korean syllables would double the files; private-use characters mean something in the agency's own fonts only."""

LATIN = frozenset([*range(0x20, 0x7F), *range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x250)])
"""What the Times-like face draws: figures, letters and ASCII signs; quotes, dashes and ￥ stay Chinese."""

FROM_SONG = "□■¥￥√"
"""Left out of other faces: Fandol draws ￥ as a dollar sign, and boxes must have one size."""

OWN_NAMES = {
    "title": ("小标宋", "XiaoBiaoSong", "FZXBS"),
    "fang": ("仿宋", "FangSong"),
    "hei": ("黑体", "SimHei"),
    "kai": ("楷体", "KaiTi"),
    "song": ("宋体", "SimSun"),
}
"""How fonts that agencies own are called; any other font only supplies rare characters."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One font to make."""

    family: str
    kind: str
    """title, fang, hei, kai, song, latin, dot or rare."""
    source: Path
    number: int = 0
    keep: frozenset[int] = frozenset()
    """Keep these characters only; empty keeps all that are ours to keep."""
    leave: frozenset[int] = frozenset()
    beyond: Path | None = None
    """Leave out what this font draws."""
    own: bool = False
    """The agency's: private-use characters stay."""

    @functools.cached_property
    def stamp(self) -> str:
        """Changes with the source file and with anything that is asked of it."""
        state = self.source.stat()
        asked = (
            RECIPE,
            self.family,
            self.kind,
            str(self.source),
            state.st_size,
            state.st_mtime_ns,
            self.number,
            self.own,
        )
        chosen = (sorted(self.keep), sorted(self.leave), str(self.beyond))
        return hashlib.sha256(repr((asked, chosen)).encode()).hexdigest()


def main() -> None:
    """Make what is missing and write the list; say so only when there was something to do."""
    folder = Settings().fonts_dir
    (folder / READY).mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two set-ups at once would write the same files
        _prepare(folder)


def _prepare(folder: Path) -> None:
    known: dict[str, list[Face]] = {}
    for face in _known(folder):
        known.setdefault(face.made_from, []).append(face)
    tasks = _tasks(folder)
    new = [t for t in tasks if t.stamp not in known or not _exist(folder, known[t.stamp])]
    if new:
        sys.stdout.write(f"· 准备字体 preparing fonts: {' '.join(t.family for t in new)}\n")
        sys.stdout.flush()
        known |= {made[0].made_from: made for made in _make_all(folder, new)}
    ready = [face for t in tasks for face in known[t.stamp]]
    if new or list(_known(folder)) != ready:
        write_list(folder, ready)
        _sweep(folder, {face.file for face in ready})


def _exist(folder: Path, ready: Sequence[Face]) -> bool:
    return all((folder / READY / face.file).exists() for face in ready)


def _known(folder: Path) -> tuple[Face, ...]:
    return faces(folder) if (folder / LIST).exists() else ()


def _make_all(folder: Path, tasks: Sequence[Task]) -> list[list[Face]]:
    """Make fonts side by side, the heaviest first."""
    ordered = sorted(tasks, key=lambda t: -t.source.stat().st_size)
    with multiprocessing.get_context("spawn").Pool(min(len(tasks), os.cpu_count() or 1)) as pool:
        return pool.starmap(_make, [(folder, task) for task in ordered], chunksize=1)


def _make(folder: Path, task: Task) -> list[Face]:
    """Make a font in two files, common characters and the others: a worker reads for each paper what it needs."""
    source = task.source.read_bytes()
    mark = hashlib.sha256(source).hexdigest()
    beyond = characters_of(task.beyond.read_bytes(), SIMPLIFIED) if task.beyond else frozenset()
    wanted = [c for c in characters_of(source, task.number) if _is_wanted(task, c) and c not in beyond]
    whole = task.kind in ("latin", "dot", "rare")
    parts = {task.family: [c for c in wanted if whole or rank(c) < RARE]}
    parts[f"{task.family}More"] = [] if whole else [c for c in wanted if rank(c) == RARE]
    made = []
    for family, characters in parts.items():
        if characters:
            font = convert(source, task.number, characters, family, mark[:16])
            made.append(_written(folder / READY, task, (family, mark), characters, font))
    return made


def _written(folder: Path, task: Task, name: tuple[str, str], characters: list[int], font: bytes) -> Face:
    family, mark = name
    file = f"{family}.ttf"
    (folder / f"{file}.part").write_bytes(font)
    (folder / f"{file}.part").replace(folder / file)
    return Face(
        family=family,
        kind=task.kind,
        own=task.own,
        file=file,
        sha256=hashlib.sha256(font).hexdigest(),
        source=f"{task.source} {mark}",
        made_from=task.stamp,
        characters=tuple(spans(characters)),
    )


def _is_wanted(task: Task, code: int) -> bool:
    if task.own:
        return code not in task.leave
    if code in HANGUL or code in PRIVATE or code >= PLANES:
        return False
    return code not in task.leave and (not task.keep or code in task.keep)


def _sweep(folder: Path, files: Collection[str]) -> None:
    """Take away fonts that are no longer used, so that fontconfig does not see them."""
    for path in (folder / READY).iterdir():
        if path.name not in files:
            path.unlink()


def _tasks(folder: Path) -> list[Task]:
    """List every font in the order of the chain."""
    own = list(_own(folder))
    other = frozenset(map(ord, FROM_SONG))
    song = Path(NOTO, "NotoSerifCJK-Regular.ttc")
    ours = [
        Task(family="AjLatin", kind="latin", source=LATIN_FONT, keep=LATIN),
        Task(family="AjDot", kind="dot", source=LATIN_FONT, keep=frozenset({ord("·")})),
        Task(
            family="AjTitle", kind="title", source=Path(NOTO, "NotoSerifCJK-Bold.ttc"), number=SIMPLIFIED, leave=other
        ),
        Task(family="AjHei", kind="hei", source=Path(NOTO, "NotoSansCJK-Regular.ttc"), number=SIMPLIFIED, leave=other),
        Task(family="AjKai", kind="kai", source=KAI_FONT, leave=other),
        Task(family="AjSong", kind="song", source=song, number=SIMPLIFIED),
    ]
    if not any(t.kind == "fang" for t in own):
        ours.append(Task(family="AjFang", kind="fang", source=_fandol(folder), leave=other))
    rare = [Task(family=f"AjRare{n}", kind="rare", source=Path(HANAZONO.format(n)), beyond=song) for n in "AB"]
    return [*own, *ours, *rare]


def _own(folder: Path) -> Iterator[Task]:
    """Yield a task for each font that the agency put here."""
    paths = sorted(p for p in folder.iterdir() if p.suffix.lower() in (".ttf", ".otf", ".ttc"))
    other = frozenset(map(ord, FROM_SONG))
    for number, path in enumerate(paths, start=1):
        kind = _kind(path)
        leave = frozenset() if kind in ("song", "rare") else other
        yield Task(family=f"AjOwn{number}", kind=kind, source=path, leave=leave, own=True)


def _kind(path: Path) -> str:
    face = hb.Face(hb.Blob.from_file_path(str(path)))
    names = [face.get_name(n.name_id, n.language) for n in face.list_names() if int(n.name_id) in (1, 4, 6)]
    text = " ".join([path.stem, *filter(None, names)])
    return next((kind for kind, words in OWN_NAMES.items() if any(w in text for w in words)), "rare")


def _fandol(folder: Path) -> Path:
    """Return Fandol's 仿宋: installed, kept from the last time, or taken out of its Debian package.

    The package is unpacked without being installed: installing it would bring 87 packages of TeX.
    """
    installed, kept = Path("/", FANDOL), folder / "source" / Path(FANDOL).name
    if installed.exists():
        return installed
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as place:
            try:
                _unpack(Path(place), kept)
            except (OSError, subprocess.CalledProcessError, StopIteration) as error:
                sys.exit(f"取不到仿宋字体（Debian 软件包 {FANDOL_PACKAGE}）：{error}\n{FANDOL_REMEDY}")
    return kept


def _unpack(place: Path, target: Path) -> None:
    place.chmod(0o755)  # apt may read it under another user
    fetch = ["apt-get", "download", "-qq", FANDOL_PACKAGE]
    subprocess.run(fetch, cwd=place, check=True, stderr=subprocess.DEVNULL)  # noqa: S603 - fixed words
    unpack = ["dpkg-deb", "--fsys-tarfile", str(next(iter(place.glob("*.deb"))))]
    with (
        subprocess.Popen(unpack, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as files,  # noqa: S603 - fixed words
        tarfile.open(fileobj=files.stdout, mode="r|") as archive,
    ):
        for member in archive:
            if member.name.removeprefix("./") == FANDOL and (font := archive.extractfile(member)):
                target.write_bytes(font.read())
                return
    raise FileNotFoundError(FANDOL)


if __name__ == "__main__":
    main()
