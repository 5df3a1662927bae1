"""The web chat's endpoints: each reads a request, makes one call, and renders what came of it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sse_starlette import EventSourceResponse
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, Response

from bot.inbound import Inbound
from bot.webchat import history, identity
from bot.webchat.filetypes import SHOWN_INLINE
from bot.webchat.history import ShownHistory, ShownMessage
from bot.webchat.post import ClientId, Post, Poster
from bot.webchat.refusals import ChatRoute, TooLarge, Unknown
from bot.webchat.shell import Shell
from bot.webchat.stream import PING_SECONDS, follow, ping
from desk import contacts
from desk.clock import Clock
from desk.database import Database
from desk.errors import Forbidden, Invalid
from desk.files import FileStore
from desk.live import LocalHub
from desk.texts import say

_MOST_JSON = 32_768
# What a multipart body has beside its file: boundaries, headers, the client's id.
_MULTIPART_MARGIN = 16_384


@dataclass(frozen=True)
class WebChatDeps:
    """What the web chat stands on."""

    database: Database
    clock: Clock
    inbound: Inbound
    hub: LocalHub
    files: FileStore
    union_name: str
    secure_cookies: bool = False
    # Where the page is reached from outside, when a proxy hides it; empty: by the Host header.
    public_url: str = ""


class LanguageChoice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    language: str = Field(pattern="^(zh|en)$")


class Stored(BaseModel):
    """The answer to a post: the message as it is stored, by this post or by an earlier one with the same client id."""

    message: ShownMessage


def build_webchat(deps: WebChatDeps) -> APIRouter:
    """Everything below /chat. Expected errors are answered as {"message": …} with a 4xx status."""
    router = APIRouter(route_class=ChatRoute, tags=["webchat"])
    shell = Shell(deps.union_name)
    poster = Poster(deps.database, deps.clock, deps.inbound, deps.files)

    @router.get("/chat", include_in_schema=False)
    async def page(request: Request) -> Response:
        token = identity.token_of(request) or identity.new_token()
        worker = await deps.database.reading(history.worker_at, identity.address_of(token))
        response = shell.page(worker.language if worker else "zh")
        identity.keep_token(response, token, secure=deps.secure_cookies)
        return response

    @router.post("/chat/messages", openapi_extra=_body(Post))
    async def post_message(request: Request) -> Stored:
        """Say something, press a button, or send a place. A retry under the same client id is stored once."""
        address = _poster_of(request, deps.public_url)
        post = await _read_json(request, Post)
        return Stored(message=await poster.say(address, post))

    @router.post("/chat/attachments")
    async def post_attachment(request: Request) -> Stored:
        """Send a photo, a document or a recording: multipart with `client_id` and `file`."""
        address = _poster_of(request, deps.public_url)
        _check_length(request, deps.files.max_bytes + _MULTIPART_MARGIN)
        async with request.form(max_files=1, max_fields=2) as form:
            file, client_id = form.get("file"), form.get("client_id")
            if not isinstance(file, UploadFile) or not isinstance(client_id, str):
                raise Invalid(say("zh", "webchat.refused.bad_request"))
            content = await file.read(deps.files.max_bytes + 1)
            checked = _checked(ClientId, {"client_id": client_id})
            return Stored(message=await poster.attach(address, checked.client_id, file.filename or "", content))

    @router.post("/chat/language", openapi_extra=_body(LanguageChoice), status_code=204)
    async def choose_language(request: Request) -> None:
        """Which language the bot and the page speak from now on."""
        address = _poster_of(request, deps.public_url)
        choice = await _read_json(request, LanguageChoice)
        worker = await deps.database.reading(history.worker_at, address)
        if worker is None:
            await deps.database.writing(history.enter, address, choice.language, deps.clock.now())
        else:
            await deps.database.writing(contacts.set_language, worker.contact_id, choice.language)

    @router.get("/chat/messages")
    async def read_messages(request: Request, response: Response, after: _Seq = 0, before: _Seq = 0) -> ShownHistory:
        """The latest messages, those behind `after`, or the latest in front of `before`."""
        response.headers["Cache-Control"] = "no-store"
        return await deps.database.reading(history.history, _worker_of(request), after=after, before=before)

    @router.get("/chat/events")
    async def events(request: Request, after: _Seq = 0, last_event_id: Annotated[str, Header()] = "") -> EventSourceResponse:
        """Server-sent events: what is stored behind `after` (or Last-Event-ID), then live."""
        seen = max(after, int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 10 else 0)
        stream = follow(deps.database, deps.hub, _worker_of(request), seen)
        return EventSourceResponse(stream, ping=PING_SECONDS, ping_message_factory=ping, send_timeout=30)

    @router.get("/chat/files/{attachment_id}")
    async def file(request: Request, attachment_id: str) -> FileResponse:
        """A file of one's own conversation."""
        address = _worker_of(request)
        worker = await deps.database.reading(history.worker_at, address)
        language = worker.language if worker else "zh"
        attachment = await deps.database.reading(history.own_attachment, address, attachment_id, language)
        inline = SHOWN_INLINE.fullmatch(attachment.media_type) is not None
        return FileResponse(
            deps.files.existing(attachment.id),
            media_type=attachment.media_type if inline else "application/octet-stream",
            filename=attachment.name,
            content_disposition_type="inline" if inline else "attachment",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; sandbox",
                "Cache-Control": "private, max-age=86400",
            },
        )

    @router.get("/chat/static/{version}/{name}", include_in_schema=False)
    async def static(version: str, name: str) -> Response:
        return shell.file(version, name)

    @router.get("/chat/sw.js", include_in_schema=False)
    async def service_worker() -> Response:
        return shell.service_worker()

    @router.get("/chat/manifest.webmanifest", include_in_schema=False)
    async def manifest() -> Response:
        return shell.manifest()

    @router.get("/chat/icons/{size}.png", include_in_schema=False)
    async def icon(size: int) -> Response:
        return shell.icon(size)

    return router


# PostgreSQL's integers end here; so does every conversation.
_Seq = Annotated[int, Query(ge=0, le=2_147_483_647)]


def _worker_of(request: Request) -> str:
    """The address of whoever makes this request. Raises Unknown without a cookie."""
    token = identity.token_of(request)
    if token is None:
        raise Unknown(say("zh", "webchat.refused.no_cookie"))
    return identity.address_of(token)


def _poster_of(request: Request, public_url: str) -> str:
    """As `_worker_of`, for what changes something. Raises Forbidden for another site's page."""
    if identity.from_elsewhere(request, public_url):
        raise Forbidden(say("zh", "webchat.refused.elsewhere"))
    return _worker_of(request)


def _check_length(request: Request, most: int) -> None:
    """Refuse before reading. A body that does not say its length could be endless."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Invalid(say("zh", "webchat.refused.bad_request"))
    if int(length) > most:
        raise TooLarge(say("zh", "webchat.refused.too_large", megabytes=most // 1_048_576))


async def _read_json[T: BaseModel](request: Request, model: type[T]) -> T:
    """The body as `model`. Only JSON: a form of another site cannot send that."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Invalid(say("zh", "webchat.refused.bad_request"))
    _check_length(request, _MOST_JSON)
    return _checked(model, await request.body())


def _checked[T: BaseModel](model: type[T], given: bytes | dict[str, Any]) -> T:
    try:
        return model.model_validate_json(given) if isinstance(given, bytes) else model.model_validate(given)
    except ValidationError as error:
        raise Invalid(say("zh", "webchat.refused.bad_request")) from error


def _body(model: type[BaseModel]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}
