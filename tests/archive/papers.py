"""PDF papers for volumes, drawn with the product's fonts."""

import datetime as dt
import functools
import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from archive.volume_files import Attachment
from archive.volumes import Part, Sheet, page_count
from foundation.settings import ROOT
from generator.fonts import use_fonts

FONTS = ROOT / "var/fonts"
AT = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)
STYLE = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm }
body { font-family: AjLatin, AjFang; font-size: 14pt }
table { border-collapse: collapse; width: 100% }
td { border: 0.6pt solid; font-size: 11pt }
"""


@functools.cache
def _press() -> tuple[FontConfiguration, list[CSS]]:
    use_fonts(FONTS)
    fonts = FontConfiguration()
    return fonts, [CSS(string=STYLE)]


@functools.cache
def paper(title: str, body: str = "", variant: str = "pdf/a-2a") -> bytes:
    """Draw one paper."""
    fonts, sheets = _press()
    head = f'<title>{title}</title><meta name="dcterms.created" content="2026-01-05T00:00:00Z">'
    html = f'<html lang="zh-CN"><head>{head}</head><body><h1>{title}</h1>{body}</body></html>'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves its colour profile open
        return bytes(HTML(string=html).write_pdf(stylesheets=sheets, font_config=fonts, pdf_variant=variant))


def text(seed: int, length: int) -> str:
    """Return Chinese text that differs by seed."""
    digest = hashlib.sha256(str(seed).encode()).digest() * (length // 32 + 1)
    return "".join(chr(0x4E00 + (n * 7 + i) % 2000) for i, n in enumerate(digest[:length]))


def items(count: int) -> list[Part]:
    """Return papers of one to three pages; every third has the same title."""
    titles = ["送达回证" if n % 3 == 2 else f"第{n + 1}号文书" for n in range(count)]
    return [
        Part(kind="item", title=title, pdf=paper(title, f"<p>{text(n, 300 + n * 137 % 1500)}</p>"))
        for n, title in enumerate(titles)
    ]


def contents(parts: Sequence[Part]) -> bytes:
    """Draw the contents list of papers."""
    rows, page = [], 1
    for seq, part in enumerate(parts, 1):
        last = page + page_count(part.pdf) - 1
        rows.append(f"<tr><td>{seq}<td>清政〔2026〕第{seq}号<td style='width:45mm'>{part.title}<td>{page}-{last}</tr>")
        page = last + 1
    return paper("卷内文件目录", f"<table>{''.join(rows)}</table>")


def volume(count: int = 9) -> list[Part]:
    """Return all parts of a volume."""
    papers = items(count)
    card = Part(kind="annex", title="证据卡 AV-1", pdf=paper("音像证据卡", "<p>画面</p>"))
    return [
        Part(kind="cover", title="案卷封面", pdf=paper("案卷封面")),
        Part(kind="contents", title="卷内文件目录", pdf=contents(papers)),
        *papers,
        card,
        Part(kind="note", title="卷内备考表", pdf=paper("卷内备考表")),
    ]


def sheet() -> Sheet:
    """Return what a volume says of itself."""
    return Sheet(
        title="某案 正卷",
        author="清河镇人民政府（虚构）",
        subject="QH01-ZY·CF·2026-Y-005",
        created_at=AT,
        stamp_face=FONTS / "ready/AjLatin.ttf",
    )


def attachment(name: str, size: int) -> Attachment:
    """Return a file for a volume."""
    return Attachment(
        name=name, data=b"{" + b" " * (size - 2) + b"}", media_type="application/json", relationship="Data", about=name
    )


def write(folder: Path, parts: Sequence[Part], files: Sequence[Attachment] = (), name: str = "v.pdf") -> Path:
    """Bind a volume and return its path."""
    from archive.volumes import bind  # noqa: PLC0415 - the thing under test stays out of the helpers' imports

    bind(parts, sheet(), files, folder / name)
    return folder / name
