"""One handler for every error: a page in plain Chinese, or JSON where JSON was asked; never a stack trace."""

from dataclasses import asdict

import structlog
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

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


def _ours(error: errors.AnjuanError) -> ResponseReturnValue:
    status = STATUS.get(type(error), 500)
    if status == MISSING:
        return answer(MISSING, NOT_HERE)
    return answer(status, error.message, remedy=error.remedy, findings=error.findings, code=error.code)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    return answer(status, NOT_HERE if status == MISSING else (error.description or "请求没有被接受。"))


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected", path=request.path, exc_info=error)
    return answer(500, "系统出了错，已记入日志，未作任何改动。", remedy="请稍后重试；再次出现时联系系统管理员。")


def answer(
    status: int, message: str, *, remedy: str = "", findings: tuple[errors.Finding, ...] = (), code: str = ""
) -> ResponseReturnValue:
    """Return an error as page or JSON."""
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        body = {
            "error": code or str(status),
            "message": message,
            "remedy": remedy,
            "findings": [asdict(f) for f in findings],
        }
        return jsonify(body), status
    heading = HEADINGS.get(status, "出错了")
    return render_template("error.html", heading=heading, message=message, remedy=remedy, items=findings), status
