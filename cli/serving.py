"""The web server and one worker as two child processes, stopped together (what `flask demo` serves with)."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from foundation.context import Context
from foundation.errors import Unavailable
from foundation.settings import ROOT

READY_S = 30
"""Seconds until the first page must come."""
STOP_S = 25
"""Seconds that a child may take to end what it has in hand."""


def serve(ctx: Context, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until a signal comes or a child ends.

    Args:
        ctx: The floor; children use the same settings.
        host: Address to listen on.
        port: Port; 0 lets the system choose.
        ready: Told the address once the first page can be had.

    Raises:
        Unavailable: The port is taken, or a child ended by itself.
    """
    port = port or _free_port(host)
    _refuse_taken(host, port)
    env = {**os.environ, "ANJUAN_DATA_DIR": str(ctx.settings.data_dir), "ANJUAN_DEMO": "true", "PYTHONPATH": str(ROOT)}
    options = ["--bind", f"{host}:{port}", "--workers", "1", "--worker-class", "gthread", "--threads", "8"]
    web = [sys.executable, "-m", "gunicorn", *options, "--log-level", "warning", "--no-control-socket", "wsgi:app"]
    work = [sys.executable, "-m", "flask", "work"]
    children = [subprocess.Popen(words, cwd=ROOT, env=env, start_new_session=True) for words in (web, work)]  # noqa: S603 - our own words
    try:
        _wait_until_ready(f"http://{host}:{port}", children)
        ready(f"http://{host}:{port}")
        _wait(children)
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


def _wait_until_ready(url: str, children: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_S
    while time.monotonic() < until:
        _refuse_ended(children)
        with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    raise Unavailable(f"服务 {READY_S} 秒内没有应答。", remedy="查看上面的错误信息。")


def _wait(children: Sequence[subprocess.Popen[bytes]]) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with suppress(KeyboardInterrupt):
        while True:
            _refuse_ended(children)
            time.sleep(0.5)


def _refuse_ended(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is not None:
            raise Unavailable(f"一个服务进程已退出（{child.returncode}）。", remedy="查看上面的错误信息后重新启动。")


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> None:
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
