"""Rasa as a child process: started with a model, watched, started again when it dies, ended with the app."""

import asyncio
import contextlib
import ctypes
import signal
import sys
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import yaml

from app.model import nlu_python, rasa_environment
from app.settings import Settings
from bot.rasa import PinnedRasas, Rasa

log = structlog.get_logger()


class RasaProcess:
    """One Rasa server on loopback."""

    def __init__(
        self, model: Path, data_dir: Path, port: int, token: str, action_url: str, tracker_url: str, client: Rasa, redis_url: str = ""
    ) -> None:
        self._model = model
        self._dir = data_dir / "rasa"
        self._port = port
        self._token = token
        self._action_url = action_url
        self._tracker_url = tracker_url
        self._redis_url = redis_url
        self._client = client
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.ready = asyncio.Event()

    async def start(self) -> None:
        self._write_config()
        self._task = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._process and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 5)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def _watch(self) -> None:
        pause = 1.0
        while True:
            with (self._dir / "rasa.log").open("ab") as output:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command(),
                    cwd=self._dir,
                    env={**rasa_environment(), "OMP_NUM_THREADS": "1", "SANIC_HOST": "127.0.0.1"},
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    preexec_fn=_die_with_parent if sys.platform == "linux" else None,
                )
            log.info("rasa.started", pid=self._process.pid, port=self._port)
            waiting = asyncio.create_task(self._until_ready())
            code = await self._process.wait()
            waiting.cancel()
            self.ready.clear()
            log.error("rasa.died", code=code, log=str(self._dir / "rasa.log"))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 30)

    async def _until_ready(self) -> None:
        while not await self._client.ready():
            await asyncio.sleep(0.2)
        # The encoders load at the first sentence: let that be nobody's.
        await self._client.warm()
        self.ready.set()
        log.info("rasa.ready")

    def _command(self) -> list[str]:
        return [
            str(nlu_python()), "-m", "rasa", "run", "--enable-api", "--interface", "127.0.0.1", "--port", str(self._port),
            "--auth-token", self._token, "--model", str(self._model),
            "--credentials", str(self._dir / "credentials.yml"), "--endpoints", str(self._dir / "endpoints.yml"),
        ]  # fmt: skip

    def _write_config(self) -> None:
        self._dir.mkdir(parents=True, exist_ok=True)
        endpoints: dict[str, object] = {
            "action_endpoint": {"url": self._action_url, "token": self._token, "token_name": "token"},
            # Open forms must outlive a restart, so dialogues are never in memory.
            "tracker_store": {
                "type": "components.dialogue_store.DialogueStore",
                "database": self._tracker_url or f"sqlite:///{self._dir / 'dialogues.db'}",
            },
        }
        if self._redis_url:
            endpoints["lock_store"] = _lock_store(self._redis_url)
        for name, content in (
            ("endpoints.yml", endpoints),
            ("credentials.yml", {"components.desk_channel.DeskChannel": {"token": self._token}}),
        ):
            path = self._dir / name
            path.touch(mode=0o600)
            path.write_text(yaml.safe_dump(content), "utf-8")


def children(settings: Settings, rasa: PinnedRasas, model: Path, kind: type[RasaProcess] = RasaProcess) -> list[RasaProcess]:
    """The Rasas that the app starts, one for each member, not yet running. `kind` is another way to run one, for comparisons."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    actions = f"http://{host}:{settings.port}/rasa/actions"
    return [
        kind(model, settings.data_dir, port, member.token, actions, settings.rasa_tracker_url, member, settings.redis_url)
        for port, member in zip(settings.rasa_ports, rasa.members, strict=True)
    ]


def _lock_store(url: str) -> dict[str, object]:
    """Rasa takes `url` for the host's name: the parts of a redis:// address go in one by one."""
    parts = urlsplit(url)
    return {
        "type": "redis", "url": parts.hostname, "port": parts.port or 6379, "db": int(parts.path.strip("/") or 0),
        "password": parts.password, "use_ssl": parts.scheme == "rediss",
    }  # fmt: skip


def _die_with_parent() -> None:
    """Linux: have the kernel end the child when the app is killed without a chance to say so (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
