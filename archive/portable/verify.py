#!/usr/bin/env python3
"""Check this case package by itself: every byte against both manifests, and the chain of the case's journal.

核验本档案包：不需要任何其他软件，只要 Python 3.6 以上。

    python3 verify.py            核验本文件所在的文件夹
    python3 verify.py 文件夹     核验另一个档案包
    python3 verify.py --json     输出机器可读的结果
    python3 verify.py --chain events.jsonl   只核验一份导出的办案日志

核对内容：包内每一个文件的每一个字节（SHA-256；本机支持时另核 SM3），有无缺少、多出的文件，两份清单是否一致，
办案日志（data/元数据/events.jsonl）的哈希链是否完整。任何一处不符都会指明是哪个文件、哪一条。
退出码：0 全部相符；1 有不符；2 不是档案包。
"""

import hashlib
import json
import os
import re
import sys
from typing import Any, Dict, List, Set, Tuple

PIECE = 1 << 20
GENESIS = "0" * 64
INTEGERS = 1e21
"""Below it ECMAScript prints whole numbers without an exponent."""
CHAIN = "data/元数据/events.jsonl"
NO_SM3 = "本机的 Python 不支持 SM3，没有核对 SM3 清单；SHA-256 已核对。"
LINE = re.compile(r"^([0-9a-f]{64})  (.+)$")


def main(arguments: List[str]) -> int:
    """Check a folder and print what was found."""
    as_json = "--json" in arguments
    if "--chain" in arguments:
        return show_chain([a for a in arguments if not a.startswith("--")])
    named = [a for a in arguments if not a.startswith("--")]
    root = os.path.abspath(named[0] if named else os.path.dirname(os.path.abspath(__file__)))
    if not os.path.isfile(os.path.join(root, "bagit.txt")):
        print("“%s”不是档案包：没有 bagit.txt。" % root)
        return 2
    report = check(root)
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True))
    else:
        show(report)
    return 0 if report["passed"] else 1


def check(root: str, tell: Any = None) -> Dict[str, Any]:
    """Return the report of a package's folder; `tell` is called with done and all files, and the path in hand."""
    faults = []  # type: List[Dict[str, str]]
    notes = []  # type: List[str]
    tags = read_manifest(root, "tagmanifest-sha256.txt", faults)
    sha256 = read_manifest(root, "manifest-sha256.txt", faults)
    sm3 = read_manifest(root, "manifest-sm3.txt", faults)
    if not has_sm3():
        notes.append(NO_SM3)
    faults.extend(fault(path, "只在一份清单中") for path in sorted(set(sha256) ^ set(sm3)))
    size, paths = 0, sorted(set(sha256) | set(sm3) | set(tags))
    for done, path in enumerate(paths):
        if tell is not None:
            tell(done, len(paths), path)
        wanted = {"sha256": sha256.get(path, tags.get(path))}
        if has_sm3():
            wanted["sm3"] = sm3.get(path)
        size += check_file(root, path, wanted, faults)
    check_surplus(root, set(sha256), set(tags), faults)
    check_oxum(root, sha256, faults)
    events, head = check_chain(root, faults)
    return {
        "package": os.path.basename(os.path.dirname(root)) + "/" + os.path.basename(root),
        "files": len(sha256),
        "tag_files": len(tags),
        "bytes": size,
        "sm3_checked": has_sm3(),
        "events": events,
        "head": head,
        "faults": faults,
        "notes": notes,
        "passed": not faults,
    }


def has_sm3() -> bool:
    """Tell whether this Python can take SM3."""
    return "sm3" in hashlib.algorithms_available


def show_chain(named: List[str]) -> int:
    """Check one exported journal and print what was found."""
    path = named[0] if named else "events.jsonl"
    if not os.path.isfile(path):
        print("没有文件“%s”。" % path)
        return 2
    faults = []  # type: List[Dict[str, str]]
    events, head = check_lines(path, faults)
    print("办案日志 %d 条\n  末条哈希 %s" % (events, head))
    for one in faults:
        print("  不符：%s" % one["message"])
    print("结果：%s" % ("逐条相接，没有改动。" if not faults else "日志已被改动！"))
    return 0 if not faults else 1


def fault(path: str, message: str) -> Dict[str, str]:
    """Return one fault."""
    return {"path": path, "message": message}


def read_manifest(root: str, name: str, faults: List[Dict[str, str]]) -> Dict[str, str]:
    """Return digest by path."""
    found = {}  # type: Dict[str, str]
    try:
        with open(os.path.join(root, name), encoding="utf-8", newline="\n") as file:
            lines = file.read().split("\n")
    except (OSError, UnicodeDecodeError):
        faults.append(fault(name, "清单缺失或无法读取"))
        return found
    for number, line in enumerate(lines, 1):
        match = LINE.match(line)
        if match is None:
            if line:
                faults.append(fault(name, "第%d行不是清单格式" % number))
        elif is_unsafe(match.group(2)):
            faults.append(fault(name, "第%d行指向包外" % number))
        elif match.group(2) in found:
            faults.append(fault(match.group(2), "在清单 %s 中出现两次" % name))
        else:
            found[match.group(2)] = match.group(1)
    return found


def is_unsafe(path: str) -> bool:
    """Tell whether a path leaves the package."""
    return path.startswith(("/", "~")) or "\\" in path or ".." in path.split("/")


def check_file(root: str, path: str, wanted: Dict[str, Any], faults: List[Dict[str, str]]) -> int:
    """Compare one file with its digests; return its size."""
    full = os.path.join(root, *path.split("/"))
    if not os.path.isfile(full) or os.path.islink(full):
        faults.append(fault(path, "文件缺失"))
        return 0
    hashes = {name: hashlib.new(name) for name, digest in wanted.items() if digest}
    size = 0
    try:
        with open(full, "rb") as file:
            for piece in iter(lambda: file.read(PIECE), b""):
                size += len(piece)
                for one in hashes.values():
                    one.update(piece)
    except OSError as error:
        faults.append(fault(path, "无法读取：%s" % error.strerror))
        return size
    for name, one in sorted(hashes.items()):
        if one.hexdigest() != wanted[name]:
            faults.append(fault(path, "内容与%s清单不符" % {"sha256": "SHA-256", "sm3": "SM3"}[name]))
    return size


def check_surplus(root: str, payload: Set[str], tags: Set[str], faults: List[Dict[str, str]]) -> None:
    """Name files that no manifest knows."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
            known = payload if path.startswith("data/") else tags | {"tagmanifest-sha256.txt"}
            if path not in known:
                faults.append(fault(path, "清单以外的文件"))


def check_oxum(root: str, payload: Dict[str, str], faults: List[Dict[str, str]]) -> None:
    """Compare the number of files and bytes with bag-info.txt."""
    try:
        with open(os.path.join(root, "bag-info.txt"), encoding="utf-8") as file:
            found = re.search(r"^Payload-Oxum: (\d+)\.(\d+)$", file.read(), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        return
    paths = [os.path.join(root, *p.split("/")) for p in payload]
    size = sum(os.path.getsize(p) for p in paths if os.path.isfile(p))
    if found is None or (int(found.group(1)), int(found.group(2))) != (size, len(payload)):
        faults.append(fault("bag-info.txt", "字节数或文件数（Payload-Oxum）不符"))


def check_chain(root: str, faults: List[Dict[str, str]]) -> Tuple[int, str]:
    """Check the chain of the case's journal; return how many events and the last hash."""
    return check_lines(os.path.join(root, *CHAIN.split("/")), faults)


def check_lines(path: str, faults: List[Dict[str, str]]) -> Tuple[int, str]:
    """Check a file of events line by line; return how many and the last hash."""
    previous, count = GENESIS, 0
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file:
                count += 1
                event = json.loads(line)
                given = event.pop("hash", None)
                broken = event.get("seq") != count or event.get("previous") != previous
                if broken or hashlib.sha256(canonical(event).encode("utf-8")).hexdigest() != given:
                    faults.append(fault(CHAIN, "办案日志第%d条与哈希链不符" % count))
                    return count, previous
                previous = given
    except (OSError, ValueError):
        faults.append(fault(CHAIN, "办案日志第%d条无法读取" % (count + 1)))
    return count, previous


def canonical(value: Any) -> str:
    """Return canonical JSON (RFC 8785)."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda k: k.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(k) + ":" + canonical(value[k]) for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(v) for v in value) + "]"
    if isinstance(value, float):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """Return a number as ECMAScript prints it."""
    if value == int(value) and abs(value) < INTEGERS:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    return mantissa if not exponent else mantissa + "e" + ("-" if exponent[0] == "-" else "+") + exponent.lstrip("+-0")


def show(report: Dict[str, Any]) -> None:
    """Print a report for people."""
    print("档案包 %s" % report["package"])
    print("  文件 %d 个，%d 字节；办案日志 %d 条" % (report["files"], report["bytes"], report["events"]))
    if report["events"]:
        print("  日志末条哈希 %s" % report["head"])
    for note in report["notes"]:
        print("  注意：%s" % note)
    for one in report["faults"]:
        print("  不符：%s —— %s" % (one["path"], one["message"]))
    print("结果：%s" % ("全部相符。" if report["passed"] else "有 %d 处不符！" % len(report["faults"])))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
