"""A corpus of made-up papers as large as one wants: standing words of each type, facts put together from parts."""

import datetime as dt
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bench import words
from search.entries import Entry, described

AGENCIES = tuple(f"agency-{n:02}" for n in range(8))
PAPERS_PER_CASE = len(words.TYPES)
UNITS = ("综合执法办公室", "平安法治办公室", "自然资源所", "市场监管所", "生态环境所")


class Corpus:
    """Papers by their number; the same seed gives the same papers."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count = count
        self.chance = random.Random(seed)
        self.cases = -(-count // PAPERS_PER_CASE)
        weights = list(itertools.accumulate(1 / (n + 2) for n in range(len(AGENCIES))))
        self.agencies = self.chance.choices(AGENCIES, cum_weights=weights, k=self.cases)

    def entries(self) -> Iterator[Entry]:
        """Yield all papers."""
        case: dict[str, Any] = {}
        for number in range(self.count):
            if number % PAPERS_PER_CASE == 0:
                case = self._case(number // PAPERS_PER_CASE)
            yield self._paper(number, case)

    def _case(self, number: int) -> dict[str, Any]:
        chance, person = self.chance, self._name()
        firm = f"{self._name()}{chance.choice(words.FIRMS)}（虚构）"
        return {
            "case": number,
            "party": chance.choice([person, firm]),
            "person": person,
            "year": 2020 + number * 7 // self.cases,
            "month": chance.randint(1, 12),
            "place": chance.choice(words.PLACES),
            "object": chance.choice(words.OBJECTS),
            "act": chance.choice(words.ACTS),
            "source": chance.choice(words.SOURCES),
            "unit": chance.choice(UNITS),
            "procedure": chance.choice(["general", "general", "summary"]),
            "officer": self._name(),
        }

    def _paper(self, number: int, case: Mapping[str, Any]) -> Entry:
        kind, title, stage, secrecy = words.TYPES[number % PAPERS_PER_CASE]
        known = {**case, "day": self.chance.randint(1, 28)}
        facts = [self._fact(known) for _ in range(self.chance.randint(8, 28))]
        serial = f"清政罚〔{case['year']}〕第{case['case'] + 1}号" if kind == "penalty_decision" else ""
        return described(
            Entry(
                id=f"{number:036}",
                thing="document",
                version=1,
                date=dt.date(case["year"], case["month"], known["day"]).isoformat(),
                facts={
                    "agency_id": self.agencies[case["case"]],
                    "case_id": f"case-{case['case']:031}",
                    "type": kind,
                    "stage": stage,
                    "secrecy": secrecy,
                    "volume": "side" if secrecy == "internal" else "main",
                    "status": "filed" if case["year"] < 2026 else self.chance.choice(["draft", "issued", "served"]),
                    "author_id": f"person-{number % 97:029}",
                    "procedure": case["procedure"],
                    "unit": case["unit"],
                },
                texts={
                    "number": serial,
                    "party": case["party"],
                    "title": title,
                    "text": "\n".join([*facts, words.STANDING[kind].format(**{**self._small(), **known})]),
                    "privacy": f"13{case['case']:09}\n清河镇{case['place']}{case['case'] % 300}号",
                },
            )
        )

    def _fact(self, known: Mapping[str, Any]) -> str:
        """Return a sentence, half of its parts from the case, half from anywhere."""
        chance = self.chance
        other = {
            "object": chance.choice(words.OBJECTS),
            "act": chance.choice(words.ACTS),
            "place": chance.choice(words.PLACES),
        }
        mixed = {**known, **{k: v for k, v in other.items() if chance.random() < 0.5}}
        return chance.choice(words.FACTS).format(**{**self._small(), **mixed})

    def _small(self) -> dict[str, Any]:
        chance = self.chance
        return {
            "area": chance.randint(2, 5000),
            "small": chance.randint(1, 60),
            "few": chance.randint(1, 5),
            "money": chance.randint(1, 100) * 500,
            "officer2": self._name(),
            "place2": chance.choice(words.PLACES),
            "firm": chance.choice(words.FIRMS),
            "state": chance.choice(words.STATES),
            "measure": chance.choice(words.MEASURES),
        }

    def _name(self) -> str:
        chance = self.chance
        return chance.choice(words.SURNAMES) + "".join(chance.choices(words.GIVEN, k=chance.choice([1, 2, 2])))


def queries(entries: Sequence[Entry], count: int, seed: int = 2) -> list[str]:
    """Return what people might ask of these papers: numbers, names, words, phrases, signs, days, several words."""
    chance = random.Random(seed)
    kinds: dict[str, tuple[int, Callable[[Entry], str]]] = {
        "number": (12, lambda e: e.texts.get("number") or f"清政罚〔2024〕第{chance.randint(1, 900)}号"),
        "party": (20, lambda e: e.texts["party"][:4]),
        "word": (22, lambda e: _cut(chance, e.texts["text"], 2, 2)),
        "phrase": (18, lambda e: _cut(chance, e.texts["text"], 4, 12)),
        "exact": (5, lambda e: f"“{_cut(chance, e.texts['text'], 6, 14)}”"),
        "sign": (3, lambda e: _cut(chance, e.texts["text"], 1, 1)),
        "code": (5, lambda e: f"AV-{e.date.replace('-', '')}-{chance.randint(1, 60):02}"),
        "words": (10, lambda e: f"{e.texts['title'][:6]} {_cut(chance, e.texts['text'], 2, 4)}"),
        "dated": (5, lambda e: f"{_cut(chance, e.texts['text'], 2, 3)} 日期:{e.date[:7]}"),
    }
    names = [name for name, (weight, _) in kinds.items() for _ in range(weight)]
    return [kinds[chance.choice(names)][1](chance.choice(entries)) for _ in range(count)]


def _cut(chance: random.Random, text: str, least: int, most: int) -> str:
    start = chance.randrange(max(1, len(text) - most))
    return "".join(text[start : start + chance.randint(least, most)].split())
