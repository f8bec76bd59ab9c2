"""Looks at confidential things, downloads and searches leave a trace (A34.1, A36.2)."""

import pytest

from access.policy import Record
from access.reading import COPIED, DOWNLOADED, is_traced, note_read, note_search
from access.rulebook import rulebook
from foundation import journal
from foundation.context import Context
from tests.access.office import an_actor

ACTOR = an_actor("handler")


def letter(secrecy: str, case_id: str | None = "一案") -> Record:
    return Record(kind="document", agency_id="清河", id="信", case_id=case_id, secrecy=secrecy)


def told(ctx: Context, stream: str) -> list[journal.Event]:
    with ctx.database.read() as session:
        return list(journal.events(session, stream))


@pytest.mark.article("A36.2")
@pytest.mark.parametrize("secrecy", list(rulebook().classes))
def test_a_look_is_traced_when_the_class_is_confidential(ctx: Context, secrecy: str) -> None:
    with ctx.database.write() as session:
        written = note_read(session, ctx, ACTOR, letter(secrecy))
    assert written == is_traced(secrecy) == (secrecy not in ("normal", "internal"))
    assert [e.kind for e in told(ctx, "access:一案")] == (["document.read"] if written else [])


@pytest.mark.article("A36.2")
@pytest.mark.parametrize("act", [DOWNLOADED, COPIED])
def test_a_download_is_traced_whatever_the_class(ctx: Context, act: str) -> None:
    with ctx.database.write() as session:
        assert note_read(session, ctx, ACTOR, letter("normal"), act=act, digest="ab" * 32)
    event = told(ctx, "access:一案")[0]
    assert (event.kind, event.actor) == (f"document.{act}", "账号甲")
    assert event.data == {"document": "信", "class": "normal", "digest": "ab" * 32}


@pytest.mark.article("A10.2")
def test_a_look_at_an_informants_field_is_traced_by_its_name(ctx: Context) -> None:
    with ctx.database.write() as session:
        assert note_read(session, ctx, ACTOR, letter("internal"), fields=("informant_phone", "informant_name"))
    assert told(ctx, "access:一案")[0].data["fields"] == ["informant_name", "informant_phone"]


def test_a_look_at_a_thing_of_no_case_stands_in_the_agencys_stream(ctx: Context) -> None:
    with ctx.database.write() as session:
        note_read(session, ctx, ACTOR, letter("privacy", None))
    assert len(told(ctx, "access:清河")) == 1


def test_an_unknown_class_is_traced() -> None:
    assert is_traced("top_secret")
    assert not is_traced(None)


@pytest.mark.article("A34.1")
def test_a_search_is_traced_without_its_words(ctx: Context) -> None:
    for query in ("孙样例 砂石", "孙样例 砂石", "别的\ud800"):
        with ctx.database.write() as session:
            note_search(session, ctx, ACTOR, query=query, total=3)
    first, again, other = (e.data for e in told(ctx, "access:清河"))
    assert first == again
    assert first["query"] != other["query"]
    assert "孙样例" not in str(first)
    assert first["total"] == 3
