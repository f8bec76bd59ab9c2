"""Seals: valid by pyHanko, B-LT, one changed byte found, the clock's instant; no silent authority stops a paper."""

import datetime as dt
import io
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from foundation.errors import Broken, Unavailable
from foundation.loops import in_own_loop
from generator import seal_pades
from generator.job import Job, Made
from generator.pipeline import make
from generator.seal import ABOVE_MM, seal
from generator.seal_checking import seals_of
from generator.seal_drawing import drawing
from generator.seal_keys import agency_seal, root, time_stamper
from generator.seal_order import SEAL_MM, SealOrder
from generator.seal_signer import certificate
from tests.generator.jobs import FONTS, job, page_image

AT = dt.datetime(2026, 3, 10, 2, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give one keys folder for the tests of a worker: RSA keys take time to make."""
    return tmp_path_factory.mktemp("keys")


def _order(keys: Path, **changes: Any) -> SealOrder:
    order = SealOrder(agency_id="a1", agency_name="清河镇人民政府", keys_dir=str(keys), fonts_dir=str(FONTS), at=AT)
    return replace(order, **changes)


def _sealed_job(keys: Path, **changes: Any) -> Job:
    return replace(job("penalty_decision"), seal=_order(keys, **changes))


@pytest.fixture(scope="session")
def made(keys: Path) -> Made:
    """Give one sealed paper."""
    return make(_sealed_job(keys))


def _status(pdf: bytes, keys: Path) -> Any:
    reader = PdfFileReader(io.BytesIO(pdf))
    trust = ValidationContext(trust_roots=[certificate(root(keys).certificate)], moment=AT, allow_fetching=False)
    (signature,) = reader.embedded_signatures
    return in_own_loop(async_validate_pdf_signature(signature, trust, trust))


def test_a_seal_is_valid_covers_the_file_and_is_the_last_signature(made: Made, keys: Path) -> None:
    status = _status(made.sealed or b"", keys)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.docmdp_ok
    assert status.coverage.name in ("ENTIRE_FILE", "ENTIRE_REVISION")


def test_a_seal_carries_what_is_needed_to_check_it_later(made: Made) -> None:
    store = DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(made.sealed or b"")))
    assert len(store.crls) >= 1
    assert len(store.certs) >= 2


def test_instants_of_seal_and_time_stamp_are_the_clocks(made: Made, keys: Path) -> None:
    status = _status(made.sealed or b"", keys)
    assert status.signer_reported_dt == AT
    assert status.timestamp_validity.timestamp == AT
    assert status.timestamp_validity.valid


@pytest.mark.parametrize("where", [0.01, 0.2, 0.4, 0.6])
def test_one_changed_byte_is_found(made: Made, keys: Path, where: float) -> None:
    pdf = bytearray(made.sealed or b"")
    pdf[int(len(made.pdf) * where) + 40] ^= 1
    try:
        status = _status(bytes(pdf), keys)
    except Exception:  # noqa: BLE001 - a file so broken that it cannot be read is found as well
        return
    assert not (status.intact and status.valid)


def test_a_change_added_after_the_seal_is_found(made: Made, keys: Path) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(made.sealed or b""))
    page = writer.find_page_for_modification(0)[0]
    page.get_object()["/Rotate"] = generic.NumberObject(90)
    writer.mark_update(page)
    out = io.BytesIO()
    writer.write(out)
    assert not _status(out.getvalue(), keys).bottom_line


def test_seals_are_checked_where_a_loop_runs_already(made: Made) -> None:
    async def caller() -> list[bool]:
        return [state.is_intact for state in seals_of(made.sealed or b"")]

    assert in_own_loop(caller()) == [True]


def test_twenty_seals_of_one_paper_are_twenty_files_of_one_unsealed_paper(keys: Path) -> None:
    order = _order(keys)
    unsealed = make(job("penalty_decision"))
    files = {seal(unsealed.pdf, order, unsealed.seal_place).pdf for _ in range(20)}
    assert len(files) == 20
    assert all(pdf.startswith(unsealed.pdf) for pdf in files), "sealing adds to the file and changes nothing in it"


def test_the_seal_is_drawn_over_signatory_and_date(made: Made) -> None:
    assert made.seal_place is not None
    page, x, y = made.seal_place
    dots = 100 / 25.4
    image = page_image(made.sealed or b"", page, dpi=100)
    box = (x - SEAL_MM / 2 - 1, y - ABOVE_MM - SEAL_MM / 2 - 1, x + SEAL_MM / 2 + 1, y - ABOVE_MM + SEAL_MM / 2 + 1)
    whole = [(i, j) for i in range(image.width) for j in range(image.height) if _is_red(image.getpixel((i, j)))]
    assert len(whole) > 1500
    for i, j in whole:
        assert box[0] <= i / dots <= box[2]
        assert box[1] <= j / dots <= box[3]
    wide = (max(i for i, _ in whole) - min(i for i, _ in whole)) / dots
    assert abs(wide - SEAL_MM) < 0.6


def test_what_lies_under_the_seal_can_still_be_read(made: Made) -> None:
    assert made.seal_place is not None
    page, x, y = made.seal_place
    dots = 150 / 25.4
    box = tuple(round(v * dots) for v in (x - 18, y - 2.5, x + 18, y + 2.5))
    plain = page_image(made.pdf, page, dpi=150).crop(box).convert("L")
    sealed = page_image(made.sealed or b"", page, dpi=150).crop(box).convert("L")
    dark = [i for i, v in enumerate(plain.tobytes()) if v < 60]
    after = sealed.tobytes()
    assert all(after[i] < 90 for i in dark)


@pytest.mark.parametrize(
    "name", ["清河镇人民政府", "示范县清河镇人民政府综合行政执法办公室", "某某自治县某某民族乡人民政府"]
)
def test_names_of_any_length_go_round_the_seal_within_it(name: str) -> None:
    text = drawing(FONTS, name, "agency").decode()
    numbers = [abs(float(t)) for t in text.split() if t.replace(".", "").replace("-", "").isdigit()]
    assert max(numbers) < 120
    assert text.count("f Q") == len(name)


def test_a_permit_is_sealed_with_the_permit_seal() -> None:
    assert len(drawing(FONTS, "清河镇人民政府", "permit")) > len(drawing(FONTS, "清河镇人民政府", "agency")) + 500


def test_certificates_are_valid_for_this_century_and_their_keys_private(keys: Path) -> None:
    for identity in (root(keys), time_stamper(keys), agency_seal(keys, "a1", "清河镇人民政府")):
        assert identity.certificate.not_valid_before_utc.year == 2000
        assert identity.certificate.not_valid_after_utc.year == 2099
    for path in keys.glob("seal-*.pem"):
        assert path.stat().st_mode & 0o077 == 0
    assert "演示" in root(keys).certificate.subject.rfc4514_string()


# --- time-stamp authorities ------------------------------------------------------------------------------------------


@pytest.fixture
def silent() -> Iterator[str]:
    """Give the address of an authority that takes connections and never answers."""
    seal_pades._failed_at.clear()
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/tsa"


def test_a_silent_authority_costs_five_seconds_once_and_no_paper(keys: Path, silent: str) -> None:
    unsealed = make(job("penalty_decision"))
    began = time.monotonic()
    first = seal(unsealed.pdf, _order(keys, tsa_url=silent), unsealed.seal_place)
    took = time.monotonic() - began
    second = seal(unsealed.pdf, _order(keys, tsa_url=silent), unsealed.seal_place)
    assert not first.timestamped
    assert not second.timestamped
    assert 4.5 < took < 8
    assert time.monotonic() - began - took < 2
    status = _status(first.pdf, keys)
    assert status.intact
    assert status.valid
    assert status.timestamp_validity is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/tsa", "http://nowhere.invalid/tsa"])
def test_an_authority_that_is_down_stops_no_paper(keys: Path, url: str) -> None:
    seal_pades._failed_at.clear()
    sealed = make(_sealed_job(keys, tsa_url=url))
    assert sealed.sealed is not None
    assert not sealed.timestamped


# --- what is refused -------------------------------------------------------------------------------------------------


def test_sm2_says_that_no_service_is_connected(keys: Path) -> None:
    with pytest.raises(Unavailable, match="SM2"):
        make(_sealed_job(keys, provider="sm2"))


def test_an_unknown_algorithm_is_refused(keys: Path) -> None:
    with pytest.raises(Broken, match="印章算法"):
        make(_sealed_job(keys, provider="md5"))


def test_a_paper_without_a_place_for_its_seal_is_refused(keys: Path) -> None:
    with pytest.raises(Broken, match="盖章位置"):
        make(replace(job("inquiry_record"), seal=_order(keys)))


def test_a_paper_without_an_order_is_not_sealed() -> None:
    made = make(job("penalty_decision"))
    assert made.sealed is None
    with pikepdf.open(io.BytesIO(made.pdf)) as file:
        assert "/AcroForm" not in file.Root


def _is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 150 and pixel[1] < 110 and pixel[2] < 110)
