"""`uniondesk run`: every process and every receiver, from start to Ctrl-C."""

import asyncio
import contextlib
import errno
import signal
import socket
import sys

import structlog
import uvicorn

from app.model import trained_model
from app.rasa_process import RasaProcess, children
from app.settings import Settings
from app.store import prepare
from app.web import build_web
from app.wiring import build
from bot.channel import Channel
from bot.telegram.channel import TelegramChannel
from bot.telegram.factory import make_bot
from bot.telegram.receiver import TelegramReceiver
from desk.errors import DeskError

log = structlog.get_logger()


class PortTaken(DeskError):
    """Another program listens on this port."""


async def serve(settings: Settings) -> None:
    """Run until interrupted. Raises DeskError for what a person can mend before the start."""
    check_port(settings.host, settings.port, "UNIONDESK_PORT")
    if not settings.rasa_url:
        for port in settings.rasa_ports:
            check_port("127.0.0.1", port, "UNIONDESK_RASA_PORT")
    model = None if settings.rasa_url else trained_model(settings.data_dir)
    token = settings.telegram_token.get_secret_value()
    bot = make_bot(token, settings.telegram_base_url) if token else None
    channels: dict[str, Channel] = {"telegram": TelegramChannel(bot)} if bot else {}
    parts = build(settings, channels=channels)
    passwords = await asyncio.to_thread(prepare, parts)
    rasas = children(settings, parts.rasa, model) if model else []
    receiver = (
        TelegramReceiver(
            bot, parts.inbound, parts.database, parts.clock, parts.files,
            webhook_url=settings.telegram_webhook_url, webhook_secret=settings.telegram_webhook_secret.get_secret_value(),
        )
        if bot
        else None
    )  # fmt: skip
    routers = [receiver.router()] if receiver and settings.telegram_webhook_url else []
    web = build_web(parts, routers, (lambda: not receiver.problem) if receiver else None)
    server = _Server(uvicorn.Config(web, host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=3))
    for rasa in rasas:
        await rasa.start()
    serving = asyncio.create_task(server.serve())
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, server.stop)
    try:
        await _until_up(server, serving)
        await _until_understood(rasas, serving)
        if server.should_exit:
            return
        parts.inbound.open()
        resumed = await parts.inbound.resume()
        if receiver:
            receiver.start()
        _greet(settings, passwords, resumed)
        await serving
    finally:
        if receiver:
            await receiver.stop()
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        await asyncio.gather(*(rasa.stop() for rasa in rasas))
        if bot:
            await bot.shutdown()


class _Server(uvicorn.Server):
    """Uvicorn, ended by the same interrupt that ends the rest."""

    def stop(self) -> None:
        """Finish what is under way and return from `serve`."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


async def _until_up(server: uvicorn.Server, serving: "asyncio.Task[None]") -> None:
    while not server.started:
        if serving.done():
            serving.result()
            raise DeskError("the web server did not start; the log says why")
        await asyncio.sleep(0.05)


async def _until_understood(rasas: list[RasaProcess], serving: "asyncio.Task[None]") -> None:
    """Give Rasa its start; after a minute go on without it: messages are then answered by search, or by a person."""
    if not rasas:
        return
    print("Starting Rasa …", file=sys.stderr, flush=True)

    async def all_ready() -> None:
        for rasa in rasas:
            await rasa.ready.wait()

    waiting = asyncio.create_task(all_ready())
    await asyncio.wait({waiting, serving}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not all(rasa.ready.is_set() for rasa in rasas) and not serving.done():
        log.warning("rasa.slow_start")


def check_port(host: str, port: int, setting: str) -> None:
    """Raises PortTaken naming the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise DeskError(f"cannot listen on {host}:{port}: {error.strerror} (UNIONDESK_HOST, {setting})") from error
            raise PortTaken(f"port {port} is taken: end what listens there, or set {setting} to another port") from error


def _greet(settings: Settings, passwords: list[tuple[str, str, str]], resumed: int) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    base = settings.public_url or f"http://{host}:{settings.port}"
    lines = ["", f"  Worker's chat   {base}/chat", f"  Console         {base}/console"]
    lines.append("  Telegram        " + ("on" if settings.telegram_token.get_secret_value() else "off (set UNIONDESK_TELEGRAM_TOKEN)"))
    if passwords:
        lines += ["", "  First run. These passwords are shown once:"]
        lines += [f"    {username:<12} {password}   ({role})" for username, role, password in passwords]
    if resumed:
        lines.append(f"  Taken up again: {resumed} conversation(s) with unanswered messages")
    print("\n".join([*lines, "", "  Ctrl-C ends everything.", ""]), flush=True)
