"""Amounts in capitals, as the law's papers write them: 50000 → 伍万元整, 1005.20 → 壹仟零伍元贰角."""

import re
from decimal import Decimal

FIGURES = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def capital(amount: Decimal) -> str:
    """Return an amount in capitals without 人民币.

    Args:
        amount: Yuan, not negative, two decimals at most.
    """
    cents = int(amount.scaleb(2))
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(yuan)}元" if yuan or not cents else ""
    if not jiao and not fen:
        return f"{words}整"
    if jiao:
        words += f"{FIGURES[jiao]}角"
    elif words:
        words += "零"
    return words + (f"{FIGURES[fen]}分" if fen else "")


def _whole(number: int) -> str:
    if number == 0:
        return "零"
    groups = []
    for at, name in enumerate(GROUPS):
        part = number // 10 ** (4 * at) % 10_000
        groups.append(_group(part) + name if part else "零")
    return re.sub("零+", "零", "".join(reversed(groups))).strip("零")


def _group(part: int) -> str:
    digits = f"{part:04d}"
    words = "".join(FIGURES[int(d)] + PLACES[3 - i] if d != "0" else "零" for i, d in enumerate(digits))
    return re.sub("零+", "零", words).rstrip("零")
