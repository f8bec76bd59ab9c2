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
    "签收",
    "身份",
    "地址",
    "案号",
    "证号",
    "法院",
    "法定",
    "处理",
    "存入",
    "补报",
    "加重",
    "申请",
    "工作",
    "本地",
    "电子",
    "纸质",
    "实名",
    "节假日",
    "的影响",
)
"""Words that begin a line well: a label is broken before them rather than inside."""

SIGN_WORDS = re.compile(r"(签名|签字|签章|盖章|签收|/日期).*$")


def label_runs(label: str, width: float) -> str:
    """Write a label for a cell of so many mm: spread when short, broken into even lines when long."""
    spread = min(FIT, (width - PADDING_MM) / POINT_MM - 1.5)
    if len(label) in (2, 3) and spread >= len(label) * 12 * 1.2:
        return text_run(label, fit=spread)
    room = max(2.0, (width - PADDING_MM) / CHARACTER_MM)
    return "<w:r><w:br/></w:r>".join(text_run(line) for line in label_lines(label, room))


def label_lines(label: str, room: float) -> list[str]:
    """Break a label into even lines of at most `room` characters; figures and Latin words stay whole."""
    lines = []
    while _length(label) > room:
        even = _length(label) / -(-_length(label) // room)
        cut = _best_cut(label, even, room)
        lines.append(label[:cut])
        label = label[cut:]
    return [*lines, label]


def _length(text: str) -> float:
    """Return a text's width in Chinese characters."""
    return sum(0.55 if c.isascii() else 1.0 for c in text)


def _best_cut(label: str, even: float, room: float) -> int:
    """Return where to break near the even place, not further than the room; at the first place when nothing fits."""
    places = [i for i in range(1, len(label)) if not (label[i - 1].isascii() and label[i].isascii())]
    if not places:
        return len(label)
    fitting = [i for i in places if _length(label[:i]) <= room] or places[:1]
    near = sorted((i for i in fitting if _length(label[:i]) >= even - 2), key=lambda i: abs(_length(label[:i]) - even))
    signs = (i for i in near if label[i - 1] in AFTER or label[i] in BEFORE)
    later = sorted(near, key=lambda i: (abs(_length(label[:i]) - even), -i))
    words = (i for i in later if label.startswith(WORDS, i))
    return next(signs, None) or next(words, None) or (near or fitting[-1:])[0]


def signer_label(label: str) -> str:
    """Shorten a signature field's label for a line: `执法人员签名（≥2）/日期` becomes `执法人员`."""
    return re.sub(r"（.*", "", SIGN_WORDS.sub("", label)).rstrip("（(/、") or label
