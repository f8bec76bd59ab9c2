"""Items of a screening are read strictly: results, reasons, areas to be painted, spans to be heard or muted."""

import dataclasses
from typing import Any

import pytest

from archive.copy_facts import CopyRequestFacts, CopyState
from archive.copy_items import MASKED, Screening, ScreenItem, fault_of, read_items
from archive.copy_wishes import answer_of, wish_of
from foundation.errors import BadInput
from tests.archive.facts import AT

PAPER = ScreenItem(key="p", title="询问笔录", allowed=True, suggested="提供", pictures=(("b" * 64, "扫描"),), said={})
VIDEO = ScreenItem(key="rec:r", title="录像", allowed=True, said={})
WORDS = ScreenItem(key="other", title="讨论记录", said={})


def read(item: ScreenItem, **words: Any) -> dict[str, Any]:
    known = Screening(items=(item,), more=(), findings=())
    return dict(read_items(known, [{"key": item.key, "result": "提供", **words}], ())[0])


def test_areas_are_read_one_a_line_with_either_comma() -> None:
    found = read(PAPER, covers={"b" * 64: "1, 20, 30, 60, 35\n\n2，0，0，100，50.5"})
    assert found["covers"] == {"b" * 64: [[1, 20, 30, 60, 35], [2, 0, 0, 100, 50.5]]}


@pytest.mark.parametrize(
    "line", ["0, 1, 1, 2, 2", "1, 50, 1, 20, 2", "1, 1, 1, 101, 2", "1, 2, 3", "左上角", "1, -1, 0, 5, 5"]
)
def test_an_area_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(BadInput, match="看不懂"):
        read(PAPER, covers={"b" * 64: line})


def test_areas_of_something_else_are_left_out() -> None:
    assert read(PAPER, covers={"c" * 64: "1, 1, 1, 2, 2"})["covers"] == {}
    assert read(PAPER, covers="text")["covers"] == {}


def test_a_paper_with_covered_fields_is_never_given_whole() -> None:
    assert read(dataclasses.replace(PAPER, covered=("身份证号",)))["result"] == MASKED


def test_spans_are_read_in_seconds() -> None:
    found = read(VIDEO, start="1", end="9.5", mutes="2-3 4.5-5")
    assert (found["start"], found["end"], found["mutes"]) == (1.0, 9.5, [[2, 3], [4.5, 5]])


@pytest.mark.parametrize(
    "words",
    [{"start": "5", "end": "1"}, {"start": "nan"}, {"end": "inf"}, {"end": "很久"}, {"mutes": "5-2"}, {"mutes": "x"}],
)
def test_spans_that_are_none_are_refused(words: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        read(VIDEO, **words)


def test_a_scan_that_shows_covered_fields_needs_areas() -> None:
    scan = dataclasses.replace(PAPER, covered=("身份证号",), suggested=MASKED, scan="b" * 64)
    assert "扫描件" in str(fault_of(scan))
    painted = dataclasses.replace(scan, said={"result": MASKED, "covers": {"b" * 64: [[1, 0, 0, 9, 9]]}})
    assert fault_of(painted) is None


def test_only_the_applicants_words_may_be_said_to_be_among_the_items() -> None:
    assert read(WORDS, result="已列入")["result"] == "已列入"
    with pytest.raises(BadInput):
        read(PAPER, result="已列入")


def request(*items: dict[str, Any], decision: str) -> CopyRequestFacts:
    words: dict[str, Any] = dict.fromkeys(CopyRequestFacts.__dataclass_fields__, "")
    words |= {"items": items, "decision": decision, "opinion": "另有规定。", "asked_at": AT, "due_on": AT.date()}
    return CopyRequestFacts(**{**words, "state": CopyState.DECIDED, "wanted": [], "letter": {}, "closed_at": None})


GIVEN = {"key": "p", "title": "决定书", "result": "遮蔽", "reason": "", "covers": {"b": [[2, 10, 20, 30, 40]]}}
HEARD = {"key": "rec:r", "title": "录像", "result": "提供", "reason": "", "start": 1.0, "end": 2.0, "mutes": [[1, 1.5]]}
KEPT = {"key": "other", "title": "讨论记录", "result": "不提供", "reason": "internal"}


def test_a_wish_holds_what_was_given_as_it_was_said() -> None:
    wish = wish_of(request(GIVEN, HEARD, KEPT, decision="部分同意"))
    assert wish.document_ids == ["p"]
    assert [(c.recording_id, c.start_s, c.end_s, list(c.mutes)) for c in wish.clips] == [("r", 1.0, 2.0, [(1.0, 1.5)])]
    (cover,) = wish.covers["b"]
    assert (cover.page, cover.box) == (1, (0.1, 0.2, 0.3, 0.4))
    assert [w["title"] for w in wish.withheld] == ["讨论记录"]


def test_a_written_answer_names_reason_and_law_of_each_refused_item() -> None:
    partly = answer_of(request(GIVEN, KEPT, decision="部分同意"))
    assert [(p["doc"], p["masked"]) for p in partly["provided"]] == [("决定书", "有遮蔽")]
    assert "政府信息公开条例" in partly["refused"][0]["basis"]
    refused = answer_of(request(GIVEN, KEPT, decision="不同意"))
    assert "provided" not in refused
    assert [r["reason"] for r in refused["refused"] if r["doc"] == "决定书"] == ["另有规定。"]
