"""Opaque identifiers: 26 characters, sortable by the moment they were made."""

import secrets
import threading
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_last = 0
_taking = threading.Lock()


def new_id() -> str:
    """A fresh identifier: 48 bits of milliseconds, then 80 random bits (the layout of a ULID).

    Within a process each is greater than the one before, also in the same millisecond: what is sorted by it keeps its order.
    """
    global _last
    with _taking:
        value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(79)
        if value <= _last:
            # A step of a random width, so that nobody can count up from one that they know.
            value = _last + 1 + secrets.randbits(64)
        _last = value
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))
