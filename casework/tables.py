"""A table of parties as people hand it in (CSV or Excel): read with suspicion, each fault with row, column and remedy.

The first row names the columns: fields of a party and fields of the paper, by label or by name. CSV is read in UTF-8 or
GB 18030, with commas, semicolons or tabs; of a workbook (.xlsx) the first visible sheet.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casework import workbooks
from casework.parties import FIELDS
from catalogue.definitions import DocumentType, Field
from foundation.errors import BadInput, Finding

MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELL = 5 << 20, 2000, 60, 20_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
SYNONYMS: Mapping[str, str] = {
    "姓名": "name",
    "名称": "name",
    "当事人": "name",
    "单位名称": "name",
    "类型": "kind",
    "身份证号": "id_no",
    "身份证号码": "id_no",
    "统一社会信用代码": "id_no",
    "地址": "address",
    "住址": "address",
    "住所": "address",
    "电话": "phone",
    "法定代表人": "representative",
    "负责人": "representative",
    "经营者": "representative",
}
"""Words of heads besides the labels."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """What a column of the table fills."""

    name: str
    label: str
    of_party: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the table."""

    number: int
    """As a spreadsheet counts: the head is row 1."""
    party: Mapping[str, str]
    data: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that was read."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]

    def label(self, path: str) -> str:
        """Return the head of the column that a fault's path names; the path itself when none does."""
        name = path.partition("[")[0].rpartition(".")[2]
        return next((c.label for c in self.columns if c.name == name), FIELDS[name].label if name in FIELDS else path)


def read_table(content: bytes, definition: DocumentType) -> Table:
    """Read a table of parties for a type of paper.

    Raises:
        BadInput: It is no readable table; every fault of its head is named.
    """
    rows = _rows(text_of(content))
    if not rows:
        raise _refused("文件里没有内容", "第一行写列名，以下每行一个当事人。")
    columns = _columns(rows[0], definition)
    lines = tuple(_line(number, row, columns) for number, row in enumerate(rows[1:], 2) if any(c.strip() for c in row))
    if not lines:
        raise _refused("只有列名，没有当事人", "从第二行起每行写一个当事人。")
    if len(lines) > MOST_ROWS:
        raise _refused(f"有{len(lines)}行，超过{MOST_ROWS}行", "分成几个文件办理。")
    return Table(columns=columns, lines=lines)


def _refused(why: str, remedy: str) -> BadInput:
    return BadInput(f"名单不能使用：{why}。", remedy=remedy, path="table")


def text_of(content: bytes) -> str:
    """Return a handed-in table as text with separators, so that it can travel in a page; a workbook as CSV.

    Raises:
        BadInput: It is empty, too large, or no table.
    """
    if not content:
        raise _refused("文件是空的", "选择有内容的 CSV 或 Excel（.xlsx）文件。")
    if len(content) > MOST_BYTES:
        raise _refused(f"超过{MOST_BYTES >> 20} MB", "分成几个文件办理。")
    if workbooks.is_workbook(content):
        return _csv(workbooks.rows_of(content, rows=MOST_ROWS + 2, columns=MOST_COLUMNS + 1, refused=_refused))
    if content.startswith(OLD_EXCEL):
        raise _refused("这是旧格式的 Excel 文件（.xls）", "在 Excel 中“另存为”“Excel 工作簿（.xlsx）”，再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused("不是文字文件", "上传 CSV 或 Excel（.xlsx）文件。")


def _csv(rows: Sequence[Sequence[str]]) -> str:
    while rows and not any(rows[-1]):
        rows = rows[:-1]
    width = max((at for row in rows for at, cell in enumerate(row, 1) if cell.strip()), default=0)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(row[:width] for row in rows)
    return out.getvalue()


def _rows(text: str) -> list[list[str]]:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(MOST_CELL * 4)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _refused("引号没有成对，或某一格过长", "在表格软件中重新另存为 CSV。") from error


def _columns(head: Sequence[str], definition: DocumentType) -> tuple[Column, ...]:
    if len(head) > MOST_COLUMNS:
        raise _refused(f"有{len(head)}列，超过{MOST_COLUMNS}列", "只留需要的列。")
    found = [_column(words.strip(), definition) for words in head]
    faults = list(_faults_of_head(head, found))
    if faults:
        raise BadInput(faults[0].message, remedy=faults[0].remedy, path="table", findings=faults)
    return tuple(c for c in found if c is not None)


def _column(words: str, definition: DocumentType) -> Column | None:
    for name, field in FIELDS.items():
        if words in (name, field.label) or SYNONYMS.get(words) == name:
            return Column(name=name, label=words, of_party=True)
    for field in _writable(definition):
        if words in (field.name, field.label):
            return Column(name=field.name, label=words, of_party=False)
    return None


def _writable(definition: DocumentType) -> Iterator[Field]:
    """Yield fields that a cell can hold and that the party's data do not fill."""
    for field in definition.data_fields:
        if field.kind not in ("list", "file") and not str(field.source or "").startswith("party."):
            yield field


def _faults_of_head(head: Sequence[str], found: Sequence[Column | None]) -> Iterator[Finding]:
    names = [c.name for c in found if c is not None and c.of_party]
    for at, (words, column) in enumerate(zip(head, found, strict=True), 1):
        if column is None:
            remedy = "改用当事人登记项或文书栏目的名称，或删去这一列。"
            yield Finding(code="TABLE", path=f"1:{at}", message=f"第{at}列“{words[:30]}”不认识。", remedy=remedy)
        elif [c.name if c else "" for c in found].index(column.name) != at - 1:
            yield Finding(
                code="TABLE", path=f"1:{at}", message=f"第{at}列“{words}”与前面的列重复。", remedy="删去一列。"
            )
    for needed in ("name", "id_no"):
        if needed not in names:
            label = FIELDS[needed].label
            yield Finding(code="TABLE", path="1", message=f"缺少“{label}”这一列。", remedy=f"补上“{label}”列。")


def _line(number: int, row: Sequence[str], columns: Sequence[Column]) -> Line:
    party: dict[str, str] = {}
    data: dict[str, str] = {}
    for column, cell in zip(columns, row, strict=False):
        if cell.strip():
            (party if column.of_party else data)[column.name] = cell.strip()
    return Line(number=number, party=party, data=data)


def party_of(line: Line) -> dict[str, Any]:
    """Return the party of a row as the register reads it; a kind that is not said follows from the number."""
    given: dict[str, Any] = dict(line.party)
    if "kind" not in given and given.get("id_no"):
        given["kind"] = (
            "法人" if given.get("representative_post") else "个体工商户" if given.get("representative") else "公民"
        )
    return given
