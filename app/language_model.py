"""The language model: any server that speaks OpenAI's chat completions. Optional, and trusted with nothing."""

import asyncio
import datetime as dt
import json

import httpx
import structlog

from desk.clock import Clock
from desk.drafting import Prompt, Unwritten, cleaned, flaw

log = structlog.get_logger()

# More than any answer asked for; a server that goes on beyond this is not what we think it is (bytes).
_MOST = 256 * 1024
_FAILURES, _REST = 3, dt.timedelta(seconds=60)

_SAYS = {
    "resting": "语言模型刚才连续几次没有回答，先停用一分钟，请稍后再试",
    "slow": "语言模型没有在规定时间内写完，请稍后再试",
    "status": "语言模型的服务拒绝了请求，请管理员查看日志",
    "unreachable": "连不上语言模型的服务，请管理员查看日志",
    "unreadable": "语言模型的回答读不懂，请管理员查看日志",
    "empty": "语言模型什么也没写，请再试一次或自己写",
    "long": "语言模型写得太长，不能用，请再试一次或自己写",
    "code": "语言模型写的不是给人看的话，请再试一次或自己写",
}


class LanguageModel:
    """Implements desk.drafting.Writer. After three failures in a row it rests for a minute, so that nobody waits in vain.

    `timeout`: how long one waits for an answer in all, in seconds; a prompt's patience multiplies it.
    """

    def __init__(self, client: httpx.AsyncClient, model: str, key: str, timeout: float, clock: Clock) -> None:
        self.client = client
        self._model = model
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout
        self._clock = clock
        self._failures = 0
        self._rests_until: dt.datetime | None = None

    async def write(self, prompt: Prompt) -> str:
        """What the model wrote, without ornaments. Raises Unwritten."""
        if self._rests_until is not None and self._clock.now() < self._rests_until:
            raise _unwritten("resting")
        begun = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._timeout * prompt.patience):
                text = _text(await self._ask(prompt))
        except (TimeoutError, httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
            problem = _unwritten(_reason(error))
            self._failures += 1
            if self._failures >= _FAILURES:
                self._rests_until = self._clock.now() + _REST
            # The error's kind alone: its words may hold what was asked, or the key.
            log.warning(
                "language_model.failed",
                reason=problem.reason,
                error=type(error).__name__,
                status=error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None,
                seconds=round(asyncio.get_running_loop().time() - begun, 2),
                resting=self._failures >= _FAILURES,
            )
            raise problem from None
        self._failures, self._rests_until = 0, None
        text = cleaned(text)
        if found := flaw(text, prompt.length):
            raise _unwritten(found)
        return text

    async def _ask(self, prompt: Prompt) -> bytes:
        body = {
            "model": self._model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "temperature": 0,
            "max_tokens": prompt.length * 2,
            "stream": False,
        }
        answer = bytearray()
        async with self.client.stream("POST", "chat/completions", json=body, headers=self._headers, timeout=None) as response:
            response.raise_for_status()
            async for piece in response.aiter_bytes():
                answer += piece
                if len(answer) > _MOST:
                    raise ValueError("more than was asked for")
        return bytes(answer)


def _text(answer: bytes) -> str:
    text = json.loads(answer)["choices"][0]["message"]["content"]
    return text if isinstance(text, str) else ""


def _reason(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "slow"
        case httpx.HTTPStatusError():
            return "status"
        case httpx.HTTPError():
            return "unreachable"
        case _:
            return "unreadable"


def _unwritten(reason: str) -> Unwritten:
    return Unwritten(reason, _SAYS[reason])
