"""The document of the interface (OpenAPI 3.1), made from the list of operations and their models at each start."""

import functools
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from web.api import models_out
from web.api.kinds import Id, Nothing
from web.api.registry import ENDPOINTS, ROOT, WORDS, Endpoint
from web.api.serving import JSON, KEY, MOST_KEY

REF = "#/components/schemas/{model}"
FAULTS = {
    400: "请求不完整",
    401: "没有访问令牌，或令牌已失效",
    403: "账号或令牌没有权限",
    404: "没有，或者无权查看",
    409: "现在不能办理，或已被他人修改；列明每项理由",
    413: "内容过大",
    415: "内容不是 JSON",
    422: "内容有误；列明每一项",
    503: "暂时不可用，没有改动",
}
SENT = (400, 413, 415)
"""Errors that only a request with a body meets."""
KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MOST_KEY, "pattern": "^[!-~]{1,64}$"}
INTRODUCTION = (
    "与网页相同的操作、相同的权限。访问令牌在“我的账号”页建立，随请求在 Authorization 中给出；"
    "令牌的权限不超出其主人的职务。改动以版本号防止互相覆盖（409）；重复发送同一改动时，"
    "以 Idempotency-Key 保证只办一次：再次得到的是该记录现在的样子，Answer-Digest 仍是第一次答复的摘要。"
    "列表以 after 翻页，答复中的 next 为空即到末页。文件以 tus 协议上传到 /uploads。"
)


@functools.cache
def document() -> dict[str, Any]:
    """Return the document."""
    refs, schemas = _schemas()
    paths: dict[str, Any] = {}
    for one in ENDPOINTS.values():
        paths.setdefault(ROOT + one.path, {})[one.method.lower()] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "案卷", "version": "1", "description": INTRODUCTION},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": _TOKEN}, "responses": _responses(refs)},
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(e.tag for e in ENDPOINTS.values())],
    }


_TOKEN = {"type": "http", "scheme": "bearer", "description": "访问令牌，在“我的账号”页建立"}

Mode = Literal["validation", "serialization"]
Refs = Mapping[Any, Any]
"""Reference by model and mode."""


def _schemas() -> tuple[Refs, dict[str, Any]]:
    wanted: list[tuple[type[BaseModel], Mode]] = [(models_out.Fault, "serialization")]
    for one in ENDPOINTS.values():
        wanted += [(one.answer, "serialization")] if one.answer else []
        wanted += [(one.body, "validation")] if one.body else []
    refs, found = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REF)
    return dict(refs), found.get("$defs", {})


def _operation(one: Endpoint, refs: Refs) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.title,
        "description": f"权限：{'、'.join(p.value for p in one.scopes) or '无'}",
        "tags": [one.tag],
        "security": [{"token": [p.value for p in one.scopes]}],
        "parameters": [*_path(one), *_query(one), *_headers(one)],
        "responses": _answers(one, refs),
    }
    if one.body:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": refs[one.body, "validation"]}}}
    return found


def _path(one: Endpoint) -> list[dict[str, Any]]:
    schema = TypeAdapter(Id).json_schema()
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in WORDS.findall(one.path)]


def _query(one: Endpoint) -> list[dict[str, Any]]:
    if one.query is Nothing:
        return []
    schema = one.query.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _plain(field)}
        for name, field in schema["properties"].items()
    ]


def _plain(field: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a word in an address: there is no null in it."""
    kinds = [k for k in field.get("anyOf", ()) if k.get("type") != "null"]
    rest = {k: v for k, v in field.items() if k not in ("anyOf", "title") and v is not None}
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, **({"anyOf": kinds} if kinds else {})}


def _headers(one: Endpoint) -> list[dict[str, Any]]:
    if not one.changes:
        return []
    return [{"name": KEY, "in": "header", "required": False, "schema": KEY_SCHEMA, "description": "只办一次的标识"}]


def _answers(one: Endpoint, refs: Refs) -> dict[str, Any]:
    if one.answer is None:
        content: dict[str, Any] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
        good = {"description": "文件", "content": content}
    else:
        good = {"description": one.title, "content": {JSON: {"schema": refs[one.answer, "serialization"]}}}
    faults = [s for s in FAULTS if one.body or s not in SENT]
    return {str(one.status): good, **{str(s): {"$ref": f"#/components/responses/{s}"} for s in faults}}


def _responses(refs: Refs) -> dict[str, Any]:
    schema = refs[models_out.Fault, "serialization"]
    return {str(s): {"description": d, "content": {JSON: {"schema": schema}}} for s, d in FAULTS.items()}
