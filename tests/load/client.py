"""A browser small enough not to be what is measured: one kept connection, cookies, forms."""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One visitor of one server; connects again when the server hung up."""

    base_url: str
    timeout: float = 30.0
    cookies: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = None

    def get(self, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> Reply:
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return self._send(f"GET {path} HTTP/1.1\r\n{more}", b"")

    def post(self, path: str, fields: dict[str, object]) -> Reply:
        body = urlencode(fields).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\nSec-Fetch-Site: same-origin\r\n"
        )
        return self._send(head, body)

    def post_json(self, path: str, message: object) -> Reply:
        body = json.dumps(message).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nSec-Fetch-Site: same-origin\r\n"
        )
        return self._send(head, body)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, head: str, body: bytes) -> Reply:
        where = urlsplit(self.base_url)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head += f"Host: {where.netloc}\r\nConnection: keep-alive\r\n"
        head += f"Cookie: {cookies}\r\n\r\n" if cookies else "\r\n"
        fresh = self._socket is None
        try:
            return self._exchange(head.encode() + body)
        except (ConnectionError, TimeoutError):
            self.close()
            if fresh:
                raise
            return self._exchange(head.encode() + body)  # the kept connection had gone stale

    def _exchange(self, message: bytes) -> Reply:
        where = urlsplit(self.base_url)
        if self._socket is None:
            self._socket = socket.create_connection(
                (where.hostname, where.port or 80), timeout=self.timeout
            )
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(message)
        reply = self._receive()
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    def _receive(self) -> Reply:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _, body = got.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self._keep_cookie(name, value)
            headers[name.lower()] = value.strip()
        status = int(lines[0].split()[1])
        length = int(headers.get("content-length", "0"))
        while len(body) < length:
            body += self._more()
        return Reply(status, headers, body)

    def _more(self) -> bytes:
        assert self._socket is not None
        got = self._socket.recv(65536)
        if not got:
            raise ConnectionError("the server hung up")
        return got

    def _keep_cookie(self, header: str, value: str) -> None:
        if header.lower() == "set-cookie":
            name, _, rest = value.strip().partition("=")
            self.cookies[name] = rest.partition(";")[0]


def hidden_fields(html: bytes) -> dict[str, str]:
    """The hidden fields of the page's forms; where two forms name one field, the first counts."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html.decode()):
        values = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if values.get("type") == "hidden" and "name" in values:
            found.setdefault(values["name"], values.get("value", ""))
    return found
