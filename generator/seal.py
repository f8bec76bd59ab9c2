"""The agency's seal on a finished paper: one door, behind it a provider for each kind of signature.

Sealing is the last thing done to a file: a certification signature that allows no change, with the drawn seal over
signatory and date (骑年盖月). It runs where the paper was made, in a worker, with keys that never leave their folder.
A provider for SM2 (GB/T 38540) stands behind the same door; nothing in this product signs PDF files with SM2 itself.

    order = SealOrder(...)          what is to be sealed by whom, and when
    sealed = seal(pdf, order, at)   the sealed file, and whether a time-stamp authority answered
"""

from collections.abc import Callable, Mapping

from foundation.errors import Broken, Unavailable
from generator.seal_order import Place, Sealed, SealOrder, SealProvider

ABOVE_MM = 4.5
"""The seal's centre lies so much above that of the date, so that it covers signatory and date."""


class Sm2Provider:
    """Where an external SM2 signing service is to be connected; none is configured."""

    def seal(self, pdf: bytes, order: SealOrder, place: Place) -> Sealed:  # noqa: ARG002 - nothing is sealed
        """Refuse, and say what to do."""
        raise Unavailable(
            f"{order.agency_name}的电子印章设为国密 SM2，但没有接入签章服务（第{place[0] + 1}页未盖章）。",
            remedy="请接入符合 GB/T 38540 的签章服务，或在机关设置中把电子印章算法改为 rsa。",
        )


def _pades() -> SealProvider:
    from generator.seal_pades import PadesProvider  # noqa: PLC0415 - pyHanko takes 0.4 s to load: only where seals are made

    return PadesProvider()


PROVIDERS: Mapping[str, Callable[[], SealProvider]] = {"rsa": _pades, "sm2": Sm2Provider}


def seal(pdf: bytes, order: SealOrder, date_place: Place | None) -> Sealed:
    """Seal a finished paper over its date.

    Raises:
        Broken: The paper has no printed date to seal, or its kind of signature is unknown.
        Unavailable: The provider is not configured.
    """
    if date_place is None:
        raise Broken(
            "文书应盖章，但版面没有盖章位置。", remedy="请在该文书定义的版面中加入 {seal: agency}。", path="body"
        )
    provider = PROVIDERS.get(order.provider)
    if provider is None:
        raise Broken(f"没有“{order.provider}”这种印章算法。", remedy=f"可用：{'、'.join(PROVIDERS)}。", path="signing")
    page, x, y = date_place
    return provider().seal(pdf, order, (page, x, y - ABOVE_MM))
