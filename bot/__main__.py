"""The door: runs a command, and turns whatever went wrong into a sentence and an exit code.

0 done · 1 yours to fix (a BotError, with its remedy) · 3 our bug · 130 interrupted.
"""

import os
import sys
import traceback
from collections.abc import Callable, Sequence

from bot import cli, config
from bot.errors import BotError


def main(argv: Sequence[str] | None = None, run: Callable[[Sequence[str]], int] = cli.run) -> int:
    """Run one command and return its exit code."""
    try:
        return run(sys.argv[1:] if argv is None else argv)
    except BotError as error:
        from bot.texts import failure  # only when something failed: `bot --help` stays quick

        print(failure.sentence(error, annotate=config.in_actions(), own=config.own_secrets()), file=sys.stderr)  # noqa: T201 - the door speaks
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`bot … | head`): no complaint, and none from the interpreter's last flush either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001 - the one place that may: whatever arrives here is our bug
        from bot.texts import failure

        print(failure.bug(traceback.format_exc(), config.own_secrets()), file=sys.stderr)  # noqa: T201 - as above
        return 3


if __name__ == "__main__":
    sys.exit(main())
