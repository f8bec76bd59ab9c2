"""One request of a program from end to end: who, with which scopes, what is sent, done once, answered by its model.

A key in `Idempotency-Key` makes a repeated change harmless: kept are status, place and digest of the answer, never its
content; the repetition is answered by reading the place again, under the rights of that moment.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, abort, g, request
from pydantic import BaseModel, ValidationError

from foundation import once
from foundation.errors import BadInput, Finding, Forbidden
from web.api.kinds import Answered, Asked, Given
from web.api.registry import ENDPOINTS, Endpoint, Made
from web.security import the_actor, the_context

MOST_BODY = 2 << 20
"""Bytes of a request; files go by /uploads."""
KEY = "Idempotency-Key"
MOST_KEY = 64
JSON = "application/json"

FAULTS = {
    "missing": "没有填写",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是合法的 JSON",
    "string_too_long": "过长",
    "string_too_short": "过短",
    "literal_error": "不在可选的值之中",
    "timezone_aware": "须写明时区",
}
"""What is told of the library's faults; the rest is 不合要求."""


def serve(endpoint: Endpoint, ids: Mapping[str, str]) -> Response:
    """Answer one request."""
    if g.get("actor") is None:
        abort(401, description="请在 Authorization 中给出访问令牌（Bearer）。")
    _require_scopes(endpoint)
    request.max_content_length = MOST_BODY
    given: dict[str, Any] = dict(ids)
    if query := _query(endpoint.query):
        given["query"] = query
    if endpoint.body is not None:
        given["body"] = _body(endpoint.body)
    return _once(endpoint, given) if endpoint.changes else _answered(endpoint.view(**given), endpoint.status)


def _require_scopes(endpoint: Endpoint) -> None:
    scopes = the_actor().scopes
    if scopes is not None and (lacking := [p.value for p in endpoint.scopes if p.value not in scopes]):
        raise Forbidden(
            f"访问令牌的权限不含“{'、'.join(lacking)}”。", remedy="由令牌的主人另建一个有此权限的访问令牌。"
        )


def _query(model: type[Asked]) -> Asked | None:
    sent = {name: values[-1] for name, values in request.args.lists()}
    try:
        found = model.model_validate(sent)
    except ValidationError as error:
        raise _bad(error) from None
    return found if model.model_fields else None


def _body(model: type[Given]) -> Given:
    if request.mimetype != JSON:
        abort(415, description=f"内容应为 {JSON}。")
    try:
        return model.model_validate_json(request.get_data())
    except ValidationError as error:
        raise _bad(error) from None


def _bad(error: ValidationError) -> BadInput:
    findings = [
        Finding(
            code="FIELD",
            path=_path(fault["loc"]),
            message=f"“{_path(fault['loc']) or '内容'}”{_told(fault)}。",
            remedy="按接口说明更正。",
        )
        for fault in error.errors(include_url=False, include_input=False)[:50]
    ]
    return BadInput("请求的内容不合接口说明。", remedy="按下列各项更正。", path=findings[0].path, findings=findings)


def _told(fault: Any) -> str:
    known = FAULTS.get(fault["type"])
    if known is None and fault["type"] == "value_error":
        known = str(fault["ctx"]["error"])
    return known or "不合要求"


def _path(steps: tuple[int | str, ...]) -> str:
    text = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps)
    return text.removeprefix(".")[:200]


def _once(endpoint: Endpoint, given: Mapping[str, Any]) -> Response:
    key = request.headers.get(KEY)
    if key is None:
        return _done(endpoint, given)[0]
    if not 0 < len(key) <= MOST_KEY or not key.isascii() or not key.isprintable():
        raise BadInput("请求标识不合要求。", remedy=f"请用1至{MOST_KEY}个可见的英文字符。", path=KEY)
    claim = once.claim(the_context(), owner=the_actor().account_id, key=f"api:{key}", digest=_digest())
    if claim.answer is not None:
        return _again(claim.answer)
    try:
        response, made = _done(endpoint, given)
    except BaseException:
        once.release(the_context(), claim)
        raise
    kept = {"status": response.status_code, "by": made.by, "ids": dict(made.ids)}
    once.settle(the_context(), claim, {**kept, "digest": response.headers["Answer-Digest"]})
    return response


def _digest() -> str:
    """Return what tells this request from another one under the same key."""
    return hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), request.get_data()])).hexdigest()


def _done(endpoint: Endpoint, given: Mapping[str, Any]) -> tuple[Response, Made]:
    made: Made = endpoint.view(**given)
    return _answered(made.answer, endpoint.status), made


def _again(kept: Mapping[str, Any]) -> Response:
    """Answer a repeated change: its thing as it is now, with the digest of the first answer."""
    answer = ENDPOINTS[kept["by"]].view(**kept["ids"])
    response = _answered(answer, int(kept["status"]))
    response.headers["Idempotent-Replayed"] = "true"
    response.headers["Answer-Digest"] = kept["digest"]
    return response


def _answered(answer: Answered | Response, status: int) -> Response:
    if isinstance(answer, Response):
        return answer
    body = _json(answer)
    response = Response(body, status=status, mimetype=JSON)
    response.headers["Answer-Digest"] = hashlib.sha256(body).hexdigest()
    return response


def _json(answer: BaseModel) -> bytes:
    return answer.model_dump_json().encode()
