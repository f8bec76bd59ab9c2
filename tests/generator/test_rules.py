"""Rules are drawn on every page: a table that goes on over a page is closed at its foot and opened at its head."""

from PIL import Image

from generator.pipeline import make
from tests.generator.jobs import page_image, small_job

LEAST = 0.6
"""Part of a page's width that a table's rule takes at least."""
LONG = "物料堆场砂料露天堆放，未采取有效覆盖措施。" * 120
FIELDS = [{"name": "text", "label": "文字", "kind": "long_text"}, {"name": "name", "label": "名称", "kind": "text"}]


def whole_rules(image: Image.Image) -> int:
    """Count the rules that reach over the whole table."""
    grey = image.convert("L")
    dark = [sum(grey.getpixel((x, y)) < 128 for x in range(grey.width)) for y in range(grey.height)]  # type: ignore[operator]
    found = [y for y, count in enumerate(dark) if count > LEAST * grey.width]
    return sum(1 for y in found if y - 1 not in found)


def test_a_row_that_breaks_is_closed_on_each_page() -> None:
    cells = [[{"label": "事实"}, {"text": "{{ text }}"}]]
    made = make(small_job([{"table": cells, "columns": [26, 144]}], {"text": LONG}, fields=FIELDS, layout="form"))
    assert made.pages > 1
    assert [whole_rules(page_image(made.pdf, n, 60)) for n in range(made.pages)] == [2] * made.pages


def test_a_joined_cell_that_goes_on_is_closed_on_each_page() -> None:
    first = [{"label": "事实", "rows": 40}, {"text": "{{ name }}", "height": 12}]
    rows = [first, *([{"text": "{{ name }}", "height": 12}] for _ in range(39))]
    made = make(small_job([{"table": rows, "columns": [26, 144]}], {"name": "甲"}, fields=FIELDS, layout="form"))
    assert made.pages > 1
    assert [whole_rules(page_image(made.pdf, n, 60)) >= 2 for n in range(made.pages)] == [True] * made.pages


def test_a_repeated_head_stays_closed() -> None:
    head = [[{"label": "序号"}, {"label": "内容"}]]
    rows = [*head, [{"label": "1"}, {"text": "{{ text }}"}]]
    blocks = [{"table": rows, "columns": [26, 144], "head": 1}]
    made = make(small_job(blocks, {"text": LONG}, fields=FIELDS, layout="form"))
    assert made.pages > 1
    assert [whole_rules(page_image(made.pdf, n, 60)) for n in range(made.pages)] == [3] * made.pages
