"""Programs that tests run beside the product, pinned here and nowhere else; fetched once, from Maven Central.

They are kept in `/var/tmp/anjuan-<uid>`, where a user without rights can read them (Elasticsearch and PostgreSQL refuse
to run as root). `python -m tests.downloads` fetches what is missing; `scripts/setup.sh test` calls it.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ELASTIC = os.environ.get("ANJUAN_TEST_ELASTIC", "8.19.9")
"""Runs on Java 17; 9.5.0 wants Java 21 or later. The client speaks to both."""
S3PROXY = "3.0.0"
VERAPDF = "1.28.2"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"

POM = """<project><modelVersion>4.0.0</modelVersion><groupId>anjuan</groupId><artifactId>tools</artifactId>
<version>1</version><dependencies><dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>
</dependency></dependencies></project>"""


def elasticsearch() -> Path:
    """Return the home of Elasticsearch (the true server without its optional modules)."""
    return _once(f"elasticsearch-{ELASTIC}", _fetch_elasticsearch)


def s3proxy() -> Path:
    """Return the folder of s3proxy's jars."""
    return _once(f"s3proxy-{S3PROXY}", lambda target: _jars("org.gaul", "s3proxy", S3PROXY, target))


def verapdf() -> Path:
    """Return the folder of veraPDF's jars."""
    parts = ("org.verapdf.apps", "greenfield-apps", VERAPDF)
    return _once(f"verapdf-{VERAPDF}", lambda target: _jars(*parts, target))


def cache() -> Path:
    """Return our folder in /var/tmp; refuse one that somebody else made there."""
    folder = Path(f"/var/tmp/anjuan-{os.getuid()}")  # noqa: S108 - the owner is checked
    folder.mkdir(mode=0o755, exist_ok=True)
    assert folder.stat().st_uid == os.getuid(), f"{folder} belongs to somebody else: remove it"
    return folder


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a lock file; free when the holder dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _once(name: str, get: Callable[[Path], None]) -> Path:
    home = cache() / name
    with lock(cache() / f"{name}.lock"):
        if not home.exists():
            sys.stderr.write(f"· 准备测试用的服务 fetching {name}\n")
            partial = home.with_name(f"{name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            get(partial)
            partial.replace(home)
    return home


def _fetch_elasticsearch(target: Path) -> None:
    group = "org.elasticsearch.distribution.integ-test-zip"
    _maven("copy", f"-Dartifact={group}:elasticsearch:{ELASTIC}:zip", f"-DoutputDirectory={target}", folder=target)
    archive = target / f"elasticsearch-{ELASTIC}.zip"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)
    archive.unlink()
    inner = target / f"elasticsearch-{ELASTIC}"
    for path in inner.iterdir():
        path.replace(target / path.name)
    inner.rmdir()
    for program in (target / "bin").iterdir():
        program.chmod(0o755)


def _jars(group: str, artifact: str, version: str, target: Path) -> None:
    (target / "pom.xml").write_text(POM.format(group, artifact, version))
    _maven("copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={target}", folder=target)


def _maven(goal: str, *options: str, folder: Path) -> None:
    command = ["mvn", "-q", "-B", "-C", f"{PLUGIN}:{goal}", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, f"Maven could not fetch into {folder}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


if __name__ == "__main__":
    for tool in (elasticsearch, s3proxy, verapdf):
        tool()
