"""Updates: what Telegram tells us, as the desk understands it.

Under which id a message is stored: `m<chat>:<message>`, because an edit names only the chat and the message, and
`inbound.edited` has to find the original by it. It is as good a key against doubles as the update's own id: a message
belongs to exactly one "message" update, and each redelivery of that (an offset that was not confirmed in time, a webhook
that answered late) carries the same chat and message. A press of a button and an edit have no message of their own, so
they are stored under the id of their update.
"""

import re
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from desk.conversations import Incoming

log = structlog.get_logger()

# What is asked for at all; everything else is not even sent to us.
ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
COMMANDS = ("start", "menu", "human", "cancel", "privacy", "help", "language")
_COMMAND = re.compile(r"/([A-Za-z_]+)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
_ARGUMENT = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Kinds that the bot cannot read. Those that are files are kept all the same, for the counsellor to look at.
_UNREADABLE_FILES = ("animation", "video", "video_note", "audio")
_UNREADABLE = ("sticker", "poll", "dice", "game", "story", "paid_media", "checklist", "giveaway", "invoice", "passport_data")


@dataclass(frozen=True)
class Edit:
    """A new wording of what was stored under `original`."""

    original: str
    text: str


@dataclass(frozen=True)
class News:
    """What one update holds. Each part may be missing."""

    incoming: Incoming | None = None
    edit: Edit | None = None
    # A pressed button waits for a word, or it keeps spinning on the worker's screen.
    callback_id: str = ""
    # A private chat's address, and whether it blocked us or let us in again.
    membership: tuple[str, bool] | None = None
    # A group that wants something from us; we serve private chats only.
    group_id: int | None = None


def update_of(raw: dict[str, Any], bot: Bot) -> Update:
    """The update as the library reads it. One that it cannot read (Telegram moves on faster) must not keep the others waiting:

    of a message only who wrote it is kept then, which makes it one of an unknown kind; of anything else nothing but the id.
    Raises KeyError, TypeError or ValueError for what is no update at all.
    """
    update_id = int(raw["update_id"])
    try:
        return Update.de_json(raw, bot)
    except Exception as error:
        log.error("telegram.update_unreadable", update_id=update_id, error=f"{type(error).__name__}: {error}")
    try:
        bare = {name: raw["message"][name] for name in ("message_id", "date", "chat", "from")}
        return Update.de_json({"update_id": update_id, "message": bare}, bot)
    except Exception:
        return Update(update_id)


def read_update(update: Update) -> News:
    """The news in an update; empty for what does not concern us."""
    if update.message is not None:
        return _of_message(update.message)
    if update.edited_message is not None:
        return _of_edit(update.update_id, update.edited_message)
    if update.callback_query is not None:
        return _of_press(update.update_id, update.callback_query)
    if update.my_chat_member is not None:
        return _of_membership(update.my_chat_member)
    return News()


def stored_as(message: Message) -> str:
    """The id under which a message is stored."""
    return f"m{message.chat_id}:{message.message_id}"


def _of_message(message: Message) -> News:
    if message.chat.type != ChatType.PRIVATE:
        return News(group_id=message.chat_id)
    if message.from_user is None or message.from_user.is_bot:
        return News()
    content = _content(message)
    if content is None:
        return News()
    return News(_incoming(message, stored_as(message), **content))


def _of_edit(update_id: int, message: Message) -> News:
    """An edited text is also asked anew, as the worker expects an answer to what stands there now. A location that moves is no news."""
    if message.chat.type != ChatType.PRIVATE:
        return News()
    original = stored_as(message)
    if message.text is not None:
        text = _clean(message.text)
        fresh = _incoming(message, str(update_id), text=text, payload=_payload(text), details={"edit_of": original})
        return News(fresh, Edit(original, text))
    if message.caption is not None:
        return News(edit=Edit(original, _clean(message.caption)))
    return News()


def _of_press(update_id: int, query: CallbackQuery) -> News:
    chat = query.message.chat if query.message is not None else None
    if chat is not None and chat.type != ChatType.PRIVATE:
        return News(callback_id=query.id, group_id=chat.id)
    if not query.data:
        return News(callback_id=query.id)
    incoming = Incoming(
        channel="telegram",
        address=str(chat.id if chat is not None else query.from_user.id),
        update_id=str(update_id),
        name=_clean(query.from_user.full_name)[:120],
        text=_label(query) or query.data,
        payload=query.data,
    )
    return News(incoming, callback_id=query.id)


def _label(query: CallbackQuery) -> str:
    """What stands on the pressed button; "" when its message is too old for Telegram to show us."""
    if not isinstance(query.message, Message) or query.message.reply_markup is None:
        return ""
    buttons = (button for row in query.message.reply_markup.inline_keyboard for button in row)
    return next((_clean(button.text) for button in buttons if button.callback_data == query.data), "")


def _of_membership(change: ChatMemberUpdated) -> News:
    status = change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        return News(membership=(str(change.chat.id), status == ChatMemberStatus.BANNED))
    present = status in (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
    return News(group_id=change.chat.id) if present and change.chat.type != ChatType.CHANNEL else News()


def _incoming(message: Message, update_id: str, **content: Any) -> Incoming:
    name = _clean(message.from_user.full_name)[:120] if message.from_user else ""
    return Incoming(channel="telegram", address=str(message.chat_id), update_id=update_id, name=name, **content)


def _content(message: Message) -> dict[str, Any] | None:
    """The fields of Incoming that depend on the kind of message; None for what only the chat's machinery says (a pinned message)."""
    if message.text is not None:
        text = _clean(message.text)
        return {"text": text, "payload": _payload(text)}
    if message.contact is not None:
        # Somebody else's number is theirs to give, not the sender's.
        own = message.from_user is not None and message.contact.user_id == message.from_user.id
        return {"kind": "contact", "details": {"own": True, "phone": message.contact.phone_number[:30]} if own else {"own": False}}
    if message.location is not None:
        spot: dict[str, Any] = {"latitude": message.location.latitude, "longitude": message.location.longitude}
        if message.venue is not None:
            spot |= {"title": _clean(message.venue.title), "place": _clean(message.venue.address)}
        return {"kind": "location", "details": spot}
    return _file_content(message)


def _file_content(message: Message) -> dict[str, Any] | None:
    caption = _clean(message.caption or "")
    for kind in _UNREADABLE_FILES:
        file = getattr(message, kind)
        if file is not None:
            default = {"audio": "audio/mpeg"}.get(kind, "video/mp4")
            return {"kind": "unknown", "text": caption, "details": {"type": kind}, "attachment": _attachment(message, file, kind, default)}
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return {"kind": "photo", "text": caption, "attachment": _attachment(message, largest, "photo", "image/jpeg")}
    if message.document is not None:
        attachment = _attachment(message, message.document, "document", "application/octet-stream")
        return {"kind": "document", "text": caption, "attachment": attachment}
    if message.voice is not None:
        seconds = message.voice.duration
        details = {"seconds": seconds if isinstance(seconds, int) else int(seconds.total_seconds())}
        attachment = _attachment(message, message.voice, "voice", "audio/ogg")
        return {"kind": "voice", "text": caption, "details": details, "attachment": attachment}
    for kind in _UNREADABLE:
        if getattr(message, kind, None):
            return {"kind": "unknown", "text": caption, "details": {"type": kind}}
    # The chat's own notices need no answer; a kind that this version of the library does not know does.
    return None if filters.StatusUpdate.ALL.filter(Update(0, message)) else {"kind": "unknown", "details": {"type": "other"}}


_SUFFIXES = {"image/jpeg": ".jpg", "audio/ogg": ".ogg", "audio/mpeg": ".mp3", "video/mp4": ".mp4"}


def _attachment(message: Message, file: Any, kind: str, default_type: str) -> dict[str, Any]:
    media_type = getattr(file, "mime_type", None) or default_type
    name = _clean(getattr(file, "file_name", None) or f"{kind}-{message.message_id}{_SUFFIXES.get(media_type, '')}")
    return {"name": name[-200:], "media_type": media_type[:100], "size": file.file_size or 0, "remote_ref": file.file_id}


def _payload(text: str) -> str:
    """A command we know, as a button would say it: "/menu@OurBot" -> "/menu", "/start link-7K2" as it is; otherwise ""."""
    match = _COMMAND.fullmatch(text.strip())
    if match is None or match.group(1).lower() not in COMMANDS:
        return ""
    command, argument = match.group(1).lower(), (match.group(2) or "").strip()
    # Only these two take an argument; what is typed behind another command stays in the text.
    if command in ("start", "language") and _ARGUMENT.fullmatch(argument):
        return f"/{command} {argument}"
    return f"/{command}"


def _clean(text: str) -> str:
    """Without what no database stores: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
