"""What a counsellor does with a case: reply, note, assign, resolve, send again, say who the worker is."""

import datetime as dt
import hashlib
import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from console.access import Me
from console.deps import ConsoleDeps
from console.forms import Form, read_form
from console.pages import Pages, changed
from desk import cases, contacts, conversations, outbox
from desk.agents import Agent
from desk.conversations import Message
from desk.database import announce
from desk.errors import Conflict, Invalid, NotFound
from desk.files import FileStore
from desk.ids import new_id

_MEDIA_TYPE = re.compile(r"^[a-z]+/[a-z0-9.+-]+$")


def reply(
    session: Session,
    case_id: str,
    agent: Agent,
    text: str,
    key: str,
    upload: tuple[str, str, bytes] | None,
    files: FileStore,
    now: dt.datetime,
) -> Message | None:
    """A reply with at most one file (name, media type, bytes). None when this very reply was stored before."""
    # The key says which form, the content which words: after a lost answer, other words in the same form are another reply.
    content = upload[2] if upload else b""
    dedupe_key = "console:" + hashlib.sha256(repr((agent.id, case_id, key, text)).encode() + content).hexdigest()
    attachment = conversations.add_attachment(session, upload[0], upload[1], len(content), now) if upload else None
    message = cases.reply(session, case_id, agent, text, now, attachment_id=attachment.id if attachment else None, dedupe_key=dedupe_key)
    if attachment is not None and message is None:
        session.delete(attachment)
    elif attachment is not None:
        # Before the commit: a stored message never points at bytes that are not there.
        files.save(attachment.id, content)
    return message


def again(session: Session, message_id: str, now: dt.datetime) -> Message:
    """Have a message sent once more whose fate is unknown or bad. Raises NotFound, Conflict."""
    message = message_by_id(session, message_id)
    states = outbox.states_of(session, [message_id])
    if message_id not in states:
        raise NotFound("没有这条发送记录")
    outbox.send_again(session, states[message_id][0], now)
    announce(session, "conversation", message.conversation_id)
    return message


def message_by_id(session: Session, message_id: str) -> Message:
    """Raises NotFound."""
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound("没有这条消息")
    return message


def delivery_of(session: Session, message_id: str) -> tuple[Message, tuple[str, str, str] | None]:
    """A message, and (id, state, problem) of its delivery. Raises NotFound."""
    return message_by_id(session, message_id), outbox.states_of(session, [message_id]).get(message_id)


def describe(session: Session, case_id: str, form: Form) -> None:
    """Keep who the worker is, as the form says it, empty fields too. Raises NotFound, Invalid."""
    case = cases.case_by_id(session, case_id)
    contact_id = conversations.conversation_by_id(session, case.conversation_id).contact_id
    contact = contacts.contact_by_id(session, contact_id)
    tags = {tag.strip() for tag in re.split(r"[,，、\n]", form.text("tags")) if tag.strip()}
    if any(len(tag) > 40 for tag in tags):
        raise Invalid("每个标签最多 40 个字", field="tags")
    contact.district, contact.industry = form.text("district").strip()[:60], form.text("industry").strip()[:60]
    contact.phone = form.text("phone").strip()[:30]
    contacts.tag(session, contact_id, tags)


async def uploaded(file: UploadFile | None, files: FileStore) -> tuple[str, str, bytes] | None:
    """An upload's name, media type and bytes. Raises Invalid when there is too much or nothing of it."""
    if file is None:
        return None
    content = await file.read(files.max_bytes + 1)
    if len(content) > files.max_bytes:
        raise Invalid(f"文件太大，最多 {files.max_bytes // 1_048_576} MB")
    if not content:
        raise Invalid("这个文件是空的")
    media_type = (file.content_type or "").lower()
    name = re.sub(r"[\x00-\x1f/\\]", "_", file.filename or "file")[-120:]
    return name, media_type if _MEDIA_TYPE.match(media_type) else "application/octet-stream", content


def actions(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The forms and buttons of the pane."""
    router = APIRouter()

    @router.post("/cases/{case_id}/reply")
    async def send_reply(request: Request, me: Me, case_id: str) -> HTMLResponse:
        form = await read_form(request)
        upload = await uploaded(form.file("file"), deps.files)
        await deps.database.writing(reply, case_id, me.agent, form.text("text"), form.text("key"), upload, deps.files, deps.clock.now())
        response = pages.render(request, "sent.html", key=new_id())
        response.headers["HX-Trigger"] = "desk:sent, desk:changed"
        return response

    @router.post("/cases/{case_id}/note")
    async def add_note(request: Request, me: Me, case_id: str) -> Response:
        form = await read_form(request)
        await deps.database.writing(cases.note, case_id, me.agent, form.text("text")[:4000], deps.clock.now())
        response = Response(status_code=204)
        response.headers["HX-Trigger"] = "desk:sent, desk:changed"
        return response

    @router.post("/cases/{case_id}/assign")
    async def assign(request: Request, me: Me, case_id: str) -> Response:
        form = await read_form(request)
        await deps.database.writing(give, case_id, form.text("agent_id"), form.text("expected"), me.agent, deps.clock.now())
        return changed()

    @router.post("/cases/{case_id}/resolve")
    async def resolve(me: Me, case_id: str) -> Response:
        await deps.database.writing(cases.resolve, case_id, me.agent, deps.clock.now())
        return changed()

    @router.post("/cases/{case_id}/contact")
    async def who(request: Request, case_id: str) -> HTMLResponse:
        await deps.database.writing(describe, case_id, await read_form(request))
        return pages.render(request, "saved.html")

    @router.get("/messages/{message_id}/delivery")
    async def delivery(request: Request, message_id: str) -> HTMLResponse:
        message, state = await deps.database.reading(delivery_of, message_id)
        return pages.render(request, "delivery.html", message=message, delivery=state)

    @router.post("/messages/{message_id}/again")
    async def send_again(request: Request, message_id: str) -> HTMLResponse:
        await deps.database.writing(again, message_id, deps.clock.now())
        message, state = await deps.database.reading(delivery_of, message_id)
        return pages.render(request, "delivery.html", message=message, delivery=state)

    return router


def give(session: Session, case_id: str, agent_id: str, expected: str, by: Agent, now: dt.datetime) -> None:
    """Assign, or back to the queue for an empty id. Raises Conflict when somebody else than `expected` holds it by now."""
    case = cases.case_by_id(session, case_id)
    if (case.agent_id or "") != expected:
        raise Conflict("此工单刚刚被别人接手，页面已更新，请再看一眼")
    cases.assign(session, case_id, agent_id or None, by, now)
