"""A small Bot API server: what the bot calls it answers as Telegram does, and a test plays the workers.

server = TelegramServer()
await server.start()
server.user_message(7, "你好")         # worker 7 writes
await server.confirmed()              # until the bot asked for what comes after it
server.sent[0].text                   # what the bot said
server.fault("sendMessage", status=429, parameters={"retry_after": 3})
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "123456:test-token"
METHODS = (
    "getMe", "getUpdates", "sendMessage", "sendPhoto", "sendDocument", "sendChatAction", "answerCallbackQuery", "editMessageReplyMarkup",
    "setMyCommands", "setWebhook", "deleteWebhook", "leaveChat", "getFile",
)  # fmt: skip
TEXT_UNITS = 4096
CAPTION_UNITS = 1024


@dataclass
class Sent:
    """One message that the bot sent and that arrived."""

    method: str
    chat_id: int
    message_id: int
    text: str
    buttons: list[list[dict[str, Any]]] = field(default_factory=list)
    file: bytes | None = None
    file_name: str = ""


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method`."""

    method: str
    status: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    body: str | None = None
    # Cut the connection instead of answering; or never answer.
    reset: bool = False
    silent: bool = False
    # Carry the call out before the answer goes wrong.
    carried_out: bool = False
    times: int = 1
    # How many calls go well first.
    after: int = 0


class Refused(Exception):
    """An answer with ok = false."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class TelegramServer:
    """Serves one bot on a free port of the loopback interface. Everything a test wants to know is an attribute."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.url = ""
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answered_presses: list[str] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.webhook: dict[str, Any] = {"url": ""}
        self.faults: list[Fault] = []
        self.left: list[int] = []
        self._known: set[int] = set()
        self._blocked: set[int] = set()
        self._presses: set[str] = set()
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._files: dict[str, bytes] = {}
        self._pending: list[dict[str, Any]] = []
        self._given: list[dict[str, Any]] = []
        self._next_update = 900
        self._next_message = 1
        self._watching: set[asyncio.Future[None]] = set()
        self._poller: asyncio.Future[None] | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=64 * 1_048_576)
        app.router.add_post("/bot{token}/{method}", self._on_call)
        app.router.add_get("/file/bot{token}/{path}", self._on_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # What a test does in the place of workers

    def user_message(self, chat_id: int, text: str) -> dict[str, Any]:
        """A worker writes. Returns the message."""
        return self.message(chat_id, text=text)

    def message(self, chat_id: int, **content: Any) -> dict[str, Any]:
        """A worker (or, for a negative id, somebody in a group) sends a message with any content."""
        self._known.add(chat_id)
        self._blocked.discard(chat_id)
        message = {
            "message_id": self._take_number(),
            "date": 1_790_000_000,
            "chat": self._chat(chat_id),
            "from": self._user(chat_id),
            **content,
        }
        self._messages[chat_id, message["message_id"]] = message
        self.update(message=message)
        return message

    def edit(self, message: dict[str, Any], **content: Any) -> None:
        """The worker changes a message sent before."""
        message |= {"edit_date": 1_790_000_100, **content}
        self.update(edited_message=message)

    def press(self, sent: Sent, payload: str, *, visible: bool = True) -> str:
        """The worker presses a button; `visible=False` is one so old that Telegram shows the bot only where it was."""
        shown = {"message_id": sent.message_id, "chat": self._chat(sent.chat_id), "date": 0}
        if visible:
            keyboard = {"inline_keyboard": sent.buttons}
            shown |= {"date": 1_790_000_000, "text": sent.text, "from": self._me(), "reply_markup": keyboard}
        press_id = f"press-{self._take_number()}"
        if visible:
            self._presses.add(press_id)
        query = {"id": press_id, "from": self._user(sent.chat_id), "message": shown, "chat_instance": "1", "data": payload}
        self.update(callback_query=query)
        return press_id

    def send_photo(self, chat_id: int, content: bytes, caption: str | None = None) -> dict[str, Any]:
        small = {"file_id": self._keep(b"small"), "file_unique_id": "s", "width": 90, "height": 60, "file_size": 5}
        large = {"file_id": self._keep(content), "file_unique_id": "l", "width": 1280, "height": 853, "file_size": len(content)}
        return self.message(chat_id, photo=[small, large], **({"caption": caption} if caption else {}))

    def send_document(self, chat_id: int, content: bytes, name: str, media_type: str, size: int | None = None) -> dict[str, Any]:
        document = {"file_id": self._keep(content), "file_unique_id": "d", "file_name": name, "mime_type": media_type}
        return self.message(chat_id, document=document | {"file_size": len(content) if size is None else size})

    def send_voice(self, chat_id: int, content: bytes, seconds: int = 4) -> dict[str, Any]:
        voice = {
            "file_id": self._keep(content),
            "file_unique_id": "v",
            "duration": seconds,
            "mime_type": "audio/ogg",
            "file_size": len(content),
        }
        return self.message(chat_id, voice=voice)

    def send_contact(self, chat_id: int, phone: str, user_id: int | None) -> dict[str, Any]:
        return self.message(chat_id, contact={"phone_number": phone, "first_name": "某人", **({"user_id": user_id} if user_id else {})})

    def send_location(self, chat_id: int, latitude: float, longitude: float) -> dict[str, Any]:
        return self.message(chat_id, location={"latitude": latitude, "longitude": longitude})

    def block(self, chat_id: int, blocked: bool = True) -> None:
        """The worker stops the bot, or starts it again."""
        (self._blocked.add if blocked else self._blocked.discard)(chat_id)
        kicked, member = {"status": "kicked", "user": self._me(), "until_date": 0}, {"status": "member", "user": self._me()}
        old, new = (member, kicked) if blocked else (kicked, member)
        change = {
            "chat": self._chat(chat_id),
            "from": self._user(chat_id),
            "date": 1_790_000_000,
            "old_chat_member": old,
            "new_chat_member": new,
        }
        self.update(my_chat_member=change)

    def update(self, **content: Any) -> dict[str, Any]:
        """Put any update in the queue."""
        update = {"update_id": self._next_update, **json.loads(json.dumps(content))}
        self._next_update += 1
        self._pending.append(update)
        self._signal()
        return update

    def deliver_again(self) -> None:
        """Everything that was ever delivered comes once more, as after a confirmation that got lost."""
        self._pending = self._given + self._pending
        self._given = []
        self._signal()

    def fault(self, method: str, **values: Any) -> None:
        self.faults.append(Fault(method, **values))

    async def confirmed(self) -> None:
        """Until every update is confirmed (five seconds at most)."""
        await self.until(lambda: not self._pending)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until `condition` holds after some call (five seconds at most)."""
        async with asyncio.timeout(5):
            while not condition():
                await self._change()

    def of(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of a method."""
        return [parameters for name, parameters in self.calls if name == method]

    # The Bot API

    async def _on_call(self, request: web.Request) -> web.StreamResponse:
        # Telegram does not mind the case of a method's name.
        method = next((name for name in METHODS if name.lower() == request.match_info["method"].lower()), "")
        parameters = await self._parameters(request)
        self.calls.append((method, parameters))
        if request.match_info["token"] != self.token:
            return _answer(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
        fault = self._fault_for(method)
        if fault is not None and not fault.carried_out:
            return await self._go_wrong(request, fault)
        try:
            result = await self._carry_out(method, parameters)
        except Refused as refused:
            return _answer(refused.status, {"ok": False, "error_code": refused.status, "description": refused.description})
        finally:
            self._signal()
        if fault is not None:
            return await self._go_wrong(request, fault)
        return _answer(200, {"ok": True, "result": result})

    async def _on_file(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(("download", {"path": request.match_info["path"]}))
        fault = self._fault_for("download")
        if fault is not None:
            return await self._go_wrong(request, fault)
        content = self._files.get(request.match_info["path"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    def _fault_for(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method == method and fault.times > 0:
                if fault.after > 0:
                    fault.after -= 1
                    return None
                fault.times -= 1
                return fault
        return None

    async def _go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.silent:
            await asyncio.Event().wait()  # until the caller hangs up
        if fault.reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.body is not None:
            return web.Response(status=fault.status, text=fault.body)
        answer: dict[str, Any] = {"ok": False, "error_code": fault.status, "description": fault.description or "Internal Server Error"}
        return _answer(fault.status, answer | ({"parameters": fault.parameters} if fault.parameters else {}))

    async def _carry_out(self, method: str, p: dict[str, Any]) -> Any:
        match method:
            case "getMe":
                return self._me()
            case "getUpdates":
                return await self._get_updates(p)
            case "sendMessage":
                return self._deliver(method, p, "text", TEXT_UNITS)
            case "sendPhoto" | "sendDocument":
                return self._deliver(method, p, "caption", CAPTION_UNITS)
            case "sendChatAction":
                self._reachable(p)
                return True
            case "answerCallbackQuery":
                if p.get("callback_query_id") not in self._presses:
                    raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
                self.answered_presses.append(p["callback_query_id"])
                return True
            case "editMessageReplyMarkup":
                message = self._messages.get((self._reachable(p), int(p["message_id"])))
                if message is None:
                    raise Refused(400, "Bad Request: message to edit not found")
                message["reply_markup"] = {"inline_keyboard": _keyboard(p)}
                return message
            case "setMyCommands":
                self.commands[p.get("language_code", "")] = json.loads(p["commands"])
                return True
            case "setWebhook":
                self.webhook = {"url": p["url"], "secret": p.get("secret_token", ""), "allowed": p.get("allowed_updates")}
                return True
            case "deleteWebhook":
                self.webhook = {"url": ""}
                return True
            case "leaveChat":
                self.left.append(self._reachable(p))
                return True
            case "getFile":
                content = self._files.get(p["file_id"])
                if content is None:
                    raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
                return {"file_id": p["file_id"], "file_unique_id": "u", "file_size": len(content), "file_path": p["file_id"]}
        raise Refused(404, "Not Found: method not found")

    async def _get_updates(self, p: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook["url"]:
            raise Refused(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        mine = self._poller = asyncio.get_running_loop().create_future()
        offset = int(p.get("offset", 0))
        done = [update for update in self._pending if update["update_id"] < offset]
        self._given += done
        self._pending = [update for update in self._pending if update["update_id"] >= offset]
        self._signal()
        try:
            async with asyncio.timeout(float(p.get("timeout", 0))):
                while not self._pending and not mine.done():
                    await asyncio.wait({self._change(), mine}, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            return []
        if mine.done():
            raise Refused(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
        return self._pending[: int(p.get("limit", 100))]

    def _deliver(self, method: str, p: dict[str, Any], words: str, limit: int) -> dict[str, Any]:
        chat_id = self._reachable(p)
        text = p.get(words, "").strip()
        if not text and method == "sendMessage":
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > limit:
            raise Refused(400, "Bad Request: message is too long" if words == "text" else "Bad Request: message caption is too long")
        buttons = _keyboard(p)
        name, content = p.get("photo") or p.get("document") or ("", None)
        if method == "sendPhoto" and content is not None and not content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        sent = Sent(method, chat_id, self._take_number(), text, buttons, content, name)
        self.sent.append(sent)
        message = {"message_id": sent.message_id, "date": 1_790_000_000, "chat": self._chat(chat_id), "from": self._me(), words: text}
        self._messages[chat_id, sent.message_id] = message
        return message

    def _reachable(self, p: dict[str, Any]) -> int:
        chat_id = int(p["chat_id"])
        if chat_id not in self._known:
            raise Refused(400, "Bad Request: chat not found")
        if chat_id in self._blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        return chat_id

    def _change(self) -> asyncio.Future[None]:
        """Done at the next change of anything."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watching.add(future)
        return future

    def _signal(self) -> None:
        for future in self._watching:
            if not future.done():
                future.set_result(None)
        self._watching.clear()

    async def _parameters(self, request: web.Request) -> dict[str, Any]:
        form: dict[str, Any] = {}
        for name, value in (await request.post()).items():
            form[name] = (value.filename, value.file.read()) if isinstance(value, web.FileField) else value
        # An upload may stand behind a reference: photo=attach://part1.
        for name, value in list(form.items()):
            if isinstance(value, str) and value.startswith("attach://"):
                form[name] = form[value.removeprefix("attach://")]
        return form

    def _chat(self, chat_id: int) -> dict[str, Any]:
        return (
            {"id": chat_id, "type": "private", "first_name": "小王"}
            if chat_id > 0
            else {"id": chat_id, "type": "supergroup", "title": "骑手群"}
        )

    def _user(self, chat_id: int) -> dict[str, Any]:
        return {"id": abs(chat_id), "is_bot": False, "first_name": "小王", "last_name": "王"}

    def _me(self) -> dict[str, Any]:
        return {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "工会", "username": "union_desk_bot"}

    def _keep(self, content: bytes) -> str:
        file_id = f"file-{len(self._files) + 1}"
        self._files[file_id] = content
        return file_id

    def _take_number(self) -> int:
        self._next_message += 1
        return self._next_message


def _keyboard(p: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The buttons of a call, checked."""
    markup = json.loads(p["reply_markup"]) if p.get("reply_markup") else {}
    rows: list[list[dict[str, Any]]] = markup.get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            raise Refused(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be non-empty')
        if not 1 <= len(button.get("callback_data", "").encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return rows


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    return web.json_response(body, status=status)
