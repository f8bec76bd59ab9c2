"""Build the web application: one context, one look, one error handler; an area per folder."""

import datetime as dt

from flask import Flask, g

from access.permissions import Permission
from access.policy import may_anywhere
from casework.operations import reminding
from foundation import slots
from foundation.clock import local
from foundation.context import Context, build_context
from foundation.errors import Unavailable
from web import errors, security, statics
from web.admin.views import admin
from web.api.views import api
from web.auth.tokens import tokens
from web.auth.views import auth
from web.batches.views import batches
from web.cases.beginning import beginning
from web.cases.managing import managing
from web.cases.views import cases
from web.copies.giving import giving
from web.copies.passes import passes
from web.copies.views import copies
from web.deadlines.views import deadlines
from web.documents.views import documents
from web.drafting.views import drafting
from web.filing.checking import checking
from web.filing.exporting import exporting
from web.filing.views import filing
from web.forms_library.views import library
from web.health.views import health
from web.packages.views import packages
from web.parties.views import register
from web.party.asking import asking
from web.party.fetching import fetching
from web.party.views import own
from web.printing.views import printing
from web.recordings.adding import adding
from web.recordings.views import recordings
from web.recordings.watching import watching
from web.search.views import search
from web.serving.printing import prints
from web.serving.scans import scans
from web.serving.views import serving
from web.signing.delegating import handing_over
from web.signing.phone import phone
from web.signing.views import signing
from web.statutes.views import statutes_area
from web.supervision.figures import figures
from web.supervision.orders import corrections
from web.uploads.views import uploads
from web.verify.views import verify
from web.words import FILTERS
from web.work.views import work

AREAS = (
    auth,
    tokens,
    work,
    beginning,
    managing,
    register,
    cases,
    deadlines,
    documents,
    drafting,
    recordings,
    adding,
    watching,
    uploads,
    signing,
    phone,
    handing_over,
    search,
    serving,
    prints,
    scans,
    packages,
    filing,
    checking,
    exporting,
    batches,
    printing,
    statutes_area,
    library,
    verify,
    own,
    asking,
    fetching,
    passes,
    copies,
    giving,
    health,
    figures,
    corrections,
    admin,
    api,
)


def create_app(context: Context | None = None) -> Flask:
    """Return the application on the installation's settings, or on a given context (tests)."""
    context = context or build_context()
    app = Flask("web")
    app.secret_key = context.keys.secret("session")
    app.config.update(
        SESSION_COOKIE_NAME="anjuan",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=context.settings.public_url.startswith("https://"),
        MAX_CONTENT_LENGTH=64 << 20,
    )
    app.extensions["anjuan"] = context
    app.jinja_env.filters.update(FILTERS, moment=moment)
    app.context_processor(lambda: {"demo": context.settings.is_demo, "may": _may, "reminded": _reminded})
    app.add_template_global(lambda: len(slots.held(context)), "workers")
    app.url_defaults(statics.mark)
    errors.install(app)
    security.install(app)
    for area in AREAS:
        app.register_blueprint(area)
    return app


def _may(permission: str) -> bool:
    """Tell whether the viewer holds a permission on anything (menus only)."""
    return g.get("actor") is not None and may_anywhere(g.actor, Permission(permission))


def _reminded() -> int:
    """Return how many periods the viewer was reminded of and has not looked at."""
    try:
        return reminding.unread(security.the_context(), g.actor) if g.get("actor") else 0
    except Unavailable:
        return 0  # the page says what is not to be had


def moment(at: dt.datetime | None) -> str:
    """Show an instant in Shanghai: `2026-01-06 09:35`."""
    return f"{local(at):%Y-%m-%d %H:%M}" if at else "／"
