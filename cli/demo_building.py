"""Build the demo: both whole cases and ten that wait for something, in one office; random passwords; a snapshot.

docs/decisions/0002 tells why it is built by the operations themselves.
"""

import json
import secrets
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict

import click

import migrations.tables  # noqa: F401 - a snapshot holds the rows of every floor
from access import accounts
from access.rulebook import rulebook
from archive import copy_requests
from archive import queries as packages
from archive.packing_view import final_folder
from casework.views import office
from cli.demo_cases import demo_cases
from cli.demo_marks import BUILDING, MARK, SNAPSHOT, TAMPERED, DemoAccount
from cli.ready import is_used, migrate
from cli.replay import Replay
from cli.scenario import Scenario, Step, load_scenario
from foundation.backup import back_up
from foundation.clock import ManualClock, local
from foundation.context import Context
from foundation.errors import Refused
from foundation.settings import ROOT
from generator.press import Press
from search import indexing

SCENARIOS = (ROOT / "tests/scenarios/case_general.yaml", ROOT / "tests/scenarios/case_summary.yaml")
UNDER_WAY = ROOT / "tests/scenarios/demo.yaml"
ADMIN, WATCHER, ARCHIVIST = "管理员", "监督员", "壬九"
BESIDES = {ADMIN: "sysadmin", WATCHER: "supervisor"}
"""Who stands in no scenario."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and figures that nobody mistakes for one another."""
OURS = ("anjuan.sqlite*", "dbos.sqlite*", "search*")
"""Files of an installation, beside the folders of blobs and packages."""


def build(ctx: Context, began: float) -> None:
    """Carry both cases into an empty installation; what an interrupted run left is taken away first.

    Raises:
        Refused: There are data that are not the demo's.
    """
    folder = ctx.settings.data_dir
    if (folder / BUILDING).exists():
        _say("上次没有准备完，重新开始 starting over")
        _clear(ctx)
    _say("建立数据库 creating the database")
    migrate(ctx)
    if is_used(ctx):
        raise Refused(
            f"{folder} 里已有数据，不能放入演示案件。",
            remedy="换一个目录：ANJUAN_DATA_DIR=另一目录 make run。",
        )
    (folder / BUILDING).touch()
    plays = _play(ctx)
    _say("编制检索索引 indexing")
    indexing.catch_up(ctx)
    known = _accounts(ctx, plays[0])
    _tamper(ctx, plays[1])
    _ask_for_copy(ctx, plays[1])
    _say("保存快照 keeping a snapshot for make demo-reset")
    shutil.rmtree(folder / SNAPSHOT, ignore_errors=True)
    back_up(ctx, folder / SNAPSHOT)
    (folder / MARK).touch(mode=0o600)
    (folder / MARK).write_text(json.dumps({"accounts": [asdict(a) for a in known]}, ensure_ascii=False))
    (folder / BUILDING).unlink()
    _say(f"演示数据已备好，用时 {time.monotonic() - began:.0f} 秒 ready")


def _play(ctx: Context) -> list[Replay]:
    """Carry all scenarios into one office, step by step in the order of their dates."""
    scenarios = [*(load_scenario(path) for path in SCENARIOS), *demo_cases(UNDER_WAY, ctx.clock.now())]
    clock = ManualClock(scenarios[0].steps[0].at)
    own = ctx.at(clock)
    with Press(own) as press:
        plays = [Replay(own, clock, scenario, press, alone=False) for scenario in scenarios]
        for play in plays:
            play.set_up()
        steps = list(_in_order(scenarios))
        for number, (at, step) in enumerate(steps, 1):
            plays[at].play(step)
            _say(f"{number:>3}/{len(steps)} {local(step.at):%Y-%m-%d} {plays[at].scenario.title} · {_act(step)}")
    return plays


def _in_order(scenarios: list[Scenario]) -> Iterator[tuple[int, Step]]:
    every = [(step.at, at, step.number, step) for at, s in enumerate(scenarios) for step in s.steps]
    yield from ((at, step) for _, at, _, step in sorted(every, key=lambda row: row[:3]))


ACTS = {
    "announce": "开始录音录像",
    "end": "结束录音录像",
    "return": "退回",
    "emergency": "紧急启动",
    "store": "存入音像",
    "serve": "送达",
    "sign": "签收",
    "hand_over": "移交档案室",
    "archive": "组卷归档",
    "open_case": "登记案件",
}
"""How acts without a paper of their own are called."""


def _act(step: Step) -> str:
    name = step.id or str(step.keys.get("of", ""))
    return " ".join(word for word in (ACTS.get(step.verb, ""), name) if word)


def _accounts(ctx: Context, play: Replay) -> list[DemoAccount]:
    """Give everybody of the office a random password, and add an administrator and a supervisor."""
    for name, role in BESIDES.items():
        agency_id = play.cast.agency_id
        person = accounts.add_person(ctx, agency_id=agency_id, name=name, roles=[role], department="党政办公室")
        accounts.add_account(ctx, person_id=person.id, login=name)
    roles = {name: data["roles"] for name, data in play.scenario.people.items()}
    roles |= {name: [role] for name, role in BESIDES.items()}
    return [_account(ctx, name, held) for name, held in roles.items()]


def _tamper(ctx: Context, play: Replay) -> None:
    """Keep a copy of a package with one changed byte, for a look at what verification says."""
    with ctx.database.read() as session:
        (package,) = packages.packages_of(session, play.cast.case_id)
    folder = final_folder(ctx, package)
    broken = next(iter(sorted(folder.rglob("*.pdf"))))
    with zipfile.ZipFile(ctx.settings.data_dir / TAMPERED, "w", zipfile.ZIP_STORED) as out:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            data = bytearray(path.read_bytes())
            if path == broken:
                data[len(data) // 2] ^= 1
            out.writestr(str(path.relative_to(folder.parent)), bytes(data))


def _ask_for_copy(ctx: Context, play: Replay) -> None:
    """Let the party of the archived case ask for copies at the counter: a request that waits for its answer."""
    case_id, (party_id,) = play.cast.case_id, play.cast.parties.values()
    with ctx.database.read() as session:
        archivist = accounts.actor_of(session, accounts.account_of(session, ARCHIVIST).id, ctx.clock.now())
        papers = copy_requests.askable(office(ctx, session), case_id, party_id)
    asked = copy_requests.Asked(
        wanted=[p.id for p in papers],
        other="当时的执法录像",
        purpose="申请行政复议",
        form="复印",
        contact="000-00000002",
    )
    copy_requests.ask_for_copy(ctx, archivist, case_id=case_id, party_id=party_id, asked=asked)


def _account(ctx: Context, login: str, roles: list[str]) -> DemoAccount:
    with ctx.database.read() as session:
        account = accounts.account_of(session, login)
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    accounts.set_password(ctx, account_id=account.id, password=password)
    return DemoAccount(login=login, password=password, roles="、".join(rulebook().title(r) for r in roles))


def _clear(ctx: Context) -> None:
    """Take away what an interrupted first run left; its mark says that nothing else was there."""
    folder = ctx.settings.data_dir
    ctx.database.close()
    for name in ("blobs", "packages", SNAPSHOT):
        shutil.rmtree(folder / name, ignore_errors=True)
    for path in [p for pattern in OURS for p in folder.glob(pattern) if p.is_file()]:
        path.unlink()
    (folder / "blobs" / "incoming").mkdir(parents=True, exist_ok=True)
    (folder / BUILDING).unlink()


def _say(text: str) -> None:
    click.echo(f"· {text}")
