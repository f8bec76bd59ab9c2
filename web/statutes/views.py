"""The picker of provisions: a page with search and select lists; the same list as a fragment for a paper's form."""

import datetime as dt
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from catalogue import provisions
from catalogue.citations import Citation
from catalogue.discretion import band_of, standard_of
from catalogue.provisions import Fine, Provision
from catalogue.statutes import Statute, statutes
from foundation.clock import legal_date
from web.security import signed_in, the_context

statutes_area = Blueprint("statutes", __name__, url_prefix="/statutes")

PARTS = (("article", "条"), ("paragraph", "款"), ("item", "项"), ("point", "目"))
MOST_NUMBER = 9999
OF = {"citizen": "个人", "organisation": "单位", "any": ""}


@statutes_area.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show the search, the select lists, and what they lead to."""
    day = _day()
    laws = provisions.in_force(day)
    built = _built(laws)
    return render_template(
        "statutes.html",
        area="statutes",
        day=day,
        laws=[(law.key, _title(law, day)) for law in laws],
        ended=provisions.ended(day),
        parts=PARTS,
        built=built,
        fault=provisions.fault_of(built, day) if built else "",
        bands=_bands(built) if built else [],
        standard=standard_of(built),
        **_found(day),
    )


@statutes_area.get("/choices")
@signed_in
def choices() -> ResponseReturnValue:
    """Answer with what the search finds: as JSON when asked, else as a fragment of a page."""
    day = _day()
    found = _found(day)
    if request.accept_mimetypes.best == "application/json":
        rows = [_row(one) for one in found["found"]]
        return jsonify({"day": day.isoformat(), "provisions": rows})
    return render_template("statutes_choices.html", day=day, **found)


def _title(law: Statute, day: dt.date) -> str:
    version = law.on(day)
    unread = f"，{law.unread}未校对" if law.unread else ""
    return f"{law.name}（{version.name}，{version.first_day}起施行{unread}）"


def _row(one: Provision) -> dict[str, Any]:
    place = {name: getattr(one.citation, name) for name, _ in PARTS}
    law = {"statute": one.citation.statute, "name": one.citation.name, **place}
    fines = [{"of": f.of, "least": str(f.least), "most": str(f.most)} for f in one.fines]
    version = {"version": one.version, "in_force_since": one.first_day.isoformat()}
    return {"citation": one.words, **law, **version, "text": one.text, "fines": fines}


def _found(day: dt.date) -> dict[str, Any]:
    words, only = request.args.get("q", "").strip()[:100], request.args.get("only", "")
    found = provisions.find(words, day, only=only)
    return {"found": found, "words": words, "only": only, "most": provisions.MOST_FOUND, "of": OF}


def _day() -> dt.date:
    """Return the day of the act; today when the address names none."""
    try:
        return dt.date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return legal_date(the_context().clock.now())


def _built(laws: list[Statute]) -> Citation | None:
    """Return what the select lists name, None until a statute in force and an article are chosen."""
    key, numbers = request.args.get("statute", ""), {name: _number(name) for name, _ in PARTS}
    if key not in {law.key for law in laws} or not numbers["article"]:
        return None
    article = numbers.pop("article") or 0
    return Citation(statute=key, name=statutes()[key].name, article=article, **numbers)


def _number(name: str) -> int | None:
    value = request.args.get(name, default=0, type=int)
    return value if 0 < value <= MOST_NUMBER else None


def _bands(citation: Citation) -> list[tuple[Fine, list[Any]]]:
    levels = standard_of(citation).levels
    return [(fine, [band_of(fine, level) for level in levels]) for fine in provisions.fines_of(citation)]
