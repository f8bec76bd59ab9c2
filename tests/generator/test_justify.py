"""Chinese lines reach both margins: measured on the drawn page."""

from itertools import pairwise

import pytest
import weasyprint

from foundation.errors import Broken
from generator import justify
from generator.pipeline import make
from tests.generator.jobs import Char, lines, measured_lines, small_job, words

LEFT, RIGHT = 28.0, 210.0 - 26.0
NEAR = 0.5
"""Less than anybody sees, mm."""

TEXTS = {
    "plain": "本机关依法对当事人的违法行为进行了调查并听取了陈述和申辩意见现已查明全部事实" * 6,
    "punctuated": "经查，当事人（砂石料场）堆放物料，未覆盖；“防尘网”破损——尚未更换……现场可见扬尘。" * 6,
    "figures": "自2026年1月6日9时30分起至2026年2月3日止，共堆放砂料420.5平方米，折合12,600元。" * 6,
    "codes": "执法证号SF-QH-0001、SF-QH-0002，录像编号AV-20260106-01，信用代码91000000EXAMPLE03X。" * 6,
    "latin": "依据 GB/T 9704 和 ISO 19005 的规定，本文书以 PDF/A 格式保存，由 anjuan 系统制作。" * 6,
    "rare": "当事人𠅤喆䶮与堃㛃共同经营料场，经营者身份由登记机关出具的证明材料予以证实。" * 6,
}


def _body(text: str, layout: str = "letter") -> list[list[Char]]:
    """Return the drawn lines of one long paragraph, footer left out."""
    made = make(small_job([{"text": "{{ text }}"}], {"text": text}, layout=layout))
    return [line for line in lines(made.pdf) if line[0].bottom < 255]


@pytest.mark.parametrize("name", TEXTS)
def test_every_full_line_reaches_both_margins(name: str) -> None:
    made = make(small_job([{"text": "{{ text }}"}], {"text": TEXTS[name]}))
    full = [line for line in measured_lines(made.pdf) if line.bottom < 255][:-1]
    assert len(full) > 4
    assert [line.text for line in full if abs(line.right - RIGHT) > NEAR] == []
    assert [line.text for line in full[1:] if abs(line.left - LEFT) > NEAR] == []


def test_the_last_line_of_a_paragraph_is_not_stretched() -> None:
    last = _body("本机关依法对当事人的违法行为进行了调查并听取了陈述和申辩意见现已查明全部事实。")[-1]
    steps = [b.left - a.left for a, b in pairwise(last)]
    assert max(steps) - min(steps) < NEAR


def test_a_line_is_stretched_evenly() -> None:
    line = _body(TEXTS["plain"])[1]
    steps = [b.left - a.left for a, b in pairwise(line)]
    assert max(steps) - min(steps) < NEAR


def test_a_number_never_breaks_at_its_hyphen() -> None:
    made = make(small_job([{"text": "{{ text }}"}], {"text": TEXTS["codes"]}))
    drawn = [words(line) for line in lines(made.pdf)]
    codes = ("SF-QH-0001", "SF-QH-0002", "AV-20260106-01", "91000000EXAMPLE03X")
    assert sum(line.count(code) for line in drawn for code in codes) == 6 * len(codes)


def test_twenty_eight_characters_stand_on_a_line_and_twenty_two_lines_on_a_page() -> None:
    made = make(small_job([{"text": "{{ text }}", "style": "flush"}], {"text": "字" * 28 * 30}))
    body = [line for line in lines(made.pdf) if line[0].bottom < 262]
    assert {len(line) for line in body} == {28}
    assert len(body) == 22


def test_another_version_of_the_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with pytest.raises(Broken, match="只适配"):
        justify.install()
