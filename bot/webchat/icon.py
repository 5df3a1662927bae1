"""The app's icon, drawn: a red tile with a speech bubble and three dots. No binary file lies in the repository."""

import struct
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

_RED = np.array([190, 32, 38], float)
_WHITE = np.array([255, 255, 255], float)
SIZES = (180, 192, 512)


@cache
def png(size: int) -> bytes:
    """A square PNG of `size` pixels. What matters lies within the inner 80 %, so that a phone may cut its corners."""
    edge = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(edge, edge)
    bubble = _rounded(x - 0.5, y - 0.46, 0.27, 0.20, 0.10)
    tail = np.maximum.reduce([0.36 - x, y - 0.78, (x - 0.36) + (y - 0.78) * 0.9 - 0.0, 0.55 - y])
    dots = np.minimum.reduce([np.hypot(x - at, y - 0.46) - 0.038 for at in (0.37, 0.5, 0.63)])
    paper = _coverage(np.minimum(bubble, tail), size)
    ink = _coverage(dots, size)
    white = paper * (1 - ink)
    pixels = (_RED + (_WHITE - _RED) * white[..., None]).round().astype(np.uint8)
    return _encode(pixels)


def _rounded(x: NDArray[np.float64], y: NDArray[np.float64], half_width: float, half_height: float, radius: float) -> NDArray[np.float64]:
    """Distance to a rounded box around the origin, negative inside."""
    dx, dy = np.abs(x) - half_width + radius, np.abs(y) - half_height + radius
    outside: NDArray[np.float64] = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return outside + np.minimum(np.maximum(dx, dy), 0) - radius


def _coverage(distance: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """How much of each pixel is inside: soft over one pixel, so that edges are smooth."""
    return np.clip(0.5 - distance * size, 0, 1)


def _encode(pixels: NDArray[np.uint8]) -> bytes:
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * 3)], axis=1)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    body = b"".join(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + body
