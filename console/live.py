"""Live: one stream a screen, which says that something changed and what. The screen then asks for it.

What changed is fetched behind what the screen already has, so a lost or repeated event loses or doubles nothing; the
first event of a connection says `*` (look at everything), which is how a screen catches up after an interruption.
"""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from console.access import COOKIE
from console.deps import ConsoleDeps
from desk import agents
from desk.database import Signal
from desk.errors import NotFound

KINDS = {
    "inbox": frozenset({"case", "conversation"}),
    "campaigns": frozenset({"campaign"}),
    "activities": frozenset({"activity"}),
}
# At most four events a second: what happens meanwhile is told in the next one.
GATHER = 0.25
# How often it is looked whether the sign-in still holds.
RECHECK = 30.0
EVERYTHING = "*"


def live(deps: ConsoleDeps) -> APIRouter:
    """The streams."""
    router = APIRouter()

    @router.get("/live/{about}")
    async def listen(request: Request, about: str) -> EventSourceResponse:
        if about not in KINDS:
            raise NotFound("没有这个实时通道")
        last = request.headers.get("last-event-id", "")
        number = int(last) if last.isascii() and last.isdigit() and len(last) < 15 else 0
        events = changes(deps, KINDS[about], request.cookies.get(COOKIE, ""), number)
        return EventSourceResponse(events, ping=15, headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})

    return router


async def changes(deps: ConsoleDeps, kinds: frozenset[str], token: str, number: int) -> AsyncIterator[ServerSentEvent]:
    """Events `change`, numbered on from `number`, whose data are the ids that changed, until the sign-in ends."""
    async with deps.hub.listening() as queue:
        number += 1
        yield ServerSentEvent(EVERYTHING, event="change", id=str(number), retry=1000)
        clock = asyncio.get_running_loop().time
        checked = clock()
        while True:
            ids = await _gathered(queue, kinds)
            if clock() - checked > RECHECK:
                checked = clock()
                if await deps.database.reading(agents.signed_in, token, deps.clock.now()) is None:
                    return
            if ids:
                number += 1
                yield ServerSentEvent(" ".join(sorted(ids)), event="change", id=str(number))
                await asyncio.sleep(GATHER)


async def _gathered(queue: asyncio.Queue[Signal], kinds: frozenset[str]) -> set[str]:
    """The ids of what waits in the queue, after waiting for the first; none when nothing came for a while."""
    try:
        first = await asyncio.wait_for(queue.get(), RECHECK)
    except TimeoutError:
        return set()
    # A full queue has dropped signals: nobody knows which.
    overflowed = queue.qsize() + 1 >= queue.maxsize
    signals = [first]
    while not queue.empty():
        signals.append(queue.get_nowait())
    if overflowed:
        return {EVERYTHING}
    return {signal.id for signal in signals if signal.kind in kinds}
