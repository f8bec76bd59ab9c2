"""Subtitles are read from what people have (VTT, SRT, text with and without times) and written as they edit them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import subtitles
from casework.subtitles import Cue, as_text, from_text, parse, vtt
from foundation.errors import BadInput

VTT = """WEBVTT - 现场

NOTE 这一段不是字幕

STYLE
::cue { color: red }

1
00:00:01.000 --> 00:00:03.500 align:start
<v 执法人员>您好，<i>我们是</i>综合执法办。

01:02.000 --> 01:04.000
&lt;料堆&gt;没有覆盖
第二行
"""
SRT = (
    "\ufeff1\r\n00:00:01,000 --> 00:00:03,500\r\n您好\r\n\r\n"
    "2\r\n00:01:02,000 --> 00:01:04,000\r\n{\\an8}料堆没有覆盖\r\n"
)
CUES = st.lists(
    st.tuples(
        st.integers(0, 7_200_000), st.integers(0, 60_000), st.text("料堆没有覆盖abc1：，。 ", min_size=1, max_size=30)
    ).filter(lambda t: t[2].strip()),
    min_size=1,
    max_size=8,
)


def test_vtt_is_read_with_speakers_and_without_marks_of_style() -> None:
    first, second = parse(VTT.encode())
    assert first == Cue(start_s=1.0, end_s=3.5, text="执法人员：您好，我们是综合执法办。")
    assert (second.start_s, second.text) == (62.0, "<料堆>没有覆盖\n第二行")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_srt_is_read_in_the_encodings_that_offices_have(encoding: str) -> None:
    text = SRT.lstrip("\ufeff") if encoding != "utf-8" else SRT
    assert [c.text for c in parse(text.encode(encoding))] == ["您好", "料堆没有覆盖"]


def test_text_with_times_is_played_along_and_text_without_is_found() -> None:
    cues = parse("[00:00:01] 您好\n00:12 料堆没有覆盖\n没有时间的一行\n".encode(), "记录.txt")
    assert [(c.start_s, c.end_s) for c in cues] == [(1.0, 12.0), (12.0, 16.0), (None, None)]
    assert cues[2].text == "没有时间的一行"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空的"),
        (b"\n \n", "空的"),
        (b"\x00\x01\x02\xff" * 50, "不是字幕"),
        (b"WEBVTT\n\n00:00:05.000 --> 00:00:01.000\nx\n", "早于开始"),
        (b"WEBVTT\n\n00:00:05.000 --> 00:00:06.000\n\n", "没有字幕"),
        (b"x" * (5 << 20), "超过4MiB"),
        (("字" * 2001).encode(), "超过2000字"),
    ],
)
def test_what_is_no_subtitle_says_why(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        parse(data)
    assert caught.value.remedy


def test_words_cannot_break_out_of_the_track() -> None:
    nasty = Cue(start_s=0.0, end_s=1.0, text="</v><script>alert(1)</script>\n\n00:00:00.000 --> 99:00:00.000")
    text = vtt([nasty])
    assert "<script>" not in text
    assert text.count("-->") == 1
    assert text.count("\n\n") == 1


@given(CUES)
def test_what_is_written_for_editing_is_read_again_the_same(rows: list[tuple[int, int, str]]) -> None:
    cues = [Cue(start_s=a / 1000, end_s=(a + b) / 1000, text=" ".join(t.split())) for a, b, t in rows]
    assert from_text(as_text(cues)) == cues
    assert parse(vtt(cues).encode()) == cues


def test_a_line_that_ends_before_it_begins_is_named() -> None:
    with pytest.raises(BadInput, match="第2行"):
        from_text("00:00:01.000-00:00:02.000 甲\n00:00:09.000-00:00:02.000 乙")


def test_a_clock_counts_hours() -> None:
    assert subtitles.clock(3672.3456, exact=True) == "01:01:12.346"
    assert subtitles.clock(None) == ""
