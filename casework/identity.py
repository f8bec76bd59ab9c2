"""Identity numbers, credit codes and phone numbers: read as people type them, checked by their check digits.

GB 11643 (居民身份证, 18 digits; the 15 digits of before 1999 are taken), GB 32100 (统一社会信用代码). Full-width
characters are made narrow, a small x large. What kind of number stands before us is said by the caller.
"""

import datetime as dt
import re
import unicodedata

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_LENGTH = 18
PHONE = re.compile(r"^\+?\d[\d\- ]{5,18}\d(转\d{1,6})?$")


def narrow(text: str) -> str:
    """Return a number without full-width characters and outer spaces, letters large."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def id_number_fault(text: str) -> str:
    """Return what is wrong with an identity number, in Chinese; empty when nothing is."""
    if re.fullmatch(r"\d{15}", text):
        return "" if _is_date("19" + text[6:12]) else "第7至12位不是有效的出生日期"
    if not re.fullmatch(r"\d{17}[\dX]", text):
        return "应为18位数字，末位可以是X"
    if not _is_date(text[6:14]):
        return "第7至14位不是有效的出生日期"
    total = sum(int(d) * w for d, w in zip(text[:17], ID_WEIGHTS, strict=True))
    return "" if ID_CHECK[total % 11] == text[17] else "校验位不符，可能抄错了一位"


def credit_code_fault(text: str) -> str:
    """Return what is wrong with a unified social credit code, in Chinese; empty when nothing is."""
    if len(text) != CREDIT_LENGTH or any(c not in CREDIT_LETTERS for c in text):
        return "应为18位数字和大写字母（不含I、O、S、V、Z）"
    total = sum(CREDIT_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return "" if CREDIT_LETTERS[(31 - total % 31) % 31] == text[17] else "校验位不符，可能抄错了一位"


def phone_fault(text: str) -> str:
    """Return what is wrong with a phone number, in Chinese; empty when nothing is."""
    return "" if PHONE.match(text) else "应为电话号码，如 010-00000000 或 11 位手机号"


def _is_date(text: str) -> bool:
    try:
        dt.datetime.strptime(text, "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return False
    return True
