"""Look at the seals of a finished file: is each intact, does it cover the whole file, whose certificate is it.

Who the signer really is, only a licensed authority's chain tells; here it is asked whether anything changed. pyHanko is
loaded with the first look: every command and page would start half a second later otherwise.
"""

# mypy: disable-error-code="no-untyped-call"
# pyHanko says that it is typed, and many of its functions are not.

import datetime as dt
import io
import logging
from dataclasses import dataclass

from foundation.loops import in_own_loop


@dataclass(frozen=True, kw_only=True)
class SealState:
    """What became of one seal."""

    signer: str
    signed_at: dt.datetime | None
    is_intact: bool
    """The signed bytes are unchanged, the signature is the certificate's, and nothing was added since."""
    problem: str = ""


for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # a path that cannot be built is no fault here


def seals_of(pdf: bytes) -> list[SealState]:
    """Return the state of every signature in a file; a file that cannot be read has one broken seal."""
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 - loaded with the first look
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415 - as above

    try:
        found = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
        return [_state(one) for one in found]
    except (PdfError, SignatureValidationError, ValueError, KeyError, OSError) as error:
        problem = f"签章无法读取（{type(error).__name__}）"
        return [SealState(signer="", signed_at=None, is_intact=False, problem=problem)]


def _state(signature: object) -> SealState:
    from pyhanko.sign.diff_analysis import ModificationLevel  # noqa: PLC0415 - as above
    from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: PLC0415 - as above
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415 - as above
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - as above

    context = ValidationContext(trust_roots=[], allow_fetching=False)
    status = in_own_loop(
        async_validate_pdf_signature(signature, signer_validation_context=context, skip_diff=False)  # type: ignore[arg-type]
    )
    whole = status.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
    untouched = status.modification_level in (None, ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    intact = bool(status.intact and status.valid and whole and untouched)
    name = status.signing_cert.subject.native.get("common_name", "") if status.signing_cert else ""
    problem = "" if intact else "签章后的内容有改动" if status.valid else "签章与证书不符"
    return SealState(signer=str(name), signed_at=status.signer_reported_dt, is_intact=intact, problem=problem)
