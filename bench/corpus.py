"""A corpus of made-up papers as large as one wants, with the words of enforcement and their frequencies."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator, Sequence

from search.entries import Entry, described

AGENCIES = tuple(f"agency-{n:02}" for n in range(8))
PAPERS_PER_CASE = 12
UNITS = ("综合执法办公室", "平安法治办公室", "自然资源所", "市场监管所", "生态环境所")
TYPES = (
    ("case_initiation_approval", "行政执法程序启动审批表", "initiation", "internal"),
    ("site_inspection_record", "现场检查（勘验）笔录", "investigation", "normal"),
    ("inquiry_record", "询问笔录", "investigation", "normal"),
    ("evidence_list", "证据登记保存清单", "investigation", "normal"),
    ("investigation_report", "案件调查终结报告", "investigation", "internal"),
    ("penalty_prior_notice", "行政处罚事先告知书", "decision", "normal"),
    ("legal_review_opinion", "法制审核意见书", "decision", "internal"),
    ("decision_approval", "行政处罚决定审批表", "decision", "internal"),
    ("penalty_decision", "行政处罚决定书", "decision", "normal"),
    ("service_receipt", "送达回证", "execution", "normal"),
    ("onsite_fine_record", "当场收缴罚款记录", "execution", "privacy"),
    ("file_note", "卷内备考表", "filing", "normal"),
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志辉玉梅红云飞海燕晓春雪文斌鹏宇浩凯琳佳慧欣怡婷颖倩雅洁"
PLACES = "河东路 河西街 北门巷 南关村 示例大道 砂石场路 工业园一路 清河大街 王家庄 李家湾 石桥镇 柳林坡".split()
FIRMS = "砂石料场 食品店 建材厂 养殖场 加油站 餐饮店 木材加工厂 物流公司 洗车行 超市 家具厂 屠宰点".split()
MATTERS = (
    "露天堆放砂料未采取有效覆盖措施 未经许可占用道路堆放建筑材料 经营超过保质期的食品 擅自在河道管理范围内倾倒垃圾 "
    "未按规定设置安全警示标志 焚烧秸秆产生烟尘 无证运输危险化学品 违法建设临时构筑物 占道经营影响通行 噪声扰民拒不改正 "
    "未取得健康证明从事餐饮服务 使用未经检定的计量器具 非法采挖河砂 未按规定处理病死畜禽 乱倒建筑垃圾 擅自改变绿化用地"
).split()
SENTENCES = (
    "{year}年{month}月{day}日，本机关执法人员{officer}、{officer2}在{place}检查时发现，当事人{party}{matter}。",
    "执法人员出示了行政执法证件，告知当事人依法享有陈述、申辩和申请回避的权利。",
    "当事人{person}对上述违法事实无异议，表示愿意立即改正，并在笔录上签名确认。",
    "经现场勘验，堆放面积约{area}平方米，未采取密闭、围挡、遮盖等有效措施防治扬尘污染。",
    "以上事实有现场检查笔录、询问笔录、现场照片和音像记录AV-{year}{month:02}{day:02}-{small:02}等证据证实。",
    "依据《中华人民共和国行政处罚法》第{article}条第一款的规定，责令当事人自收到本决定书之日起{small}日内改正违法行为。",
    "参照《河北省行政处罚裁量基准》，该违法行为属于一般情节，决定处以罚款人民币{money}元。",
    "当事人应当自收到行政处罚决定书之日起十五日内，到指定的银行或者通过电子支付系统缴纳罚款。",
    "逾期不缴纳罚款的，每日按罚款数额的百分之三加处罚款，加处罚款的数额不得超出罚款的数额。",
    "如不服本决定，可以自收到之日起六十日内向县人民政府申请行政复议，或者六个月内向人民法院提起行政诉讼。",
    "经法制审核，本案事实清楚、证据确凿、适用依据正确、程序合法、裁量适当，同意提交集体讨论。",
    "送达人{officer}、{officer2}，受送达人{person}，送达地点{place}{small}号，送达方式为直接送达。",
    "证人{person}称，{month}月以来该场所夜间多次作业，运输车辆未冲洗干净即驶出，路面遗撒严重。",
    "经查，当事人{party}于{year}年{small}月取得营业执照，经营范围包括建材销售、道路货物运输。",
    "根据集体讨论意见，综合考虑违法行为的事实、性质、情节以及社会危害程度，作出如下处理决定。",
    "设备编号JLY-{small:02}，存放位置QH01-{year}-{small:03}，由音像管理员接收登记。",
)


class Corpus:
    """Papers by their number; the same seed gives the same papers."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count = count
        self.chance = random.Random(seed)  # noqa: S311 - the same papers every time
        weights = list(itertools.accumulate(1 / (n + 2) for n in range(len(AGENCIES))))
        self.cases = [self.chance.choices(AGENCIES, cum_weights=weights)[0] for _ in range(-(-count // PAPERS_PER_CASE))]

    def entries(self) -> Iterator[Entry]:
        """Yield all papers."""
        case: dict[str, object] = {}
        for number in range(self.count):
            if number % PAPERS_PER_CASE == 0:
                case = self._case(number // PAPERS_PER_CASE)
            yield self._paper(number, case)

    def _case(self, number: int) -> dict[str, object]:
        chance = self.chance
        person = self._name()
        firm = f"{self._name()[0]}氏{chance.choice(FIRMS)}（虚构）"
        return {
            "number": number,
            "party": chance.choice([person, firm]),
            "person": person,
            "matter": chance.choice(MATTERS),
            "year": 2020 + number * 7 // len(self.cases),
            "month": chance.randint(1, 12),
            "place": chance.choice(PLACES),
            "unit": chance.choice(UNITS),
        }

    def _paper(self, number: int, case: dict[str, object]) -> Entry:
        kind, title, stage, secrecy = TYPES[number % PAPERS_PER_CASE % len(TYPES)]
        day, serial = self.chance.randint(1, 28), number // PAPERS_PER_CASE + 1
        words = {**case, "day": day, "officer": self._name(), "officer2": self._name()}
        text = "".join(self._sentence(words) for _ in range(self.chance.randint(10, 40)))
        numbered = {"penalty_decision": f"清政罚〔{case['year']}〕第{serial}号"}
        return described(
            Entry(
                id=f"{number:036}",
                thing="document",
                version=1,
                date=dt.date(int(str(case["year"])), int(str(case["month"])), day).isoformat(),
                facts={
                    "agency_id": self.cases[number // PAPERS_PER_CASE],
                    "case_id": f"case-{case['number']:031}",
                    "type": kind,
                    "stage": stage,
                    "secrecy": secrecy,
                    "volume": "side" if secrecy == "internal" else "main",
                    "status": self.chance.choice(["draft", "issued", "served", "filed"]),
                    "party_id": None,
                    "author_id": f"person-{number % 97:029}",
                    "procedure": self.chance.choice(["general", "general", "summary"]),
                    "unit": str(case["unit"]),
                },
                texts={
                    "number": numbered.get(kind, ""),
                    "party": str(case["party"]),
                    "title": title,
                    "text": text,
                    "privacy": f"13{number:09}\n清河镇{case['place']}{number % 300}号",
                },
            )
        )

    def _sentence(self, words: dict[str, object]) -> str:
        chance = self.chance
        return chance.choice(SENTENCES).format(
            **words,
            area=chance.randint(10, 5000),
            small=chance.randint(1, 60),
            article=chance.choice("三十 四十四 五十七 六十三 七十二".split()),
            money=chance.randint(1, 100) * 500,
        )

    def _name(self) -> str:
        return self.chance.choice(SURNAMES) + "".join(self.chance.choices(GIVEN, k=self.chance.choice([1, 2, 2])))


def queries(entries: Sequence[Entry], count: int, seed: int = 2) -> list[str]:
    """Return what people might ask of these papers: numbers, names, words, phrases, signs, days, several words."""
    chance = random.Random(seed)  # noqa: S311 - the same questions every time
    kinds = {
        "number": (10, lambda e: e.texts.get("number") or f"清政罚〔2024〕第{chance.randint(1, 900)}号"),
        "party": (20, lambda e: e.texts["party"][:4]),
        "word": (25, lambda e: _cut(chance, e.texts["text"], 2, 2)),
        "phrase": (20, lambda e: _cut(chance, e.texts["text"], 4, 12)),
        "exact": (5, lambda e: f"“{_cut(chance, e.texts['text'], 6, 14)}”"),
        "sign": (3, lambda e: _cut(chance, e.texts["text"], 1, 1)),
        "code": (5, lambda e: f"AV-{e.date.replace('-', '')}-{chance.randint(1, 60):02}"),
        "words": (9, lambda e: f"{e.texts['title']} {_cut(chance, e.texts['text'], 2, 4)}"),
        "dated": (3, lambda e: f"{_cut(chance, e.texts['text'], 2, 3)} 日期:{e.date[:7]}"),
    }
    names = [name for name, (weight, _) in kinds.items() for _ in range(weight)]
    return [kinds[chance.choice(names)][1](chance.choice(entries)) for _ in range(count)]


def _cut(chance: random.Random, text: str, least: int, most: int) -> str:
    start = chance.randrange(max(1, len(text) - most))
    return text[start : start + chance.randint(least, most)].replace(" ", "")
