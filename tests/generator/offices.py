"""The small office with one more type: a notice that goes to every party of a list."""

from pathlib import Path

import yaml

from foundation.context import Context
from tests.casework.offices import small

NOTICE = {
    "id": "batch_notice",
    "title": "提示告知书",
    "purpose": "试",
    "stage": "decision",
    "form": "通知书式",
    "volume": "main",
    "visibility": "external",
    "tier": "core",
    "number": {"character": "提"},
    "fields": [
        {"name": "party_name", "label": "收件人", "from": "party.name", "required": True},
        {"name": "text", "label": "内容", "kind": "text", "required": True},
        {"name": "shop_no", "label": "门牌号", "kind": "number"},
        {"name": "handler_sign", "label": "承办人", "kind": "signature"},
    ],
    "slots": [{"id": "handler", "part": "sign", "role": "handler", "signs": "handler_sign"}],
}


def with_notice(ctx: Context, folder: Path) -> Context:
    """Return the small office's floor with the notice."""
    ctx = small(ctx, folder)
    target = folder / "decision" / "batch_notice"
    target.mkdir(parents=True, exist_ok=True)
    (target / "definition.yaml").write_text(yaml.safe_dump(NOTICE, allow_unicode=True, sort_keys=False), "utf-8")
    sample = {"ordinary": {"text": "试", "party_name": "样本"}}
    (target / "sample.yaml").write_text(yaml.safe_dump(sample, allow_unicode=True), "utf-8")
    return ctx
