"""The door: runs a command, and turns whatever went wrong into a sentence and an exit code.

0 done · 1 yours to fix (a BotError, with its remedy, or a file that the system refused) · 3 our bug · 130 interrupted.
"""

import errno
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from bot import cli
from bot.errors import BotError

_COLLECTED = 50_000
"""New objects between two looks for circles: Python's own 700 has them looked for hundreds of times while modules load, which finds nothing."""


def main(argv: Sequence[str] | None = None, run: Callable[[Sequence[str]], int] = cli.run) -> int:
    """Run one command and return its exit code."""
    gc.set_threshold(_COLLECTED)
    sys.stdout, sys.stderr = _lasting(sys.stdout), _lasting(sys.stderr)
    try:
        code = _allowed(run, sys.argv[1:] if argv is None else argv)
        _finish()
    except BotError as error:
        # Only when something failed: `bot --help` stays quick.
        from bot import config
        from bot.texts import failure

        print(failure.sentence(error, annotate=config.in_actions(), own=config.own_secrets()), file=sys.stderr)  # noqa: T201 - the door speaks
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001 - the one place that may: whatever arrives here is our bug
        import traceback

        from bot import config
        from bot.texts import failure

        print(failure.bug(traceback.format_exc(), config.own_secrets()), file=sys.stderr)  # noqa: T201 - as above
        return 3
    return code


_AGAIN = "and run this again"
_MENDED = {
    **dict.fromkeys((errno.EACCES, errno.EPERM), f"let whoever runs this read and write there (`ls -ld` says who may), {_AGAIN}"),
    errno.EROFS: f"run it where files can be written, or mount that place for writing, {_AGAIN}",
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), f"make room on the disk, {_AGAIN}"),
    **dict.fromkeys((errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP), f"move away what stands in its place, {_AGAIN}"),
}
"""What the system refuses for a reason that the user can mend."""


def _allowed(run: Callable[[Sequence[str]], int], argv: Sequence[str]) -> int:
    """Run the command. Raises BotError also where the system refused a file of which no command says more."""
    try:
        return run(argv)
    except OSError as error:
        remedy = _MENDED.get(error.errno or 0)
        if remedy is None:
            raise
        file = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else "a file"
        raise BotError(f"reading or writing {file}", error.strerror or "the system refused", remedy) from error


class _Outlet(io.FileIO):
    """Takes everything, also once its reader went away (`bot publish … | head`) or the disk is full: what was begun is finished all the same."""

    refused = ""

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            self.refused = "" if isinstance(error, BrokenPipeError) else error.strerror or "the system refused"
            return len(data)


def _lasting(stream: TextIO) -> TextIO:
    """The process's own stream over an outlet that lasts; whatever somebody put in its place, or a stream that was closed, as it is."""
    if stream not in (sys.__stdout__, sys.__stderr__) or not isinstance(stream, io.TextIOWrapper):
        return stream
    outlet = io.BufferedWriter(_Outlet(stream.fileno(), "w", closefd=False))
    return io.TextIOWrapper(outlet, stream.encoding, stream.errors, line_buffering=stream.line_buffering)


def _finish() -> None:
    """Write what is still held back. Raises BotError when the output could not be written whole."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        refused = getattr(getattr(sys.stdout.buffer, "raw", None), "refused", "")
        if refused:
            raise BotError("writing the output", refused, "make room or name another file, and run the command again: it finishes what is missing")


if __name__ == "__main__":
    sys.exit(main())
