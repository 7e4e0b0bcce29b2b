"""A log file opened for reading, plain, gzip or zstd, told by its first bytes; only regular files, and no more than a cap out of a packed one."""

import io
import os
import stat
import zlib
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import zstandard

MOST_UNPACKED = 32 * 1024**3
"""Bytes out of one packed file: beyond any log that is still read within a deadline, and an end for what unpacks forever."""
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_WIDEST_WINDOW = 64 * 1024**2
"""What a zstd file may ask to be kept in memory; `zstd` itself stays at 8 MB unless it is told `--long`."""
_PIECE = 256 * 1024
_ZSTD_PIECE = 1024
_CUT_OFF = "it ends in the middle of its packed data: cut off, or still being written"


class Unreadable(Exception):
    """What stopped the reading of a file: `cause` for people."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class _Unpacker(Protocol):
    def read(self, size: int, /) -> bytes: ...


class LogStream:
    """The bytes of a log file in order, as it was long when it was opened. `size` is None where it is packed: then there is no way but through."""

    def __init__(self, path: Path, most_unpacked: int = MOST_UNPACKED) -> None:
        # Without O_NONBLOCK, a pipe that took the file's place after it was looked at would be waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._file = io.FileIO(descriptor, closefd=True)
        with ExitStack() as failed:
            failed.callback(self._file.close)
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise Unreadable("it is no regular file")
            self.changed = status.st_mtime
            self.length = status.st_size
            self._unpacker = self._unpacking(path, self._file.read(4))
            failed.pop_all()
        self._file.seek(0)
        self.size = self.length if self._unpacker is None else None
        self.given = 0
        """Bytes that were read, unpacked."""
        self._end, self._most = self.length, most_unpacked

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def seek(self, offset: int, end: int | None = None) -> None:
        """Go on at a byte of a plain file, as far as `end`."""
        self._file.seek(offset)
        self._end = self.length if end is None else end

    def read(self, size: int) -> bytes:
        """Up to `size` bytes, b"" at the end. Raises Unreadable where packed data is damaged or never ends, OSError."""
        if self._unpacker is None:
            data = self._file.read(max(0, min(size, self._end - self._file.tell())))
            self.given += len(data)
            return data
        if self.given >= self._most:
            raise Unreadable(f"more than {self._most // 10**6:,} MB came out of its {self.length:,} bytes; the rest was not read")
        try:
            data = self._unpacker.read(size)
        except (zlib.error, zstandard.ZstdError) as error:
            raise Unreadable(f"its packed data cannot be read: {' '.join(str(error).split())[:200]}") from error
        self.given += len(data)
        return data

    def read_into(self, room: memoryview) -> int:
        """As `read`, into bytes that are there; how many were read."""
        if self._unpacker is not None:
            data = self.read(len(room))
            room[: len(data)] = data
            return len(data)
        count = self._file.readinto(room[: max(0, self._end - self._file.tell())])
        self.given += count
        return count

    def _unpacking(self, path: Path, magic: bytes) -> _Unpacker | None:
        if magic[:2] == _GZIP:
            return _Gzip(self._file)
        if magic == _ZSTD:
            return _Zstd(self._file)
        if path.suffix in (".gz", ".zst") and self.length:
            raise Unreadable(f"it is named {path.suffix} and is not packed so")
        return None


class _Gzip:
    """Gzip in pieces: the module of the standard library reads past what was asked for, and twice as slowly."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._member = zlib.decompressobj(wbits=31)
        self._waiting = b""

    def read(self, size: int) -> bytes:
        while True:
            piece = self._waiting or self._file.read(_PIECE)
            self._waiting = b""
            if not piece:
                if not self._member.eof:
                    raise Unreadable(_CUT_OFF)
                return b""
            if self._member.eof:
                # Packed files may be laid end to end, and padded with zeros.
                if not (piece := piece.lstrip(b"\0")):
                    continue
                self._member = zlib.decompressobj(wbits=31)
            data = self._member.decompress(piece, size)
            self._waiting = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            if data:
                return data


class _Zstd:
    """Zstd in pieces, frame after frame, so small that none of them unpacks into more than some megabytes (a block of 128 KB takes four bytes)."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = io.BufferedReader(file, _PIECE)
        self._unpacking = zstandard.ZstdDecompressor(max_window_size=_WIDEST_WINDOW)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._waiting = b""
        self._ready = bytearray()

    def read(self, size: int) -> bytes:
        while len(self._ready) < size:
            piece = self._waiting or self._file.read(_ZSTD_PIECE)
            self._waiting = b""
            if not piece:
                if self._frame is not None and not self._ready:
                    raise Unreadable(_CUT_OFF)
                break
            self._frame = self._frame or self._unpacking.decompressobj()
            self._ready += self._frame.decompress(piece)
            if self._frame.eof:
                self._waiting, self._frame = self._frame.unused_data, None
        data = bytes(self._ready[:size])
        del self._ready[:size]
        return data
