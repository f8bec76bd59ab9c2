"""A workbook of Excel (.xlsx) read as rows of text: the first sheet that is shown, cells as a person sees them.

Read with suspicion: the file is unpacked with limits before the reader sees it, and only so many rows and columns of it
are ever looked at.
"""

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence

from foundation.errors import BadInput

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = b"PK\x03\x04"
MOST_PARTS, MOST_UNPACKED = 500, 100 << 20
EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; what is longer has already lost its end."""
Refuse = Callable[[str, str], BadInput]


def is_workbook(content: bytes) -> bool:
    """Tell whether a file looks like a workbook."""
    return content.startswith(ZIP)


def rows_of(content: bytes, *, rows: int, columns: int, refused: Refuse) -> list[list[str]]:
    """Return the cells of the first visible sheet.

    Args:
        content: The file.
        rows: How many rows are looked at.
        columns: How many columns are looked at.
        refused: Makes the error from the reason and the remedy.

    Raises:
        BadInput: It cannot be read, unfolds too far, or holds a number that has lost digits.
    """
    try:
        small = _size(content) <= MOST_UNPACKED
        found = list(_cells(content, rows, columns)) if small else []
    except Exception as error:
        why, remedy = "Excel 文件已损坏或者带密码", "在 Excel 中打开，另存为不带密码的 .xlsx 或 CSV 文件后再上传。"
        raise refused(why, remedy) from error  # a broken part makes the reader stumble in any way
    if not small:
        raise refused("Excel 文件展开后过大", "只留名单所在的工作表，另存为新文件后再上传。")
    return [
        [_words(value, number, at, refused) for at, value in enumerate(row, 1)] for number, row in enumerate(found, 1)
    ]


def blank(heads: Sequence[str], rows: int) -> bytes:
    """Return an empty table with these heads whose cells are text, so that long numbers keep all their digits."""
    from openpyxl import Workbook  # noqa: PLC0415 - loaded by those who read workbooks, not by every page
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    book = Workbook()
    sheet = book.worksheets[0]
    for column, head in enumerate(heads, 1):
        sheet.cell(1, column, head)
        sheet.column_dimensions[get_column_letter(column)].width = 24
        for row in range(1, rows + 2):
            sheet.cell(row, column).number_format = "@"
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _size(content: bytes) -> int:
    """Return how large the parts are; the sizes that they state are not believed."""
    total = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if len(archive.infolist()) > MOST_PARTS:
            return MOST_UNPACKED + 1
        for entry in archive.infolist():
            with archive.open(entry) as part:
                total += len(part.read(MOST_UNPACKED + 1 - total))
            if total > MOST_UNPACKED:
                break
    return total


def _cells(content: bytes, rows: int, columns: int) -> Iterator[Sequence[object]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ornaments that the reader does not know
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = next((s for s in book.worksheets if s.sheet_state == "visible"), book.worksheets[0])
            sheet.reset_dimensions()
            yield from sheet.iter_rows(max_row=rows, max_col=columns, values_only=True)
        finally:
            book.close()


def _words(value: object, row: int, column: int, refused: Refuse) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        if abs(value) >= EXACT:
            at = f"第{row}行第{column}列"
            remedy = "在 Excel 中把这一列的格式改为“文本”，重新填写号码，再上传。"
            raise refused(f"{at}的长号码被 Excel 当作数字，末几位已丢失", remedy)
        return f"{value:.10g}" if isinstance(value, float) and not value.is_integer() else str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    return str(value)
