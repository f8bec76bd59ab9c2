"""The statutes of a definition are written out for people."""

import re

import pytest

from catalogue.loading import load_catalogue
from catalogue.short_forms import in_full
from catalogue.statutes import statutes
from foundation.settings import ROOT

STATUTES = sorted({t.statute for t in load_catalogue(ROOT / "templates").types.values() if t.statute})


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("罚54(2款),60", "《行政处罚法》第54条第2款、第60条"),
        ("公14-16;罚50", "《政府信息公开条例》第14至16条；《行政处罚法》第50条"),
        ("许32(1款1、2项、2款)", "《行政许可法》第32条第1款第1、2项、第2款"),
        ("罚64(2-6项)", "《行政处罚法》第64条第2至6项"),
        ("复22(类推)", "《行政复议法》第22条（类推）"),
        ("国办发〔2024〕54号;司法部2025检查文书", "国办发〔2024〕54号；司法部2025检查文书"),
        ("罚67-70;罚缴分离", "《行政处罚法》第67至70条；《罚款决定与罚款收缴分离实施办法》"),
        ("档14;DA/T 22", "《档案法》第14条；DA/T 22"),
        ("罚款", "罚款"),
    ],
)
def test_a_short_form_is_written_out(short: str, full: str) -> None:
    assert in_full(short) == full


@pytest.mark.parametrize("short", STATUTES)
def test_no_definition_leaves_a_short_form_to_the_reader(short: str) -> None:
    keys = [k for k, s in statutes().items() if s.rank != "document"]
    left = [part for part in in_full(short).split("；") if re.match("|".join(rf"{k}\d" for k in keys), part)]
    assert left == []
