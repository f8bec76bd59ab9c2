"""`flask replay`, `flask render`, `flask pack` and `flask verify`: a case from its scenario to its checked package."""

import contextlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from access import agencies
from archive import queries as packages
from archive import verifying
from archive.facts import PackageFacts
from archive.layout import folder_of
from archive.rechecking import unpack
from casework import queries
from catalogue.definitions import DocumentType
from catalogue.loading import load_catalogue
from catalogue.samples import KINDS, drawable, sample
from cli.cast import Played
from cli.common import Bar, Result, command, the_context
from cli.people import actor_for
from cli.ready import ready_context
from cli.replay import Replay
from cli.scenario import load_scenario
from cli.waiting import wait
from foundation import workflows
from foundation.canonical import digest, plain
from foundation.clock import ManualClock, legal_date
from foundation.context import Context
from foundation.errors import AnjuanError, BadInput, NotFound
from generator.furniture import DIGEST_DIGITS, Furniture
from generator.job import Job, Made
from generator.press import Press


@command("按场景文件办理一个完整案件，与页面走同样的操作。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay(file: Path) -> Result:
    """Carry a scenario into this installation, on the scenario's own dates."""
    scenario = load_scenario(file)
    ctx = ready_context()
    clock = ManualClock(scenario.steps[0].at if scenario.steps else ctx.clock.now())
    own = ctx.at(clock)
    alone = not _has_cases(ctx)
    with Press(own) as press, Bar(scenario.title) as bar:
        play = Replay(own, clock, scenario, press, alone=alone)
        play.set_up()
        played = list(_told(play, bar))
    return _outcome(play, played)


def _has_cases(ctx: Context) -> bool:
    with ctx.database.read() as session:
        return bool(queries.find_cases(session))


def _told(play: Replay, bar: Bar) -> Iterator[Played]:
    steps = play.scenario.steps
    for number, played in enumerate(play.steps(), 1):
        bar(number, len(steps), played.step.id or played.step.verb)
        yield played


def _outcome(play: Replay, played: list[Played]) -> Result:
    with play.ctx.database.read() as session:
        case = queries.case_facts(session, play.cast.case_id) if play.cast.case_id else None
        papers = queries.documents_of(session, play.cast.case_id) if case else []
    refused = [p.refused for p in played if p.refused]
    data = {
        "title": play.scenario.title,
        "steps": len(played),
        "refused": refused,
        "case": case.id if case else None,
        "number": case.number if case else None,
        "state": case.state if case else None,
        "documents": [{"id": d.id, "type": d.type, "number": d.number, "status": d.status} for d in papers],
    }
    told = f"，{len(refused)} 步按预期被拒绝" if refused else ""
    name = f"{case.number or case.working_number} {case.title}" if case else play.scenario.title
    return Result(data=data, lines=[f"已办理 {len(played)} 步{told}：{name}，文书 {len(papers)} 份。"])


@command("制作一种文书的 Word 和 PDF。")
@click.argument("type_id", metavar="TYPE")
@click.option("--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="栏目的值（YAML 或 JSON）。")
@click.option("--sample", "kind", type=click.Choice(KINDS), default="ordinary", show_default=True, help="用哪种样例。")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个目录。")
def render(type_id: str, data: Path | None, kind: str, out: Path) -> Result:
    """Draw one type from given values, or from its sample."""
    ctx = the_context()
    catalogue = load_catalogue(ctx.settings.templates_dir)
    definition = catalogue.get(type_id)
    values = drawable(definition, _values(data, definition)) if data else sample(catalogue, type_id, kind)
    with Press(ctx) as press:
        made = press.pool.make(_job(ctx, definition, values))
    out.mkdir(parents=True, exist_ok=True)
    files = _written(made, out / type_id)
    return Result(data={"type": type_id, "pages": made.pages, "files": files}, lines=[f"{made.pages} 页：", *files])


def _values(path: Path, definition: DocumentType) -> Mapping[str, Any]:
    try:
        values = plain(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} 读不懂。", remedy="写成 YAML 或 JSON 的键和值。", path="data") from error
    if not isinstance(values, dict):
        raise BadInput(f"{path.name} 不是键和值。", remedy="每行写作“栏目: 值”。", path="data")
    if unknown := sorted(set(values) - {f.name for f in definition.fields}):
        message = f"《{definition.title}》没有这些栏目：{'、'.join(unknown)}。"
        raise BadInput(message, remedy="核对栏目名。", path="data")
    return values


def _job(ctx: Context, definition: DocumentType, values: Mapping[str, Any]) -> Job:
    furniture = Furniture(
        document_id="00000000-0000-7000-8000-000000000000",
        version=1,
        digest_prefix=digest(plain(dict(values)))[:DIGEST_DIGITS],
        verify_url=f"{ctx.settings.public_url}/v",
        title=definition.title,
        number=str(values.get("doc_no") or values.get("number") or ""),
        agency_name=str(values.get("agency_name") or "示例镇人民政府（虚构）"),
        created_at=f"{legal_date(ctx.clock.now()).isoformat()}T00:00:00+00:00",
    )
    return Job(definition=definition, values=values, furniture=furniture, fonts_dir=str(ctx.settings.fonts_dir))


def _written(made: Made, stem: Path) -> list[str]:
    files = {stem.with_suffix(".docx"): made.docx, stem.with_suffix(".pdf"): made.pdf}
    for path, content in files.items():
        path.write_bytes(content)
    return [str(path) for path in files]


@command("把办结的案件装订成档案包，并复制到指定目录。")
@click.argument("case", metavar="CASE")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="复制到哪个目录。")
@click.option("--as", "login", help="账号；不写时为本机关的档案管理员。")
def pack(case: str, out: Path, login: str | None) -> Result:
    """Let the worker make the package, or make it here when none is alive; one that is kept is not made twice."""
    ctx = ready_context()
    case_id, agency_id = _find_case(ctx, case)
    package = _kept(ctx, case_id)
    if package is None:
        actor = actor_for(ctx, agency_id, "archivist", login)
        with ctx.database.write() as session:
            words: dict[str, Any] = {"kind": "pack", "subject": case_id, "by": actor.account_id, "agency_id": agency_id}
            job_id = workflows.ask(session, ctx, **words)
        wait(ctx, job_id, "组卷")
        package = _kept(ctx, case_id)
    if package is None:
        raise NotFound("档案包没有做成。", remedy="查看后台任务的说明。")
    source = folder_of(ctx, package)
    target = out / f"{package.slug}_v{package.generation}"
    shutil.copytree(source, target, dirs_exist_ok=True)
    return Result(data={"package": package, "path": str(target)}, lines=[f"档案包 {package.code}：{target}"])


def _find_case(ctx: Context, words: str) -> tuple[str, str]:
    with ctx.database.read() as session:
        for agency in agencies.agencies(session, legal_date(ctx.clock.now())):
            if found := queries.find_case_id(session, agency.id, words):
                return found, agency.id
        found_case = queries.case_facts(session, words)
        return found_case.id, found_case.agency_id


def _kept(ctx: Context, case_id: str) -> PackageFacts | None:
    with ctx.database.read() as session:
        return next(iter(packages.packages_of(session, case_id)), None)


@contextlib.contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give a package's folder: a ZIP file is unpacked beside nothing else, and taken away again."""
    if not (path.is_file() and zipfile.is_zipfile(path)):
        yield path
        return
    with tempfile.TemporaryDirectory() as place:
        yield unpack(path, Path(place), path.name)


@command("核验档案包：逐个文件、两份清单和办案日志链，指出被改动的地方。")
@click.argument("paths", metavar="PATH...", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
def verify(paths: tuple[Path, ...]) -> Result:
    """Check packages, without this installation's database; one that cannot be read does not stop the others."""
    found = [_verified(path, alone=len(paths) == 1) for path in paths]
    lines = [line for path, data, told in found for line in _under(path, told, alone=len(found) == 1)]
    data = found[0][1] if len(found) == 1 else [{"path": str(p), **plain(d)} for p, d, _told in found]
    return Result(data=data, lines=lines, ok=all(d["ok"] for _path, d, _told in found))


def _verified(path: Path, *, alone: bool) -> tuple[Path, dict[str, Any], list[str]]:
    try:
        with Bar("核验") as bar, _unpacked(path) as folder:
            report = verifying.verify(folder, progress=bar)
    except AnjuanError as error:
        if alone:
            raise
        return path, {"ok": False, "error": error.code, "message": error.message}, [f"✗ {error.message}{error.remedy}"]
    told = [f"✗ {fault}" for fault in report.faults] or [f"✓ 核验通过：{report.files} 个文件。"]
    return path, {**vars(report), "ok": report.ok}, told


def _under(path: Path, lines: list[str], *, alone: bool) -> Iterator[str]:
    if alone:
        yield from lines
    else:
        yield f"{path}："
        yield from (f"  {line}" for line in lines)
