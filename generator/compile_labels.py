"""Labels: words spread to one width, long labels broken where they read well; short labels of signature lines."""

import re

from generator.compile_xml import text_run

FIT = 48.0
"""Width in points to which labels of two and three characters are spread: four characters of 12 pt."""

POINT_MM = 25.4 / 72
CHARACTER_MM = 12 * POINT_MM
PADDING_MM = 3.2
AFTER, BEFORE = "、，/及和与或）", "（("
"""A long label is best broken after or before these."""
WORDS = (
    "意见",
    "负责人",
    "审批",
    "结论",
    "情况",
    "理由",
    "依据",
    "原因",
    "时间",
    "日期",
    "期限",
    "方式",
    "地点",
    "号码",
    "代码",
    "单位",
    "机关",
    "人员",
    "姓名",
    "签名",
    "金额",
    "内容",
    "事项",
    "说明",
    "记录",
    "编号",
    "名称",
)
"""Words that begin a line well: a label is broken before them rather than inside."""

SIGN_WORDS = re.compile(r"(签名|签字|签章|盖章|签收|/日期).*$")


def label_runs(label: str, width: float) -> str:
    """Write a label for a cell of so many mm: spread when short, broken into even lines when long."""
    spread = min(FIT, (width - PADDING_MM) / POINT_MM - 1.5)
    if len(label) in (2, 3) and spread >= len(label) * 12 * 1.2:
        return text_run(label, fit=spread)
    room = max(1, int((width - PADDING_MM) // CHARACTER_MM))
    return "<w:r><w:br/></w:r>".join(text_run(line) for line in label_lines(label, room))


def label_lines(label: str, room: int) -> list[str]:
    """Break a label into even lines of at most `room` characters."""
    lines = []
    while len(label) > room:
        even = -(-len(label) // -(-len(label) // room))
        cut = _best_cut(label, even, room)
        lines.append(label[:cut])
        label = label[cut:]
    return [*lines, label]


def _best_cut(label: str, even: int, room: int) -> int:
    """Return where to break near the even place, not further than the room."""
    near = sorted(range(max(1, even - 2), room + 1), key=lambda c: abs(c - even))
    signs = (cut for cut in near if label[cut - 1] in AFTER or label[cut : cut + 1] in tuple(BEFORE))
    words = (cut for cut in near if label.startswith(WORDS, cut))
    return next(signs, None) or next(words, even)


def signer_label(label: str) -> str:
    """Shorten a signature field's label for a line: `执法人员签名（≥2）/日期` becomes `执法人员`."""
    return re.sub(r"（.*", "", SIGN_WORDS.sub("", label)).rstrip("（(/、") or label
