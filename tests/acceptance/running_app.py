"""The app as its operator runs it: `uniondesk run` as a process of its own, ended or killed for real."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningApp:
    """One data folder, started as often as wanted. `environment` holds settings beside the ports and the folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.port, self.rasa_port = free_port(), free_port()
        self.environment = environment
        self.passwords: dict[str, str] = {}
        self.output = ""
        self._process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        # The model is made of the repository's files, not of this folder's: share what was trained.
        for made in ("models", "embeddings"):
            if not (folder / made).exists():
                (folder / made).symlink_to(ROOT / "var" / made)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **settings: str) -> None:
        """Start and wait until everything answers."""
        log = (self.folder / "app.log").open("a")
        self._process = subprocess.Popen(
            [str(ROOT / ".venv/bin/uniondesk"), "run"],
            cwd=self.folder,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith("UNIONDESK_")},
                "UNIONDESK_PORT": str(self.port),
                "UNIONDESK_RASA_PORT": str(self.rasa_port),
                "UNIONDESK_DATA_DIR": str(self.folder),
                # Slow machines get an answer from Rasa all the same; the fallback has tests of its own.
                "UNIONDESK_RASA_TIMEOUT_SECONDS": "20",
                **self.environment,
                **settings,
            },
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert self._process.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        for line in self._process.stdout:
            self.output += line
            if found := re.match(r"\s+(admin2?|counsellor)\s+(\S+)\s+\(", line):
                self.passwords[found[1]] = found[2]
            if "Ctrl-C" in line:
                break
            assert time.monotonic() < deadline, self.log()
        assert self._process.poll() is None, self.log()

    def kill(self) -> None:
        """kill -9: nothing of ours runs on the way out."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)
        self._until_ports_are_free()

    def stop(self) -> int:
        """Ctrl-C. Returns the exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(30)
        self._until_ports_are_free()
        return code

    def log(self) -> str:
        return (self.folder / "app.log").read_text()[-6000:]

    def _until_ports_are_free(self) -> None:
        """Rasa ends with the app, however the app ended."""
        deadline = time.monotonic() + 10
        for port in (self.port, self.rasa_port):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) != 0:
                        break
                assert time.monotonic() < deadline, f"something still listens on {port}"
                time.sleep(0.1)


class Console:
    """A signed-in browser without a screen."""

    def __init__(self, app: RunningApp, username: str) -> None:
        self._app = app
        self._username = username
        self.http = httpx.Client(base_url=app.url, follow_redirects=True, timeout=30)
        answer = self.http.post("/console/sign-in", data={"username": username, "password": app.passwords[username]})
        assert answer.status_code == 200, answer.text
        found = re.search(r"x-csrf-token[^A-Za-z0-9_-]+([A-Za-z0-9_-]{20,})", answer.text, re.IGNORECASE)
        assert found, answer.text[:2000]
        self.csrf = found[1]

    def get(self, path: str) -> str:
        answer = self.http.get(f"/console{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        answer = self.http.post(f"/console{path}", data=fields, headers={"x-csrf-token": self.csrf})
        assert answer.status_code < 400, answer.text
        return answer
