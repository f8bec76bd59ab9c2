"""A table of parties handed in as a workbook is read as the same table in CSV would be, and with the same suspicion."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence

import pytest
from openpyxl import Workbook, load_workbook

from casework import workbooks
from casework.tables import MOST_ROWS, text_of
from foundation.errors import BadInput

NINE = dt.datetime(2026, 3, 10, 9, 5)  # noqa: DTZ001 - a spreadsheet knows no zones


def book(*rows: Sequence[object], hidden: bool = False) -> bytes:
    made = Workbook()
    if hidden:
        made.worksheets[0].sheet_state = "hidden"
        made.create_sheet("名单")
    for row in rows:
        made.worksheets[-1].append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook of which one part is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(old.read(entry)) if entry.filename == part else old.read(entry))
    return out.getvalue()


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(content))))


def test_cells_read_as_a_person_sees_them() -> None:
    rows = [
        ["姓名", "证件号码", "日期", "时刻", "面积", "件数", "是否初次", "备注"],
        [
            "阿卜杜·买买提",
            "11010119900307231X",
            dt.date(2026, 3, 10),
            NINE,
            12.5,
            3,
            True,
            None,
        ],
    ]
    assert cells(book(*rows)) == [
        rows[0],
        ["阿卜杜·买买提", "11010119900307231X", "2026-03-10", "2026-03-10 09:05", "12.5", "3", "是", ""],
    ]


def test_the_first_sheet_that_is_shown_is_read() -> None:
    assert cells(book(["姓名"], ["甲"], hidden=True)) == [["姓名"], ["甲"]]


def test_empty_rows_and_columns_at_the_end_do_not_count_and_those_between_keep_their_number() -> None:
    assert cells(book(["姓名", None], ["甲", None], [None, None], ["乙", None], [None, None])) == [
        ["姓名"], ["甲"], [""], ["乙"],
    ]  # fmt: skip


def test_a_long_number_that_lost_its_end_is_refused_with_its_cell() -> None:
    with pytest.raises(BadInput, match="第2行第2列") as told:
        text_of(book(["姓名", "证件号码"], ["甲", 110101199003072316]))
    assert "文本" in told.value.remedy


def test_the_empty_workbook_keeps_long_numbers_whole() -> None:
    sheet = load_workbook(io.BytesIO(workbooks.blank(("姓名", "证件号码"), 2))).worksheets[0]
    assert [c.value for c in sheet[1]] == ["姓名", "证件号码"]
    assert {sheet.cell(r, c).number_format for r in (2, 3) for c in (1, 2)} == {"@"}


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04", "已损坏"),
        (book(["姓名"])[:-200], "已损坏"),
        (changed(book(["姓名"]), "xl/worksheets/sheet1.xml", lambda _: b"<worksheet"), "已损坏"),
        (changed(book(["姓名"]), "xl/workbook.xml", lambda _: b""), "已损坏"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "旧格式"),
        (changed(book(["姓名"]), "xl/worksheets/sheet1.xml", lambda old: old + b" " * (101 << 20)), "展开后过大"),
    ],
    ids=["no-zip", "cut", "broken-sheet", "no-book", "old-format", "bomb"],
)
def test_a_file_that_is_no_workbook_is_refused_with_the_remedy(content: bytes, word: str) -> None:
    with pytest.raises(BadInput, match=word) as told:
        text_of(content)
    assert told.value.remedy


def test_a_cell_far_out_costs_nothing() -> None:
    far = book(["姓名"], ["甲"])
    far = changed(far, "xl/worksheets/sheet1.xml", lambda old: old.replace(b'r="A2"', b'r="XFD1048576"'))
    assert len(cells(far)) <= MOST_ROWS + 2
