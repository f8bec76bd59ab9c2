"""What an agency may set: reads `access/rules/agency_defaults.yaml` and checks values against it."""

import difflib
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from foundation.errors import BadInput

LONGEST = 500
"""Characters of a text."""

FILE = Path(__file__).resolve().parent / "rules" / "agency_defaults.yaml"


@dataclass(frozen=True, kw_only=True)
class SettingRule:
    """One setting: its default, the article behind it, what a value may be."""

    key: str
    title: str
    kind: str
    default: Any
    source: str
    note: str = ""
    choices: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    required: bool = False


@functools.lru_cache
def setting_rules() -> Mapping[str, SettingRule]:
    """Return every setting by its key, in the order of the settings page."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {key: _rule(key, row) for key, row in raw.items()}


def _rule(key: str, row: Mapping[str, Any]) -> SettingRule:
    bounds: dict[str, Any] = {name: Decimal(str(row[name])) for name in ("least", "most") if name in row}
    plain = {name: value for name, value in row.items() if name not in ("least", "most", "choices")}
    return SettingRule(key=key, choices=tuple(row.get("choices", ())), **bounds, **plain)


def checked_value(key: str, value: Any, *, basis: str = "") -> Any:
    """Return a value as it is stored.

    Raises:
        BadInput: There is no such setting, or the value is none that it may have.
    """
    rule = setting_rules().get(key)
    if rule is None:
        near = "、".join(difflib.get_close_matches(key, setting_rules(), n=3)) or "见“单位设置”页"
        raise BadInput(f"没有“{key}”这项设置。", remedy=f"相近的设置：{near}。", path=key)
    if rule.kind == "power":
        return _power(rule, value, basis)
    fault = _CHECKS[rule.kind](rule, value)
    if fault:
        raise BadInput(f"“{rule.title}”{fault}。", remedy=_remedy(rule), path=key)
    return value


def _power(rule: SettingRule, value: Any, basis: str) -> Any:
    if value is False:
        return False
    words = basis or (value.get("basis", "") if isinstance(value, Mapping) else "")
    if not isinstance(words, str) or not words.strip():
        raise BadInput(
            f"启用“{rule.title}”须写明赋权依据。", remedy="填写文件名称、文号和条款，以及生效日期。", path=rule.key
        )
    return {"basis": words.strip()}


def _text(rule: SettingRule, value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        return f"应为不超过{LONGEST}字的文字"
    return "不能为空" if rule.required and not value.strip() else ""


def _number(rule: SettingRule, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "应为整数"
    if rule.least is not None and value < rule.least:
        return f"不能小于{rule.least}（{rule.source}）"
    return f"不能大于{rule.most}（{rule.source}）" if rule.most is not None and value > rule.most else ""


def _flag(_rule: SettingRule, value: Any) -> str:
    return "" if isinstance(value, bool) else "应为是或否"


def _choice(rule: SettingRule, value: Any) -> str:
    return "" if value in rule.choices else f"没有“{value}”这个选项"


def _list(rule: SettingRule, value: Any) -> str:
    fits = isinstance(value, list) and value and all(one in rule.choices for one in value)
    return "" if fits else "应从所列选项中至少选一项"


def _map(rule: SettingRule, value: Any) -> str:
    """Check a mapping of texts; without choices any text is a value."""
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in (*value, *value.values())):
        return "应逐项写明名称和选项"
    return "应逐项写明名称和选项" if rule.choices and not set(value.values()) <= set(rule.choices) else ""


_CHECKS: Mapping[str, Callable[[SettingRule, Any], str]] = {
    "text": _text,
    "number": _number,
    "days": _number,
    "flag": _flag,
    "choice": _choice,
    "list": _list,
    "map": _map,
}


def _remedy(rule: SettingRule) -> str:
    return f"可用：{'、'.join(rule.choices)}。" if rule.choices else f"按{rule.source}改正后保存。"
