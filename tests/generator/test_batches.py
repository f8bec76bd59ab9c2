"""One set of facts for many parties: tried without a trace, made once each, killed and taken up again."""

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from casework import queries, register
from casework.batches import BatchFacts, ItemState
from casework.facts import CaseFacts, DocumentFacts, Status
from casework.operations import batching, documents
from foundation import jobs, workflows
from foundation.context import Context
from foundation.errors import BadInput, Forbidden, NotFound, Refused
from foundation.jobs import JobState
from foundation.settings import ROOT
from generator.batches import kit_of, make_item
from generator.press import Press
from tests.casework.offices import Bureau
from tests.generator.batch_killed import POINTS
from tests.generator.offices import with_notice

CARDS = ("110101199003072316", "110101198001010010", "11010119850505007X")
HEAD = "姓名,证件号码,地址,门牌号"


def card(n: int) -> str:
    """Return a made-up card number with its check digit."""
    body = f"110101{1960 + n % 40}0101{n % 1000:03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def table(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows]).encode("utf-8-sig")


def good(count: int) -> bytes:
    return table(*(f"甲{n:03}·买买提,{card(n)},样例村{n}号,{n}" for n in range(1, count + 1)))


@dataclass
class Desk:
    """A case with a draft whose facts are shared."""

    ctx: Context
    bureau: Bureau
    case: CaseFacts
    pattern: DocumentFacts

    def trial(self, content: bytes, by: str = "甲一") -> batching.Trial:
        return batching.try_out(self.ctx, self.bureau.as_(by), pattern_id=self.pattern.id, content=content)

    def begin(self, content: bytes) -> BatchFacts:
        given = {"pattern_id": self.pattern.id, "content": content, "file_name": "沿街商户"}
        return batching.begin(self.ctx, self.bureau.as_("甲一"), **given)

    def papers(self) -> list[DocumentFacts]:
        with self.ctx.database.read() as session:
            found = queries.documents_of(session, self.case.id)
        return [d for d in found if d.type == "batch_notice" and d.id != self.pattern.id]

    def batch(self, batch_id: str) -> BatchFacts:
        return batching.batch(self.ctx, self.bureau.as_("甲一"), batch_id)


@pytest.fixture
def desk(ctx: Context, tmp_path: Path) -> Desk:
    ctx = with_notice(ctx, tmp_path / "types")
    bureau = Bureau(ctx)
    case = bureau.case("summary")
    pattern = bureau.draft("batch_notice", case, data={"text": "请勿占道经营", "party_name": "样本"})
    return Desk(ctx=ctx, bureau=bureau, case=case, pattern=pattern)


def test_a_trial_tells_what_would_come_and_keeps_nothing(desk: Desk) -> None:
    trial = desk.trial(good(3))
    assert (trial.good, [r.is_new for r in trial.rows], trial.signers) == (3, [True] * 3, ("承办人（本案执法人员）",))
    assert desk.papers() == []
    with desk.ctx.database.read() as session:
        assert register.page(session, desk.bureau.agency_id, "", number=1, size=10).total == 0


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (f"甲,{CARDS[0][:-1]}0,村1号,1", "证件号码", "校验"),
        (f",{card(1)},村1号,1", "姓名", "没有填写"),
        (f"甲,{card(1)},村1号,一号", "门牌号", "不是数字"),
        (f"甲,{card(1)},,1", "", "住址"),
    ],
)
def test_a_fault_names_row_column_and_remedy(desk: Desk, row: str, column: str, words: str) -> None:
    trial = desk.trial(table(f"乙,{card(2)},村2号,2", row))
    assert [bool(r.faults) for r in trial.rows] == [False, True]
    assert trial.rows[1].line == 3
    assert any(column in f.path and words in f.message and f.remedy for f in trial.rows[1].faults)


def test_one_number_in_two_rows_is_a_fault(desk: Desk) -> None:
    trial = desk.trial(table(f"甲,{card(1)},村1号,1", f"乙,{card(1)},村2号,2"))
    assert "与第2行相同" in trial.rows[1].faults[0].message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"PK\x03\x04xx", "Excel 文件已损坏"),
        (b"\x00\x01\x02", "不是文字"),
        (table(head="姓名,证件号码"), "只有列名"),
        (table("甲,1", head="姓名,备忘"), "不认识"),
        (table("甲", head="姓名"), "缺少“证件号码”"),
        (table("甲,1,2", head="姓名,证件号码,名称"), "重复"),
        ('姓名,证件号码\n"甲,1'.encode(), "引号"),
    ],
)
def test_a_table_that_cannot_be_read_is_told_so(desk: Desk, content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        desk.trial(content)


def test_tables_of_excel_are_read_in_its_own_coding_too(desk: Desk) -> None:
    content = f"姓名;证件号码;地址\n阿依古丽·买买提;{card(1)};村1号".encode("gb18030")
    assert [(r.name, r.faults) for r in desk.trial(content).rows] == [("阿依古丽·买买提", ())]


def test_faults_keep_a_batch_from_beginning(desk: Desk) -> None:
    with pytest.raises(Refused) as told:
        desk.begin(table(f"甲,{card(1)},村1号,一"))
    assert told.value.findings[0].message.startswith("第2行“门牌号”列：")


def test_papers_of_the_office_are_not_made_in_batches(desk: Desk) -> None:
    inner = desk.bureau.draft("letter", desk.case, data={"text": "试"})
    with pytest.raises(Refused, match="不按名单"):
        batching.try_out(desk.ctx, desk.bureau.as_("甲一"), pattern_id=inner.id, content=good(1))


def test_who_may_not_open_papers_of_the_case_tries_nothing(desk: Desk) -> None:
    desk.bureau.join("外人", roles=["handler"])
    with pytest.raises((NotFound, Forbidden)):
        desk.trial(good(1), by="外人")


@pytest.mark.slow
def test_every_party_gets_a_signed_numbered_paper_once(desk: Desk) -> None:
    begun = desk.begin(good(4))
    done = workflows.run_in_process(desk.ctx, begun.job_id)
    assert (done.state, done.result) == (JobState.DONE, {"items": 4, "done": 4})
    papers = desk.papers()
    assert sorted(p.number for p in papers) == [f"清政01提〔2026〕第{n}号" for n in range(1, 5)]
    assert {p.status for p in papers} == {Status.ISSUED}
    assert {p.data["text"] for p in papers} == {"请勿占道经营"}
    assert {p.data["party_name"] for p in papers} == {f"甲{n:03}·买买提" for n in range(1, 5)}
    with pytest.raises(Refused, match="全部制发"):
        batching.retry(desk.ctx, desk.bureau.as_("甲一"), begun.id)
    assert all("已有这种文书" in r.faults[0].message for r in desk.trial(good(4)).rows)
    with Press(desk.ctx) as press:
        kit = kit_of(desk.ctx, desk.bureau.as_("甲一"), desk.batch(begun.id), press.pool, copies=2)
    assert (len(kit.sheets), kit.leaves) == (4, 8)


@pytest.mark.slow
def test_a_row_that_fails_holds_up_nobody_and_can_be_tried_again(desk: Desk) -> None:
    begun = desk.begin(good(3))
    with Press(desk.ctx) as press:
        account = desk.bureau.as_("甲一").account_id
        document_id = batching.open_item(desk.ctx, account, begun.id, 2)
        documents.void(desk.ctx, desk.bureau.as_("甲一"), document_id=document_id, reason="当事人已搬走")
        states = [make_item(desk.ctx, account, begun.id, seq, press) for seq in (1, 2, 3)]
    assert states == ["done", "failed", "done"]
    failed = desk.batch(begun.id).items[1]
    assert (failed.state, failed.tries) == (ItemState.FAILED, 1)
    assert "作废" in failed.message
    with pytest.raises(Refused, match="还在办理"):
        batching.retry(desk.ctx, desk.bureau.as_("甲一"), begun.id)
    with desk.ctx.database.write() as session:
        jobs.job_row(session, begun.job_id).state = JobState.DONE
    again = batching.retry(desk.ctx, desk.bureau.as_("甲一"), begun.id)
    assert again.job_id != begun.job_id
    assert [i.state for i in again.items] == [ItemState.DONE, ItemState.WAITING, ItemState.DONE]


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_makes_nothing_twice_and_burns_no_number(desk: Desk, tmp_path: Path, point: str) -> None:
    begun = desk.begin(good(3))
    account = desk.bureau.as_("甲一").account_id
    desk.ctx.database.close()
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tests.generator.batch_killed",
        str(tmp_path),
        begun.id,
        account,
        point,
    ]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert died.returncode == -signal.SIGKILL, died.stderr
    with Press(desk.ctx) as press:
        waiting = [i.seq for i in desk.batch(begun.id).items if i.state is ItemState.WAITING]
        assert [make_item(desk.ctx, account, begun.id, seq, press) for seq in waiting] == ["done", "done"]
    assert sorted(p.number for p in desk.papers()) == [f"清政01提〔2026〕第{n}号" for n in range(1, 4)]
    assert len({p.party_id for p in desk.papers()}) == 3
