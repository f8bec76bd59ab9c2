"""Broken folders are refused with file, line and remedy, all at once; a good one is read again when it changed."""

from pathlib import Path

import pytest

from catalogue.body import Table
from catalogue.loading import load_catalogue
from foundation.errors import BadInput, Finding, NotFound
from tests.catalogue.folders import GOOD, GROUP, SAMPLE, write


def faults(root: Path) -> tuple[Finding, ...]:
    with pytest.raises(BadInput) as caught:
        load_catalogue(root)
    return caught.value.findings


def test_a_good_folder_gives_a_type_with_its_groups_put_in(tmp_path: Path) -> None:
    note = load_catalogue(write(tmp_path)).get("note")
    assert [f.name for f in note.fields] == ["case_no", "facts", "kind", "opinion", "handler_sign", "items"]
    assert note.slot("handler").fills == ("opinion",)
    table = note.body.blocks[1]
    assert isinstance(table, Table)
    assert [c.name for c in table.rows[0].cells] == ["", "case_no"]


def test_the_folder_is_read_again_only_when_a_file_changed(tmp_path: Path) -> None:
    root = write(tmp_path)
    first = load_catalogue(root)
    assert load_catalogue(root) is first
    write(tmp_path, GOOD.replace("title: 说明", "title: 情况说明"))
    assert load_catalogue(root).get("note").title == "情况说明"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: note", "id: other", 1, "应与文件夹同名"),
        ("stage: investigation", "stage: someday", 4, "不认识"),
        ("articles: [A13.8]", "articles: [第13条]", 3, "不是办法要求的编号"),
        ("groups: [case]", "groups: [nobody]", 7, "不是 templates/_groups 里的字段组"),
        ("form: 表格式", "form: 表格式\ncolour: red", 6, "不是定义的键"),
        ("label: 事实, kind: long_text", "label: 事实, kind: poem", 9, "不认识"),
        ("label: 事实, kind", "kind", 9, "缺少 label"),
        ("required: true}\n- {name: kind", "required: {nobody: [甲]}}\n- {name: kind", 9, "没有的字段 nobody"),
        ("required: true}\n- {name: kind", "from: moon.phase}\n- {name: kind", 9, "来源“moon.phase”不认识"),
        ("required: true}\n- {name: kind", "checks: [spelling]}\n- {name: kind", 9, "检查“spelling”不认识"),
        ("- {name: kind,", "- {name: facts,", 10, "写了两次"),
        ("columns: [{name: name", "rows: [{name: name", 13, "不是字段的键"),
        ("slots: []", "slots: [{id: x, part: dance, role: party}]", 14, "dance"),
        ("slots: []", "slots: [{id: x, part: sign, role: party, signs: handler_sign}]", 14, "归两个签批位"),
        ("signature}", "text}", 4, "不是签名"),
        ("layout: form", "layout: poster", 16, "版式“poster”"),
        ("  - {head: {number: true}}", "  - {heading: 事实}", 18, "不认识的版面块"),
        ("{value: facts, span: 3}", "{value: facts, wide: 3}", 21, "wide"),
        ("{value: facts, span: 3}", "{value: facs, span: 3}", 21, "不是本文书的字段"),
        ("{{ items | count }}", "{{ items | shout }}", 23, "不是列出的过滤器"),
        ("{{ items | count }}", "{% for x in items %}", 23, "程序语句"),
        ("{{ item.name }}", "{{ item.colour }}", 22, "不是该清单的栏目"),
        ("{{ items | count }}", "{{ items.count }}", 23, "不是本文书的字段"),
        ("row: [{text", "when: {nobody: set}, row: [{text", 22, "不是本文书的字段"),
        ("{{ items | count }}", "{{ items.pop(0) }}", 23, "不是字段或列出的过滤器"),
    ],
)
def test_a_fault_names_file_line_and_remedy(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    found = faults(write(tmp_path, GOOD.replace(old, new, 1)))
    hit = next((f for f in found if said in f.message), None)
    assert hit is not None, [f.message for f in found]
    assert hit.path.endswith(f".yaml 第{line}行"), hit.path
    assert hit.remedy


def test_every_fault_of_every_folder_is_named_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("kind: long_text", "kind: poem").replace("stage: investigation", "stage: x"))
    root = write(
        tmp_path, GOOD.replace("volume: main", "volume: attic").replace("id: note", "id: second"), name="second"
    )
    files = {f.path.split(" ")[0] for f in faults(root)}
    assert files == {"investigation/note/definition.yaml", "investigation/second/definition.yaml"}
    assert len(faults(root)) >= 3


def test_a_fault_in_a_group_names_the_group_file(tmp_path: Path) -> None:
    root = write(tmp_path, group=GROUP.replace("kind: text", "kind: poem"))
    assert faults(root)[0].path == "_groups/case.yaml 第2行"


def test_yaml_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    root = write(tmp_path, GOOD.replace("- {name: facts", "- {name: facts: x"))
    assert "第9行" in faults(root)[0].path


def test_a_folder_without_a_sample_is_refused(tmp_path: Path) -> None:
    assert "sample.yaml" in faults(write(tmp_path, sample=None))[0].message


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("minimal: {}\n", "没有 ordinary"),
        (SAMPLE + "nice: {}\n", "不是样例的种类"),
        (SAMPLE.replace("facts: 事实, ", ""), "样例缺少“facts”"),
        (SAMPLE.replace("kind: 甲", "kind: 丙"), "没有“丙”这一项"),
        (SAMPLE.replace("{name: 书}", "{title: 书}"), "没有title这一栏"),
        (SAMPLE.replace("kind: 甲", "colour: 甲"), "不是《说明》的字段"),
    ],
)
def test_a_sample_is_checked_like_the_definition(tmp_path: Path, sample: str, said: str) -> None:
    found = faults(write(tmp_path, sample=sample))
    assert any(said in f.message for f in found), [f.message for f in found]
    assert all(f.path.startswith("investigation/note/sample.yaml 第") for f in found)


def test_an_unknown_type_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="没有“nothing”这种文书"):
        load_catalogue(write(tmp_path)).get("nothing")
