"""Entries for tests of the engines, and a plain oracle that says what any question must find among them."""

import random
from collections import Counter
from collections.abc import Sequence

from access.predicates import Always, Predicate, holds
from search import facets, tokens
from search.engine import GRAMS, Answer, Ask, Term
from search.entries import FIELDS, Entry, described

RARE = "𠮷𡋾"
"""Characters of extension B."""
PARTIES = ("清河镇示例砂石料场有限公司（虚构）", "阿依古丽·买买提", f"李{RARE}", "孙样例", "上善食品店（个体工商户）")
SENTENCES = (
    "2026年1月6日，执法人员检查发现露天堆放砂料约1,200立方米，未采取有效覆盖措施。",
    "当事人对上述事实无异议，愿意立即改正；罚款人民币5,000.00元。",
    "依据《大气污染防治法》第七十二条第一款，责令改正，处一万元以上十万元以下的罚款。",
    "以上音像见AV-20260106-01，设备JLY-03，存放于QH01-2026-003。",
    "裏面的貨物與訴狀，ＡＢＣ全角与abc半角。",
    "询问人：甲一（执法证号SF-QH-0001）\n记录人：乙二（执法证号SF-QH-0002）",
    "送达地点：清河镇河东路8号；见证人：寅三。",
    '经集体讨论，决定给予警告。NEAR(a b) OR c* - “引号”与"双引号"，100%符合GB/T 9704-2012。',
)
TYPES = ("penalty_decision", "inquiry_record", "decision_approval", "service_receipt")
TITLES = {
    "penalty_decision": "行政处罚决定书",
    "inquiry_record": "询问笔录",
    "decision_approval": "行政处罚决定审批表",
    "service_receipt": "送达回证",
}
CLASSES = ("normal", "normal", "normal", "internal", "privacy", "informant")


def an_entry(number: int, **changes: object) -> Entry:
    """Return a paper; the number decides everything else, changes come on top."""
    chance = random.Random(number)  # noqa: S311 - the same corpus every time
    kind = TYPES[(number - 3) % len(TYPES)]
    facts = {
        "agency_id": chance.choice(["清河", "清河", "清河", "邻镇", "东乡", "西乡", "南乡"]),
        "case_id": f"案{number % 7}",
        "type": kind,
        "stage": chance.choice(["investigation", "decision"]),
        "secrecy": chance.choice(CLASSES),
        "volume": "main",
        "status": chance.choice(["draft", "issued"]),
        "party_id": f"当事人{number % 3}",
        "procedure": "general",
        "unit": chance.choice(["综合执法办公室", "平安办"]),
    }
    texts = {
        "number": f"清政罚〔2026〕第{number}号" if kind == "penalty_decision" else "",
        "party": PARTIES[number % len(PARTIES)],
        "title": TITLES[kind],
        "text": "\n".join(chance.sample(SENTENCES, 3)),
        "privacy": f"清河镇河东路{number}号\n13800{number:06}",
    }
    fields: dict[str, object] = {
        "id": f"{number:08}",
        "thing": "document",
        "version": 1,
        "date": f"2026-{number % 12 + 1:02}-{number % 5 + 1:02}",
        "facts": facts,
        "texts": texts,
    }
    return described(Entry(**{**fields, **changes}))  # type: ignore[arg-type]


def a_corpus(count: int = 60) -> list[Entry]:
    """Return papers, two cases, and a recording."""
    case = {"agency_id": "清河", "case_id": "案1", "procedure": "general", "status": "open"}
    texts = {"number": "清案〔2026〕003号\n检2026-001", "party": PARTIES[0], "title": "砂石料场扬尘案"}
    recording = {"agency_id": "清河", "case_id": "案1", "secrecy": "normal", "operator_id": "甲"}
    return [
        *(an_entry(n) for n in range(1, count + 1)),
        an_entry(901, id="case-1", thing="case", facts=case, texts=texts),
        an_entry(902, id="case-2", thing="case", facts={**case, "case_id": "案2"}, texts={"title": "罚款罚款案"}),
        an_entry(
            903, id="av-1", thing="recording", facts=recording, texts={"number": "AV-20260106-01", "title": "检查"}
        ),
    ]


def expected(corpus: Sequence[Entry], question: Ask) -> Answer:
    """Return what a question must find, by looking at every entry in turn."""
    tiers = {e.id: tier for e in corpus if (tier := _tier(e, question)) is not None}
    hits = [e for e in corpus if e.id in tiers]
    hits.sort(key=lambda e: e.id, reverse=True)
    hits.sort(key=lambda e: e.date, reverse=True)
    hits.sort(key=lambda e: tiers[e.id])
    counts = {name: Counter(e.facets[name] for e in hits if name in e.facets) for name in facets.NAMES}
    page = hits[question.offset : question.offset + question.size]
    return Answer(total=len(hits), entries=tuple(page), counts={n: dict(c) for n, c in counts.items() if c})


def _tier(entry: Entry, question: Ask) -> int | None:
    if not _permitted(entry, question):
        return None
    if not question.terms:
        return 0
    fields = [f for f in FIELDS if not question.fields or f in question.fields]
    opened = [] if question.fields else [f for g in question.guards if _holds(g.where, entry) for f in g.fields]
    for tier in range(len(fields)):
        open_now = [*fields[: tier + 1], *(opened if tier == len(fields) - 1 else [])]
        if all(any(_has(entry, field, term) for field in open_now) for term in question.terms):
            return tier
    return None


def _permitted(entry: Entry, question: Ask) -> bool:
    return (
        _holds(question.where, entry)
        and entry.id not in question.without
        and all(entry.facets.get(name) in values for name, values in question.chosen.items())
        and (not question.spans or any(s.first <= entry.date <= s.last for s in question.spans))
    )


def _holds(predicate: Predicate, entry: Entry) -> bool:
    return predicate == Always() or holds(predicate, {**entry.facts, "thing": entry.thing, "id": entry.id})


def _has(entry: Entry, field: str, term: Term) -> bool:
    text = entry.texts.get(field, "")
    codes = tokens.units(text) if field == "number" and len(term.units) == 1 else []
    return stands_in(text, term) or any(term.units[0] in code.split("-") for code in codes)


def stands_in(text: str, term: Term) -> bool:
    """Look for a term unit by unit."""
    wanted = list(term.units)
    rows = tokens.units_by_run(text) if term.form == GRAMS else [tokens.units(line) for line in text.split("\n")]
    return any(row[at : at + len(wanted)] == wanted for row in rows for at in range(len(row)))
