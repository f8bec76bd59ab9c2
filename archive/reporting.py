"""What a package says about itself: the four-property report as data and paper, the page 读我.html, 说明.txt."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from archive.checks import RESULTS
from archive.computing import stored_recordings
from archive.drawing import computed_job
from archive.facts import MAIN, VOLUME_TITLES, CheckFacts, FileFacts
from archive.payload import Contents, packed_at
from archive.ruling import read
from foundation.canonical import canonical
from foundation.clock import local
from foundation.context import Context
from generator.job import Job

PORTABLE = Path(__file__).resolve().parent / "portable"
VERIFIER, README = "verify.py", "读我.html"
PAGE = "readme.html"
"""Its name in the repository."""
ENVIRONMENT = (
    "PDF/A-3、PDF/A-2 用任何 PDF 阅读器；DOCX 用文字处理软件；MP4、WAV、JPEG 用常见播放和看图软件；"
    "XML、JSON、TXT 为 UTF-8 文本。包内文件不加密、不压缩。"
)


def report_data(contents: Contents, files: Sequence[FileFacts], checks: Sequence[CheckFacts]) -> bytes:
    """Return the report as canonical JSON."""
    rows = [
        {"code": c.code, "property": c.property, "title": c.title, "result": c.result, "detail": c.detail}
        for c in checks
    ]
    return canonical({**_head(contents, files, checks), "source": read("checks")["source"], "checks": rows})


def report_job(ctx: Context, contents: Contents, files: Sequence[FileFacts], checks: Sequence[CheckFacts]) -> Job:
    """Return the job of the report's paper."""
    rows = [
        {
            "code": c.code,
            "property": c.property,
            "title": c.title,
            "result": RESULTS[c.result],
            "detail": c.detail or None,
        }
        for c in checks
    ]
    values = {
        **_head(contents, files, checks),
        "step": "归档（GD）",
        "checks": rows,
        "notes": f"依据：{read('checks')['source']}。签发后档案包的逐字节复核记入登记簿。",
    }
    return computed_job(
        ctx,
        "verification_report",
        values,
        subject_id=contents.package.id,
        agency_name=str(contents.file.settings.get("name", "")),
        created_at=packed_at(contents),
    )


def _head(contents: Contents, files: Sequence[FileFacts], checks: Sequence[CheckFacts]) -> dict[str, Any]:
    count = {word: sum(c.result == word for c in checks) for word in RESULTS}
    machine = count["passed"] + count["failed"]
    return {
        "archive_code": "、".join(v.code for v in contents.package.volumes),
        "title": contents.package.title,
        "checked_at": local(packed_at(contents)).replace(tzinfo=None).isoformat(timespec="minutes"),
        "files": len(files),
        "size": sum(f.size for f in files),
        "conclusion": "不合格" if count["failed"] else "合格",
        "counts": f"机器检测{machine}项，合格{count['passed']}项，不合格{count['failed']}项；"
        f"须人工检测{count['manual']}项；未检测{count['not_done']}项",
    }


def note_text(contents: Contents) -> bytes:
    """Return the description file 说明.txt (2012 rules for transfer, annex 2)."""
    package, settings = contents.package, contents.file.settings
    codes = [v.code for v in package.volumes]
    counts = "，".join(f"{VOLUME_TITLES[v.name]}{v.items}件{v.pages}页" for v in package.volumes)
    lines = {
        "移交单位": settings.get("name", ""),
        "内容描述": package.title,
        "起止档号": f"{codes[0]}至{codes[-1]}" if len(codes) > 1 else codes[0],
        "档案数量": f"{len(codes)}卷：{counts}；音像{len(stored_recordings(contents.file))}件",
        "保管期限": f"{package.retention}（{package.retention_source}）",
        "归档日期": local(packed_at(contents)).strftime("%Y-%m-%d"),
        "立卷人": package.filer,
        "检查人": package.checker,
        "软硬件环境": ENVIRONMENT,
    }
    return "".join(f"{key}：{value}\r\n" for key, value in lines.items()).encode()


def tag_texts(contents: Contents) -> dict[str, bytes]:
    """Return the verifier and the page for people that stand at a package's root."""
    package = contents.package
    rows = {
        "档号": "、".join(f"{v.code}（{VOLUME_TITLES[v.name]}）" for v in package.volumes),
        "机关": contents.file.settings.get("name", ""),
        "案号": contents.file.case.number,
        "保管期限": package.retention,
        "归档时间": local(packed_at(contents)).strftime("%Y-%m-%d %H:%M"),
        "内容": "，".join(f"{VOLUME_TITLES[v.name]}{v.items}件{v.pages}页" for v in package.volumes),
    }
    facts = "".join(f"<tr><th>{escape(k)}</th><td>{escape(str(v))}</td></tr>" for k, v in rows.items())
    page = (PORTABLE / PAGE).read_text(encoding="utf-8")
    page = page.replace("{title}", escape(package.title)).replace("{facts}", facts)
    return {VERIFIER: (PORTABLE / VERIFIER).read_bytes(), README: page.encode()}


def bag_info(contents: Contents) -> Mapping[str, str]:
    """Return the lines of bag-info.txt."""
    package = contents.package
    return {
        "Source-Organization": str(contents.file.settings.get("name", "")),
        "External-Identifier": package.volume(MAIN).code,
        "External-Description": package.title,
        "Internal-Sender-Identifier": package.id,
        "Bagging-Date": local(packed_at(contents)).strftime("%Y-%m-%d"),
        "Bag-Software-Agent": "anjuan",
        "Bag-Group-Identifier": contents.file.case.number,
        "Bag-Count": "1 of 1",
    }
