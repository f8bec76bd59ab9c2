"""The web server and one worker as two child processes, stopped together (`flask demo`, browser tests, pictures)."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from foundation.errors import Unavailable
from foundation.settings import ROOT

READY_S = 30
"""Seconds until the first page must come."""
STOP_S = 25
"""Seconds that a child may take to end what it has in hand."""
THREADS = 8

Child = subprocess.Popen[bytes]


@dataclass(frozen=True, kw_only=True)
class Servers:
    """What runs."""

    url: str
    children: tuple[Child, ...]

    def wait(self) -> None:
        """Wait until a signal to stop comes.

        Raises:
            Unavailable: A child ended by itself.
        """
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                _refuse_ended(self.children)
                time.sleep(0.5)


@contextlib.contextmanager
def servers(data_dir: Path, *, host: str = "127.0.0.1", port: int = 0, worker: bool = True) -> Iterator[Servers]:
    """Start them, give them when the first page can be had, and stop them at the end.

    Args:
        data_dir: The demo's data; other settings are this process's.
        host: Address to listen on.
        port: Port; 0 lets the system choose.
        worker: Start a worker beside the web server.

    Raises:
        Unavailable: The port is taken, or a child ended by itself.
    """
    port = port or _free_port(host)
    _refuse_taken(host, port)
    url = f"http://{host}:{port}"
    options = ["--bind", f"{host}:{port}", "--workers", "1", "--worker-class", "gthread", "--threads", str(THREADS)]
    words = [["gunicorn", *options, "--log-level", "warning", "--no-control-socket", "wsgi:app"]]
    words += [["flask", "work"]] if worker else []
    env = {**os.environ, "ANJUAN_DATA_DIR": str(data_dir), "ANJUAN_DEMO": "true", "PYTHONPATH": str(ROOT)}
    children: list[Child] = []
    with _asked_to_stop():
        try:
            for one in words:  # a session of their own: Ctrl+C reaches this process alone, which stops them in order
                command = [sys.executable, "-m", *one]
                children.append(subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True))  # noqa: S603 - our own words
            _wait_until_ready(url, children)
            yield Servers(url=url, children=tuple(children))
        finally:
            _stop(children)


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(f"端口 {port} 已被占用。", remedy=f"换一个端口：flask demo --port {port + 1}") from error


def _wait_until_ready(url: str, children: Sequence[Child]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        _refuse_ended(children)
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    raise Unavailable(f"服务 {READY_S} 秒内没有应答。", remedy="查看上面的错误信息。")


def _refuse_ended(children: Sequence[Child]) -> None:
    for child in children:
        if child.poll() is not None:
            raise Unavailable(f"一个服务进程已退出（{child.returncode}）。", remedy="查看上面的错误信息后重新启动。")


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[None]:
    """Let the first signal to stop end the block like Ctrl+C, so that no child is left behind at any moment."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a second signal pass (make and the terminal both send one): children are not left behind half way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(children: Sequence[Child]) -> None:
    with _undisturbed():
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        until = time.monotonic() + STOP_S
        for child in children:
            try:
                child.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
