"""One handler for every error: a page in plain Chinese, or JSON where JSON was asked; never a stack trace."""

from dataclasses import asdict

import structlog
from flask import Flask, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from foundation import errors

STATUS: dict[type[errors.AnjuanError], int] = {
    errors.BadInput: 422,
    errors.Refused: 409,
    errors.Conflict: 409,
    errors.Forbidden: 403,
    errors.NotFound: 404,  # what a viewer may not know of is NotFound: the same answer as for a thing that is not there
    errors.Unavailable: 503,
    errors.Full: 507,
    errors.Broken: 500,
}
MISSING = 404
HEADINGS = {
    404: "没有这个页面或记录",
    403: "未执行",
    409: "现在还不能这样做",
    422: "填写的内容需要修改",
    429: "请求太频繁",
    503: "暂时不可用",
    507: "磁盘空间不足",
}
NOT_HERE = "没有找到，或者您无权查看。"

log = structlog.get_logger(__name__)


def install(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(errors.AnjuanError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: errors.AnjuanError) -> int:
    """Return the HTTP status of an error: its own, else that of what it is a kind of."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def _ours(error: errors.AnjuanError) -> ResponseReturnValue:
    status = status_of(error)
    if status == MISSING:
        return answer(MISSING, NOT_HERE)
    findings = error.findings or (_as_finding(error) if error.path and _is_asked_as_json() else ())
    return answer(status, error.message, remedy=error.remedy, findings=findings, code=error.code)


def _as_finding(error: errors.AnjuanError) -> tuple[errors.Finding, ...]:
    """Return the one fault of an error that names its field, so that programs find fields in one place."""
    return (errors.Finding(code=error.code, message=error.message, remedy=error.remedy, path=error.path),)


def _is_asked_as_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    told = answer(status, NOT_HERE if status == MISSING else (error.description or "请求没有被接受。"))
    response = make_response(told)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected", path=request.path, exc_info=error)
    return answer(500, "系统出了错，已记入日志，未作任何改动。", remedy="请稍后重试；再次出现时联系系统管理员。")


def answer(
    status: int, message: str, *, remedy: str = "", findings: tuple[errors.Finding, ...] = (), code: str = ""
) -> ResponseReturnValue:
    """Return an error as page or JSON."""
    if _is_asked_as_json():
        body = {
            "error": code or str(status),
            "message": message,
            "remedy": remedy,
            "findings": [asdict(f) for f in findings],
        }
        return jsonify(body), status
    heading = HEADINGS.get(status, "出错了")
    return render_template("error.html", heading=heading, message=message, remedy=remedy, items=findings), status
