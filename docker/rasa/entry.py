"""Entry of the Rasa container: writes credentials.yml and endpoints.yml from the environment, then becomes Rasa.

UNIONDESK_RASA_TOKEN        the secret shared with the app; needed
UNIONDESK_ACTION_URL        where the app serves the actions; http://app:8000/rasa/actions
UNIONDESK_RASA_TRACKER_URL  postgresql://user:password@host:port/database for the dialogues; a file in /data when empty
UNIONDESK_REDIS_URL         redis://[:password@]host[:port][/number] for the locks; in this process when empty
UNIONDESK_RASA_PORT         5005
UNIONDESK_RASA_MODEL, UNIONDESK_RASA_DATA_DIR   where the model lies, and where the files above are written
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit


def main() -> None:
    """Write, then exec. Ends with a line on standard error when something is missing."""
    token = os.environ.get("UNIONDESK_RASA_TOKEN", "")
    if not token:
        sys.exit("UNIONDESK_RASA_TOKEN is not set: give the app and Rasa the same long random text")
    model = Path(os.environ.get("UNIONDESK_RASA_MODEL", "/srv/uniondesk/models/uniondesk.tar.gz"))
    if not model.is_file():
        # Rasa would silently take any other model of that folder.
        sys.exit(f"{model} is missing: build the image again")
    folder = Path(os.environ.get("UNIONDESK_RASA_DATA_DIR", "/data"))
    os.umask(0o077)
    action_url = os.environ.get("UNIONDESK_ACTION_URL") or "http://app:8000/rasa/actions"
    endpoints = {
        "action_endpoint": {"url": action_url, "token": token, "token_name": "token"},
        "tracker_store": {
            "type": "components.dialogue_store.DialogueStore",
            "database": os.environ.get("UNIONDESK_RASA_TRACKER_URL") or f"sqlite:///{folder / 'dialogues.db'}",
        },
    }
    redis_url = os.environ.get("UNIONDESK_REDIS_URL", "")
    if redis_url:
        endpoints["lock_store"] = lock_store(redis_url)
    # JSON is YAML, too.
    (folder / "endpoints.yml").write_text(json.dumps(endpoints), "utf-8")
    (folder / "credentials.yml").write_text(json.dumps({"components.desk_channel.DeskChannel": {"token": token}}), "utf-8")
    os.execv(
        sys.executable,
        [
            sys.executable, "-m", "rasa", "run", "--enable-api", "--auth-token", token,
            "--interface", os.environ.get("UNIONDESK_RASA_INTERFACE", "0.0.0.0"),
            "--port", os.environ.get("UNIONDESK_RASA_PORT") or "5005",
            "--model", str(model), "--credentials", str(folder / "credentials.yml"), "--endpoints", str(folder / "endpoints.yml"),
        ],
    )  # fmt: skip


def lock_store(url: str) -> "dict[str, object]":
    """Rasa wants host, port and the rest one by one; what it calls url is the host."""
    parts = urlsplit(url)
    store: dict[str, object] = {
        "type": "redis", "url": parts.hostname or "localhost", "port": parts.port or 6379,
        "db": int(parts.path.lstrip("/") or 0), "key_prefix": "uniondesk", "use_ssl": parts.scheme == "rediss",
    }  # fmt: skip
    if parts.username:
        store["username"] = unquote(parts.username)
    if parts.password:
        store["password"] = unquote(parts.password)
    return store


if __name__ == "__main__":
    main()
