"""What a screening becomes: rows of the approval, the decisions that it allows, what is copied, what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from archive.clips import Clip
from archive.copy_drawing import Wish
from archive.copy_facts import CopyRequestFacts
from archive.copy_items import GIVES, HANDLED, RECORDING, WITHHELD, Screening
from archive.foreign import Cover
from archive.ruling import read

CONSENTS = ("同意", "部分同意")


def approval_rows(known: Screening) -> list[dict[str, str]]:
    """Return the rows of the approval paper."""
    return [
        {
            "doc": f"{i.title}{i.number and '（' + i.number + '）'}"[:200],
            "volume": i.volume or "／",
            "class": i.secrecy or "／",
            "result": i.result,
            "basis": "；".join(filter(None, [i.basis, str(i.said.get("note") or "")])),
        }
        for i in known.items
        if i.result != HANDLED
    ]


def decisions_for(items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the decisions that the items allow."""
    results = [i["result"] for i in items if i["result"] != HANDLED]
    if not any(r in GIVES for r in results):
        return ("不同意",)
    return ("同意", "不同意") if WITHHELD not in results else ("部分同意", "不同意")


def wish_of(facts: CopyRequestFacts) -> Wish:
    """Return what is to be copied for a request that was decided."""
    given = [i for i in facts.items if i["result"] in GIVES]
    return Wish(
        party_id=facts.party_id,
        purpose=facts.purpose,
        approval_id=facts.approval_id,
        document_ids=[i["key"] for i in given if not str(i["key"]).startswith(RECORDING)],
        clips=[_clip(i) for i in given if str(i["key"]).startswith(RECORDING)],
        covers={blob: _painted(areas) for i in given for blob, areas in i.get("covers", {}).items()},
        request_id=facts.id,
        withheld=[
            {
                "title": str(i["title"])[:200],
                "reason": "{}（{}）".format(*reason_of(i)),
            }
            for i in facts.items
            if i["result"] == WITHHELD
        ],
    )


def _clip(item: Mapping[str, Any]) -> Clip:
    recording_id = str(item["key"]).removeprefix(RECORDING)
    mutes = [(float(a), float(b)) for a, b in item.get("mutes", ())]
    return Clip(recording_id=recording_id, start_s=float(item["start"]), end_s=float(item["end"]), mutes=mutes)


def _painted(areas: Sequence[Sequence[float]]) -> list[Cover]:
    return [
        Cover(page=int(page) - 1, box=(left / 100, upper / 100, right / 100, lower / 100))
        for page, left, upper, right, lower in areas
    ]


def reason_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return why an item is withheld, and by what law."""
    row = read("copying")["reasons"][item["reason"]]
    return str(row["title"]), str(row["source"])


def answer_of(facts: CopyRequestFacts) -> dict[str, Any]:
    """Return the values of the written answer that the items decide."""
    given = [i for i in facts.items if i["result"] in GIVES]
    refused = [(i["title"], *reason_of(i)) for i in facts.items if i["result"] == WITHHELD]
    values: dict[str, Any] = {"result": facts.decision}
    if facts.decision in CONSENTS:
        values["provided"] = [
            {
                "doc": str(i["title"])[:200],
                "form": "拷贝",
                "copies": 1,
                "masked": "有遮蔽" if i["result"] == "遮蔽" else "无",
            }
            for i in given
        ]
        values["pickup"] = "凭查阅密码在本机关网站下载，或者到本机关档案室领取"
    else:
        refused += [(i["title"], facts.opinion, "执法全过程记录办法第三十三条") for i in given]
    values["refused"] = [{"doc": str(t)[:200], "reason": r, "basis": b} for t, r, b in refused]
    return values
