"""The routes of the interface, from its list of operations; its document, and a page for people who write programs."""

import functools
from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from web.api import views_cases, views_papers, views_records
from web.api.describing import INTRODUCTION, document
from web.api.registry import ENDPOINTS, ROOT, Endpoint
from web.api.serving import serve

api = Blueprint("api", __name__)

PARTS = (views_cases, views_papers, views_records)
"""Modules whose operations are in the list once they are imported."""


def _route(endpoint: Endpoint) -> None:
    def view(**ids: Any) -> Response:
        return serve(endpoint, ids)

    functools.update_wrapper(view, endpoint.view)
    api.add_url_rule(ROOT + endpoint.rule, endpoint.name, view, methods=[endpoint.method])


for _one in ENDPOINTS.values():
    _route(_one)


@api.get("/api/openapi.json")
@api.get(f"{ROOT}/openapi.json")
def openapi() -> ResponseReturnValue:
    """Answer with the document of the interface; it tells nothing of any case."""
    return jsonify(document())


@api.get(f"{ROOT}/")
def page() -> ResponseReturnValue:
    """Show the interface to people."""
    tags: dict[str, list[Endpoint]] = {}
    for one in ENDPOINTS.values():
        tags.setdefault(one.tag, []).append(one)
    return render_template("api.html", tags=tags, root=ROOT, introduction=INTRODUCTION, schemas=_schemas())


def _schemas() -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return the models as rows for people: field, kind, whether it must stand, what it means."""
    found = document()["components"]["schemas"]
    return [(name, one.get("description", ""), _rows(one)) for name, one in sorted(found.items())]


def _rows(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {"name": name, "kind": _kind(field), "required": name in required, "note": field.get("description", "")}
        for name, field in schema.get("properties", {}).items()
    ]


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        return " | ".join(_kind(one) for one in field["anyOf"])
    if field.get("type") == "array":
        return f"[{_kind(field['items'])}]"
    if "enum" in field:
        return " | ".join(str(word) or "（空）" for word in field["enum"])
    return str(field.get("format") or field.get("type") or field.get("const") or "任意")
