"""Pages go out gzipped, each padded by a random length so that its size tells nothing of a secret.

A page holds a CSRF token beside text that a stranger may choose. Whoever watches the sizes of many
compressed answers could guess the token letter by letter (the BREACH attack); a file name of random
length in the gzip header, which every reader skips, blurs the size by up to a hundred bytes.
"""

import secrets
import zlib

from flask import Flask, Response, request

COMPRESSED = {
    "text/html",
    "text/css",
    "text/csv",
    "text/plain",
    "application/json",
    "image/svg+xml",
}
SMALLEST = 500
MOST_PADDING = 100

_HEADER_WITH_NAME = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    if not _worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    if "gzip" not in request.accept_encodings:
        return response
    etag, _ = response.get_etag()
    response.set_data(packed(response.get_data()))
    response.content_encoding = "gzip"
    if etag:
        # The same page twice is no longer the same bytes.
        response.set_etag(etag, weak=True)
    return response


def packed(body: bytes) -> bytes:
    """`body` as a gzip file whose header names a file of random length."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    name = b"x" * (1 + secrets.randbelow(MOST_PADDING))
    end = zlib.crc32(body).to_bytes(4, "little") + (len(body) % 2**32).to_bytes(4, "little")
    return _HEADER_WITH_NAME + name + b"\0" + deflate.compress(body) + deflate.flush() + end


def _worth_it(response: Response) -> bool:
    return (
        response.mimetype in COMPRESSED
        and not response.is_streamed
        and not response.direct_passthrough
        and not response.content_encoding
        and response.status_code not in (204, 206, 304)
        and len(response.get_data()) >= SMALLEST
    )
