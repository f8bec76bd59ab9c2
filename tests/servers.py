"""Real servers of the test run: PostgreSQL, Elasticsearch and S3, one of each, shared by all xdist workers.

A server starts when a test first asks for it (`running("postgres")`), on 127.0.0.1 and a free port, as a user that is
not root. The run stops what it started, by process id, when it ends; a guard does so when the run itself was killed.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests import downloads
from tests.downloads import lock

RUN = "ANJUAN_TEST_RUN"
"""Variable that tells the workers the folder of the run."""
OWNER = "ANJUAN_TEST_OWNER"
"""Variable with the process id of the run."""

ELASTIC_SETTINGS = """\
cluster.name: anjuan-test
node.name: n1
node.portsfile: true
http.port: 0
transport.port: 0
network.host: 127.0.0.1
discovery.type: single-node
path.data: {folder}/data
path.logs: {folder}/logs
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
"""

S3_SETTINGS = """\
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=testkey
s3proxy.credential=testsecret
s3proxy.endpoint=http://127.0.0.1:{port}
s3proxy.ignore-unknown-headers=true
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir={folder}/data
"""


def begin_run() -> None:
    """Make the folder of this run and tell the workers where it is."""
    run = Path(tempfile.mkdtemp(dir=downloads.cache(), prefix="run-"))
    run.chmod(0o755)
    os.environ |= {RUN: str(run), OWNER: str(os.getpid())}


def end_run() -> None:
    """Stop what this run started and remove its folder."""
    stop_all(Path(os.environ.pop(RUN)))


def running(name: str) -> dict[str, str]:
    """Return the facts of a server of this run (`url`, …); the first caller of any worker starts it."""
    run = Path(os.environ[RUN])
    facts = run / f"{name}.json"
    with lock(run / f"{name}.lock"):
        if not facts.exists():
            _guard(run)
            folder = run / name
            folder.mkdir()
            facts.write_text(json.dumps(STARTERS[name](folder)))
    found: dict[str, str] = json.loads(facts.read_text())
    return found


def stop_all(run: Path) -> None:
    """Stop all servers of a run, by their own process ids, and remove its folder."""
    pids = [int(json.loads(file.read_text())["pid"]) for file in run.glob("*.json")]
    for pid in pids:
        _signal(pid, signal.SIGINT)  # PostgreSQL's fast shutdown, and as good as any for Java
    for pid in pids:
        if not _wait(lambda pid=pid: not alive(pid), 15):  # type: ignore[misc] # pid is bound at once
            _signal(pid, signal.SIGKILL)
    shutil.rmtree(run, ignore_errors=True)


def start_postgres(folder: Path) -> dict[str, str]:
    """Make a cluster and start it; durability is off, the data die with the run."""
    tools = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    data, port = folder / "data", free_port()
    _give(folder)
    make = [str(tools / "initdb"), "-D", str(data), "-A", "trust", "-U", "anjuan", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(_unprivileged(make), check=True, capture_output=True, cwd=folder)  # noqa: S603
    options = {"port": port, "unix_socket_directories": folder, "listen_addresses": "127.0.0.1", "fsync": "off"}
    options |= {"max_connections": 200}
    pid = _spawn([str(tools / "postgres"), "-D", str(data), *(f"--{k}={v}" for k, v in options.items())], folder)
    status = data / "postmaster.pid"
    _ready(pid, folder, lambda: status.exists() and "ready" in status.read_text())
    return {"pid": str(pid), "url": f"postgresql+psycopg://anjuan@127.0.0.1:{port}/"}


def start_elastic(folder: Path) -> dict[str, str]:
    """Start one node without security; it chooses its ports and writes them to a file."""
    home, conf = downloads.elasticsearch(), folder / "config"
    shutil.copytree(home / "config", conf)
    (conf / "elasticsearch.yml").write_text(ELASTIC_SETTINGS.format(folder=folder))
    _give(folder)
    java = {"ES_JAVA_HOME": str(java_home()), "ES_JAVA_OPTS": "-Xms512m -Xmx512m"}
    pid = _spawn([str(home / "bin/elasticsearch")], folder, ES_PATH_CONF=str(conf), **java)
    ports = folder / "logs/http.ports"
    _ready(pid, folder, lambda: ports.exists() and bool(ports.read_text().strip()))
    return {"pid": str(pid), "url": f"http://{ports.read_text().split()[0]}"}


def start_s3(folder: Path) -> dict[str, str]:
    """Start s3proxy over a folder; a folder in it is a bucket."""
    jars, port = downloads.s3proxy(), free_port()
    (folder / "data/anjuan").mkdir(parents=True)
    (folder / "s3proxy.properties").write_text(S3_SETTINGS.format(port=port, folder=folder))
    _give(folder)
    java = [str(java_home() / "bin/java"), "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*"]
    pid = _spawn([*java, "org.gaul.s3proxy.Main", "--properties", str(folder / "s3proxy.properties")], folder)
    _ready(pid, folder, lambda: _listens(port))
    return {"pid": str(pid), "url": f"http://127.0.0.1:{port}", "bucket": "anjuan"}


STARTERS: dict[str, Callable[[Path], dict[str, str]]] = {
    "postgres": start_postgres,
    "elastic": start_elastic,
    "s3": start_s3,
}


def java_home() -> Path:
    """Return the home of the machine's Java."""
    program = shutil.which("java")
    assert program, "Java is missing: run `make test`, or install the Debian package default-jre-headless"
    return Path(program).resolve().parent.parent


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def alive(pid: int) -> bool:
    """Tell whether a process runs (a dead child of ours is taken off the table first)."""
    try:
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def guard(run: Path, owner: int) -> None:
    """Wait for the end of a run or of its owner, then stop what is left."""
    while run.exists() and alive(owner):
        time.sleep(1)
    if run.exists():
        stop_all(run)


def _guard(run: Path) -> None:
    """Start, once a run, a process that stops the servers if the run is killed before it can."""
    with lock(run / "guard.lock"):
        if not (run / "guard").exists():
            (run / "guard").touch()
            command = [sys.executable, "-m", "tests.servers", str(run), os.environ[OWNER]]
            _popen(command, Path.cwd(), subprocess.DEVNULL, dict(os.environ))


def _give(folder: Path) -> None:
    """Give a folder to the unprivileged user when we are root."""
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")


def _unprivileged(command: list[str]) -> list[str]:
    if os.getuid() != 0:
        return command
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]


def _spawn(command: list[str], folder: Path, **variables: str) -> int:
    with (folder / "output").open("wb") as output:
        return _popen(_unprivileged(command), folder, output.fileno(), dict(os.environ) | variables)


def _popen(command: list[str], folder: Path, output: int, variables: dict[str, str]) -> int:
    """Start a process in a session of its own and return its id; it outlives the worker that started it."""
    stdin = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603
        command, cwd=folder, stdin=stdin, stdout=output, stderr=output, env=variables, start_new_session=True
    )
    process.returncode = 0  # nobody waits for it here: `alive` does
    return process.pid


def _ready(pid: int, folder: Path, is_ready: Callable[[], bool]) -> None:
    assert _wait(lambda: is_ready() or not alive(pid), 120), f"{folder.name} did not start in 120 s"
    assert alive(pid), f"{folder.name} stopped at once:\n{(folder / 'output').read_text()[-3000:]}"


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _signal(pid: int, which: signal.Signals) -> None:
    if alive(pid):
        os.kill(pid, which)


if __name__ == "__main__":
    guard(Path(sys.argv[1]), int(sys.argv[2]))
