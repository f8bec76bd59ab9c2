"""Templates folders of one type, written for a test: a good one, and changes that break it."""

from pathlib import Path

GROUP = """\
fields:
- {name: case_no, label: 案号, kind: text, required: true, from: case.number}
slots:
- {id: handler, part: propose, role: handler, fills: [opinion], signs: handler_sign}
rows:
- [{label: 案号}, {value: case_no, span: 3}]
blocks:
- {text: "案号：{{ case_no }}"}
"""
GOOD = """\
id: note
title: 说明
articles: [A13.8]
stage: investigation
form: 表格式
volume: main
groups: [case]
fields:
- {name: facts, label: 事实, kind: long_text, required: true}
- {name: kind, label: 种类, kind: choice, options: [甲, 乙]}
- {name: opinion, label: 意见, kind: long_text}
- {name: handler_sign, label: 签名, kind: signature}
- {name: items, label: 清单, kind: list, columns: [{name: name, label: 名称}, {name: qty, label: 数量, kind: number}]}
slots: []
body:
  layout: form
  blocks:
  - {head: {number: true}}
  - table:
    - {group: case}
    - [{label: 事实}, {value: facts, span: 3}]
    - {each: items, as: item, row: [{text: "{{ item.name }}", span: 4}]}
  - {text: "共{{ items | count }}件。"}
"""
SAMPLE = """\
ordinary: {case_no: 清案〔2026〕001号, facts: 事实, kind: 甲, handler_sign: [甲一 2026-01-06], items: [{name: 书}]}
"""


def write(
    root: Path, definition: str = GOOD, sample: str | None = SAMPLE, group: str = GROUP, name: str = "note"
) -> Path:
    """Write a templates folder with one type and one group; return its root."""
    folder = root / "templates/investigation" / name
    folder.mkdir(parents=True, exist_ok=True)
    (root / "templates/_groups").mkdir(exist_ok=True)
    (root / "templates/_groups/case.yaml").write_text(group, encoding="utf-8")
    (folder / "definition.yaml").write_text(definition, encoding="utf-8")
    if sample is not None:
        (folder / "sample.yaml").write_text(sample, encoding="utf-8")
    return root / "templates"
