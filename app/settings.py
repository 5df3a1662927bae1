"""Every setting of UnionDesk: an environment variable with the prefix UNIONDESK_, or a line in .env."""

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """The defaults run everything on one machine. README.md explains each of these."""

    model_config = SettingsConfigDict(env_prefix="UNIONDESK_", env_file=".env", extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = Field(default=ROOT / "var", description="database, models, attachments, logs")
    database_url: str = ""
    redis_url: str = ""
    public_url: str = ""

    telegram_token: SecretStr = SecretStr("")
    telegram_base_url: str = "https://api.telegram.org"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_messages_per_second: float = 28.0

    rasa_url: str = Field(default="", description="an address of a Rasa that runs elsewhere; empty starts one as a child")
    rasa_port: int = 5055
    rasa_processes: int = Field(default=1, ge=1, le=16, description="how many children share the conversations, on ports from rasa_port on")
    rasa_token: SecretStr = SecretStr("")
    rasa_timeout_seconds: float = 2.0
    rasa_tracker_url: str = ""

    llm_url: str = Field(default="", description="the base of an OpenAI-compatible address; empty: no language model")
    llm_key: SecretStr = SecretStr("")
    llm_model: str = Field(default="", validate_default=True)
    llm_rewrite: bool = False
    llm_timeout_seconds: float = Field(default=6.0, gt=0, le=60)

    union_name: str = "市总工会"
    hotline: str = "12351"
    region: str = "江苏"
    timezone: str = "Asia/Shanghai"
    reminder_hours_before: list[int] = [24, 2]
    reopen_days: int = 7
    clock_offset_seconds: float = Field(default=0.0, description="moves the clock of the whole app; for rehearsals")

    answer_threshold: float = 0.7
    clarify_threshold: float = 0.12
    elsewhere_threshold: float = Field(
        default=0.15, description="an article is shown only when this is no likelier to be somebody else's field"
    )
    nearness_threshold: float = Field(default=0.5, description="and when some way of asking it is this near in meaning")
    person_threshold: float = 0.4
    first_reply_minutes: int = 30
    urgent_reply_minutes: int = 5
    console_session_hours: int = 12
    secure_cookies: bool = False
    attachment_max_mb: int = 20
    log_level: str = "INFO"

    @field_validator("llm_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            good = bool(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and url.isascii() and " " not in url)
        except ValueError:
            good = False
        if url and not good:
            raise ValueError("needs an address like http://127.0.0.1:8001/v1, or nothing")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("an address without name, password or query: a key goes into UNIONDESK_LLM_KEY")
        return url.rstrip("/").removesuffix("/chat/completions")

    @field_validator("llm_model")
    @classmethod
    def _is_named(cls, model: str, info: ValidationInfo) -> str:
        if info.data.get("llm_url") and not model.strip():
            raise ValueError("name the model that the server at UNIONDESK_LLM_URL is to use")
        return model.strip()

    @field_validator("llm_rewrite")
    @classmethod
    def _has_a_model(cls, rewrite: bool, info: ValidationInfo) -> bool:
        if rewrite and info.data.get("llm_url") == "":
            raise ValueError("needs UNIONDESK_LLM_URL")
        return rewrite

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'uniondesk.db'}"

    @property
    def rasa_addresses(self) -> list[str]:
        if self.rasa_url:
            return [self.rasa_url]
        return [f"http://127.0.0.1:{port}" for port in self.rasa_ports]

    @property
    def rasa_ports(self) -> list[int]:
        return [self.rasa_port + i for i in range(self.rasa_processes)]

    @property
    def clock_offset(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.clock_offset_seconds)
