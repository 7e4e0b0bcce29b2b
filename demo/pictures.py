"""Pictures of HTML pages, by a Chromium that never reaches beyond the file it draws."""

import shutil
import struct
import subprocess
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_COLOURS = 96
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--proxy-server=127.0.0.1:9",
    "--force-device-scale-factor=1",
)


def browser() -> str | None:
    """The program that draws; None where there is none."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def draw(program: str, page: Path, picture: Path, width: int, height: int) -> None:
    """`picture` shows the top of `page`, `width` and `height` in pixels."""
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *_QUIET, f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--screenshot={picture}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=60)


def smaller(picture: Path) -> None:
    """The same picture with at most 96 colours: text and lines lose nothing, and the file becomes a fraction of what it was."""
    raw = picture.read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", raw[16:26])
    if (depth, kind) not in ((8, 2), (8, 6)):
        return
    size = 3 if kind == 2 else 4
    rows = _rows(zlib.decompress(b"".join(body for name, body in _chunks(raw) if name == b"IDAT")), width * size, size)
    coarse = [[bytes(one & 0xF8 for one in row[at : at + 3]) for at in range(0, width * size, size)] for row in rows]
    found = Counter(colour for row in coarse for colour in row)
    palette = [colour for colour, _ in found.most_common(_COLOURS)]
    index = {colour: min(range(len(palette)), key=lambda number: _distance(palette[number], colour)) for colour in found}
    lines = b"".join(b"\0" + bytes(index[colour] for colour in row) for row in coarse)
    shown = b"".join(bytes(one | one >> 5 for one in colour) for colour in palette)
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)), (b"PLTE", shown), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    picture.write_bytes(raw[:8] + b"".join(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts))


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at < len(raw):
        (length,) = struct.unpack(">I", raw[at : at + 4])
        yield raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        at += length + 12


def _rows(data: bytes, length: int, size: int) -> list[bytes]:
    """Scan lines without their filters (w3.org/TR/png, section 9)."""
    rows, above = list[bytes](), bytes(length)
    for at in range(0, len(data), length + 1):
        row, filtered = bytearray(data[at + 1 : at + 1 + length]), data[at]
        for n in range(length) if filtered else ():
            left, up = (row[n - size] if n >= size else 0), above[n]
            if filtered == 1:
                row[n] = (row[n] + left) & 255
            elif filtered == 2:
                row[n] = (row[n] + up) & 255
            elif filtered == 3:
                row[n] = (row[n] + (left + up) // 2) & 255
            else:
                row[n] = (row[n] + _paeth(left, up, above[n - size] if n >= size else 0)) & 255
        above = bytes(row)
        rows.append(above)
    return rows


def _paeth(left: int, up: int, corner: int) -> int:
    return min((left, up, corner), key=lambda one: abs(left + up - corner - one))


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
