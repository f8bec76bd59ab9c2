"""What works, what does not, and what to do: a page for administrators, two short answers for machines."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from access.policy import Permission
from casework import health as _calendar  # noqa: F401 - floors add their probes when they are imported
from foundation.health import State, checks
from generator import health as _fonts  # noqa: F401
from search import health as _index  # noqa: F401
from web.lookup import require
from web.security import signed_in, the_context

health = Blueprint("health", __name__)

VITAL = frozenset({"database", "blobs"})
"""Without these no page can answer; the rest says so and goes on."""


@health.get("/health")
@signed_in
def page() -> ResponseReturnValue:
    """Show every probe with its remedy."""
    require(Permission.HEALTH_READ)
    return render_template("health.html", area="health", checks=checks(the_context()))


@health.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify({"status": "ok"})


@health.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say whether pages can be served; names no path and no version."""
    found = checks(the_context(), only=VITAL)
    fine = all(c.state is not State.BAD for c in found)
    body = {"status": "ok" if fine else "unavailable", "checks": {c.name: c.state.value for c in found}}
    return jsonify(body), 200 if fine else 503
