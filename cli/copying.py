"""`flask copy` and `flask audit`: a party's copy of case papers; a case's rows, files and chain checked in place."""

from collections.abc import Sequence
from pathlib import Path

import click

from access import agencies
from archive import verifying_records
from archive.copies import make_copy
from archive.copy_delivery import download
from archive.copy_drawing import Wish
from archive.facts import CopyFacts
from archive.verifying import Report
from casework import queries
from casework.facts import CaseFacts
from cli.common import Bar, Result, command
from cli.people import actor_for
from cli.ready import ready_context
from foundation.clock import legal_date
from foundation.context import Context
from foundation.errors import BadInput, NotFound
from generator.press import Press

APPROVAL = "record_copy_approval"


@command("为当事人制作执法记录复制件：只含可以提供的内容，遮蔽、加水印、盖章，并有下载期限。", name="copy")
@click.argument("case", metavar="CASE")
@click.option("--party", required=True, help="申请的当事人姓名或名称。")
@click.option("--purpose", required=True, help="用途，例如“申请行政复议”。")
@click.option("--approval", default="", help="查阅复制审批表的文号；不写时为本案最近一份。")
@click.option(
    "--document", "documents", multiple=True, help="要复制的文书文号或编号，可写多次；不写时为全部可以提供的。"
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="写到哪个目录。")
@click.option("--as", "login", help="账号；不写时为本机关的档案管理员。")
def copy_command(
    case: str, *, party: str, purpose: str, approval: str, documents: Sequence[str], out: Path, login: str | None
) -> Result:
    """Make a party's copy by an approval, and write it into a folder (that is a download, and journalled)."""
    ctx = ready_context()
    facts = _find(ctx, case)
    actor = actor_for(ctx, facts.agency_id, "archivist", login)
    wish = Wish(
        party_id=_party(facts, party),
        purpose=purpose,
        approval_id=_approval(ctx, facts, approval),
        document_ids=_documents(ctx, facts, documents) or None,
    )
    with Press(ctx) as press:
        made = make_copy(ctx, actor, case_id=facts.id, wish=wish, pool=press.pool)
    path = out / f"{made.number}.pdf"
    out.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(download(ctx, actor, made.id))
    return Result(data={"copy": made, "path": str(path)}, lines=list(_told(made, path)))


def _told(made: CopyFacts, path: Path) -> list[str]:
    lines = [f"复制件 {made.number}：{path}（{made.pages} 页，{legal_date(made.expires_at)} 前可以下载）"]
    for item in made.items:
        covered = f"，遮蔽{len(item['covered'])}处" if item["covered"] else ""
        lines.append(f"  第{item['pages']}页 {item['title']}{covered}")
    return [*lines, *(f"  不予提供：{one['title']}（{one['reason']}）" for one in made.refused)]


@command("核对案件在系统中的记录：各行、各文件与办案日志链、总账根和档案包是否一致，指出被改动的地方。", name="audit")
@click.argument("case", metavar="CASE")
def audit_command(case: str) -> Result:
    """Check rows and stored files of a case against its chain."""
    ctx = ready_context()
    facts = _find(ctx, case)
    with Bar("核对") as bar:
        report: Report = verifying_records.verify_case(ctx, facts.id, progress=bar)
    good = f"✓ 记录一致：日志 {report.events} 条，文件 {report.files} 个。"
    return Result(data=report, lines=[f"✗ {fault}" for fault in report.faults] or [good], ok=report.ok)


def _find(ctx: Context, words: str) -> CaseFacts:
    with ctx.database.read() as session:
        for agency in agencies.agencies(session, legal_date(ctx.clock.now())):
            if found := queries.find_case_id(session, agency.id, words):
                return queries.case_facts(session, found)
        return queries.case_facts(session, words)


def _party(case: CaseFacts, name: str) -> str:
    found = [p.id for p in case.parties if name in (p.name, p.id)]
    if not found:
        known = "、".join(p.name for p in case.parties)
        raise BadInput(f"本案没有当事人“{name}”。", remedy=f"本案当事人：{known}。", path="party")
    return found[0]


def _approval(ctx: Context, case: CaseFacts, number: str) -> str:
    with ctx.database.read() as session:
        papers = [d for d in queries.documents_of(session, case.id) if d.type == APPROVAL]
    found = [d.id for d in papers if not number or number in (d.number, d.id)]
    return found[-1] if found else ""


def _documents(ctx: Context, case: CaseFacts, words: Sequence[str]) -> list[str]:
    with ctx.database.read() as session:
        papers = queries.documents_of(session, case.id)
    found = [d.id for d in papers if d.number in words or d.id in words]
    if words and len(found) < len(set(words)):
        raise NotFound("本案没有所写的文书。", remedy="检查文号。")
    return found
