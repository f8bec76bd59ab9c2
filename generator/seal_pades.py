"""PAdES B-LT seals with pyHanko: certification signature, time-stamp, revocation data in the file, PDF/A kept.

Instants come from the clock, also those of the demo time-stamp authority. A configured authority that is down or
silent for five seconds is passed over: the paper is issued and marked, and the authority is not asked again for a
minute, so that a batch does not wait for each paper.
"""

# mypy: disable-error-code="no-untyped-call"
# pyHanko says that it is typed, and many of its functions are not.

import functools
import io
import logging
import time
from collections.abc import Mapping
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfResources, RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko.stamp.static import StaticContentStamp
from pyhanko_certvalidator import ValidationContext

from foundation.loops import in_own_loop
from generator.seal_drawing import POINTS_MM, SIDE, drawing
from generator.seal_keys import Identity, agency_seal, root, time_stamper
from generator.seal_order import SEAL_MM, Place, Sealed, SealOrder
from generator.seal_signer import DemoTimeStamper, KeptKeySigner, certificate, revocations
from generator.seal_times import HttpTimeStamper

FIELD = "Seal1"
PAGE_MM = 297.0
PAUSE_SECONDS = 60.0
"""How long an authority that failed is not asked again."""
RESERVED = 24_576
"""Room for the signature in hexadecimal digits: certificates, time-stamp and all take about 14,000."""

_failed_at: dict[str, float] = {}
"""Address of an authority → when it failed last (monotonic)."""

logging.getLogger("pyhanko").setLevel(logging.ERROR)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.ERROR)


class PadesProvider:
    """Seals with a certificate of the keys folder."""

    def seal(self, pdf: bytes, order: SealOrder, place: Place) -> Sealed:
        """Seal a file; without a time-stamp when no authority answers."""
        identity = agency_seal(Path(order.keys_dir), order.agency_id, order.agency_name)
        stamper = _stamper(order)
        if stamper is not None:
            try:
                return Sealed(pdf=in_own_loop(_signed(pdf, order, place, identity, stamper)), timestamped=True)
            except (TimestampRequestError, OSError):
                _failed_at[order.tsa_url] = time.monotonic()
        return Sealed(pdf=in_own_loop(_signed(pdf, order, place, identity, None)), timestamped=False)


def _stamper(order: SealOrder) -> TimeStamper | None:
    if not order.tsa_url:
        demo = _demo_stamper(Path(order.keys_dir))
        demo.fixed_dt = order.at
        return demo
    if time.monotonic() - _failed_at.get(order.tsa_url, float("-inf")) < PAUSE_SECONDS:
        return None
    return HttpTimeStamper(order.tsa_url)


@functools.lru_cache(maxsize=8)
def _demo_stamper(folder: Path) -> DemoTimeStamper:
    return DemoTimeStamper(time_stamper(folder))


class CompressedStamp(StaticContentStamp):
    """A stamp whose drawing is compressed."""

    def as_form_xobject(self) -> generic.StreamObject:
        """Return the drawing."""
        drawn = super().as_form_xobject()
        drawn.compress()
        return drawn


class CompressedStampStyle(StaticStampStyle):
    """Makes compressed stamps."""

    def create_stamp(
        self,
        writer: BasePdfFileWriter,
        box: BoxConstraints,
        text_params: Mapping[str, str],  # noqa: ARG002 - pyHanko's
    ) -> CompressedStamp:
        """Return the stamp of one file."""
        return CompressedStamp(writer=writer, style=self, box=box)


async def _signed(pdf: bytes, order: SealOrder, place: Place, identity: Identity, stamper: TimeStamper | None) -> bytes:
    """Sign step by step, as pyHanko's `async_sign_pdf` does, but at the clock's instant."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    session = _signer(order, place, identity, stamper).init_signing_session(writer)
    session.system_time = order.at
    known = await session.perform_presign_validation(writer)
    document = session.prepare_tbs_document(validation_info=known, bytes_reserved=RESERVED)
    out = io.BytesIO()
    digest, _ = document.digest_tbs_document(output=out)
    attributes = PdfCMSSignedAttributes(signing_time=order.at)
    signed = await document.perform_signature(digest.document_digest, attributes)
    await signed.post_signature_processing(out)
    return out.getvalue()


def _signer(order: SealOrder, place: Place, identity: Identity, stamper: TimeStamper | None) -> signers.PdfSigner:
    demo = root(Path(order.keys_dir))
    context = ValidationContext(
        trust_roots=[certificate(c) for c in (demo.certificate, *identity.chain[-1:])],
        other_certs=[certificate(c) for c in identity.chain],
        crls=[revocations(r) for known in (demo, identity) for r in known.revoked],
        moment=order.at,
        allow_fetching=False,
        best_signature_time=order.at,
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=order.agency_name,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        embed_validation_info=True,
        validation_context=context,
    )
    signer = KeptKeySigner(identity)
    where = fields.SigFieldSpec(FIELD, on_page=place[0], box=_box(place))
    return signers.PdfSigner(metadata, signer, timestamper=stamper, stamp_style=_style(order), new_field_spec=where)


def _box(place: Place) -> tuple[int, int, int, int]:
    """Return the seal's square in whole points from the page's lower left corner."""
    _, x, y = place
    left, low = round((x - SEAL_MM / 2) * POINTS_MM), round((PAGE_MM - y - SEAL_MM / 2) * POINTS_MM)
    return left, low, left + round(SIDE), low + round(SIDE)


def _style(order: SealOrder) -> StaticStampStyle:
    multiply = {"/Type": generic.pdf_name("/ExtGState"), "/BM": generic.pdf_name("/Multiply")}
    resources = PdfResources()
    resources.ext_g_state["/Seal"] = generic.DictionaryObject(multiply)
    content = b"/Seal gs\n" + drawing(Path(order.fonts_dir), order.agency_name, order.kind)
    middle = AxisAlignment.ALIGN_MID
    return CompressedStampStyle(
        background=RawContent(content, resources, BoxConstraints(SIDE, SIDE)),
        background_layout=SimpleBoxLayoutRule(x_align=middle, y_align=middle, margins=Margins.uniform(0)),
        background_opacity=1.0,
        border_width=0,
    )
