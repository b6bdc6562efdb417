"""The way between a browser and the server: it can be cut, and can lose answers on their way."""

import contextlib
import socket
import threading

CHUNK = 65536


class Wire:
    """Passes whatever comes to `address` on to the server, until it is told not to."""

    def __init__(self) -> None:
        self.cut = False
        """Nobody answers: a network without a way to the server."""
        self.held = False
        """What is asked gets nowhere, and nobody says so."""
        self.lost = 0
        self._losing = b""
        self._lost_line = b""
        self._server: tuple[str, int] | None = None
        self._open: set[socket.socket] = set()
        self._stuck: set[socket.socket] = set()
        self._hold = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def lead_to(self, port: int) -> None:
        self._server = ("127.0.0.1", port)

    def lose_answers_to(self, line: str) -> None:
        """The server does all that requests beginning with `line` ask; nobody hears its answer."""
        self._losing = line.encode()

    def lose(self, line: str) -> None:
        """Requests beginning with `line` never arrive."""
        self._lost_line = line.encode()

    def hold(self) -> None:
        """Connections stand and lead nowhere, as in a crowd where everybody phones."""
        self._drop_all()
        self.held = True

    def mend(self) -> None:
        with self._hold:
            self.cut = self.held = False
            stuck, self._stuck = self._stuck, set()
        for one in stuck:
            self._close(one)
        self._losing = self._lost_line = b""

    def break_off(self) -> None:
        """Cut, in the middle of whatever is going on."""
        self.cut = True
        self._drop_all()

    def close(self) -> None:
        self.break_off()
        self._close(self._door)

    def _listen(self) -> None:
        while True:
            try:
                browser, _ = self._door.accept()
            except OSError:
                return
            if self.cut or self._server is None:
                browser.close()
                continue
            threading.Thread(target=self._connect, args=(browser,), daemon=True).start()

    def _connect(self, browser: socket.socket) -> None:
        server = socket.create_connection(self._server)
        self._open |= {browser, server}
        deaf = threading.Event()
        back = threading.Thread(target=self._answers, args=(server, browser, deaf), daemon=True)
        back.start()
        with contextlib.suppress(OSError):
            while asked := browser.recv(CHUNK):
                if self._is_stuck(browser, server):
                    continue
                if self._lost_line and asked.startswith(self._lost_line):
                    break
                if self._losing and asked.startswith(self._losing):
                    deaf.set()
                server.sendall(asked)
        self._close(server)
        back.join()
        self._close(browser)

    def _is_stuck(self, *ends: socket.socket) -> bool:
        with self._hold:
            if self.held:
                self._stuck.update(ends)
            return self.held

    def _answers(
        self, server: socket.socket, browser: socket.socket, deaf: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while said := server.recv(CHUNK):
                if deaf.is_set():
                    self.lost += 1
                    break
                browser.sendall(said)
        self._close(browser)

    def _drop_all(self) -> None:
        for one in list(self._open):
            self._close(one)

    def _close(self, one: socket.socket) -> None:
        self._open.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
