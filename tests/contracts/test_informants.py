"""Who an informant is stands nowhere in plain: tables, blobs, packages, index, logs; and those who may read still do.

One whole case of a named report (`case_complaint.yaml`) is drawn, answered, served, closed, packed and indexed; then
everything that lies on the disk is opened and searched for what the informant said (A10.2, A34.1; hostile.md A22).
"""

import dataclasses
import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from access import accounts
from access.masking import COVER
from archive import queries as packages
from archive.verifying_records import verify_case
from casework import queries, sealing
from casework.operations import documents, missing
from casework.sealing import Sealed
from catalogue.loading import load_catalogue
from cli.cast import Cast
from cli.replay import Replay
from cli.scenario import load_scenario
from foundation import journal, logs
from foundation.clock import ManualClock, parse_local
from foundation.context import Context
from foundation.errors import Broken, Unavailable
from foundation.keys import Keys
from foundation.settings import ROOT
from generator.press import Press
from search import indexing
from tests.conftest import floor_of, settings_for
from web.app import create_app

PASSWORD = "河边草木深 4711"  # noqa: S105 - of accounts that live as long as a test
PLANTED = ("寅举报三", "139-0000-4711", "料场西邻第二户")
READERS = ("甲一", "丙三", "卯四")
OTHERS = ("丁四", "己六", "壬九", "外人", "当事人")
MAGIC = {"pdf": b"%PDF", "zip": b"PK\x03\x04", "wav": b"RIFF"}


@dataclass(frozen=True, kw_only=True)
class Town:
    """A floor after the whole case, its cast and its pages."""

    ctx: Context
    cast: Cast
    app: Flask

    def browser(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/sign-in").text)
        assert found
        form = {"login": name, "password": PASSWORD, "csrf": found[1], "next": "/"}
        assert client.post("/sign-in", data=form).status_code == 303
        return client


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Play the case once, drawn and packed."""
    ctx = floor_of(settings_for(tmp_path_factory.mktemp("informant") / "var", fonts_dir=ROOT / "var/fonts"))
    ctx.database.create_all()
    before = logging.getLogger().handlers[:]
    logs.configure(ctx.settings)
    assert isinstance(ctx.clock, ManualClock)
    with Press(ctx) as press:
        play = Replay(ctx, ctx.clock, load_scenario(ROOT / "tests/scenarios/case_complaint.yaml"), press)
        play.set_up()
        for _ in play.steps():
            pass
    ctx.clock.move(parse_local("2026-03-12T09:00"))
    indexing.catch_up(ctx)
    cast = dataclasses.replace(play.cast)
    for name, role, party in (("外人", "handler", ""), ("当事人", "party", cast.parties["料场"])):
        person = accounts.add_person(ctx, agency_id=cast.agency_id, name=name, roles=[role], party_id=party)
        cast.accounts[name] = accounts.add_account(ctx, person_id=person.id, login=name).id
    for name in (*READERS, *OTHERS):
        accounts.set_password(ctx, account_id=cast.accounts[name], password=PASSWORD)
    app = create_app(ctx)
    app.testing = False
    yield Town(ctx=ctx, cast=cast, app=app)
    ctx.database.close()
    logging.getLogger().handlers[:] = before


def named_in(data: bytes) -> list[str]:
    """Return which planted words stand in bytes, as text, as escaped JSON, in wide characters."""
    shapes: list[Callable[[str], bytes]] = [
        lambda word: word.encode(),
        lambda word: json.dumps(word)[1:-1].encode(),
        lambda word: json.dumps(word)[1:-1].upper().encode(),
        lambda word: word.encode("utf-16-le"),
        lambda word: word.encode("gb18030"),
    ]
    return [word for word in PLANTED if any(shape(word) in data for shape in shapes)]


def texts_of(data: bytes) -> Iterator[bytes]:
    """Yield bytes and what they hold packed: members of archives, texts and attachments of PDF files."""
    yield data
    if data.startswith(MAGIC["zip"]):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from texts_of(archive.read(name))
    if data.startswith(MAGIC["pdf"]):
        pdf = pdfium.PdfDocument(data)
        for page in pdf:
            yield page.get_textpage().get_text_bounded().encode()
        for number in range(pdf.count_attachments()):
            yield from texts_of(bytes(pdf.get_attachment(number).get_data()))


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


def document_id(town: Town, name: str) -> str:
    return town.cast.documents[name]


@pytest.mark.article("A10.2")
def test_no_table_holds_what_tells_who_the_informant_is(town: Town) -> None:
    found = []
    with town.ctx.database.read() as session:
        for table in sa.inspect(town.ctx.database.engine).get_table_names():
            rows = session.execute(sa.text(f'SELECT * FROM "{table}"')).all()  # noqa: S608 - names of our own tables
            found += [
                (table, w)
                for row in rows
                for w in named_in(repr(tuple(row)).encode()) + named_in(ascii(tuple(row)).encode())
            ]
    assert not found


@pytest.mark.article("A10.2")
@pytest.mark.article("A34.1")
def test_nothing_on_the_disk_holds_it_whatever_is_opened(town: Town) -> None:
    found = {
        str(path.relative_to(town.ctx.settings.data_dir)): words
        for path in files(town.ctx.settings.data_dir)
        for part in texts_of(path.read_bytes())
        if (words := named_in(part))
    }
    assert not found


def test_the_search_for_planted_words_would_find_them(town: Town) -> None:
    """The dump test proves something only if it finds what lies plain: an opened paper is found in every shape."""
    with town.ctx.database.read() as session:
        paper = queries.document_facts(session, document_id(town, "举报登记"))
    plain = {k: sealing.read(town.ctx, b, sealing.about_file(paper, k)) for k, b in paper.blobs.items()}
    assert set(plain) >= {"docx", "pdf", "text", "data"}
    for kind, data in plain.items():
        assert any("寅举报三" in named_in(part) for part in texts_of(data)), kind


@pytest.mark.article("A10.2")
@pytest.mark.article("A31.1")
def test_the_package_names_the_papers_as_kept_elsewhere_and_holds_none_of_them(town: Town) -> None:
    with town.ctx.database.read() as session:
        papers = {d.id: d for d in queries.documents_of(session, town.cast.case_id)}
        recordings = queries.recordings_of(session, town.cast.case_id)
        package = packages.packages_of(session, town.cast.case_id)[0]
    folder = town.ctx.settings.data_dir / "packages" / package.folder
    secret = [d for d in papers.values() if d.secrecy == "informant"]
    assert {d.type for d in secret} == {"complaint_report_register", "informant_notice", "service_receipt"}
    kept = {p.read_bytes() for p in files(folder)}
    blobs = [b for d in secret for b in d.blobs.values()] + [r.blob for r in recordings]
    assert not [b for b in blobs if town.ctx.blobs.read(b) in kept]
    catalogue = next(p for p in papers.values() if p.type == "file_catalogue" and p.data["volume"] == "副卷")
    text = town.ctx.blobs.read(catalogue.blobs["text"]).decode()
    assert "投诉举报登记表" in text
    assert "另行存放" in text


@pytest.mark.article("A10.2")
def test_a22_who_may_read_sees_the_paper_and_every_look_is_written_down(town: Town) -> None:
    stream = f"access:{town.cast.case_id}"
    for name in READERS:
        browser = town.browser(name)
        before = looks(town, stream)
        page = browser.get(f"/documents/{document_id(town, '举报登记')}")
        assert page.status_code == 200
        assert "寅举报三" in page.text, name
        after = looks(town, stream)
        assert [e for e in after[len(before) :] if e == ("document.read", town.cast.accounts[name])], name


def looks(town: Town, stream: str) -> list[tuple[str, str]]:
    with town.ctx.database.read() as session:
        return [(e.kind, e.actor) for e in journal.events(session, stream)]


@pytest.mark.article("A10.2")
def test_a22_files_page_images_and_voice_leave_through_the_one_outlet_and_are_written_down(town: Town) -> None:
    browser, paper = town.browser("甲一"), document_id(town, "举报登记")
    stream = f"access:{town.cast.case_id}"
    before = len(looks(town, stream))
    pdf = browser.get(f"/documents/{paper}/files/pdf")
    assert pdf.data.startswith(MAGIC["pdf"])
    assert browser.get(f"/documents/{paper}/pages/1.png").data.startswith(b"\x89PNG")
    voice = f"/recordings/{town.cast.recordings['AV举报']}"
    whole = browser.get(f"{voice}/media").data
    assert whole.startswith(MAGIC["wav"])
    part = browser.get(f"{voice}/media", headers={"Range": "bytes=100000-100099"})
    assert (part.status_code, part.data) == (206, whole[100000:100100])
    told = [kind for kind, _ in looks(town, stream)[before:]]
    assert "document.downloaded" in told
    assert told.count("recording.read") == 2, "a look from the middle of a recording is a look"


@pytest.mark.article("A10.2")
@pytest.mark.parametrize("name", OTHERS)
def test_a22_everybody_else_meets_a_paper_that_does_not_exist(town: Town, name: str) -> None:
    browser = town.browser(name)
    absent = "0192ffff-0000-7000-8000-000000000000"
    for kind in ("举报登记", "答复", "答复回证"):
        paper = document_id(town, kind)
        for path in ("", "/files/pdf", "/files/docx", "/pages/1.png"):
            hidden, none = browser.get(f"/documents/{paper}{path}"), browser.get(f"/documents/{absent}{path}")
            assert (hidden.status_code, hidden.data.replace(paper.encode(), b"")) == (
                404,
                none.data.replace(absent.encode(), b""),
            )
    for kind in ("AV举报", "AV答复"):
        assert browser.get(f"/recordings/{town.cast.recordings[kind]}/media").status_code == 404


@pytest.mark.article("A10.2")
@pytest.mark.parametrize("name", [*READERS, *OTHERS])
def test_a22_no_search_finds_an_informant(town: Town, name: str) -> None:
    for word in PLANTED:
        page = town.browser(name).get("/search", query_string={"q": word})
        assert "共 0 条" in page.text or "没有" in page.text, page.text[:2000]
        assert "投诉举报登记表" not in page.text


def test_facts_come_closed_and_print_as_a_cover(town: Town) -> None:
    with town.ctx.database.read() as session:
        paper = queries.document_facts(session, document_id(town, "举报登记"))
        receipt = queries.document_facts(session, document_id(town, "答复回证"))
        version = queries.versions_of(session, paper.id)[0]
        recording = queries.recording_facts(session, town.cast.recordings["AV举报"])
        service = queries.services_of(session, town.cast.case_id)[0]
    signer = next(f for f in receipt.slots if f.slot == "received")
    for value in (
        paper.data["informant_name"],
        paper.data["evidence"],
        version.data["content"],
        signer.name,
        service.signer,
        recording.summary,
        recording.file_name,
    ):
        assert isinstance(value, Sealed)
        assert f"{value}" == COVER
    assert paper.data["kind"] == "举报", "what gates count with stays readable"
    opened = sealing.opened(town.ctx.keys, paper)
    assert opened.data["informant_name"] == "寅举报三"
    assert opened.data["evidence"] == [{"name": "寅举报三自摄照片", "qty": "2"}]
    assert sealing.opened(town.ctx.keys, service).signer == "寅举报三"


def played_to(ctx: Context, last: str) -> Cast:
    """Play the case without drawing anything, up to and with a step."""
    assert isinstance(ctx.clock, ManualClock)
    play = Replay(ctx, ctx.clock, load_scenario(ROOT / "tests/scenarios/case_complaint.yaml"), None)
    play.set_up()
    for step in play.scenario.steps:
        play.play(step)
        if step.id == last:
            break
    return play.cast


@pytest.mark.article("A10.2")
def test_what_is_missing_names_no_paper_that_its_reader_may_not_know_of(ctx: Context) -> None:
    cast = played_to(ctx, "答复")
    with ctx.database.read() as session:
        handler, head = (accounts.actor_of(session, cast.accounts[n], ctx.clock.now()) for n in ("甲一", "丁四"))
    told = [f.message for f in missing.what_is_missing(ctx, handler, cast.case_id)]
    assert any("不启动执法程序告知书" in m and "没有送达" in m for m in told)
    others = [f.message for f in missing.what_is_missing(ctx, head, cast.case_id)]
    assert set(others) < set(told), "what the whole case lacks, and nothing else"
    assert not any("告知书" in m or "AV-" in m for m in others)


@pytest.mark.article("A10.2")
def test_what_an_informant_said_goes_into_no_other_paper(town: Town) -> None:
    with town.ctx.database.read() as session:
        papers = [sealing.opened(town.ctx.keys, d) for d in queries.documents_of(session, town.cast.case_id)]
    telling = {d.type for d in papers if named_in(json.dumps(dict(d.data), ensure_ascii=False).encode())}
    assert telling == {"complaint_report_register", "informant_notice", "service_receipt"}
    receipt = next(d for d in papers if d.type == "service_receipt")
    assert receipt.data["addressee"] == "寅举报三", "an informant's paper is addressed to the informant"
    assert receipt.party_id is None


def test_a_value_moved_to_another_row_does_not_open(town: Town) -> None:
    with town.ctx.database.read() as session:
        paper = queries.document_facts(session, document_id(town, "举报登记"))
    value = paper.data["informant_name"]
    moved = Sealed(value.token, value.about.replace("informant_name", "informant_id"))
    with pytest.raises(Broken):
        moved.open(town.ctx.keys)


def test_without_the_keys_the_rest_of_the_case_still_works(town: Town, tmp_path: Path) -> None:
    bare = dataclasses.replace(town.ctx, keys=Keys(tmp_path / "lost"))
    with town.ctx.database.read() as session:
        handler = accounts.actor_of(session, town.cast.accounts["甲一"], town.ctx.clock.now())
    findings = missing.why_not(bare, handler, document_id(town, "不予启动"))
    assert [f.code for f in findings if "密钥" in f.message] == []
    with pytest.raises(Unavailable, match="缺少密钥"):
        missing.why_not(bare, handler, document_id(town, "举报登记"))
    assert documents.stale_drafts(bare, handler, case_id=town.cast.case_id) == []


@pytest.mark.article("A34.1")
def test_sealed_papers_are_verified_like_others(town: Town, tmp_path: Path) -> None:
    assert verify_case(town.ctx, town.cast.case_id).faults == ()
    bare = dataclasses.replace(town.ctx, keys=Keys(tmp_path / "lost"))
    lost = {f.path for f in verify_case(bare, town.cast.case_id).faults}
    assert document_id(town, "举报登记") in lost


@pytest.mark.article("A10.2")
def test_no_definition_carries_an_informants_field_into_a_paper_that_others_read() -> None:
    types = load_catalogue(ROOT / "templates").types
    carried = []
    for definition in types.values():
        for field in definition.fields:
            head, _, rest = str(field.source or "").partition(".")
            source, _, name = rest.partition(".")
            known = types[source].find_field(name.split(".")[0]) if head == "doc" and source in types else None
            if (
                known
                and sealing.is_secret(known)
                and not (sealing.is_secret(field) or definition.secrecy == "informant")
            ):
                carried.append((definition.id, field.name))
        masked = [f.name for f in definition.fields if sealing.is_secret(f)]
        if definition.secrecy != "informant" and (definition.visibility == "external" or definition.volume != "side"):
            carried += [(definition.id, name) for name in masked]
    assert carried == []
