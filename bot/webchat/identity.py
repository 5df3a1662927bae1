"""Who is at a page: a random token in a cookie. The desk knows only its hash, so a stolen database opens no chat."""

import hashlib
import re
import secrets
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "uniondesk_chat"
_YEAR = 365 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_of(request: Request) -> str | None:
    """The token that came with a request, or None when there is none that we could have given."""
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def address_of(token: str) -> str:
    """The contact's address on the channel "web"."""
    return hashlib.sha256(token.encode()).hexdigest()


def update_id(address: str, client_id: str) -> str:
    """The channel's own id of a message: the page's id is only unique within one contact."""
    return f"{address[:32]}:{client_id}"


def keep_token(response: Response, token: str, *, secure: bool) -> None:
    """Set the cookie for another year."""
    response.set_cookie(COOKIE, token, max_age=_YEAR, path="/chat", httponly=True, samesite="lax", secure=secure)


def from_elsewhere(request: Request, public_url: str) -> bool:
    """Whether another site's page made this request. Browsers say so; what is no browser carries nobody's cookie."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    ours = {request.headers.get("host", ""), urlsplit(public_url).netloc} - {""}
    return urlsplit(origin).netloc not in ours
