"""A time-stamp authority over HTTP (RFC 3161), as an installation's setting names it."""

import http.client
from urllib.parse import urlsplit

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

SILENT_SECONDS = 5
"""How long the authority may stay silent."""
MOST_BYTES = 1 << 20
"""A longer answer is none."""
ANSWER = "application/timestamp-reply"


class HttpTimeStamper(TimeStamper):
    """Asks an authority; anything but a good answer in time raises pyHanko's TimestampRequestError."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko's
        self._url = urlsplit(url)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request. It blocks: a seal has nothing else to do meanwhile."""
        try:
            return tsp.TimeStampResp.load(self._post(req.dump()))
        except (OSError, ValueError, http.client.HTTPException) as error:
            message = f"time-stamp authority {self._url.netloc}: {error}"
            raise TimestampRequestError(message) from error

    def _post(self, body: bytes) -> bytes:
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.netloc, timeout=SILENT_SECONDS)
        try:
            path = self._url.path or "/"
            path += f"?{self._url.query}" if self._url.query else ""
            connection.request("POST", path, body, {"Content-Type": "application/timestamp-query", "Accept": ANSWER})
            response = connection.getresponse()
            if response.status != http.HTTPStatus.OK or response.headers.get_content_type() != ANSWER:
                message = f"{response.status} {response.headers.get_content_type()}"
                raise ValueError(message)
            return response.read(MOST_BYTES)
        finally:
            connection.close()
