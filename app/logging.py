"""Logs: one JSON object a line on standard error, with personal data masked whatever the caller logged."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from desk.masking import PATTERNS


def mask(text: str) -> str:
    """`text` without phone, identity and card numbers, and without bot tokens."""
    for name, pattern in PATTERNS:
        text = pattern.sub(f"[{name}]", text)
    return text


def _masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {key: mask(value) if isinstance(value, str) else value for key, value in event.items()}


class _MaskingFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), ()
        return True


def configure_logging(level: str) -> None:
    """Set up structlog and, with the same mask, the logs of libraries."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(level.upper(), logging.INFO)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_MaskingFilter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # httpx logs whole addresses, and Telegram's hold the bot's token.
    for noisy in ("httpx", "httpcore", "apscheduler", "telegram"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
