"""Packed files are read in bounded pieces, whatever is wrong with them."""

import gzip
import os
from pathlib import Path

import pytest
import zstandard

from bot.sources.logs.opening import LogStream, Unreadable

TEXT = b"".join(b"line %d\n" % number for number in range(20_000))
GZIP, ZSTD = gzip.compress(TEXT, 1, mtime=0), zstandard.compress(TEXT)


def unpacked(path: Path, most: int = 1 << 30) -> tuple[bytes, str]:
    """What could be read, and what stopped it."""
    data = b""
    try:
        with LogStream(path, most) as stream:
            while piece := stream.read(64 * 1024):
                assert len(piece) <= 64 * 1024
                data += piece
    except Unreadable as error:
        return data, error.cause
    return data, ""


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        (GZIP, TEXT),
        (GZIP + GZIP, TEXT + TEXT),
        (GZIP + b"\0" * 1000, TEXT),
        (b"".join(gzip.compress(b"%d\n" % number, 1, mtime=0) for number in range(50)), b"".join(b"%d\n" % number for number in range(50))),
        (gzip.compress(b"", mtime=0), b""),
        (ZSTD, TEXT),
        (ZSTD + ZSTD, TEXT + TEXT),
        (TEXT, TEXT),
        (b"", b""),
    ],
)
def test_a_file_gives_its_text(tmp_path: Path, packed: bytes, text: bytes) -> None:
    """Told by its first bytes, not by its name; packed parts may be laid end to end."""
    (tmp_path / "a.log").write_bytes(packed)
    assert unpacked(tmp_path / "a.log") == (text, "")


@pytest.mark.parametrize(
    ("name", "packed", "cause"),
    [
        ("a.gz", GZIP[:-100], "it ends in the middle of its packed data"),
        ("a.zst", ZSTD[:-100], "it ends in the middle of its packed data"),
        ("a.gz", GZIP + b"junk", "its packed data cannot be read"),
        ("a.zst", ZSTD + b"junk", "its packed data cannot be read"),
        ("a.gz", GZIP[:4000] + b"xxxx" + GZIP[4004:], "its packed data cannot be read"),
        ("a.gz", b"plain", "it is named .gz and is not packed so"),
        ("a.zst", b"plain", "it is named .zst and is not packed so"),
    ],
)
def test_damage_is_told(tmp_path: Path, name: str, packed: bytes, cause: str) -> None:
    """In words, with what the reader of the format said."""
    (tmp_path / name).write_bytes(packed)
    assert unpacked(tmp_path / name)[1].startswith(cause)


@pytest.mark.parametrize("packed", [gzip.compress(b"\0" * 5_000_000, 1, mtime=0), zstandard.compress(b"\0" * 5_000_000)])
def test_what_unpacks_forever_is_stopped(tmp_path: Path, packed: bytes) -> None:
    """A small file may hold a thousand times its size."""
    (tmp_path / "bomb.log").write_bytes(packed)
    data, told = unpacked(tmp_path / "bomb.log", most=1_000_000)
    assert 1_000_000 <= len(data) < 1_100_000
    assert told.startswith("more than 1 MB came out of its")


def test_a_zstd_file_may_not_ask_for_much_memory(tmp_path: Path) -> None:
    """A window of 256 MB is refused before anything is kept."""
    parameters = zstandard.ZstdCompressionParameters(window_log=28, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    (tmp_path / "a.zst").write_bytes(packer.compress(b"x" * 1000) + packer.flush())
    assert unpacked(tmp_path / "a.zst")[1].startswith("its packed data cannot be read")


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    """It may have come after the folder was looked through."""
    os.mkfifo(tmp_path / "a.log")
    with pytest.raises(Unreadable, match="no regular file"):
        LogStream(tmp_path / "a.log")


def test_a_file_that_grows_is_read_as_it_was(tmp_path: Path) -> None:
    """Else a busy log would never end."""
    path = tmp_path / "a.log"
    path.write_bytes(b"one\n")
    with LogStream(path) as stream, path.open("ab") as writer:
        writer.write(b"two\n")
        writer.flush()
        assert stream.read(100) == b"one\n"
        assert stream.read(100) == b""
