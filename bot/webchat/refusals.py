"""Refusals of the web chat: what the page gets instead, as {"message": …} with a 4xx status."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desk.errors import Conflict, DeskError, Forbidden, Invalid, NotFound


class Unknown(DeskError):
    """No cookie yet: opening /chat gives one."""


class TooFast(DeskError):
    """Too many messages in a minute. `facts["seconds"]`: how long to wait."""


class TooLarge(Invalid):
    """More bytes than a message or a file may have."""


# The first that fits counts, so the narrower class stands before the wider.
_STATUS: tuple[tuple[type[DeskError], int], ...] = (
    (Unknown, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (TooFast, 429),
    (Invalid, 400),
    (DeskError, 400),
)


class ChatRoute(APIRoute):
    """A route of the chat: expected errors are rendered here and nowhere else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_or_refuse(request: Request) -> Response:
            try:
                return await handle(request)
            except DeskError as error:
                return refusal(error)

        return handle_or_refuse


def refusal(error: DeskError) -> Response:
    """The answer that says what is wrong and what to do."""
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    headers = {"Retry-After": str(error.facts["seconds"])} if isinstance(error, TooFast) else {}
    return JSONResponse({"message": error.message}, status, headers={"Cache-Control": "no-store", **headers})
