"""A language model's server on loopback, on a thread of its own: speaks OpenAI's chat completions and says what a test tells it to.

with LanguageServer() as server:
    server.says = "好的"                     # what the next answers are
    server.says = lambda body: "…"           # or worked out from the request's body
    server.status, server.body = 500, b""    # or what it answers instead
    server.hang()                            # or nothing, until the end
    server.asked[-1]["messages"]
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class LanguageServer:
    """`asked`: the bodies of the requests; `headers`: theirs."""

    def __init__(self) -> None:
        self.says: str | Callable[[dict[str, Any]], str] = "好的"
        self.status = 200
        self.body: bytes | None = None
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.arrived = threading.Event()
        self._go_on = threading.Event()
        self._go_on.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def hang(self) -> None:
        """From now on requests are read and not answered, until `go_on`."""
        self._go_on.clear()

    def go_on(self) -> None:
        self._go_on.set()

    def prompt(self, number: int = -1) -> str:
        """All that a request's messages said."""
        return "\n".join(message["content"] for message in self.asked[number]["messages"])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        house = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                house.asked.append(body)
                house.headers.append({name.lower(): value for name, value in self.headers.items()})
                house.paths.append(self.path)
                house.arrived.set()
                house._go_on.wait(30)
                said = house.says if isinstance(house.says, str) else house.says(body)
                answer = {"object": "chat.completion", "choices": [{"index": 0, "message": {"role": "assistant", "content": said}}]}
                content = house.body if house.body is not None else json.dumps(answer, ensure_ascii=False).encode()
                try:
                    self.send_response(house.status)
                    self.send_header("content-type", "application/json")
                    self.send_header("content-length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # whoever asked has gone

            def log_message(self, *_: object) -> None:
                pass

        return Handler
