"""Rasa's desk channel as a tiny ASGI app: says back what it heard, or is slow, broken or silent."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

Respond = Callable[[dict[str, Any]], Awaitable[list[dict[str, Any]]]]


async def echo(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"text": f"机器人：{body['message']}"}]


class RasaApp:
    """POST /webhooks/desk/webhook. `respond` may be exchanged at any time; `status` other than 200 breaks every answer."""

    def __init__(self, token: str = "secret") -> None:
        self.token = token
        self.respond: Respond = echo
        self.status = 200
        self.body: bytes | None = None
        self.heard: list[dict[str, Any]] = []

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self), base_url="http://rasa")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        content = b""
        while True:
            event = await receive()
            content += event.get("body", b"")
            if not event.get("more_body"):
                break
        status, answer = await self._answer(scope, content)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, scope: Any, content: bytes) -> tuple[int, bytes]:
        if dict(scope["headers"]).get(b"x-desk-token", b"").decode() != self.token:
            return 403, b"{}"
        body = json.loads(content)
        self.heard.append(body)
        if self.status != 200 or self.body is not None:
            return self.status, self.body or b""
        return 200, json.dumps({"replies": await self.respond(body)}).encode()


async def never(body: dict[str, Any]) -> list[dict[str, Any]]:
    """A Rasa that has stopped answering."""
    await asyncio.Event().wait()
    return []
