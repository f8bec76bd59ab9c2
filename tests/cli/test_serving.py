"""Servers of a demo: started together, stopped together, a taken port is said."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from cli.serving import servers
from foundation.errors import Unavailable
from foundation.migrating import upgrade
from foundation.settings import ROOT
from tests.conftest import settings_for

pytestmark = pytest.mark.slow


def test_a_port_that_is_taken_is_said_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Unavailable, match=f"端口 {port} 已被占用"), servers(tmp_path, port=port, worker=False):
            pass


def test_web_server_and_worker_start_answer_and_end_together(tmp_path: Path) -> None:
    upgrade(settings_for(tmp_path))
    with servers(tmp_path) as running:
        with urllib.request.urlopen(f"{running.url}/readyz", timeout=5) as answer:  # noqa: S310 - our own address
            assert answer.status == 200
        pids = [child.pid for child in running.children]
        assert len(pids) == 2
    assert [child.poll() is not None for child in running.children] == [True, True]


def test_two_signals_at_once_leave_nobody_behind(tmp_path: Path) -> None:
    upgrade(settings_for(tmp_path))
    code = (
        "import sys; from pathlib import Path; from cli.serving import servers\n"
        "with servers(Path(sys.argv[1])) as s:\n"
        "    print(*(c.pid for c in s.children), flush=True); s.wait()\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 - our own words
        assert parent.stdout
        pids = [int(p) for p in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        parent.send_signal(signal.SIGTERM)
        parent.wait(40)
    assert [p for p in pids if Path(f"/proc/{p}").exists()] == []
